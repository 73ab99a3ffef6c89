package rewrite

import "github.com/safemig/safemig/dialect/change"

func primaryKeyUsingIndex() Recipe {
	return Recipe{
		ID: "primary-key-using-index", Dialect: "postgres",
		Summary: "columns made NOT NULL by way of a CHECK; CREATE UNIQUE INDEX CONCURRENTLY; ADD CONSTRAINT .. PRIMARY KEY USING INDEX",
		Build:   buildPrimaryKeyUsingIndex,
	}
}

func buildPrimaryKeyUsingIndex(c *Case) (Result, error) {
	op, ok := c.Op.(*change.AddConstraint)
	switch {
	case !ok || op.Constraint.Kind != change.PrimaryKey:
		return Result{}, Refuse("only a PRIMARY KEY can be made from an index here")
	case op.Constraint.UsingIndex != "":
		return overIndexOfOwn(c, op)
	}
	return addKey(c, op)
}

// overIndexOfOwn is a primary key over an index that is there: only its columns
// have yet to become NOT NULL.
func overIndexOfOwn(c *Case, op *change.AddConstraint) (Result, error) {
	ix := c.State.Index(change.Name{Schema: c.State.Resolve(op.Table).Schema, Name: op.Constraint.UsingIndex})
	if ix == nil || len(ix.Columns) == 0 {
		return Result{}, Refuse("the columns of index %s are not known: make them NOT NULL first, each by ADD CONSTRAINT .. CHECK (c IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT and SET NOT NULL", c.Q(op.Constraint.UsingIndex))
	}
	con := op.Constraint
	con.Columns = ix.Columns
	k := key{c: c, table: op.Table, con: con, phase: Expand}
	name := con.Name
	if name == "" {
		name = con.UsingIndex
	}
	attach := Step{
		Phase: Validate, Title: "make the index the PRIMARY KEY " + c.Q(name) + " of " + c.Table(), Slug: Slug("add", name),
		SQL: []string{"ALTER TABLE " + c.Table() + " " + c.Source(op.Span)}, InTx: true,
	}
	attach.Down, attach.Final = withoutKey(c, ix.Name, name)
	return Result{Clause: TakenOut(), After: append(k.notNull(k.nullable()).all(), attach), Owns: ix.Columns}, nil
}

// withoutKey takes a key back that was made of an index, which goes with it: it
// is built again.
func withoutKey(c *Case, index, constraint string) (down []string, final string) {
	down = []string{"ALTER TABLE IF EXISTS " + c.Table() + " DROP CONSTRAINT IF EXISTS " + c.Q(constraint)}
	name := change.Name{Schema: c.Op.Head().Table.Schema, Name: index}
	for _, d := range c.State.DefsOf(name) {
		if d.Class != "index" {
			continue
		}
		text, err := c.Text.Current(d)
		at, none := afterWord(c.Text, text, "INDEX")
		if err != nil || none != nil || text == "" {
			break
		}
		for _, word := range []string{"CONCURRENTLY", "EXISTS"} { // CREATE INDEX CONCURRENTLY IF NOT EXISTS
			if end, err := afterWord(c.Text, text, word); err == nil {
				at = end
			}
		}
		rest := text[at:]
		return append(down, dropInvalid(c.Text, name), "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS"+rest), ""
	}
	return down, "Going back drops index " + c.Q(index) + " with the key: its definition is not known."
}

// nullable are the columns of a primary key that are not known to be NOT NULL.
func (k *key) nullable() []string {
	if k.con.Kind != change.PrimaryKey {
		return nil
	}
	var out []string
	t := k.c.State.Table(k.table)
	for _, n := range k.con.Columns {
		if t == nil || t.Column(n) == nil || !t.Column(n).NotNull {
			out = append(out, n)
		}
	}
	return out
}

// notNull are the steps that make a primary key's columns NOT NULL.
func (k *key) notNull(columns []string) notNull {
	if len(columns) == 0 {
		return notNull{}
	}
	r := required{c: k.c, table: k.table, columns: columns, phase: k.phase, gate: k.gate}
	return r.steps()
}
