package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// back is a statement that takes something back, and the condition that holds where
// it has run.
type back struct{ sql, done string }

// undoOnline is the way back of clauses of a statement, the last first, and in words
// what nothing takes back. after is the state that they have left.
func (b *builder) undoOnline(after *schema.State, stmt *change.Stmt, unit []clause) (way []back, final string) {
	u := undoer{builder: b, before: b.state, after: after}
	for _, c := range slices.Backward(unit) {
		for _, op := range slices.Backward(stmt.Ops) {
			if op.Head().Span != c.span || asksHow(op) {
				continue
			}
			done, why := u.undo(op)
			way = append(way, done...)
			final = sentences(final, why)
		}
	}
	return way, final
}

// undoer writes ways back for MySQL and MariaDB.
type undoer struct {
	*builder
	before, after *schema.State
	bare          bool // its statements do not say how they are to be carried out
}

// alter is an ALTER TABLE that the server carries out as it can do best, and
// refuses where that would block.
func (u *undoer) alter(table change.Name, clause, done string) []back {
	sql := "ALTER TABLE " + u.in.Text.QuoteName(table) + " " + clause
	o, err := u.in.online(u.after, sql)
	if err != nil {
		return nil // what the parser does not take is not shown
	}
	if u.bare {
		return []back{{sql, done}}
	}
	return []back{{o.pinned(), done}}
}

func (u *undoer) undo(op change.Op) (way []back, final string) {
	i, q, table := inspector{u.in.Text, op.Head().Table}, u.in.Text.Quote, op.Head().Table
	switch op := op.(type) {
	case *change.AddColumn:
		return u.alter(table, "DROP COLUMN "+q(op.Column.Name), not(i.column(op.Column.Name))), ""
	case *change.RenameColumn:
		return u.alter(table, "RENAME COLUMN "+q(op.To)+" TO "+q(op.From), i.column(op.From)), ""
	case *change.CreateIndex:
		return u.undoIndex(i, op)
	case *change.ModifyColumn:
		return u.undoModify(op, i)
	case *change.DropIndex:
		return u.undoDropIndex(op, i)
	case *change.RenameIndex:
		return u.alter(table, "RENAME INDEX "+q(op.To)+" TO "+q(op.Index.Name), i.index(op.Index.Name)), ""
	case *change.AddConstraint:
		return u.undoConstraint(i, op)
	case *change.ColumnDefault:
		return u.undoDefault(op)
	case *change.DropColumn:
		return nil, "The values of " + u.in.Text.QuoteName(table) + "." + q(op.Column) + " are gone."
	}
	return u.undoTable(i, op)
}

// undoModify gives a column the definition back that it had.
func (u *undoer) undoModify(op *change.ModifyColumn, i inspector) (way []back, final string) {
	q, shown := u.in.Text.Quote, u.in.Text.QuoteName(op.Table)+"."+u.in.Text.Quote(op.From)
	text, ok := u.in.Text.(DefinitionText)
	if !ok {
		return nil, notUndone("MODIFY COLUMN")
	}
	old, err := text.ColumnDefinition(u.before, op.Table, op.From)
	if err != nil {
		return nil, "The definition that " + shown + " had before is not known."
	}
	done := ""
	if op.From != op.Column.Name {
		done = i.column(op.From)
	}
	if u.before.Table(op.Table).Column(op.From).NotNull && !op.Column.NotNull {
		final = "A row that has NULL in " + shown + " by then keeps it from going back: fill it first."
	}
	if t := u.before.Table(op.Table); t.Column(op.From).TypeKnown {
		if loss := schema.TypeLoss(op.Column.Type, t.Column(op.From).Type()); loss.What != "" {
			final = strings.TrimSpace(final + " A value that only the new type of " + shown + " can hold keeps it from going back.")
		}
	}
	return u.alter(op.Table, "CHANGE "+q(op.Column.Name)+" "+old.Text(), done), final
}

// undoDropIndex builds an index again, in the way that it was made.
func (u *undoer) undoDropIndex(op *change.DropIndex, i inspector) (way []back, final string) {
	unknown := "How the index " + u.in.Text.Quote(op.Index.Name) + " was made is not known: its way back is not written."
	def, known := indexDef(u.before, op.Table, op.Index.Name)
	if !known {
		return nil, unknown
	}
	text, err := u.in.Text.Current(def)
	if err != nil {
		return nil, unknown
	}
	if def.Clause {
		return u.alter(op.Table, "ADD "+text, i.index(op.Index.Name)), ""
	}
	return []back{{text, i.index(op.Index.Name)}}, ""
}

