package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// fit refuses what triggers cannot keep in step, and what no new column could take over.
func (w *twin) fit() error {
	col, shown := w.t.Column(w.old), w.of(w.old)
	switch {
	case col.AutoIncrement:
		return Refuse("%s counts by AUTO_INCREMENT, which only one column of a table can: safemig fix --engine names a tool that copies the table", shown)
	case col.Generated:
		return Refuse("%s is a generated column", shown)
	case col.OnUpdate != "":
		return Refuse("%s has ON UPDATE %s, so that no trigger can tell who gave it its value", shown, col.OnUpdate)
	case slices.ContainsFunc(w.t.PartKey, w.isOld):
		return Refuse("the partitions of %s go by %s", w.c.Table(), w.c.Q(w.old))
	case w.t.Engine != "" && !strings.EqualFold(w.t.Engine, "InnoDB"):
		return Refuse("%s is a table of %s, which has no transactions: its rows and their copies could come apart", w.c.Table(), w.t.Engine)
	}
	if err := w.fitKeys(); err != nil {
		return err
	}
	return w.fitTexts()
}

func (w *twin) isOld(name string) bool { return strings.EqualFold(name, w.old) }

// fitKeys: cascades change rows without running triggers, and constraints cannot be
// added without copying the table.
// https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
func (w *twin) fitKeys() error {
	for _, k := range w.t.Constraints {
		if !slices.ContainsFunc(k.Columns, w.isOld) {
			continue
		}
		switch k.Kind {
		case change.PrimaryKey:
			return Refuse("%s is in the primary key: safemig fix --engine names a tool that copies the table", w.of(w.old))
		case change.ForeignKey:
			return Refuse("the foreign key %s is on %s: cascades change rows without running triggers, and a foreign key cannot be added beside it without copying the table", w.c.Q(k.Name), w.of(w.old))
		case change.Check:
			return Refuse("the CHECK %s names %s, and adding it for another column copies the table", w.c.Q(k.Name), w.of(w.old))
		}
	}
	for _, from := range w.c.State.Referencing(w.name) {
		for _, k := range w.c.State.Table(from).Constraints {
			if k.Kind == change.ForeignKey && w.c.State.Resolve(k.Ref) == w.c.State.Resolve(w.name) && slices.ContainsFunc(k.RefColumns, w.isOld) {
				return Refuse("the foreign key %s of %s refers to %s", w.c.Q(k.Name), w.c.Text.QuoteName(from), w.of(w.old))
			}
		}
	}
	for _, ix := range w.c.State.IndexesOf(w.name) {
		if w.takesColumn(ix) && (ix.Exprs || ix.Class != change.PlainIndex) {
			return Refuse("the index %s on %s is over an expression, FULLTEXT or SPATIAL: building it again blocks writes", w.c.Q(ix.Name), w.of(w.old))
		}
	}
	return nil
}

// fitTexts: whatever names the column in a text of its own would still mean the old one.
func (w *twin) fitTexts() error {
	if views := w.c.State.ViewsOnColumn(w.name, w.old); len(views) > 0 && !w.swap {
		return Refuse("the view %s reads %s: make it anew in a migration of its own", w.c.list(views), w.of(w.old))
	}
	for _, d := range w.c.State.Defs(w.name) {
		if d.Class == "trigger" && wordsOf(d.Text)[strings.ToLower(w.old)] {
			return Refuse("the trigger %s of %s names %s, and would see only one of the two columns", w.c.Q(d.Name.Name), w.c.Table(), w.c.Q(w.old))
		}
	}
	for _, col := range w.t.Columns {
		if parts, known := w.c.State.ColumnDef(w.name, col.Name); known && parts.Generated != "" && wordsOf(parts.Generated)[strings.ToLower(w.old)] {
			return Refuse("the generated column %s is made of %s", w.of(col.Name), w.c.Q(w.old))
		}
	}
	return nil
}

// standIn is a default for a column that has none and takes no NULL: statements of
// the version that does not know the column have to leave it out.
func (w *twin) standIn() (string, error) {
	col := w.t.Column(w.old)
	d := w.oldDef.Get(schema.DefaultAttribute)
	if !col.NotNull || d != "" {
		return "", constantDefault(w, d)
	}
	if zero := zeroOf(w.oldType.Name); zero != "" {
		return zero, nil
	}
	return "", Refuse("%s is %s NOT NULL without a default, and %s takes none: let it be NULL, or give it a default first", w.of(w.old), w.oldType.Name, w.c.Target.Name())
}

// constantDefault refuses defaults that differ from row to row: by them nobody can
// tell what a statement gave.
func constantDefault(w *twin, d string) error {
	value := strings.TrimSpace(strings.TrimPrefix(d, "DEFAULT"))
	if strings.HasPrefix(value, "(") {
		return Refuse("%s has a default that is an expression: nobody can tell then whether a statement gave the column its value", w.of(w.old))
	}
	return nil
}

// zeroOf is a value that every column of a type takes in strict mode; empty where a
// column of the type takes no literal as its default.
// https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
func zeroOf(typeName string) string {
	switch typeName {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit", "bool", "boolean":
		return "0"
	case "char", "varchar", "binary", "varbinary":
		return "''"
	case "date":
		return "'1970-01-01'"
	case "datetime", "timestamp":
		return "'1970-01-02 00:00:00'"
	case "time":
		return "'00:00:00'"
	case "year":
		return "'1970'"
	}
	return ""
}
