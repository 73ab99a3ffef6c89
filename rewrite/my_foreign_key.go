package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// parented is a foreign key that is added without the copy by which the server
// validates it: with foreign_key_checks off in the session that adds it. Every other
// session checks what it writes from then on, so that a look at the rows that were
// there before completes it.
// https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html#foreign-key-checks
type parented struct {
	c             *Case
	op            *change.AddConstraint
	child, parent *schema.Table
	ref           change.Name // the parent's: of the child's database where none is written
	name          string
	d             *ddl
}

func buildMyForeignKey(c *Case, op *change.AddConstraint) (Result, error) {
	p := &parented{c: c, op: op, ref: op.Constraint.Ref.Table, d: newDDL(c)}
	if p.ref.Schema == "" {
		p.ref.Schema = op.Table.Schema
	}
	if err := p.fits(); err != nil {
		return Result{}, err
	}
	made, err := p.add()
	if err != nil {
		return Result{}, err
	}
	shown, of := strings.Join(p.quoted(op.Constraint.Columns), ", "), c.Text.QuoteName(p.ref)
	return Result{
		Clause: TakenOut(), After: []Step{p.look("before"), made, p.look("behind")}, Owns: op.Constraint.Columns,
		Notes: []string{fmt.Sprintf(
			"The server validates no row when it adds %s: the steps before and behind it look for rows of %s whose (%s) has no parent in %s. From the moment that the key is there, writes without a parent fail, in the running version of the application, too.",
			c.Q(p.name), c.Table(), shown, of)},
	}, nil
}

// fits refuses where the server, without its checks, would take what it refuses with them.
func (p *parented) fits() error {
	c, con := p.c, p.op.Constraint
	p.child, p.parent = c.State.Table(p.op.Table), c.State.Table(p.ref)
	of := c.Text.QuoteName(p.ref)
	switch {
	case p.child == nil || !p.child.Complete || p.parent == nil || !p.parent.Complete:
		return Refuse("what columns %s and %s have is not known: give the earlier migrations, or --schema", c.Table(), of)
	case p.child == p.parent:
		return Refuse("it refers to %s itself: without checks the server takes it, and blocks writes meanwhile on some versions; copy the table with an engine", c.Table())
	case p.child.Partitioned || p.parent.Partitioned || !isInnoDB(p.child) || !isInnoDB(p.parent):
		return Refuse("foreign keys need tables of InnoDB without partitions")
	case len(con.Ref.Columns) != len(con.Columns) || !p.isKeyOfParent():
		return Refuse("no unique key of %s is known to be over (%s): without its checks the server would take the foreign key all the same", of, strings.Join(p.quoted(con.Ref.Columns), ", "))
	}
	nulls := strings.EqualFold(con.Ref.OnDelete, "SET NULL") || strings.EqualFold(con.Ref.OnUpdate, "SET NULL")
	for i, n := range con.Columns {
		if col := p.child.Column(n); nulls && col != nil && col.NotNull {
			return Refuse("it sets %s.%s to NULL, which takes none", c.Table(), c.Q(n))
		}
		if err := p.alike(n, con.Ref.Columns[i]); err != nil {
			return err
		}
	}
	if p.name = (&builder{in: c.Input, state: c.State}).nameOfConstraint(p.op); p.name == "" {
		return Refuse("the foreign key has no name, by which a file that runs again could tell that it is there: give it one")
	}
	return nil
}

func isInnoDB(t *schema.Table) bool { return t.Engine == "" || strings.EqualFold(t.Engine, "InnoDB") }

// isKeyOfParent: MySQL 8.4 takes other indexes no more by default.
// https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_restrict_fk_on_non_standard_key
func (p *parented) isKeyOfParent() bool {
	columns := p.op.Constraint.Ref.Columns
	if pk := p.parent.PrimaryKey(); pk != nil && slices.EqualFunc(pk.Columns, columns, strings.EqualFold) {
		return true
	}
	return slices.ContainsFunc(p.c.State.IndexesOf(p.ref), func(ix *schema.Index) bool {
		return ix.Unique && !ix.Exprs && slices.EqualFunc(ix.Columns, columns, strings.EqualFold)
	})
}

