package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// onlyChecks says whether the server keeps the stored values as they are and does
// nothing but hold every row to the column's CHECKs again.
func onlyChecks(c *Case) bool {
	for _, e := range c.Facts.Statement(c.Stmt, c.State, c.Target).Effects {
		if e.Table == c.State.Resolve(c.Op.Head().Table) && e.Work.Grows() {
			return len(c.Stmt.Ops) == 1 && e.Work == change.Scan
		}
	}
	return false
}

// checksAnew drops the CHECKs on the column and adds them again, NOT VALID, in the
// transaction that changes the type: no row is read under its lock, and no new one
// goes unchecked. https://www.postgresql.org/docs/current/sql-altertable.html
func checksAnew(c *Case, op *change.AlterColumnType) (Result, error) {
	table := c.State.Resolve(op.Table)
	t, shown := c.State.Table(table), c.Table()
	var drop, add, validate, again []string
	for _, d := range c.State.Defs(table) {
		if d.Class != "constraint" || d.Of != table {
			continue
		}
		con := t.Constraint(d.Name.Name)
		if con == nil || con.Kind != change.Check || !slices.Contains(con.Columns, op.Column) && !wordsOf(d.Text)[strings.ToLower(op.Column)] && d.Column != op.Column {
			continue
		}
		s := &shadow{c: c, t: t, shadowSpec: shadowSpec{Table: table, Old: op.Column}}
		dep, err := s.examine(d)
		if err != nil {
			return Result{}, err
		}
		text, err := c.Text.WithName(dep.piece, con.Name)
		if err != nil {
			return Result{}, asRefusal(err)
		}
		drop = append(drop, "DROP CONSTRAINT "+c.Q(con.Name))
		add = append(add, "ADD "+withoutNotValid(c.Text, text)+" NOT VALID")
		again = append(again, s.saidOf(table, "CONSTRAINT", con.Name)...)
		if con.Validated {
			validate = append(validate, "ALTER TABLE "+shown+" VALIDATE CONSTRAINT "+c.Q(con.Name))
		}
	}
	if len(drop) == 0 {
		return Result{}, Refuse("the CHECKs on %s.%s are not known: run fix with --dsn, or give it a dump with --schema", shown, c.Q(op.Column))
	}
	before, _ := c.State.ColumnDef(table, op.Column)
	alter := []string{
		ignoring("drop-constraint", "it is added again in the same transaction", "ALTER TABLE "+shown+" "+strings.Join(drop, ", ")),
		"ALTER TABLE " + shown + " " + c.Source(op.Span),
		"ALTER TABLE " + shown + " " + strings.Join(add, ", "),
	}
	back := "ALTER COLUMN " + c.Q(op.Column) + " TYPE " + before.Type
	step := Step{
		Phase: Expand, Title: "change the type of " + shown + "." + c.Q(op.Column) + ", which reads no row", Slug: Slug("alter_type", op.Table.Name, op.Column),
		SQL: append(alter, again...), InTx: true,
		Final: "To go back the server reads every row, whether it fits: ALTER TABLE " + shown + " " + back + ".",
	}
	steps := []Step{step}
	if len(validate) > 0 {
		steps = append(steps, Step{
			Phase: Validate, Title: "check every row of " + shown + " again", Slug: Slug("validate", op.Table.Name, op.Column),
			SQL: validate, InTx: true, DownInTx: true, StatementTimeout: NoLimit,
		})
	}
	return Result{Clause: TakenOut(), After: steps}, nil
}
