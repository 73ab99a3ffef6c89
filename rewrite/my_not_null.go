package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func fillNotNull() Recipe {
	return Recipe{
		ID: "fill-not-null", Dialect: "mysql",
		Summary: "triggers that put a value in the place of NULL; a backfill in batches; MODIFY .. NOT NULL, ALGORITHM=INPLACE, LOCK=NONE",
		Build:   buildFillNotNull,
	}
}

// filling makes columns of a table NOT NULL, all in one statement: each by itself
// would write the whole table.
type filling struct {
	c       *Case
	t       *schema.Table
	name    change.Name
	columns []filled
	// byTrigger: triggers keep NULL out, so that no version of the application need
	// know of it. Else the running version must write none first.
	byTrigger bool
	key       []string
	takes     []int
	d         *ddl
}

// filled is a column that has a value in the place of NULL.
type filled struct {
	op         *change.ModifyColumn
	col        *schema.Column
	old, given schema.Definition
	fill       fill
}

// buildFillNotNull is given MODIFY or CHANGE. The first of the statement's columns
// has the steps of all.
func buildFillNotNull(c *Case) (Result, error) {
	op, ok := c.Op.(*change.ModifyColumn)
	if !ok {
		return refused("only MODIFY and CHANGE have this recipe")
	}
	f, err := newFilling(c, op)
	if err != nil {
		return Result{}, err
	}
	res := Result{Clause: TakenOut(), Takes: f.takes, Owns: []string{op.Column.Name}, There: true}
	if f.columns[0].op != op {
		return res, nil
	}
	res.Notes = f.notes()
	res.After, err = f.steps()
	return res, err
}

// newFilling collects the columns of the statement that this recipe serves, or says
// why it does not serve the case's own.
func newFilling(c *Case, own *change.ModifyColumn) (*filling, error) {
	f := &filling{c: c, t: c.State.Table(own.Table), name: own.Table, byTrigger: true, d: newDDL(c)}
	if f.t == nil || !f.t.Complete {
		return nil, Refuse("what columns %s has is not known: give the earlier migrations, or --schema", c.Table())
	}
	for _, s := range c.Siblings {
		op, ok := s.(*change.ModifyColumn)
		if !ok || op != own && !c.asksFor(op, "fill-not-null") {
			continue
		}
		col, err := f.column(op)
		if err == nil {
			f.columns = append(f.columns, col)
			f.byTrigger = f.byTrigger && col.bridged()
			f.takes = appendNew(f.takes, col.fill.takes...)
		} else if op == own {
			return nil, err
		}
	}
	var err error
	if f.key, err = backfillKey(c, own.Table); err != nil {
		return nil, err
	}
	return f, f.behindJob()
}

// behindJob refuses where the statement would wait for steps of an earlier one: the
// triggers have to be there before the rows are filled.
func (f *filling) behindJob() error {
	c := f.c
	mine := wordsOf(c.Source(c.Stmt.Span))
	other := c.waitsElsewhere(func(index int, op change.Op) bool {
		if index >= c.Stmt.Index || slices.Contains(f.takes, index) || c.State.Resolve(op.Head().Table) != c.State.Resolve(f.name) {
			return false
		}
		theirs := wordsOf(c.Source(c.Script.Stmts[index].Span))
		return slices.ContainsFunc(f.t.Columns, func(col *schema.Column) bool {
			name := strings.ToLower(col.Name)
			return mine[name] && theirs[name]
		})
	})
	if other == nil {
		return nil
	}
	return Refuse("an earlier statement of the migration changes the same columns of %s in steps that wait: make %s NOT NULL in a migration of its own", c.Table(), f.shown())
}

func (f *filling) column(op *change.ModifyColumn) (filled, error) {
	c, none := f.c, filled{}
	if !strings.EqualFold(op.From, op.Column.Name) {
		return none, Refuse("it renames %s and makes it NOT NULL: do that in two migrations, each with a plan of its own", f.of(op.From))
	}
	if c.asksFor(op, "online-copy") {
		if err := c.stampRequired(op); err != nil {
			return none, err
		}
		return none, Refuse("it changes %s otherwise, too, for which the server copies the table: make it NOT NULL in a migration of its own first", f.of(op.From))
	}
	col := f.t.Column(op.From)
	if col == nil {
		return none, Refuse("what %s is so far is not known: give the earlier migrations, or --schema", f.of(op.From))
	}
	if err := f.fits(op, col); err != nil {
		return none, err
	}
	text, err := c.definitions()
	if err != nil {
		return none, err
	}
	old, err := text.ColumnDefinition(c.State, op.Table, op.From)
	if err != nil {
		return none, Refuse("%s", err)
	}
	given, err := text.ReadColumn(c.Source(op.Column.Span))
	if err != nil {
		return none, Refuse("%s", err)
	}
	if c.asksFor(op, "complete-definition") {
		given, _ = keeping(old.WithNotNull(true), given)
	}
	out := filled{op: op, col: col, old: old, given: given}
	if out.fill, err = f.fillFor(&out); err != nil {
		return none, err
	}
	return out, f.staysUnique(&out)
}

