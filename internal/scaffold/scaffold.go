// Package scaffold writes the migration that somebody would have written who asks
// for a change on the command line.
package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/nearest"
	"github.com/safemig/safemig/rewrite"
)

// Ask is a change that is asked for: its kind, and the flags with their values.
type Ask struct {
	Kind  string
	Flags map[string]string
}

// Change is what was asked for, as a migration.
type Change struct {
	Kind     Kind
	SQL      []string // the statements, without semicolons
	Slug     string   // what it does, as a piece of a file's name
	Split    *rewrite.Split
	Inverses map[string]string // as rewrite.Options has them
}

// Write writes the migration for a schema that is known so far. A mistake in the flags
// is an error that names the flag.
func (a Ask) Write(text rewrite.Text, known *schema.State) (*Change, error) {
	k, err := a.kind()
	if err != nil {
		return nil, err
	}
	r := &reader{text: text, known: known, flags: a.Flags, change: &Change{Kind: k}}
	write := k.write
	if r.defs, _ = text.(rewrite.DefinitionText); r.defs != nil {
		if write = k.writeMySQL; write == nil {
			return nil, fmt.Errorf("%s is for PostgreSQL only", k.Name)
		}
	}
	r.change.SQL = append(r.change.SQL, write(r))
	return r.change, r.err
}

// Check says what is wrong with the kind and its flags, without looking at the values.
func (a Ask) Check() error {
	_, err := a.kind()
	return err
}

// kind is the kind that is asked for, when it has all that it needs.
func (a Ask) kind() (Kind, error) {
	i := slices.IndexFunc(Kinds(), func(k Kind) bool { return k.Name == a.Kind })
	switch {
	case a.Kind == "":
		return Kind{}, fmt.Errorf("no plan is named; plans are %s", strings.Join(Names(), ", "))
	case i < 0:
		return Kind{}, fmt.Errorf("no plan %q%s; plans are %s", a.Kind, nearest.DidYouMean(a.Kind, Names()), strings.Join(Names(), ", "))
	}
	k := Kinds()[i]
	for _, name := range Flags() {
		value, given := a.Flags[name]
		needed := slices.Contains(k.Needs, name)
		switch {
		case !given && needed:
			return k, fmt.Errorf("%s needs --%s", k.Name, name)
		case !given:
		case !needed && !slices.Contains(k.MayHave, name):
			return k, fmt.Errorf("%s has no --%s; it has --%s", k.Name, name, strings.Join(slices.Concat(k.Needs, k.MayHave), ", --"))
		case strings.TrimSpace(value) == "":
			return k, fmt.Errorf("--%s is empty", name)
		}
	}
	return k, nil
}

// Fits says whether the migration, as it was read, is what was written: the SQL of
// a flag may be anything.
func (c *Change) Fits(script *change.Script) error {
	statements := 0
	for _, stmt := range script.Stmts {
		if stmt.Err != nil {
			return fmt.Errorf("%s: %w", stmt.Span.Text(script.Raw), stmt.Err)
		}
		if len(stmt.Ops) == 0 || stmt.Ops[0].Kind() != change.KindTxControl { // BEGIN and COMMIT are the layout's
			statements++
		}
	}
	if statements != len(c.SQL) {
		return fmt.Errorf("%d statements came out of the flags, not %d: %s", statements, len(c.SQL), strings.Join(c.SQL, "; "))
	}
	return nil
}

// Requests ask the kind's own recipe for each change of the migration.
func (c *Change) Requests(script *change.Script) []rewrite.Request {
	var out []rewrite.Request
	if c.Kind.Recipe == "" {
		return nil
	}
	for _, stmt := range script.Stmts {
		for _, op := range stmt.Ops {
			out = append(out, rewrite.Request{Rule: c.Kind.Name, Recipe: c.Kind.Recipe, Span: op.Head().Span})
		}
	}
	return out
}

// Read reads a line such as "split-table --table t --columns a,b --into t2": a value
// goes on up to the next flag.
func Read(line string) (Ask, error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return Ask{}, fmt.Errorf("no plan is named; plans are %s", strings.Join(Names(), ", "))
	}
	a, flag := Ask{Kind: words[0], Flags: map[string]string{}}, ""
	for _, word := range words[1:] {
		name, is := strings.CutPrefix(word, "--")
		switch {
		case is && slices.Contains(Flags(), name):
			flag = name
			a.Flags[flag] = ""
		case flag == "":
			return Ask{}, fmt.Errorf("%q is behind no flag", word)
		default:
			a.Flags[flag] = strings.TrimSpace(a.Flags[flag] + " " + word)
		}
	}
	return a, nil
}
