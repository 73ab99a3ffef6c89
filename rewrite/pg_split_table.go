package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// Split asks for columns of a table to be moved into a table of their own, one
// row for each row. It comes with the statement that drops them.
type Split struct {
	Columns []string
	Into    change.Name
	Key     []string // what both tables are joined by; none: the primary key
}

func splitTable() Recipe {
	return Recipe{
		ID: "split-table", Dialect: "postgres",
		Summary: "the new table beside the old; triggers that keep both in step, in both directions; a backfill in batches; the columns dropped",
		Build:   buildSplitTable,
	}
}

func buildSplitTable(c *Case) (Result, error) {
	op, ok := c.Op.(*change.DropColumn)
	if !ok || c.Split == nil || !slices.Contains(c.Split.Columns, op.Column) {
		return Result{}, Refuse("safemig scaffold split-table makes this plan: it must be told which columns go into which table")
	}
	s, err := newSplit(c, op.Table)
	if err != nil {
		return Result{}, err
	}
	res := Result{Clause: TakenOut(), Owns: append([]string{s.into.Name}, c.Split.Columns...)}
	if op.Column == c.Split.Columns[0] { // the first has the steps of all
		res.After, res.Notes = s.steps(), s.notes
	}
	return res, nil
}

// split is a Split with all that is known of the columns that move.
type split struct {
	*Split
	c           *Case
	t           *schema.Table
	table, into change.Name
	at, to      string // the same as SQL has them
	columns     []splitColumn
	key         []splitColumn

	constraints []splitConstraint
	foreign     []splitConstraint // those that refer to other tables
	indexes     []splitIndex
	said        []string // rights, comments and options, for the new table
	final       []string // what can only be said when the old table has nothing of it any more
	known       []string // what goes with the columns when they are dropped, as pg_identify_object has it
	before      []string // the triggers of the table that fire before a row is written
	deploy      []string // what must be so before the columns go
	notes       []string
}

// splitColumn is a column that moves, or one of the key.
type splitColumn struct {
	schema.ColumnParts
	q string // its name as SQL has it
	// required says that the column takes no NULL and has no default: as long as it
	// is in both tables, rows of the old one must do without a value.
	required bool
}

func newSplit(c *Case, table change.Name) (*split, error) {
	s := &split{Split: c.Split, c: c, t: c.State.Table(table), table: c.State.Resolve(table), into: c.Split.Into}
	if s.into.Schema == "" {
		s.into.Schema = s.table.Schema
	}
	s.at, s.to = c.Text.QuoteName(s.table), c.Text.QuoteName(s.into)
	if err := s.fit(); err != nil {
		return nil, err
	}
	if err := s.findKey(); err != nil {
		return nil, err
	}
	if err := s.findColumns(); err != nil {
		return nil, err
	}
	return s, s.collect()
}

// list is columns behind each other, each behind a prefix: "s.a, s.b".
func list(columns []splitColumn, prefix string) string {
	return joinColumns(columns, ", ", func(c splitColumn) string { return prefix + c.q })
}

func joinColumns(columns []splitColumn, between string, each func(splitColumn) string) string {
	var out []string
	for _, c := range columns {
		out = append(out, each(c))
	}
	return strings.Join(out, between)
}

// same says that two rows have the same key.
func (s *split) same(a, b string) string {
	return joinColumns(s.key, " AND ", func(c splitColumn) string { return a + c.q + " = " + b + c.q })
}

// differs says that two rows have other values in some column.
func (s *split) differs(columns []splitColumn, a, b string) string {
	return joinColumns(columns, " OR ", func(c splitColumn) string { return differ(c.Type, c.Collation, a+c.q, b+c.q) })
}

func (s *split) note(format string, args ...any) {
	s.notes = appendNew(s.notes, fmt.Sprintf(format, args...))
}

// steps are the whole way, in order.
func (s *split) steps() []Step {
	out := []Step{s.createStep()}
	out = append(out, s.relaxSteps()...)
	out = append(out, s.foreignSteps()...)
	out = append(out, s.backfillStep())
	out = append(out, s.validateSteps()...)
	out = append(out, s.letGoSteps()...)
	return append(out, s.contractStep())
}

