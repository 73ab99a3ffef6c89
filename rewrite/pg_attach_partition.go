package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func attachPartition() Recipe {
	return Recipe{
		ID: "attach-partition", Dialect: "postgres",
		Summary: "a CHECK of the bound NOT VALID; VALIDATE; ATTACH PARTITION without a scan; the CHECK dropped",
		Build:   buildAttachPartition,
	}
}

// buildAttachPartition lets a validated CHECK of the bound spare the scan under
// ACCESS EXCLUSIVE, of the table that is attached and of the DEFAULT partition.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ATTACH-PARTITION
func buildAttachPartition(c *Case) (Result, error) {
	op, ok := c.Op.(*change.AttachPartition)
	if !ok {
		return Result{}, Refuse("only an ATTACH PARTITION has this recipe")
	}
	t := c.State.Table(op.Table)
	if t == nil || len(t.PartKey) != 1 || !op.Bound.Known || op.Bound.From == nil && op.Bound.To == nil && len(op.Bound.In) == 0 {
		return Result{}, Refuse("the bound of %s cannot be written as a CHECK: only one column's range or list of constants can; add the CHECK by hand, validate it, then attach", c.Text.QuoteName(op.Partition))
	}
	if !t.DefaultPart.IsZero() && len(op.Bound.In) > 0 {
		return Result{}, Refuse("no CHECK spares the scan of the DEFAULT partition %s for a list of values: move its rows of these values away, or attach in a window", c.Text.QuoteName(t.DefaultPart))
	}
	b := bound{c: c, column: c.Q(t.PartKey[0]), bound: op.Bound}
	checks := []boundCheck{b.check(op.Partition, b.inside())}
	if !t.DefaultPart.IsZero() {
		checks = append(checks, b.check(t.DefaultPart, b.outside()))
	}
	return b.result(op, checks), nil
}

// bound writes what a partition holds as a condition.
type bound struct {
	c      *Case
	column string
	bound  change.Bound
}

// boundCheck is a constraint that proves a condition for a while.
type boundCheck struct {
	table     change.Name
	name, sql string
}

func (b bound) check(table change.Name, condition string) boundCheck {
	name := MadeName(table.Name, "bound_check")
	return boundCheck{table: table, name: name, sql: "ALTER TABLE " + b.c.Text.QuoteName(table) + " ADD CONSTRAINT " + b.c.Q(name) + " CHECK (" + condition + ") NOT VALID"}
}

// inside is what the server itself says of the partition's rows: they hold no NULL.
func (b bound) inside() string {
	parts := []string{b.column + " IS NOT NULL"}
	if len(b.bound.In) > 0 {
		values := make([]string, len(b.bound.In))
		for i, v := range b.bound.In {
			values[i] = b.c.Text.Literal(v)
		}
		parts = append(parts, b.column+" IN ("+strings.Join(values, ", ")+")")
	}
	if b.bound.From != nil {
		parts = append(parts, b.column+" >= "+b.c.Text.Literal(*b.bound.From))
	}
	if b.bound.To != nil {
		parts = append(parts, b.column+" < "+b.c.Text.Literal(*b.bound.To))
	}
	return strings.Join(parts, " AND ")
}

// outside is what holds for every row of the DEFAULT partition.
func (b bound) outside() string {
	var parts []string
	if b.bound.From != nil {
		parts = append(parts, b.column+" < "+b.c.Text.Literal(*b.bound.From))
	}
	if b.bound.To != nil {
		parts = append(parts, b.column+" >= "+b.c.Text.Literal(*b.bound.To))
	}
	return strings.Join(parts, " OR ")
}

func (b bound) result(op *change.AttachPartition, checks []boundCheck) Result {
	c, part := b.c, b.c.Text.QuoteName(op.Partition)
	var before []Step
	attach := Step{
		Phase: Expand, Title: "attach " + part + ", which the CHECK spares the scan", Slug: Slug("attach", op.Partition.Name),
		SQL: []string{"ALTER TABLE " + c.Table() + " " + c.Source(op.Span)}, InTx: true, DownInTx: true,
		Down: []string{detachIfAttached(c, part)},
	}
	for _, k := range checks {
		table := c.Text.QuoteName(k.table)
		drop := "ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS " + c.Q(k.name)
		before = append(before,
			Step{Phase: Expand, Title: "say of " + table + " what its rows must be", Slug: Slug("check", k.name), SQL: []string{drop, k.sql}, InTx: true, DownInTx: true, Down: []string{drop}},
			validateStep(c, k.table, k.name))
		attach.SQL = append(attach.SQL, drop)
	}
	out := Result{Clause: TakenOut(), Before: before, After: []Step{attach}, Owns: []string{op.Partition.Name}}
	if len(checks) > 1 {
		out.Notes = []string{"From its CHECK on, the DEFAULT partition of " + c.Table() + " refuses rows that belong into " + part + " until that is attached."}
	}
	return out
}

// detachIfAttached takes an ATTACH PARTITION back, and may run again.
func detachIfAttached(c *Case, part string) string {
	attached := "pg_inherits WHERE inhrelid = to_regclass(" + c.Text.Literal(part) + ") AND inhparent = to_regclass(" + c.Text.Literal(c.Table()) + ")"
	return whereThereIs(c.Text, attached, "ALTER TABLE "+c.Table()+" DETACH PARTITION "+part)
}