// stampRequired refuses a TIMESTAMP that becomes NOT NULL for which MariaDB
// copies the table.
func (c *Case) stampRequired(op *change.ModifyColumn) error {
	col := c.State.Table(op.Table).Column(op.From)
	if c.Target.Dialect != "mariadb" || col == nil || col.NotNull || col.Type().Name != "timestamp" || op.Column.Type.Name != "timestamp" || !op.Column.NotNull {
		return nil
	}
	return Refuse("MariaDB makes the TIMESTAMP %s.%s NOT NULL only by a copy of the table: copy it with an engine", c.Table(), c.Q(op.From))
}

// fits refuses what would write NULL again behind any trigger, and what the server
// does otherwise than by a rebuild in place.
// https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html#foreign-key-referential-actions
func (f *filling) fits(op *change.ModifyColumn, col *schema.Column) error {
	is := func(name string) bool { return strings.EqualFold(name, op.From) }
	for _, k := range f.t.Constraints {
		nulls := strings.EqualFold(k.OnDelete, "SET NULL") || strings.EqualFold(k.OnUpdate, "SET NULL")
		if k.Kind == change.ForeignKey && nulls && slices.ContainsFunc(k.Columns, is) {
			return Refuse("the foreign key %s sets %s to NULL, and the server takes no NOT NULL there: drop or change the key in a migration of its own first", f.c.Q(k.Name), f.of(op.From))
		}
	}
	if slices.ContainsFunc(f.t.PartKey, is) {
		return Refuse("the partitions of %s go by %s: filling it moves rows between them; do that in a window", f.c.Table(), f.c.Q(op.From))
	}
	for _, g := range f.t.Columns {
		if parts, known := f.c.State.ColumnDef(f.name, g.Name); known && parts.Generated != "" && wordsOf(parts.Generated)[strings.ToLower(op.From)] {
			return Refuse("the generated column %s is made of %s: it would change with each row that is filled", f.of(g.Name), f.c.Q(op.From))
		}
	}
	if col.OnUpdate != "" {
		return Refuse("%s has ON UPDATE %s, which gives each row that is filled the time of the backfill: fill it in a migration of its own first", f.of(op.From), col.OnUpdate)
	}
	return nil
}

// staysUnique refuses one value for all rows where a key allows it once.
func (f *filling) staysUnique(col *filled) error {
	for _, ix := range f.c.State.IndexesOf(f.name) {
		has := slices.ContainsFunc(ix.Columns, func(n string) bool { return strings.EqualFold(n, col.op.From) })
		if ix.Unique && has && col.fill.constant {
			return Refuse("%s is in the unique index %s, and all rows with NULL would get %s: put UPDATE %s SET %s = .. WHERE %s IS NULL with a value of its own for each row in front",
				f.of(col.op.From), f.c.Q(ix.Name), col.fill.value, f.c.Table(), f.c.Q(col.op.From), f.c.Q(col.op.From))
		}
	}
	return nil
}

// bridged says whether a trigger can put the value in the place of NULL, and leave all
// else as it is. What passes through an expression is converted: a TIMESTAMP by the
// session's time zone, where an hour comes twice; a date 0000-00-00, or an ENUM's empty value that
// stands for a wrong value, is refused in strict mode.
// https://dev.mysql.com/doc/refman/8.4/en/enum.html
// https://dev.mysql.com/doc/refman/8.4/en/datetime.html
func (col *filled) bridged() bool {
	plain := zeroOf(col.col.Type().Name) != "" || kindOfType(col.col.Type().Name) == "text" || kindOfType(col.col.Type().Name) == "bytes"
	switch col.col.Type().Name {
	case "date", "datetime", "timestamp":
		plain = false
	}
	hasDefault := col.given.Get(schema.DefaultAttribute) != ""
	return plain && col.fill.constant && (hasDefault || zeroOf(col.col.Type().Name) != "")
}

func (f *filling) of(column string) string { return f.c.Table() + "." + f.c.Q(column) }

// shown names the columns for people.
func (f *filling) shown() string {
	out := make([]string, 0, len(f.columns))
	for i := range f.columns {
		out = append(out, f.of(f.columns[i].col.Name))
	}
	return strings.Join(out, ", ")
}

// slug is the columns' part of a file's name.
func (f *filling) slug() string {
	out := []string{f.name.Name}
	for i := range f.columns {
		out = append(out, f.columns[i].col.Name)
	}
	return strings.Join(out, "_")
}

// notes say what becomes of NULL.
func (f *filling) notes() []string {
	var out []string
	for i := range f.columns {
		col := &f.columns[i]
		who := "Rows of " + f.c.Table() + " that have NULL in " + f.c.Q(col.col.Name)
		if f.byTrigger {
			who += ", and those that a version of the application writes with NULL until the triggers go,"
		}
		out = append(out, who+" get "+oneLine(col.fill.value)+", as "+col.fill.from+" says.")
	}
	if f.byTrigger {
		out = append(out, f.c.triggerRights())
	}
	return append(out, firedBy(f.c, f.name)...)
}
