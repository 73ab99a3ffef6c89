package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rewrite"
)

// cut makes the pieces of the plan: what goes into one file each.
func (t *fixing) cut() {
	waits := false
	for i := range t.plan.Steps {
		s := &t.plan.Steps[i]
		waits = waits || s.Gate != nil
		if s.Backfill != nil {
			t.jobs = append(t.jobs, t.job(s.Backfill))
			waits = true
			continue
		}
		from := len(t.pieces)
		t.cutStep(s)
		for j := from; j < len(t.pieces); j++ {
			p := &t.pieces[j]
			p.Slug, p.Waits, p.About = s.Slug, waits, t.about(i)
			if !p.InTx && s.LockTimeout > 0 {
				p.About = append(p.About, fmt.Sprintf("Set its lock_timeout (say %s) outside of the file, with PGOPTIONS or ALTER ROLE.", report.Limit(s.LockTimeout)))
			}
			t.of = append(t.of, i)
		}
	}
	if len(t.pieces) == 0 || t.pieces[0].Waits {
		t.nothingNow()
	}
}

// nothingNow is a file for a migration all of whose steps must wait.
func (t *fixing) nothingNow() {
	about := fmt.Sprintf("safemig plan %s: nothing of it may run yet. See what it waits for in the plan's %s.", t.plan.Name, ledger.StoryName)
	t.pieces = slices.Insert(t.pieces, 0, layout.Piece{Slug: "nothing_yet", About: []string{about}, SQL: []string{"SELECT 1"}, InTx: true, DownInTx: true})
	t.of = slices.Insert(t.of, 0, -1)
}

// cutStep appends the pieces of a step. Going back, the last piece comes first.
func (t *fixing) cutStep(s *rewrite.Step) {
	from := len(t.pieces)
	var cleanup []string
	for _, f := range rewrite.Files(s, t.text, t.options) {
		if f.InTx && !s.InTx {
			cleanup = append(cleanup, f.Stmts...)
			continue
		}
		t.pieces = append(t.pieces, layout.Piece{SQL: f.Stmts, InTx: f.InTx || s.Commits, Bare: s.Commits, DownInTx: true})
	}
	pieces := t.pieces[from:]
	if len(pieces) == 0 {
		return
	}
	pieces[0].Cleanup, pieces[0].NoDown = cleanup, s.Final
	for i, f := range rewrite.UndoFiles(s, t.text, t.options) {
		p := &pieces[max(0, len(pieces)-1-i)]
		p.Down, p.DownInTx = append(p.Down, f.Stmts...), f.InTx || s.Commits
		p.Undo = p.Down
		if f.InTx && !s.Commits { // without the loop for the locks
			p.Undo = append(slices.DeleteFunc(slices.Clone(f.Stmts), func(sql string) bool { return !strings.HasPrefix(sql, "SET LOCAL ") || slices.Contains(s.Down, sql) }), s.Down...)
		}
	}
}

// about is the comment at the head of a step's files.
func (t *fixing) about(i int) []string {
	s, of := &t.plan.Steps[i], ""
	if n := len(t.plan.Steps); n > 1 {
		of = fmt.Sprintf(", step %d of %d", i+1, n)
	}
	out := []string{fmt.Sprintf("safemig plan %s%s: %s.", t.plan.Name, of, strings.TrimSuffix(s.Title, "."))}
	shown := t.step(i, nil)
	out = append(out, upperFirst(shown.How())+".")
	for _, f := range shown.First {
		out = append(out, "First: "+f+".")
	}
	if len(s.Resume) > 0 {
		out = append(out, "If it was interrupted and will not run again, this finishes it: "+strings.Join(s.Resume, "; ")+";")
	}
	if s.Final != "" {
		out = append(out, "Going back: "+s.Final)
	}
	return out
}

func upperFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// job is a backfill as its file and plan.yml have it.
func (t *fixing) job(b *rewrite.Backfill) *ledger.Job {
	j := &ledger.Job{Name: b.Name, Table: t.text.QuoteName(b.Table), Set: b.Set, Where: b.Where, SQL: b.SQL, Comments: b.Comments}
	for _, k := range b.Key {
		j.Key = append(j.Key, t.text.Quote(k))
	}
	if j.SQL != "" {
		j.Set = ""
	}
	return j
}

// tables are the names of all tables that the plan is about.
func (t *fixing) tables() []string {
	var out []string
	add := func(n change.Name) {
		if n.Name != "" && !slices.Contains(out, n.Name) {
			out = append(out, n.Name)
		}
	}
	for _, stmt := range t.script.Stmts {
		for _, op := range stmt.Ops {
			add(op.Head().Table)
		}
	}
	for i := range t.plan.Steps {
		for _, l := range t.plan.Steps[i].Locks {
			add(l.Table)
		}
		if b := t.plan.Steps[i].Backfill; b != nil {
			add(b.Table)
		}
	}
	return out
}
