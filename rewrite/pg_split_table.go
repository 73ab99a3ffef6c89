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

// fit refuses tables that cannot be taken apart while they are in use.
func (s *split) fit() error {
	table, into := s.c.Text.QuoteName(s.table), s.c.Text.QuoteName(s.into)
	switch {
	case s.c.State.IsView(s.table):
		return Refuse("%s is a view: split the table that it reads", table)
	case s.t == nil || !s.t.Complete:
		return Refuse("the migrations do not show how %s was made, so that nobody knows what hangs on its columns: run scaffold with --dsn, or give it a dump with --schema", table)
	case s.c.State.Table(s.into) != nil || s.c.State.IsView(s.into):
		return Refuse("%s is there already: give the new table another name", into)
	case s.t.Foreign || s.t.Temp || !s.t.OfType.IsZero():
		return Refuse("%s is a foreign or temporary table, or OF a type: no other table can follow its rows", table)
	case s.t.Partitioned || !s.t.PartitionOf.IsZero():
		return Refuse("%s is partitioned: a row that moves to another partition is deleted there, and its other half would go with it", table)
	case len(s.t.Inherits) > 0 || len(s.t.Inheritors) > 0:
		return Refuse("%s inherits, or is inherited from: no foreign key sees the rows of all those tables", table)
	}
	return nil
}

// findKey finds the columns that the tables are joined by.
func (s *split) findKey() error {
	names := s.Key
	if len(names) == 0 {
		pk := s.t.PrimaryKey()
		if pk == nil || len(pk.Columns) == 0 {
			return Refuse("%s has no primary key: say with --key which columns of a UNIQUE constraint its rows are known by", s.at)
		}
		names = pk.Columns
	}
	for _, name := range names {
		col, err := s.column(name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(s.key, func(k splitColumn) bool { return k.Name == name }) {
			return Refuse("%s is named twice in the key", s.c.Q(name))
		}
		if pk := s.t.PrimaryKey(); !col.NotNull && (pk == nil || !slices.Contains(pk.Columns, name)) {
			return Refuse("%s.%s may be NULL, and cannot tell the rows of two tables: make it NOT NULL first", s.at, s.c.Q(name))
		}
		s.key = append(s.key, col)
	}
	if !slices.ContainsFunc(s.t.Constraints, func(k *schema.Constraint) bool {
		return (k.Kind == change.PrimaryKey || k.Kind == change.Unique) && len(k.Columns) == len(names) &&
			!slices.ContainsFunc(k.Columns, func(n string) bool { return !slices.Contains(names, n) })
	}) {
		return Refuse("neither the primary key nor a UNIQUE constraint of %s is over just %s, so that no foreign key can refer to it", s.at, list(s.key, "", ""))
	}
	return nil
}

func (s *split) column(name string) (splitColumn, error) {
	parts, known := s.c.State.ColumnDef(s.table, name)
	switch {
	case s.t.Column(name) == nil:
		return splitColumn{}, Refuse("%s has no column %s", s.at, s.c.Q(name))
	case !known || parts.Type == "" || !s.t.Column(name).Complete:
		return splitColumn{}, Refuse("the migrations do not show how %s.%s was made: run scaffold with --dsn, or give it a dump with --schema", s.at, s.c.Q(name))
	}
	return splitColumn{ColumnParts: parts, q: s.c.Q(name)}, nil
}

// findColumns refuses columns that are more than values.
func (s *split) findColumns() error {
	for _, name := range s.Columns {
		col, err := s.column(name)
		if err != nil {
			return err
		}
		shown := s.at + "." + col.q
		switch {
		case slices.ContainsFunc(s.key, func(k splitColumn) bool { return k.Name == name }):
			return Refuse("%s is in the key, which both tables have", shown)
		case slices.ContainsFunc(s.columns, func(k splitColumn) bool { return k.Name == name }):
			return Refuse("%s is named twice", shown)
		case col.Identity != "" || col.Type != baseType(col.Type) || !col.Sequence.IsZero():
			return Refuse("%s takes its numbers from a sequence, which two tables cannot draw from for one row: drop the default first, or leave it where it is", shown)
		case col.Generated != "":
			return Refuse("%s is a generated column, which no trigger can write: make one in %s when the plan is through", shown, s.to)
		}
		col.required = col.NotNull && col.Default == ""
		s.columns = append(s.columns, col)
	}
	if len(s.columns) == 0 {
		return Refuse("no columns are named that could go into %s", s.to)
	}
	return nil
}

func (s *split) moves(name string) bool {
	return slices.ContainsFunc(s.columns, func(c splitColumn) bool { return c.Name == name })
}

func (s *split) isKey(name string) bool {
	return slices.ContainsFunc(s.key, func(c splitColumn) bool { return c.Name == name })
}

// required are the columns that rows of the old table must do without for a while.
func (s *split) required() []splitColumn {
	return slices.DeleteFunc(slices.Clone(s.columns), func(c splitColumn) bool { return !c.required })
}

// list is columns behind each other: "s.a, s.b".
func list(columns []splitColumn, prefix, suffix string) string {
	return joinColumns(columns, ", ", func(c splitColumn) string { return prefix + c.q + suffix })
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
	all := list(s.key, "", "") + ", " + list(s.columns, "", "")
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
			" FOR KEY SHARE ON CONFLICT (" + list(s.key, "", "") + ") DO NOTHING"},
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
