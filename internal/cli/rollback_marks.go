package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/rules"
)

// accept puts above each statement that takes something back what the linter would say
// of it, so that neither it nor fix takes the file for a change that nobody has thought of.
func (g *goingBack) accept(dir string) error {
	at, err := g.after(dir)
	if err != nil || at == nil {
		return err
	}
	reason := fmt.Sprintf("it takes plan %s back, and what needs it must be gone by then", g.Name)
	for i := range g.pieces {
		p := &g.pieces[i]
		script := pieceScript(p)
		at.dialect.Parse(script)
		found, err := at.checker.File(g.cli.Context, script)
		if err != nil {
			return fmt.Errorf("judging what takes step %d back: %w", g.of[i], err)
		}
		p.SQL = slices.Clone(p.SQL)
		for n := range p.SQL {
			p.SQL[n] = marksOf(found, n, reason) + p.SQL[n]
		}
	}
	return nil
}

// after is the plan's migrations as they leave the schema; nil where they cannot be read.
func (g *goingBack) after(dir string) (*group, error) {
	s := *g.settings
	s.only, s.server = []string{dir}, map[string]string{flagDialect: g.Dialect}
	w, err := g.load(&s)
	if err != nil {
		return nil, err
	}
	if err := w.walk(g.cli.Context, func(group *group, file *layout.File) error { return w.history(group, file) }); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(w.groups, func(group *group) bool { return group.dialect.Target.Dialect == g.Dialect })
	if i < 0 {
		return nil, nil
	}
	return w.groups[i], nil
}

// pieceScript is a piece as a file of its own.
func pieceScript(p *layout.Piece) *change.Script {
	var text strings.Builder
	for _, sql := range p.SQL {
		text.WriteString(strings.TrimRight(sql, "; \n") + ";\n")
	}
	raw := []byte(text.String())
	s := &change.Script{Path: p.Slug, Raw: raw, Src: raw, Section: change.Span{End: len(raw)}, Tx: change.TxNone}
	if p.InTx && !p.Bare {
		s.Tx = change.TxFile
	}
	return s
}

// marksOf are the comments above the n-th statement of a file.
func marksOf(found []rules.Finding, n int, reason string) string {
	var ids []string
	for _, f := range found {
		if f.Stmt != nil && f.Stmt.Index == n && f.Severity >= rules.Warning && !f.OfComment && !slices.Contains(ids, f.Rule) {
			ids = append(ids, f.Rule)
		}
	}
	out := ""
	for _, id := range ids {
		out += "-- safemig:ignore " + id + " -- " + strings.Join(strings.Fields(reason), " ") + "\n" // plan.yml may be a stranger's
	}
	return out
}
