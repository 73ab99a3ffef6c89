package report

import (
	"strconv"
	"time"
)

// comparison is one thing about both runs.
type comparison struct{ What, Original, Plan string }

// compared are the runs side by side.
func (p *Proof) compared() []comparison {
	var out []comparison
	add := func(what string, of func(*ProofRun) string) {
		c := comparison{What: what, Original: of(&p.Original)}
		if p.NoPlan == "" {
			c.Plan = of(&p.Plan)
		}
		out = append(out, c)
	}
	add("steps", func(r *ProofRun) string { return strconv.Itoa(len(r.Steps)) })
	add("took under load", func(r *ProofRun) string { return lasted(r.Took) })
	add("took with nobody else there", func(r *ProofRun) string { return lasted(r.alone()) })
	add("longest stall of a read", func(r *ProofRun) string { return lasted(r.readStall().Longest) })
	add("longest stall of a write", func(r *ProofRun) string { return lasted(r.writeStall().Longest) })
	add("p50, p99 before it began", func(r *ProofRun) string { return latency(r.Base.P50) + ", " + latency(r.Base.P99) })
	add("the machine's own stall", func(r *ProofRun) string { return lasted(r.Machine) })
	add("statements failed", func(r *ProofRun) string { return grouped(r.failed()) })
	add("writes, lost of them", func(r *ProofRun) string { return grouped(r.Writes) + ", " + r.lostWords() })
	add(logName(p.Target), func(r *ProofRun) string {
		if n := r.wal(); n >= 0 {
			return size(n)
		}
		return "not known"
	})
	return out
}

// alone is how long the steps took with nobody else there.
func (r *ProofRun) alone() (d time.Duration) {
	for _, s := range r.Steps {
		d += s.Alone
	}
	return d
}

func (r *ProofRun) lostWords() string {
	switch {
	case len(r.Lost) > 0:
		return grouped(len(r.Lost))
	case r.Checked == 0 && r.Writes > 0:
		return "not looked for"
	}
	return "0"
}

// words say who works while the migration runs.
func (l *ProofLoad) words() string {
	from := "derived from the schema"
	if l.File != "" {
		from = "of " + l.File
	}
	rate := ""
	if l.Rate > 0 {
		rate = ", " + strconv.FormatFloat(l.Rate, 'f', -1, 64) + " statements a second"
	}
	return counted(l.Sessions, "session", "sessions") + rate + ", " + counted(len(l.Kinds), "kind", "kinds") + " of statements " + from
}
