package rewrite

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/safemig/safemig/dialect/change"
)

// titleOf names a statement by its kind and table.
func titleOf(text Text, stmt *change.Stmt) string {
	title := strings.ReplaceAll(strings.ToUpper(stmt.Kind), "_", " ")
	if t := stmt.Ops[0].Head().Table; !t.IsZero() {
		title += " " + text.QuoteName(t)
	}
	return title
}

// describe says in a few words what is left of a statement, and the same for a
// file's name.
func (b *builder) describe(stmt *change.Stmt, m *made) (titles []string, slug string) {
	for _, c := range m.clauses {
		if c.text != nil && *c.text == "" {
			continue
		}
		title, short := c.title, c.slug
		if title == "" {
			title, short = b.said(stmt, opAt(stmt, c.span))
		}
		titles = appendNew(titles, title)
		if slug == "" {
			slug = short
		}
	}
	return titles, slug
}

// said is what a change does.
func (b *builder) said(stmt *change.Stmt, op change.Op) (title, slug string) {
	text, t := b.in.Text, op.Head().Table
	table := ""
	if !t.IsZero() {
		table = text.QuoteName(t)
	}
	of := func(column string) string { return table + "." + text.Quote(column) }
	switch op := op.(type) {
	case *change.AddColumn:
		return "add " + of(op.Column.Name), Slug("add", t.Name, op.Column.Name)
	case *change.DropColumn:
		return "drop " + of(op.Column), Slug("drop", t.Name, op.Column)
	case *change.RenameColumn:
		return "rename " + of(op.From) + " to " + text.Quote(op.To), Slug("rename", t.Name, op.From)
	case *change.AlterColumnType:
		return "change the type of " + of(op.Column), Slug("type_of", t.Name, op.Column)
	case *change.ModifyColumn:
		if op.From != op.Column.Name {
			return "rename " + of(op.From) + " to " + text.Quote(op.Column.Name) + ", with its definition", Slug("rename", t.Name, op.From)
		}
		return "define " + of(op.From) + " anew", Slug("define", t.Name, op.From)
	case *change.SetNotNull:
		return "make " + of(op.Column) + " NOT NULL", Slug("not_null", t.Name, op.Column)
	case *change.DropNotNull:
		return "let " + of(op.Column) + " be NULL", Slug("nullable", t.Name, op.Column)
	case *change.ColumnDefault:
		if op.Default == nil {
			return "drop the default of " + of(op.Column), Slug("no_default", t.Name, op.Column)
		}
		return "set the default of " + of(op.Column), Slug("default", t.Name, op.Column)
	}
	if title, slug, is := b.saidOfPart(stmt, op, table); is {
		return title, slug
	}
	return b.saidOfTable(stmt, op, table)
}

// saidOfPart is about what a table has beside columns.
func (b *builder) saidOfPart(stmt *change.Stmt, op change.Op, table string) (title, slug string, is bool) {
	q := b.in.Text.Quote
	switch op := op.(type) {
	case *change.AddConstraint:
		name := nameFor(b.in.Script, b.state, stmt.Ops, op, op.Constraint)
		return "add " + q(name) + " to " + table, Slug("add", name), true
	case *change.DropConstraint:
		return "drop " + q(op.Name) + " of " + table, Slug("drop", op.Name), true
	case *change.RenameConstraint:
		return "rename " + q(op.From) + " of " + table + " to " + q(op.To), Slug("rename", op.From), true
	case *change.CreateIndex:
		name := op.Name
		if name == "" {
			name = b.state.IndexName(op)
		}
		return "build " + q(name) + " on " + table, Slug("index", name), true
	case *change.DropIndex:
		return "drop the index " + b.in.Text.QuoteName(op.Index), Slug("drop", op.Index.Name), true
	case *change.RenameIndex:
		return "rename the index " + b.in.Text.QuoteName(op.Index) + " to " + q(op.To), Slug("rename", op.Index.Name), true
	case *change.CreateTrigger:
		return "make the trigger " + q(op.Name) + " on " + table, Slug("trigger", op.Name), true
	case *change.DropTrigger:
		return "drop the trigger " + q(op.Name) + " of " + table, Slug("drop", op.Name), true
	case *change.AttachPartition:
		return "attach " + b.in.Text.QuoteName(op.Partition) + " to " + table, Slug("attach", op.Partition.Name), true
	case *change.DetachPartition:
		return "detach " + b.in.Text.QuoteName(op.Partition) + " from " + table, Slug("detach", op.Partition.Name), true
	}
	return "", "", false
}

// saidOfTable is about whole tables and rows, and what is no table.
func (b *builder) saidOfTable(stmt *change.Stmt, op change.Op, table string) (title, slug string) {
	name := op.Head().Table.Name
	switch op := op.(type) {
	case *change.CreateTable:
		return "make the table " + table, Slug("table", name)
	case *change.DropTable:
		return "drop the table " + table, Slug("drop", name)
	case *change.RenameTable:
		return "rename " + table + " to " + b.in.Text.QuoteName(op.To), Slug("rename", name)
	case *change.ConvertCharset:
		return "convert " + table + " to " + op.Charset, Slug("convert", name)
	case *change.PartitionOp:
		switch op.Action {
		case "partition by":
			return "partition " + table, Slug("partition", name)
		case "remove partitioning":
			return "have no partitions in " + table, Slug("no_partitions", name)
		}
	case *change.Insert:
		return "put rows into " + table, Slug("insert", name)
	case *change.Update:
		return "change rows of " + table, Slug("update", name)
	case *change.Delete:
		return "delete rows of " + table, Slug("delete", name)
	case *change.Object:
		return b.saidOfObject(stmt, op, table)
	}
	return titleOf(b.in.Text, stmt), Slug(stmt.Kind, name)
}

// saidOfObject is about views, functions, types and the like.
func (b *builder) saidOfObject(stmt *change.Stmt, op *change.Object, table string) (title, slug string) {
	verb := op.Verb
	switch op.Verb {
	case "create":
		verb = "make"
	case "alter":
		verb = "change"
	}
	if op.Name.Name == "" || op.Class == "" || verb != "make" && verb != "change" && verb != "drop" {
		return titleOf(b.in.Text, stmt), Slug(stmt.Kind, op.Table.Name)
	}
	title = verb + " the " + op.Class + " " + b.in.Text.QuoteName(op.Name)
	if (op.Class == "policy" || op.Class == "rule") && table != "" {
		title += " on " + table
	}
	return title, Slug(verb, op.Name.Name)
}

// summary is what a step made of several pieces does.
func summary(pieces []string) string {
	const most = 4
	if len(pieces) > most {
		pieces = append(slices.Clone(pieces[:most-1]), fmt.Sprintf("and %d more changes", len(pieces)-most+1))
	}
	return strings.Join(pieces, "; ")
}

// Slug joins words to a piece of a file's name.
func Slug(words ...string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(strings.Join(words, "_")) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "_"):
			out.WriteByte('_')
		}
	}
	s := strings.Trim(out.String(), "_")
	if len(s) > 60 {
		s = strings.TrimRight(s[:60], "_")
	}
	return s
}
