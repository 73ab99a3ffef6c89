package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// Text finds and replaces names in SQL. Everything is found by the parser,
// replaced in the user's own text, and proven by parsing the result: it may
// differ from the text before in what was asked for and in nothing else. All
// errors are *schema.PieceError.
//
// A table without a schema, in a text or as an argument, is in Piece.Schema.
type Text struct {
	// Columns are the columns of a table, where they are known: with them, names
	// in a query of several tables can be told apart. It may be nil.
	Columns func(change.Name) ([]string, bool)
}

// ColumnRefs is where columns of a table are named in a text, in its order.
func (t Text) ColumnRefs(p schema.Piece, table change.Name) ([]schema.Ref, error) {
	f, err := t.follow(p, table, true, "")
	if err != nil {
		return nil, err
	}
	return f.refs()
}

// RenameColumn renames a column of a table wherever the text names it. The names
// that a query gives its columns stay: SELECT a becomes SELECT b AS a.
func (t Text) RenameColumn(p schema.Piece, table change.Name, from, to string) (string, error) {
	f, err := t.follow(p, table, true, from)
	if err != nil {
		return "", err
	}
	e := f.editing()
	e.keepLabels(from, false)
	for _, c := range f.columns {
		if err := e.renameColumn(c, to); err != nil {
			return "", err
		}
	}
	return e.result()
}

// SubstituteColumn replaces a column of a table by an expression, in brackets.
// Columns in the expression are the table's; they get the qualifier that the
// column had: o.a becomes (lower(o.b)).
func (t Text) SubstituteColumn(p schema.Piece, table change.Name, column, withExpr string) (string, error) {
	by, err := t.expression(schema.Piece{Kind: schema.ExpressionPiece, Text: withExpr, Of: table, Schema: p.Schema})
	if err != nil {
		return "", err
	}
	f, err := t.follow(p, table, true, column)
	if err != nil {
		return "", err
	}
	e := f.editing()
	e.keepLabels(column, true)
	for _, c := range f.columns {
		if err := e.substitute(c, by); err != nil {
			return "", err
		}
	}
	return e.result()
}

// RenameTable renames a table, view or sequence wherever the text names it. A
// schema is written only where one was, or where the new one is not that of bare names.
func (t Text) RenameTable(p schema.Piece, from, to change.Name) (string, error) {
	f, err := t.follow(p, from, false, "")
	if err != nil {
		return "", err
	}
	e := f.editing()
	e.keepLabels(from.Name, false)
	to = withSchema(to, p.Schema)
	for _, at := range f.tables {
		if err := e.renameTable(at, to, to.Schema != f.table.Schema); err != nil {
			return "", err
		}
	}
	return e.result()
}

// WithName gives what a statement makes (an index, trigger, view ...), or a
// constraint, another name; where none is written it is put in. A schema that is
// written before the name stays.
func (t Text) WithName(p schema.Piece, name string) (string, error) {
	return withName(p, name)
}

// TableConstraint is an inline constraint as one of the table: REFERENCES u (id)
// becomes FOREIGN KEY (column) REFERENCES u (id).
func (t Text) TableConstraint(inline, column string) (string, error) {
	return tableConstraint(inline, column)
}

// Current is a definition's text with the renames applied that it does not know, and
// with the columns that a view's * stands for.
func (t Text) Current(d schema.Def) (string, error) {
	p := d.FirstPiece()
	if len(d.Stars) > 0 {
		if text, err := t.expandStars(p, d.Stars); err == nil { // else whoever follows the text is told of the star
			p.Text = text
		}
	}
	for _, r := range d.Renamed {
		if r.Class != "table" && r.Class != "column" && r.From.Schema != r.To.Schema {
			return "", &schema.PieceError{Problem: "unsupported", Message: r.From.String() + " is in another schema now"}
		}
	}
	return d.FollowRenames(t, p)
}
