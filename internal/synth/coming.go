package synth

import (
	"context"
	"database/sql"
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// Coming is a constraint that a table does not have yet. Its rows are to satisfy it all
// the same: a migration is about to add it, and the server would refuse it otherwise.
type Coming struct {
	Table   change.Name
	Columns []string    // of a unique key or a foreign key
	Parent  change.Name // of a foreign key
	Refers  []string    // its columns; none: the key
	Check   string      // SQL of a condition
}

// expect has tables satisfy what is coming. What speaks of a table or column that is not
// there is left to the server.
func (f *filler) expect(ctx context.Context, s *sql.Conn, tables []*table) error {
	if len(f.options.Coming) == 0 {
		return nil
	}
	keys, err := f.flavour.keys(ctx, s)
	if err != nil {
		return err
	}
	for _, c := range f.options.Coming {
		if t := named(tables, c.Table); t != nil {
			t.expect(c, named(tables, c.Parent), keys)
		}
	}
	for _, t := range tables {
		t.markUnique()
	}
	return nil
}

func (t *table) expect(c Coming, parent *table, keys map[change.Name][]string) {
	known := func(t *table, names []string) bool {
		return len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return t.column(n) == nil })
	}
	switch {
	case c.Check != "":
		t.checks = append(t.checks, check{name: "that is coming", sql: c.Check, columns: namedIn(t, c.Check), coming: true})
	case !known(t, c.Columns):
	case c.Parent == (change.Name{}):
		t.unique = append(t.unique, c.Columns)
	case parent != nil && parent != t:
		refers := c.Refers
		if len(refers) == 0 {
			refers = keys[parent.name]
		}
		if known(parent, refers) && len(refers) == len(c.Columns) {
			t.foreign = append(t.foreign, foreignKey{columns: c.Columns, refers: refers, parent: parent.name, coming: true})
		}
	}
}

// forgetComing has a table do without the checks that are coming, and says whether there
// were any: rows that the migration is refused on are better than none.
func (t *table) forgetComing() bool {
	all := len(t.checks)
	t.checks = slices.DeleteFunc(t.checks, func(k check) bool { return k.coming })
	return len(t.checks) < all
}

// named finds a table, also by a name without its schema.
func named(tables []*table, name change.Name) *table {
	for _, t := range tables {
		if t.name.Name == name.Name && (name.Schema == "" || t.name.Schema == "" || t.name.Schema == name.Schema) {
			return t
		}
	}
	return nil
}
