package rewrite

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// foreignKeys drops the keys out of the table, and into it, one by one: each
// locks another table, and with the table all of them would be locked at once.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-CONSTRAINT
func (d *drop) foreignKeys() []Step {
	var out []Step
	if d.t == nil {
		return nil
	}
	mine := d.c.dropsAt(d.table)
	early := func(other change.Name) bool { // the other table's own steps do it
		at := d.c.dropsAt(other)
		return at >= 0 && at < mine
	}
	for _, k := range d.t.Constraints {
		if k.Kind == change.ForeignKey && k.Ref != d.table && !early(k.Ref) && k.Name != "" {
			out = append(out, d.keyStep(d.table, k))
		}
	}
	for _, n := range d.c.State.Referencing(d.table) {
		t := d.c.State.Table(n)
		if n == d.table || t == nil || early(n) {
			continue
		}
		for _, k := range t.Constraints {
			if k.Kind == change.ForeignKey && k.Ref == d.table && k.Name != "" {
				out = append(out, d.keyStep(t.Name, k))
			}
		}
	}
	return out
}

func (d *drop) keyStep(on change.Name, k *schema.Constraint) Step {
	s := d.c.dropForeignKey(on, k)
	s.Gate, s.perhaps = d.gate(), d.op.IfExists
	return s
}

// dropForeignKey drops one foreign key. On the way back it is made as any foreign
// key is: NOT VALID, and then its rows are checked while everybody writes.
func (c *Case) dropForeignKey(on change.Name, k *schema.Constraint) Step {
	table, name := c.Text.QuoteName(on), c.Q(k.Name)
	s := Step{
		Phase: Contract, InTx: true, keepAll: true,
		Title: "drop the foreign key " + name + " of " + table, Slug: Slug("drop", k.Name),
		SQL:    []string{"ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS " + name},
		Accept: []Accept{{Rule: "drop-constraint", Reason: "no running version needs it"}},
	}
	text, known := c.constraintText(on, k.Name)
	if !known {
		s.Final = fmt.Sprintf("How %s of %s was made is not known: it cannot be made again from here.", name, table)
		return s
	}
	add := "ALTER TABLE " + table + " ADD " + text
	if t := c.State.Table(on); t != nil && t.Partitioned && !c.Has("partitioned-foreign-key-not-valid") {
		s.Final = name + " of the partitioned table " + table + " can only be made again on each partition first: safemig fix plans that for " + add + "."
		return s
	}
	if !k.Validated {
		s.Down = []string{c.addAgain(on, k.Name, add+" NOT VALID")}
		return s
	}
	s.Down = []string{c.addAgain(on, k.Name, add+" NOT VALID"), "ALTER TABLE IF EXISTS " + table + " VALIDATE CONSTRAINT " + name}
	return s
}

// addAgain adds a constraint where the table is there and has none of the name.
func (c *Case) addAgain(on change.Name, constraint, add string) string {
	table := "to_regclass(" + c.Text.Literal(c.Text.QuoteName(on)) + ")"
	return c.inShortTries(table+" IS NULL OR EXISTS (SELECT FROM pg_constraint WHERE conrelid = "+table+" AND conname = "+c.Text.Literal(constraint)+")", add)
}

// inShortTries is a statement that runs by itself, outside of a transaction, unless
// the condition holds, and waits for its locks in short tries as the steps do.
func (c *Case) inShortTries(unless, statement string) string {
	guard := ""
	if unless != "" {
		guard = "  IF " + unless + " THEN\n    RETURN;\n  END IF;\n"
	}
	limit := "  SET LOCAL lock_timeout = " + c.Text.Literal(duration(c.Options.LockTimeout)) + ";\n"
	return inTries(c.Text, guard+limit, lines([]string{statement}), max(1, c.Options.Tries))
}

// constraintText is a constraint as it holds now, with its name and without NOT VALID.
func (c *Case) constraintText(on change.Name, name string) (string, bool) {
	for _, d := range c.State.Defs(on) {
		if d.Class != "constraint" || d.Name.Name != name || d.Of != on || d.Text == "" {
			continue
		}
		text, err := c.Text.Current(d)
		if err == nil && d.Inline {
			text, err = c.Text.TableConstraint(text, d.Column)
		}
		if err == nil {
			text, err = c.Text.WithName(schema.Piece{Kind: schema.ConstraintPiece, Text: text, Of: on, Schema: d.Schema}, name)
		}
		return withoutNotValid(c.Text, text), err == nil
	}
	return "", false
}
