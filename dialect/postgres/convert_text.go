package postgres

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/schema"
)

// piece is a text as it is read: between what makes a statement of it.
type piece struct {
	piece  schema.Piece
	full   []byte // the statement
	start  int    // where the text starts in it
	toks   tokens // of the statement
	root   *pg.Node
	base   int  // where the places in the tree count from
	masked bool // newer syntax was masked: not all of the text is in the tree
}

// readText parses a text, which must be exactly one thing of its kind.
func readText(p schema.Piece) (*piece, error) {
	before, after := frame(p)
	w := &piece{piece: p, full: []byte(before + p.Text + after), start: len(before)}
	stmts := Split(w.full, change.Span{End: len(w.full)})
	if len(stmts) != 1 || len(stmts[0].Tokens) == 0 {
		return nil, w.problem("syntax", change.Span{}, "it is not one statement")
	}
	w.toks, w.base = tokens{w.full, stmts[0].Tokens}, stmts[0].Span.Start
	c := &converter{src: w.full, stmt: stmts[0], all: w.toks, base: w.base}
	if err := c.unreadable(); err != nil {
		return nil, w.problem("syntax", err.Span, err.Message)
	}
	tree, refused := w.parse(c)
	if refused != nil {
		return nil, w.problem("syntax", refused.Span, refused.Message)
	}
	w.root = tree.GetStmts()[0].GetStmt()
	if !w.balanced() || !w.isOneThing() {
		return nil, w.problem("syntax", change.Span{}, "it is not one "+pieceName(p.Kind))
	}
	return w, nil
}

// parse is the tree of the statement, with newer syntax masked where that is needed.
func (w *piece) parse(c *converter) (*pg.ParseResult, *change.SyntaxError) {
	text := c.text()
	tree, err := pg.Parse(string(text))
	if err != nil || pg.IsNewer(tree) {
		if tree, err = c.parseNewer(text, tree, err); err != nil {
			return nil, c.syntaxError(text, err)
		}
		w.masked = c.masked
	}
	if len(tree.GetStmts()) != 1 {
		return nil, &change.SyntaxError{Span: c.stmt.Span, Message: "it is not one statement"}
	}
	return pg.Unshared(tree), nil
}

// frame is what makes a statement of a text. The line end closes a comment.
func frame(p schema.Piece) (before, after string) {
	of := p.Of
	if of.IsZero() {
		of.Name = "t"
	}
	table := Text{}.QuoteName(of)
	switch p.Kind {
	case schema.ExpressionPiece:
		return "SELECT (", "\n)"
	case schema.ColumnPiece:
		return "CREATE TABLE " + table + " (", "\n)"
	case schema.InlinePiece:
		return "CREATE TABLE " + table + " (c int ", "\n)"
	case schema.ConstraintPiece:
		return "ALTER TABLE " + table + " ADD ", "\n"
	case schema.ClausePiece:
		return "ALTER TABLE " + table + " ", "\n"
	}
	return "", ""
}

func pieceName(k schema.PieceKind) string {
	return [...]string{"expression", "column", "constraint", "clause of ALTER TABLE", "statement", "column constraint"}[k]
}

// balanced says whether the text opens all brackets that it closes: what is
// around it stays around it.
func (w *piece) balanced() bool {
	depth := 0
	for i, t := range w.toks.list {
		if !w.owns(t.Span) {
			continue
		}
		if depth += w.toks.nesting(i); depth < 0 {
			return false
		}
	}
	return depth == 0
}

// isOneThing says whether the statement around the text holds the text alone.
func (w *piece) isOneThing() bool {
	switch w.piece.Kind {
	case schema.ExpressionPiece:
		return len(w.root.GetSelectStmt().GetTargetList()) == 1 && w.piece.Text != ""
	case schema.ColumnPiece, schema.InlinePiece:
		elements := w.root.GetCreateStmt().GetTableElts()
		return len(elements) == 1 && elements[0].GetColumnDef() != nil
	case schema.ConstraintPiece:
		cmds := w.root.GetAlterTableStmt().GetCmds()
		return len(cmds) == 1 && cmds[0].GetAlterTableCmd().GetSubtype() == pg.AlterTableType_AT_AddConstraint
	}
	return true
}

// owns says whether a place is in the text, and not in what is around it.
func (w *piece) owns(at change.Span) bool {
	return at.Start >= w.start && at.End <= w.start+len(w.piece.Text)
}

// inText is a place of the statement as one of the text.
func (w *piece) inText(at change.Span) change.Span {
	if !at.Valid() || !w.owns(at) {
		return change.Span{}
	}
	return change.Span{Start: at.Start - w.start, End: at.End - w.start}
}

func (w *piece) problem(kind string, at change.Span, message string, args ...any) *schema.PieceError {
	if len(args) > 0 {
		message = fmt.Sprintf(message, args...)
	}
	return &schema.PieceError{Problem: kind, At: w.inText(at), Message: message}
}
