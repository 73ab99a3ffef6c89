package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func onlineCopy() Recipe {
	return Recipe{
		ID: "online-copy", Dialect: "mysql",
		Summary: "a column of the new type, which triggers keep in step; a backfill in batches; the names swapped",
		Build:   buildOnlineCopy,
	}
}

// buildOnlineCopy is for changes that the server makes by copying the table while
// writes wait.
func buildOnlineCopy(c *Case) (Result, error) {
	if key, is := c.Op.(*change.AddConstraint); is && key.Constraint.Kind == change.ForeignKey {
		return buildMyForeignKey(c, key)
	}
	op, ok := c.Op.(*change.ModifyColumn)
	if !ok {
		return Result{}, Refuse("%s has no form of it that lets writes go on, and no column can stand in for what it changes: copy the table with an engine", c.Target.Name())
	}
	w, err := newTwin(c, op.Table, op.From)
	if err != nil {
		return Result{}, err
	}
	if !strings.EqualFold(op.From, op.Column.Name) {
		return Result{}, Refuse("it renames %s and changes its type: do that in two migrations, each with a plan of its own", w.of(op.From))
	}
	return w.changeType(op)
}

// changeType lets a column of the new type follow the old one by triggers that only
// ever copy from the name that the application knows to the other: so they hold
// before the names are swapped, and after.
func (w *twin) changeType(op *change.ModifyColumn) (Result, error) {
	c := w.c
	w.swap, w.newType = true, op.Column.Type
	w.new = MadeName(w.old, "new")
	if err := w.fit(); err != nil {
		return Result{}, err
	}
	if err := w.converts(); err != nil {
		return Result{}, err
	}
	text, err := c.definitions()
	if err != nil {
		return Result{}, err
	}
	given, err := text.ReadColumn(c.Source(op.Column.Span))
	if err != nil {
		return Result{}, Refuse("%s", err)
	}
	w.newDef = w.completed(given).WithName(c.Q(w.new))
	if !w.t.Column(w.old).NotNull && w.newDef.Get(schema.NullAttribute) == "NOT NULL" {
		if err := c.stampRequired(op); err != nil {
			return Result{}, err
		}
		return Result{}, Refuse("it changes the type of %s and makes it NOT NULL: do that in two migrations, NOT NULL first, because the running version may write NULL", w.of(w.old))
	}
	if err := w.mayStart(); err != nil {
		return Result{}, err
	}
	if err := w.keyOf(); err != nil {
		return Result{}, err
	}
	steps, err := w.swapSteps()
	return Result{Clause: TakenOut(), After: steps, Notes: w.notes, Owns: []string{w.old, w.new}, Frees: []string{op.Table.Name + "." + w.new}}, err
}

// converts refuses types between which a value may be lost: then a trigger would
// refuse what the running application writes.
func (w *twin) converts() error {
	if !w.c.Has("rename-column") {
		return Refuse("%s %s has no RENAME COLUMN, by which the names of two columns could be swapped: copy the table with an engine", w.c.Target.Name(), w.c.Target.Version)
	}
	if loss := schema.TypeLoss(w.oldType, w.newType); loss.What != "" {
		return Refuse("%s cannot hold all that %s can: %s", w.newType.Name, w.of(w.old), loss.What)
	}
	if kindOfType(w.oldType.Name) == "" || kindOfType(w.oldType.Name) != kindOfType(w.newType.Name) {
		return Refuse("whether every value of %s converts from %s to %s and back is not known", w.of(w.old), w.oldType.Name, w.newType.Name)
	}
	return nil
}

// kindOfType is a group of types whose values convert as numbers, texts or times do.
func kindOfType(typeName string) string {
	switch typeName {
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		return "integer"
	case "decimal", "float", "double":
		return "fraction"
	case "date", "datetime", "timestamp":
		return "time"
	case "time", "year", "json", "bit":
		return typeName
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		return "bytes"
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		return "text"
	}
	return ""
}

// completed is the definition that the migration gives, with what it would drop
// without a word where that is asked for.
func (w *twin) completed(given schema.Definition) schema.Definition {
	if w.c.asksFor(w.c.Op, "complete-definition") {
		given, _ = keeping(w.oldDef, given)
	}
	return given
}

// mayStart sees that rows can be there before their values are: NOT NULL asks for a
// default until the triggers and the job have filled the column.
func (w *twin) mayStart() error {
	if w.newDef.Get(schema.NullAttribute) != "NOT NULL" || w.newDef.Get(schema.DefaultAttribute) != "" {
		return nil
	}
	if w.stand = zeroOf(w.newType.Name); w.stand == "" {
		return Refuse("%s is to be %s NOT NULL without a default, and %s takes none: let it be NULL, or give it a default first", w.of(w.old), w.newType.Name, w.c.Target.Name())
	}
	return nil
}

func (w *twin) swapSteps() ([]Step, error) {
	return oneByOne(w.addNew, w.oneWay, w.copied, w.indexed, w.swapNames, w.leaveAside)
}

// oneWay are triggers that copy to the column that the application does not know.
func (w *twin) oneWay() ([]Step, error) {
	body := "SET NEW." + w.c.Q(w.new) + " = " + w.converted("NEW."+w.c.Q(w.old))
	return w.triggers(body, body)
}

// swapNames is the moment from which on the application has the new type: the two
// columns, and their indexes, change names in one statement.
func (w *twin) swapNames() ([]Step, error) {
	q := w.c.Q
	clauses := []string{"RENAME COLUMN " + q(w.old) + " TO " + q(w.new), "RENAME COLUMN " + q(w.new) + " TO " + q(w.old)}
	undo := []string{clauses[0], clauses[1]}
	for _, ix := range w.indexes {
		turn, turnBack := w.turned(ix)
		clauses, undo = append(clauses, turn...), append(undo, turnBack...)
	}
	is := w.swapped()
	s, err := w.d.step(Step{
		Phase: Contract, Title: "give " + w.of(w.old) + " its new type", Slug: Slug("type_of", w.t.Name.Name, w.old), Gate: &Gate{Backfill: true}, keepAll: true,
		Accept: []Accept{{Rule: "rename-column", Reason: "the two columns change names, and hold the same values"}},
	}, is, w.alter(clauses...), back{w.alter(undo...), "NOT (" + is + ")"})
	return []Step{s}, err
}

// swapped is a condition that the names have been swapped: the new column stands
// behind the old one, whatever they are called.
func (w *twin) swapped() string {
	position := func(column string) string {
		return "(SELECT ORDINAL_POSITION FROM information_schema.COLUMNS WHERE " + w.at().in("TABLE_SCHEMA") +
			" AND TABLE_NAME = " + w.c.Text.Literal(w.name.Name) + " AND COLUMN_NAME = " + w.c.Text.Literal(column) + ")"
	}
	return position(w.old) + " > " + position(w.new)
}

// leaveAside ends the column of the old type. Until then its values follow, and the
// names can be swapped back.
func (w *twin) leaveAside() ([]Step, error) {
	old := w.of(w.new)
	return w.leave(partingColumn{
		column: w.new, stays: w.old, gate: &Gate{Grace: w.c.Options.Grace},
		title:  "drop " + old + ", which has the old type",
		reason: "no version of the application knows it",
		unsync: "From here on " + old + ", which has the old type, is not kept in step any more: the names cannot be swapped back.",
	})
}
