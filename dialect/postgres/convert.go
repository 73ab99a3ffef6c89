package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/token"
)

// converter turns one statement's tree into changes. The tree says what, the
// tokens say where: its nodes know at most where they start.
type converter struct {
	src    []byte
	base   int // where the text starts that the tree was read from
	stmt   token.Statement
	all    tokens
	masked bool // the tree is of a text in which newer syntax was masked
	source *source
	inner  []*change.Stmt // what the statement runs, with places in the file
}

// convert is a statement's kind and its changes.
func (c *converter) convert(n *pg.Node) (string, []change.Op) {
	families := [...]func(*pg.Node) (string, []change.Op){
		c.tables, c.indexes, c.rows, c.session, c.maintenance, c.renames, c.objects, c.routines, c.access, c.replication, c.cluster,
	}
	for _, family := range families {
		if kind, ops := family(n); kind != "" {
			return kind, ops
		}
	}
	return "unknown", c.opaque("this statement is not one that is understood")
}

// head is the header of a change that is the whole statement.
func (c *converter) head(table change.Name) change.Header {
	return change.Header{Span: c.stmt.Span, Table: table}
}

// headOf is the header of a change of a table, which ONLY may stand before.
func (c *converter) headOf(r *pg.RangeVar) change.Header {
	h := c.head(tableName(r))
	h.Only = r != nil && !r.GetInh()
	return h
}

func (c *converter) opaque(why string) []change.Op {
	return []change.Op{&change.Opaque{Header: c.head(change.Name{}), Why: why}}
}

// offset is the place in the source of a place in the statement's text.
func (c *converter) offset(location int32) int {
	return c.base + int(location)
}

// object is a change of an object that needs no model of its own, and the
// statement's kind, which its verb and class make.
func (c *converter) object(o change.Object) (string, []change.Op) {
	if !o.Span.Valid() {
		o.Span = c.stmt.Span
	}
	return kindOf(o.Verb, o.Class), []change.Op{&o}
}

// kindOf names a statement: alter, materialized view is alter_materialized_view.
func kindOf(verb, class string) string {
	if verb == "rename" {
		verb = "alter"
	}
	return verb + "_" + strings.ReplaceAll(class, " ", "_")
}