// undoConstraint drops a constraint by what it is.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html
func (u *undoer) undoConstraint(i inspector, op *change.AddConstraint) (way []back, final string) {
	q, table, c := u.in.Text.Quote, op.Table, op.Constraint
	if c.Kind == change.PrimaryKey {
		return nil, "Its way back, DROP PRIMARY KEY, copies the table and blocks writes: it is not written here."
	}
	if c.Name = u.nameOfConstraint(op); c.Name == "" {
		return nil, "The constraint has no name of its own: SHOW CREATE TABLE " + u.in.Text.QuoteName(table) + " tells the one to drop."
	}
	word := "CONSTRAINT "
	switch c.Kind {
	case change.ForeignKey:
		word = "FOREIGN KEY "
	case change.Unique:
		word = "INDEX "
	case change.Check:
		if u.in.Target.Dialect == "mysql" {
			word = "CHECK "
		}
	}
	way = u.alter(table, "DROP "+word+q(c.Name), not(i.constraint(c.Name)))
	return append(way, u.undoKeyIndex(i, op)...), ""
}

func (u *undoer) undoDefault(op *change.ColumnDefault) (way []back, final string) {
	q := u.in.Text.Quote
	t := u.before.Table(op.Table)
	if t == nil || t.Column(op.Column) == nil || !t.Column(op.Column).Complete {
		return nil, "The default that " + q(op.Column) + " had before is not known."
	}
	switch c := t.Column(op.Column); {
	case c.HasDefault:
		return u.alter(op.Table, "ALTER COLUMN "+q(op.Column)+" SET DEFAULT "+c.Default, ""), ""
	case !c.NotNull && !takesNoDefault(c.Type()):
		// A column that may be NULL has the default NULL, until DROP DEFAULT takes that too.
		return u.alter(op.Table, "ALTER COLUMN "+q(op.Column)+" SET DEFAULT NULL", ""), ""
	}
	return u.alter(op.Table, "ALTER COLUMN "+q(op.Column)+" DROP DEFAULT", ""), ""
}

// takesNoDefault says whether MySQL refuses DEFAULT NULL for a type.
// https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
func takesNoDefault(t change.Type) bool {
	name := strings.ToLower(t.Name)
	if strings.HasSuffix(name, "text") || strings.HasSuffix(name, "blob") {
		return true
	}
	return slices.Contains([]string{
		"json", "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
		"geometrycollection", "geomcollection",
	}, name)
}

// undoTable is about whole tables, triggers and views.
func (u *undoer) undoTable(i inspector, op change.Op) (way []back, final string) {
	text, table := u.in.Text, op.Head().Table
	name := text.QuoteName(table)
	switch op := op.(type) {
	case *change.CreateTable:
		if op.IfNotExists {
			return nil, "Whether " + name + " was there before is not known: it stays."
		}
		return []back{{sql: "DROP TABLE IF EXISTS " + name}}, ""
	case *change.RenameTable:
		to := op.To
		if to.Schema == "" {
			to.Schema = table.Schema
		}
		return []back{{"RENAME TABLE " + text.QuoteName(to) + " TO " + name, i.exists("TABLES", table.Name)}}, ""
	case *change.CreateTrigger:
		return []back{{sql: "DROP TRIGGER IF EXISTS " + text.QuoteName(change.Name{Schema: table.Schema, Name: op.Name})}}, ""
	case *change.Object:
		if op.Class == "view" && op.Verb == "create" && !op.OrReplace {
			return []back{{sql: "DROP VIEW IF EXISTS " + text.QuoteName(op.Name)}}, ""
		}
		if isRoutine(op.Class) && op.Verb == "create" && !op.OrReplace {
			return []back{{sql: "DROP " + strings.ToUpper(op.Class) + " IF EXISTS " + text.QuoteName(op.Name)}}, ""
		}
		return nil, notUndone(strings.ToUpper(op.Verb + " " + op.Class))
	case *change.DropTable, *change.Truncate, *change.Insert, *change.Update, *change.Delete:
		return nil, rowsLost(op, name)
	case *change.Maintain:
		return nil, ""
	}
	return nil, notUndone(strings.ToUpper(strings.ReplaceAll(op.Kind().String(), "-", " ")))
}

// notUndone says that there is no way back for a change.
func notUndone(what string) string { return "The way back of " + what + " is not written." }
