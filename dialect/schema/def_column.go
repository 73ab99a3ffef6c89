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
func (s *State) columnTexts(t *Table, def *change.Column) *columnTexts {
	if s.defs.none {
		return nil
	}
	c := &columnTexts{written: s.say(def.Span, "column", def.Name, true, t.Name)}
	c.setType(s.defs.script, def.Type)
	c.identity = s.defs.script.Text(def.IdentitySpan)
	if def.Generated != nil {
		c.generated = s.say(def.Generated.Expr.Span, "column", def.Name, true, t.Name)
	}
	c.mysql.charset, c.mysql.collation, c.mysql.changes = t.Charset, t.Collation, t.charsetChanges
	return c
}

// textsOf are the texts of a column, to write to; nil where none are kept.
func (s *State) textsOf(c *Column) *columnTexts {
	if c.texts == nil && !s.defs.none {
		c.texts = &columnTexts{}
	}
	return c.texts
}

func (c *columnTexts) setType(script *change.Script, t change.Type) {
	if c == nil {
		return
	}
	c.typ, c.collation = script.Text(t.Span), script.Text(t.CollationSpan)
	c.named = change.Name{Schema: t.Schema, Name: t.Name}
}

// regenerate follows ADD GENERATED, SET EXPRESSION and the DROPs of both.
func (s *State) regenerate(c *Column, op *change.AlterGenerated) {
	texts := s.textsOf(c)
	if texts == nil {
		return
	}
	switch action := strings.ToLower(op.Action); {
	case action == "drop identity":
		texts.identity = ""
	case action == "drop expression":
		texts.generated = nil
	case strings.HasPrefix(action, "set expression") && op.Expr != nil:
		texts.generated = s.say(op.Expr.Span, "column", op.Column, true, op.Table)
	case strings.HasPrefix(action, "add generated"):
		text := s.defs.script.Text(op.Span)
		if i := strings.Index(strings.ToUpper(text), "GENERATED"); i >= 0 {
			texts.identity = text[i:]
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
	texts := c.said()
	p := ColumnParts{
		Name: c.Name, Type: texts.typ, Collation: texts.collation, NotNull: c.NotNull, Identity: texts.identity,
		Stored: c.Stored, OnUpdate: c.OnUpdate, Comment: c.Comment, Sequence: c.Sequence,
	}
	if (change.Name{Schema: c.Type().Schema, Name: c.Type().Name}) != texts.named {
		p.Type = "" // the type was renamed, or the column's is no longer known
	}
	if c.HasDefault && !c.serialDefault() {
		p.Default = c.Default
	}
	if g := texts.generated; g != nil && c.Generated {
		p.Generated = g.text
		_, p.Renamed = s.defs.since(g)
	}
	if w := texts.written; w != nil {
		p.Written, p.File = w.text, w.file
		_, p.WrittenRenamed = s.defs.since(w)
	}
	if s.foldCase {
		p.MySQL = c.mysql(t)
	}
	return p, true
}

// said are the texts of the definition, to read.
func (c *Column) said() columnTexts {
	if c.texts == nil {
		return columnTexts{}
	}
	return *c.texts
}

// serialDefault says whether the default is that of a serial column, which no
// text says.
func (c *Column) serialDefault() bool { return c.Default == "nextval" }
