package report

import (
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/safemig/safemig/rules"
)

// FixText writes plans for people: the story of each, then its files as a diff.
func FixText(w io.Writer, r *Fix, style Style) error {
	t := fixText{style: style, palette: newPalette(style.Color)}
	for i := range r.Plans {
		t.plan(&r.Plans[i], r.Written)
	}
	t.unfixed(r.Unfixed)
	if !style.Quiet {
		t.summary(r)
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

type fixText struct {
	style   Style
	palette palette
	out     strings.Builder
}

// line writes text behind a mark, its further lines hanging below the text.
func (t *fixText) line(indent int, mark, text string) {
	room := t.style.width() - indent - columns(mark)
	for i, l := range wrap(oneLine(text), room) {
		if i > 0 {
			mark = strings.Repeat(" ", columns(mark))
		}
		t.out.WriteString(strings.Repeat(" ", indent) + mark + l + "\n")
	}
}

func (t *fixText) plan(p *FixPlan, written bool) {
	t.out.WriteString(t.palette.bold.Sprint(clean(p.Source)) + ": " + t.palette.good.Sprint("a plan of "+count(len(p.Steps), "step", "steps")) + "\n")
	t.line(2, "for ", strings.Join(p.Rules, ", "))
	when := ""
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.When != when {
			when = s.When
			t.out.WriteString("\n  " + t.palette.label.Sprint(s.When) + "\n")
		}
		t.step(i+1, s)
	}
	t.finals(p)
	for _, n := range p.Notes {
		t.out.WriteString("\n")
		t.line(2, "note: ", n)
	}
	t.out.WriteByte('\n')
	for i := range p.Files {
		if written {
			t.file(&p.Files[i])
		} else {
			t.diff(&p.Files[i])
		}
	}
	t.out.WriteByte('\n')
}

func (t *fixText) step(number int, s *FixStep) {
	t.line(4, strconv.Itoa(number)+". ", s.Title)
	const below = 7
	if s.Engine != nil {
		t.engine(below, s.Engine)
	}
	for _, f := range s.Files {
		t.line(below, "in ", f)
	}
	if how := s.How(); how != "" {
		t.line(below, "", how)
	}
	for _, f := range s.First {
		t.line(below, "first: ", f)
	}
}

// How is what the step holds, and for how long it waits for it.
func (s *FixStep) How() string {
	if s.Backfill != nil {
		return "in batches: safemig backfill run " + s.Backfill.Name
	}
	if s.Engine != nil {
		return s.Engine.How()
	}
	if s.Online != nil {
		return s.Online.how(s.limit())
	}
	parts := []string{}
	if len(s.Locks) > 0 {
		parts = append(parts, "holds "+held(s.Locks)+" for a moment")
	} else {
		parts = append(parts, "keeps nobody waiting")
	}
	if !s.InTx {
		parts = append(parts, "outside a transaction")
	}
	if s.InTx && s.LockTimeout != nil && *s.LockTimeout > 0 {
		wait := "waits for locks up to " + Limit(*s.LockTimeout)
		if s.Tries > 1 && len(s.Locks) > 0 {
			wait += " at a time, " + strconv.Itoa(s.Tries) + " times"
		}
		parts = append(parts, wait)
	}
	return strings.Join(parts, "; ")
}

// limit is for how long the step waits for a lock, where that is limited.
func (s *FixStep) limit() string {
	if s.LockTimeout == nil || *s.LockTimeout <= 0 {
		return ""
	}
	return Limit(*s.LockTimeout)
}

// held names locks, those of one kind together.
func held(locks []TableLock) string {
	var kinds []string
	tables := map[string][]string{}
	for _, l := range locks {
		kind := l.Lock.String()
		if tables[kind] == nil {
			kinds = append(kinds, kind)
		}
		tables[kind] = append(tables[kind], tableName(l.Table))
	}
	for i, kind := range kinds {
		kinds[i] = kind + " on " + Several(tables[kind])
	}
	return Several(kinds)
}

// finals are what nothing takes back.
func (t *fixText) finals(p *FixPlan) {
	first := true
	for i, s := range p.Steps {
		if s.Final == "" {
			continue
		}
		if first {
			t.out.WriteString("\n  " + t.palette.severity(rules.Warning).Sprint("going back") + "\n")
			first = false
		}
		t.line(4, strconv.Itoa(i+1)+". ", s.Final)
	}
}

func (t *fixText) file(f *FixFile) {
	word := "rewritten"
	if f.Old == nil {
		word = "new"
	}
	t.out.WriteString("  " + pad(word, len("rewritten")) + "  " + clean(f.Path) + "\n")
}

// diff is the file's diff in colour.
func (t *fixText) diff(f *FixFile) {
	for i, line := range strings.Split(strings.TrimSuffix(f.diff(), "\n"), "\n") {
		line = clean(strings.TrimSuffix(line, "\r"))
		switch {
		case i < 2:
			line = t.palette.bold.Sprint(line)
		case strings.HasPrefix(line, "@@"):
			line = t.palette.gutter.Sprint(line)
		case strings.HasPrefix(line, "+"):
			line = t.palette.added.Sprint(line)
		case strings.HasPrefix(line, "-"):
			line = t.palette.removed.Sprint(line)
		}
		t.out.WriteString(line + "\n")
	}
}

// unfixed lists what is left as it is. Of files that may not be changed it says
// no more than how many findings they have.
func (t *fixText) unfixed(all []Unfixed) {
	applied := map[string]int{}
	var order []string
	for i, u := range all {
		if u.Applied {
			if applied[u.Reason] == 0 {
				order = append(order, u.Reason)
			}
			applied[u.Reason]++
			continue
		}
		place, left := fmt.Sprintf("%s:%d:%d", clean(u.Path), u.Start.Line, u.Start.Column), "left as it is"
		if u.Draft {
			place, left = clean(u.Path), "not made"
		}
		t.out.WriteString(t.palette.bold.Sprint(place) + ": " + left + " " + t.palette.rule.Sprint("["+u.Rule+"]") + "\n")
		if i+1 < len(all) && all[i+1].Path == u.Path && all[i+1].Reason == u.Reason {
			continue // the reason stands below the last that it is for
		}
		t.line(len(hanging), "", u.Reason)
	}
	for _, reason := range order {
		left := "left as they are"
		if applied[reason] == 1 {
			left = "left as it is"
		}
		t.line(0, "", count(applied[reason], "finding", "findings")+" "+left+": "+reason)
	}
	if len(all) > 0 {
		t.out.WriteByte('\n')
	}
}

func (t *fixText) summary(r *Fix) {
	rewritten, fresh := 0, 0
	seen := map[string]bool{}
	for _, p := range r.Plans {
		for _, f := range p.Files {
			switch {
			case seen[f.Path]:
			case f.Old == nil:
				fresh++
			default:
				rewritten++
			}
			seen[f.Path] = true
		}
	}
	switch {
	case len(r.Plans) == 0 && r.Problems > 0:
		t.out.WriteString(t.palette.severity(rules.Error).Sprint("nothing written") + "\n")
	case len(r.Plans) == 0:
		t.out.WriteString("nothing to change in " + count(r.Files, "file", "files") + "\n")
	default:
		words := count(len(r.Plans), "plan", "plans") + ": " + count(rewritten, "file", "files") + " rewritten, " + strconv.Itoa(fresh) + " new"
		if !r.Written {
			words += "; --write writes them"
		}
		t.line(0, "", words)
		t.remind(r)
	}
	if note := versionNote(r.Targets); note != "" {
		t.out.WriteString(note + "\n")
	}
}

// remind says where the rest of the plans is told.
func (t *fixText) remind(r *Fix) {
	for _, p := range r.Plans {
		for _, f := range p.Files {
			if r.Written && path.Base(f.Path) == "plan.md" {
				t.line(0, "", "what comes after is told in "+clean(f.Path))
			}
		}
	}
}
