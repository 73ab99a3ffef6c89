package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// undoConstraint is the way back of DROP CONSTRAINT: the constraint is added as a
// plan would add it.
func (b *builder) undoConstraint(c *Case, op *change.DropConstraint) (way wayBack, final string) {
	on, name := b.state.Resolve(op.Table), op.Name
	t := b.state.Table(on)
	var k *schema.Constraint
	if t != nil {
		k = t.Constraint(name)
	}
	text, known := c.constraintText(on, name)
	shown, table := c.Q(name), c.Text.QuoteName(on)
	switch {
	case k == nil && op.IfExists && t != nil && t.Complete:
		return way, ""
	case k == nil || !known:
		return way, "How " + shown + " of " + table + " was made is not known: it cannot be made again from here."
	case op.Cascade:
		return way, "What CASCADE drops together with " + shown + " of " + table + " is not made again from here."
	case c.only():
		return way, "Going back, " + shown + " of " + table + " has to be made again by hand: the migration drops it on that table ONLY."
	case k.Kind == change.Exclude:
		return way, shown + " can only be made again while nobody writes to " + table + ": EXCLUDE has no online way."
	case k.Kind == change.Unique || k.Kind == change.PrimaryKey:
		way, final = c.keyAgain(t, k, text)
	default:
		way, final = c.checkAgain(on, k, text)
	}
	if final == "" {
		way.last = append(way.last, (&shadow{c: c}).saidOf(on, "CONSTRAINT", name)...)
		b.plan.Notes = appendNew(b.plan.Notes, "Going back makes "+shown+" of "+table+" again. Where rows have come in since that it would have kept out, that fails, and the rows must be mended first.")
	}
	return way, final
}

// checkAgain makes a constraint again that can be NOT VALID.
func (c *Case) checkAgain(on change.Name, k *schema.Constraint, text string) (way wayBack, final string) {
	if final = c.dropForeignKey(on, k).Final; final != "" {
		return way, final
	}
	table := c.Text.QuoteName(on)
	way.sql = []string{c.unlessThere(on, k.Name, "ALTER TABLE "+table+" ADD "+text+" NOT VALID", "")}
	if k.Validated {
		way.last = []string{"ALTER TABLE IF EXISTS " + table + " VALIDATE CONSTRAINT " + c.Q(k.Name)}
	}
	return way, ""
}

// keyAgain makes a key again: its index first, while everybody reads and writes.
// USING INDEX gives the index the key's name.
func (c *Case) keyAgain(t *schema.Table, con *schema.Constraint, text string) (way wayBack, final string) {
	k := &key{c: c, table: t.Name, name: con.Name}
	if t.Partitioned {
		return way, c.Q(con.Name) + " of the partitioned table " + c.Text.QuoteName(t.Name) + " can only be made again on each partition first: safemig fix plans that for ALTER TABLE " + c.Text.QuoteName(t.Name) + " ADD " + text + "."
	}
	if err := k.cut(text); err != nil {
		return way, "What the index of " + c.Q(con.Name) + " was is not known: it cannot be made again from here."
	}
	made := change.Name{Schema: t.Name.Schema, Name: con.Name}
	tidy := ""
	if c.keyGivenAgain(t, con) {
		made.Name = MadeName(con.Name, "old")
		tidy = "DROP INDEX IF EXISTS " + c.Text.QuoteName(made)
	}
	build, err := concurrently(c.Text, k.build(t.Name, made.Name).SQL[0])
	if err != nil {
		return way, "The index of " + c.Q(con.Name) + " cannot be built again from here: " + err.Error() + "."
	}
	add := "ALTER TABLE " + c.Text.QuoteName(t.Name) + " ADD CONSTRAINT " + c.Q(con.Name) + " " + k.parts.words + " USING INDEX " + c.Q(made.Name) + " " + k.parts.rest
	way.first = []string{dropInvalid(c.Text, made), build}
	way.sql = []string{c.unlessThere(t.Name, con.Name, strings.TrimSpace(add), tidy)}
	return way, ""
}

// keyGivenAgain says whether the migration makes another key in the place of one.
func (c *Case) keyGivenAgain(t *schema.Table, con *schema.Constraint) bool {
	for _, stmt := range c.Script.Stmts {
		for _, op := range stmt.Ops {
			add, is := op.(*change.AddConstraint)
			if is && c.State.Resolve(add.Table) == t.Name && (add.Constraint.Name == con.Name || add.Constraint.Kind == change.PrimaryKey && con.Kind == change.PrimaryKey) {
				return true
			}
		}
	}
	return false
}

// unlessThere adds a constraint where the table is there and has none of the name;
// otherwise is a statement for where it has.
func (c *Case) unlessThere(on change.Name, constraint, add, otherwise string) string {
	table := "to_regclass(" + c.Text.Literal(c.Text.QuoteName(on)) + ")"
	if otherwise != "" {
		otherwise = " ELSE " + otherwise + ";"
	}
	return "IF " + table + " IS NOT NULL AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = " + table + " AND conname = " + c.Text.Literal(constraint) + ") THEN " + add + ";" + otherwise + " END IF"
}

// only says whether the statement is about the table alone, without what inherits.
func (c *Case) only() bool {
	text := c.Source(change.Span{Start: c.Stmt.Span.Start, End: c.Op.Head().Span.Start})
	return wordsOf(text)["only"]
}
