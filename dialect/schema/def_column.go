package schema

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// columnTexts are the texts of a column's definition that Column has not.
type columnTexts struct {
	written   *said
	typ       string
	named     change.Name // the type, when typ was said
	collation string
	identity  string
	generated *said
	mysql     mysqlTexts
}

// columnTexts keeps the texts of a definition.
func (s *State) columnTexts(t *Table, def *change.Column) columnTexts {
	c := columnTexts{written: s.say(def.Span, "column", def.Name, true, t.Name)}
	c.setType(s.defs.script, def.Type)
	c.identity = s.defs.script.Text(def.IdentitySpan)
	if def.Generated != nil {
		c.generated = s.say(def.Generated.Expr.Span, "column", def.Name, true, t.Name)
	}
	c.mysql.charset, c.mysql.collation, c.mysql.changes = t.Charset, t.Collation, t.charsetChanges
	return c
}

func (c *columnTexts) setType(script *change.Script, t change.Type) {
	c.typ, c.collation = script.Text(t.Span), script.Text(t.CollationSpan)
	c.named = change.Name{Schema: t.Schema, Name: t.Name}
}

// regenerate follows ADD GENERATED, SET EXPRESSION and the DROPs of both.
func (s *State) regenerate(c *Column, op *change.AlterGenerated) {
	action := strings.ToLower(op.Action)
	switch {
	case action == "drop identity":
		c.texts.identity = ""
	case action == "drop expression":
		c.texts.generated = nil
	case strings.HasPrefix(action, "set expression") && op.Expr != nil:
		c.texts.generated = s.say(op.Expr.Span, "column", op.Column, true, op.Table)
	case strings.HasPrefix(action, "add generated"):
		text := s.defs.script.Text(op.Span)
		if i := strings.Index(strings.ToUpper(text), "GENERATED"); i >= 0 {
			c.texts.identity = text[i:]
		}
	}
}

// ColumnDef is a column's definition as it holds now; false where the column is not known.
func (s *State) ColumnDef(table change.Name, column string) (ColumnParts, bool) {
	t := s.Table(table)
	if t == nil || t.Column(column) == nil {
		return ColumnParts{}, false
	}
	c := t.Column(column)
	p := ColumnParts{
		Name: c.Name, Type: c.texts.typ, Collation: c.texts.collation, NotNull: c.NotNull, Identity: c.texts.identity,
		Stored: c.Stored, OnUpdate: c.OnUpdate, Comment: c.Comment, Sequence: c.Sequence,
	}
	if (change.Name{Schema: c.Type.Schema, Name: c.Type.Name}) != c.texts.named {
		p.Type = "" // the type was renamed, or the column's is no longer known
	}
	if c.HasDefault && !c.serialDefault() {
		p.Default = c.Default
	}
	if g := c.texts.generated; g != nil && c.Generated {
		p.Generated = g.text
		_, p.Renamed = s.defs.since(g)
	}
	if w := c.texts.written; w != nil {
		p.Written, p.File = w.text, w.file
		_, p.WrittenRenamed = s.defs.since(w)
	}
	if s.foldCase {
		p.MySQL = c.mysql(t)
	}
	return p, true
}

// serialDefault says whether the default is that of a serial column, which no
// text says.
func (c *Column) serialDefault() bool { return c.Default == "nextval" }
