package gate

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
)

// script is what a step does, in the order it does it.
type script struct {
	ops []change.Op
	// names are the words and names of its SQL, as the server sees them.
	names map[string]bool
	err   error // a part is not understood: what else it does is not known
}

// scripts reads the SQL of all steps that have any.
func (c *checker) scripts() ([]script, error) {
	name, version := c.Plan.Dialect, ""
	if c.DB != nil { // which may be a MariaDB for a plan that was made for MySQL
		name, version = c.DB.Dialect, c.DB.Version.String()
	}
	d, err := dialect.Open(name, version)
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", c.Plan.Name, err)
	}
	out := make([]script, len(c.Plan.Steps))
	for i := range c.Plan.Steps {
		s := &c.Plan.Steps[i]
		out[i].names = map[string]bool{}
		if s.Backfill != nil {
			continue
		}
		for _, f := range s.Files {
			out[i].err = errors.Join(out[i].err, c.readFile(&out[i], d, filepath.Join(c.Folder, filepath.FromSlash(f))))
		}
	}
	return out, nil
}

// readFile adds what a file does on its way forth.
func (c *checker) readFile(to *script, d *dialect.Dialect, name string) error {
	shown := filepath.ToSlash(name)
	files, err := layout.ReadAs(c.Plan.Layout, name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not there", shown)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", shown, err)
	}
	for _, f := range files {
		if f.Down {
			continue
		}
		d.Parse(f.Script)
		for _, stmt := range f.Script.Stmts {
			err = errors.Join(err, to.add(c.Plan.Dialect, f.Script, stmt))
		}
		for _, w := range wordsOf(c.Plan.Dialect, f.Script.Section.Text(f.Script.Src)) {
			to.names[w.text] = true
		}
	}
	return err
}

// add adds what a statement does.
func (to *script) add(dialect string, s *change.Script, stmt *change.Stmt) error {
	line := 1
	for _, b := range s.Src[:min(stmt.Span.Start, len(s.Src))] {
		if b == '\n' {
			line++
		}
	}
	if stmt.Err != nil {
		return fmt.Errorf("%s:%d cannot be parsed: %w", s.Path, line, stmt.Err)
	}
	for _, op := range stmt.Ops {
		if o, is := op.(*change.Opaque); is && !takesNothing(dialect, stmt.Span.Text(s.Src)) {
			return fmt.Errorf("%s:%d is not understood: %s", s.Path, line, o.Why)
		}
		to.ops = append(to.ops, op)
	}
	return nil
}

// takesNothing says of a statement that runs texts which it puts together that they take
// no name away, as far as the statement has their words: they begin with something that
// does not, and none of them drops or renames a column or a relation.
func takesNothing(dialect, sql string) bool {
	begun, body := false, 0
	words := wordsOf(dialect, sql)
	if len(words) > 0 && words[0].is("do") { // its own text is a literal
		body = 1
	}
	for i, w := range words {
		if w.inside <= body {
			continue
		}
		next := word{}
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case w.is("drop") && !next.is("default", "not", "constraint", "identity", "expression", "trigger", "function", "index", "policy"),
			w.is("rename") && next.is("column"),
			w.is("table", "view") && slices.ContainsFunc(words[i:], func(w word) bool { return w.is("rename") }) && !slices.ContainsFunc(words[i:], func(w word) bool { return w.is("constraint") }):
			return false
		case w.is("alter", "create", "grant", "revoke", "comment", "analyze", "refresh", "set", "select", "update", "insert", "cluster"):
			begun = true
		}
	}
	return begun
}
