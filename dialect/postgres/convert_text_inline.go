package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/schema"
)

// tableConstraint puts the column into a constraint that stood in its definition.
func tableConstraint(inline, column string) (string, error) {
	w, err := readText(schema.Piece{Kind: schema.InlinePiece, Text: inline})
	if err != nil {
		return "", err
	}
	list := w.root.GetCreateStmt().GetTableElts()[0].GetColumnDef().GetConstraints()
	if len(list) == 0 {
		return "", w.problem("unsupported", change.Span{}, "it is not a constraint")
	}
	con := list[0].GetConstraint()
	put, ok := columnGap(w, con, Text{}.Quote(column))
	if !ok {
		return inline, nil
	}
	at := put.at.Start - w.start
	text := inline[:at] + put.text + inline[at:]
	again, err := readText(schema.Piece{Kind: schema.ConstraintPiece, Text: text})
	if err != nil {
		return "", w.problem("changed", change.Span{}, "the text would not be readable: %s", err)
	}
	made := again.root.GetAlterTableStmt().GetCmds()[0].GetAlterTableCmd().GetDef().GetConstraint()
	if con.GetContype() == pg.ConstrType_CONSTR_NOTNULL && again.masked {
		return text, nil // NOT NULL c, which the grammar does not know
	}
	if made.GetContype() != con.GetContype() || !slices.Equal(keyColumns(made), []string{column}) {
		return "", w.problem("changed", change.Span{}, "more would change than was asked for")
	}
	return text, nil
}

func keyColumns(c *pg.Constraint) []string {
	return append(stringsOf(c.GetKeys()), stringsOf(c.GetFkAttrs())...)
}

// columnGap is where the column goes; false for a CHECK, which names its own.
func columnGap(w *piece, con *pg.Constraint, column string) (edit, bool) {
	from := w.toks.at(w.start)
	if w.toks.is(from, "CONSTRAINT") {
		from += 2
	}
	end := from // the last token before the column
	switch con.GetContype() {
	case pg.ConstrType_CONSTR_FOREIGN:
		at := w.toks.spanOf(from)
		return edit{change.Span{Start: at.Start, End: at.Start}, "FOREIGN KEY (" + column + ") "}, true
	case pg.ConstrType_CONSTR_PRIMARY:
		end = from + 1
	case pg.ConstrType_CONSTR_NOTNULL:
		at := w.toks.spanOf(from + 1)
		return edit{change.Span{Start: at.End, End: at.End}, " " + column}, true
	case pg.ConstrType_CONSTR_UNIQUE:
		if w.toks.is(from+1, "NULLS") {
			end = w.toks.find(from, "DISTINCT")
		}
	default:
		return edit{}, false
	}
	at := w.toks.spanOf(end)
	return edit{change.Span{Start: at.End, End: at.End}, " (" + column + ")"}, true
}