// alike refuses columns whose types, or character sets, are not the same for sure.
func (p *parented) alike(column, ref string) error {
	a, b := p.child.Column(column), p.parent.Column(ref)
	if a == nil || b == nil || !a.TypeKnown || !b.TypeKnown {
		return Refuse("the types of %s and %s are not known", p.c.Q(column), p.c.Q(ref))
	}
	x, y := a.Type(), b.Type()
	same := x.Name == y.Name && x.Unsigned == y.Unsigned
	if kindOfType(x.Name) == "fraction" {
		same = same && slices.Equal(x.Args, y.Args)
	}
	if schema.IsCharacterType(x.Name) {
		same = same && strings.EqualFold(x.Charset, y.Charset) && strings.EqualFold(x.Collation, y.Collation) &&
			strings.EqualFold(p.child.Charset, p.parent.Charset) && strings.EqualFold(p.child.Collation, p.parent.Collation)
	}
	if !same || a.Generated || b.Generated {
		return Refuse("%s.%s and %s.%s are not known to be of the same type: the server says so only with its checks on", p.c.Table(), p.c.Q(column), p.c.Text.QuoteName(p.ref), p.c.Q(ref))
	}
	return nil
}

func (p *parented) quoted(columns []string) []string {
	out := make([]string, 0, len(columns))
	for _, n := range columns {
		out = append(out, p.c.Q(n))
	}
	return out
}

// look finds rows without a parent: those that were there, and behind the key those
// that came in meanwhile.
func (p *parented) look(when string) Step {
	con, c := p.op.Constraint, p.c
	var on, known, shown []string
	for i, n := range con.Columns {
		own := "child." + c.Q(n)
		on, known, shown = append(on, "parent."+c.Q(con.Ref.Columns[i])+" = "+own), append(known, own+" IS NOT NULL"), append(shown, own)
	}
	list, of := strings.Join(p.quoted(con.Columns), ", "), c.Text.QuoteName(p.ref)
	query := fmt.Sprintf(`SELECT GROUP_CONCAT(orphan SEPARATOR ' / ') INTO @safemig FROM (
  SELECT CONCAT_WS(', ', %s) AS orphan FROM %s AS child LEFT JOIN %s AS parent ON %s
  WHERE %s AND parent.%s IS NULL LIMIT 5
) AS orphans`, strings.Join(shown, ", "), c.Table(), of, strings.Join(on, " AND "), strings.Join(known, " AND "), c.Q(con.Ref.Columns[0]))
	title := "look for rows of " + c.Table() + " whose (" + list + ") has no parent in " + of
	if when == "behind" {
		title = "look again, now that no more can come in: rows of " + c.Table() + " whose (" + list + ") has no parent in " + of
	}
	return c.lookFor(title, Slug("orphans", when, p.name), query, "rows of "+c.Table()+" have no parent in "+of+" by ("+list+")")
}

// add makes the key. Others may write but for the moment that it waits for both tables.
func (p *parented) add() (Step, error) {
	const off, on = "SET SESSION foreign_key_checks = 0", "SET SESSION foreign_key_checks = 1"
	if err := p.d.apply(off); err != nil {
		return Step{}, err
	}
	s, err := p.d.step(Step{
		Phase: Expand, Title: "add " + p.c.Q(p.name) + " to " + p.c.Table() + ", for what is written from now on", Slug: Slug("add", p.name),
		Session: []string{off}, Reset: []string{on},
	}, inspector{p.c.Text, p.op.Table}.constraint(p.name), "ALTER TABLE "+p.c.Table()+" "+p.c.Source(p.op.Span))
	if err != nil {
		return Step{}, err
	}
	b := &builder{in: p.c.Input, state: p.c.State}
	u := undoer{builder: b, before: p.c.State, after: p.d.state}
	way, final := u.undoConstraint(inspector{p.c.Text, p.op.Table}, p.op)
	s.Final = final
	for _, w := range way {
		s.Down, s.DownDone = append(s.Down, w.sql), append(s.DownDone, w.done)
	}
	p.c.repeatable(&s)
	return s, p.d.apply(on)
}

// apply gives the state a setting.
func (d *ddl) apply(sql string) error {
	script, err := d.c.parsed([]string{sql})
	if err != nil {
		return err
	}
	for _, op := range script.Stmts[0].Ops {
		d.state.Apply(script, op)
	}
	return nil
}
