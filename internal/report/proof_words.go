package report

import (
	"strconv"
	"strings"
)

// original is what the migration as it stands did to the applications.
func (p *Proof) original() string {
	run := &p.Original
	if len(run.Steps) == 0 && run.Stopped == "" {
		return "not run"
	}
	parts := []string{p.blocked(run)}
	if run.failed() > 0 {
		parts = append(parts, run.failures())
	} else {
		parts = append(parts, "no statement failed")
	}
	if n := len(run.Lost); n > 0 {
		parts = append(parts, counted(n, "application write was", "application writes were")+" lost")
	}
	if run.Stopped != "" {
		parts = append(parts, "stopped: "+run.Stopped)
	}
	return strings.Join(parts, "; ")
}

// blocked says whom a run kept waiting, or how little it did.
func (p *Proof) blocked(run *ProofRun) string {
	limit := noticed + run.Machine
	read, write := run.readStall(), run.writeStall()
	reads, writes := read.Longest > limit, write.Longest > limit
	if !reads && !writes {
		return "longest stall " + lasted(run.stall().Longest) + " (the machine's own: " + lasted(run.Machine) + ")"
	}
	of, to := p.tableOf(read.Kind), p.tableOf(write.Kind)
	out := ""
	if writes {
		out = "writes" + ofTable(" to ", to) + " blocked " + lasted(write.Longest)
	}
	switch {
	case reads && writes && of == to:
		out += ", reads " + lasted(read.Longest)
	case reads && writes:
		out += ", reads" + ofTable(" of ", of) + " " + lasted(read.Longest)
	case reads:
		out = "reads" + ofTable(" of ", of) + " blocked " + lasted(read.Longest)
	}
	return out
}

func ofTable(word, table string) string {
	if table == "" {
		return ""
	}
	return word + table
}

// failures counts the statements that failed, by version, and names an error.
func (r *ProofRun) failures() string {
	bySide, known, worst := map[string]int{}, 0, ProofFailure{}
	errors := map[string]bool{}
	for _, f := range r.Failed {
		bySide[f.Side] += f.Count
		known += f.Count
		errors[f.Error] = true
		if f.Count > worst.Count {
			worst = f
		}
	}
	bySide[""] += r.failed() - known
	var who []string
	for _, side := range []string{"old", "new", ""} {
		if n := bySide[side]; n > 0 {
			who = append(who, counted(n, "statement", "statements")+ofVersion(side))
		}
	}
	out := Several(who) + " failed"
	if known == 0 {
		return out
	}
	out += " (" + briefly(worst.Error)
	if n := len(errors) - 1; n > 0 {
		out += "; and " + counted(n, "other error", "other errors")
	}
	return out + ")"
}

// kept says what came of the writes that were acknowledged.
func (r *ProofRun) kept() string {
	if r.Checked == 0 || len(r.Lost) > 0 {
		return ""
	}
	writes := counted(r.Writes, "application write", "application writes")
	if r.Checked < r.Writes {
		return writes + "; " + grouped(r.Checked) + " were looked for in the end, none lost"
	}
	return writes + ", none lost"
}

// back is how far the plan could be taken back.
func (p *Proof) back() string {
	n, base, all := p.Back.Steps, p.Back.Base, len(p.Plan.Steps)
	var out string
	switch {
	case n == 0 && p.Back.Final != "":
		return "none: " + p.Back.Final
	case n == 0:
		return "no step was taken back"
	case n == 1:
		out = "step " + strconv.Itoa(base+1) + " was taken back"
	default:
		out = "steps " + strconv.Itoa(base+n) + " to " + strconv.Itoa(base+1) + " were taken back"
	}
	if base == 0 {
		out += " to the start"
	} else {
		out += " to where step " + strconv.Itoa(base) + " leaves it"
	}
	if p.Back.Forward {
		out += ", and run again to the same end"
	}
	if p.Back.BaseFinal != "" {
		out += "; before them: " + p.Back.BaseFinal
	}
	if p.Back.Final != "" {
		out += "; " + behind(base+n, all) + ": " + p.Back.Final
	}
	return out
}

// words are how much was compared.
func (e *ProofEnd) words() string {
	return counted(e.Objects, "object", "objects") + ", " + counted(e.Rows, "row", "rows") + " of " + counted(e.Tables, "table", "tables")
}

// behind names the steps that cannot be taken back.
func behind(n, all int) string {
	if n+1 >= all {
		return "step " + strconv.Itoa(n+1) + " cannot be undone"
	}
	return "from step " + strconv.Itoa(n+1) + " on nothing can be undone"
}

// statement names a statement that had to wait.
func (p *Proof) statement(s stall) string {
	if s.Kind == "" {
		return "a statement"
	}
	return "\"" + s.Kind + "\"" + ofVersion(s.Side)
}

func (p *Proof) allowance() string {
	return "allowed are " + lasted(p.MaxStall) + " and what the machine makes by itself, " + lasted(p.judged().Machine)
}

// when is the step that a stall met.
func (s stall) when() string {
	switch {
	case s.Last:
		return " after the last step"
	case s.Step == 0:
		return " between the steps"
	}
	return " in step " + strconv.Itoa(s.Step)
}

// first is one of several, to show what they are.
func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	if len(all) == 1 {
		return ": " + briefly(all[0])
	}
	return ", the first: " + briefly(all[0])
}

// briefly keeps a sentence readable: an error may hold a whole row.
func briefly(text string) string { return shorten(oneLine(text), 200) }

// ofVersion names the version of the application, where it is known.
func ofVersion(side string) string {
	if side == "" {
		return ""
	}
	return " of the " + side + " version"
}