// backfillStep gives the rows that were there before the triggers their other
// half. FOR KEY SHARE keeps a row from being deleted before the half is there.
func (s *split) backfillStep() Step {
	all := list(s.key, "") + ", " + list(s.columns, "")
	where := " WHERE "
	if full := s.complete(""); full != "" {
		where += full + " AND "
	}
	var key []string
	for _, k := range s.key {
		key = append(key, k.Name)
	}
	return Step{
		Phase: Copy, Title: "fill " + s.to + " from " + s.at, Slug: Slug("fill", s.into.Name),
		Backfill: &Backfill{Table: s.table, Key: key, SQL: "INSERT INTO " + s.to + " (" + all + ") SELECT " + all + " FROM " + s.at + where + BatchMark +
			" FOR KEY SHARE ON CONFLICT (" + list(s.key, "") + ") DO NOTHING"},
	}
}

// complete says that a row of the old table has what one of the new must have.
func (s *split) complete(prefix string) string {
	return joinColumns(s.required(), " AND ", func(c splitColumn) string { return prefix + c.q + " IS NOT NULL" })
}

// validateSteps look whether the halves are all there, and the same, and hold the
// new table to the foreign keys.
func (s *split) validateSteps() []Step {
	out := []Step{{
		Phase: Validate, Gate: &Gate{Backfill: true}, InTx: true, DownInTx: true, StatementTimeout: NoLimit,
		Title: "look for rows of " + s.at + " that are not the same in " + s.to, Slug: Slug("verify", s.into.Name),
		SQL: []string{s.verify(), "ANALYZE " + s.to},
	}}
	for _, f := range s.foreign {
		step := validateStep(s.c, s.into, f.name)
		step.Gate = &Gate{Backfill: true}
		out = append(out, step)
	}
	return out
}

// letGoSteps drop the columns' own foreign keys, each by itself: they lock the
// tables that they refer to.
func (s *split) letGoSteps() []Step {
	var out []Step
	for _, f := range s.foreign {
		step := s.c.dropForeignKey(s.table, s.t.Constraint(f.old))
		step.Gate = s.gate()
		out = append(out, step)
	}
	return out
}

func (s *split) gate() *Gate { return &Gate{Backfill: true, Deploy: s.deploy} }

// contractStep takes the triggers and the columns away, and gives the indexes the
// names that those of the columns had.
func (s *split) contractStep() Step {
	shown := joinColumns(s.columns, ", ", func(c splitColumn) string { return s.at + "." + c.q })
	sql := s.dropTriggers()
	for i := range sql {
		sql[i] = ignoring("drop-trigger, drop-routine", "it is this plan's own, and what it keeps in step goes", sql[i])
	}
	drop := joinColumns(s.columns, ", ", func(c splitColumn) string { return "DROP COLUMN " + c.q })
	sql = append(sql, ignoring("drop-column, drop-column-drops-more", "no running version uses them, and their values are in "+s.to, "ALTER TABLE "+s.at+" "+drop))
	for _, k := range s.constraints {
		if k.made != "" {
			sql = append(sql, "ALTER TABLE "+s.to+" RENAME CONSTRAINT "+s.c.Q(k.made)+" TO "+s.c.Q(k.name))
		}
	}
	for _, ix := range s.indexes {
		if ix.made != "" {
			sql = append(sql, "ALTER INDEX "+s.c.Text.QuoteName(change.Name{Schema: s.into.Schema, Name: ix.made})+" RENAME TO "+s.c.Q(ix.name))
		}
	}
	return Step{
		Phase: Contract, Gate: s.gate(), InTx: true, DownInTx: true, keepAll: true,
		Title: "drop " + shown, Slug: Slug("drop", s.table.Name, "columns"), SQL: append(sql, s.final...),
		Final: fmt.Sprintf("Versions of the application that name %s cannot come back: the values live on in %s alone.", shown, s.to),
	}
}
