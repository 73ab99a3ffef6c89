package schema

import "github.com/safemig/safemig/dialect/change"

// Renamer changes names in texts of a dialect.
type Renamer interface {
	// RenameTable renames a table, view or sequence wherever the text names it.
	RenameTable(p Piece, from, to change.Name) (string, error)
	// RenameColumn renames a column of a table wherever the text names it.
	RenameColumn(p Piece, table change.Name, from, to string) (string, error)
	// WithName gives what a statement makes, or a constraint, another name; where
	// none is written it is put in.
	WithName(p Piece, name string) (string, error)
}

// FirstPiece is Piece, about the table as that was called when the text was said.
func (d Def) FirstPiece() Piece {
	p := d.Piece()
	for i := len(d.Renamed) - 1; i >= 0; i-- {
		if r := d.Renamed[i]; r.Class == "table" && r.To == p.Of {
			p.Of = r.From
		}
	}
	return p
}

// FollowRenames is the text of a piece, as FirstPiece gives it, with the renames that
// it does not know.
func (d Def) FollowRenames(by Renamer, p Piece) (string, error) {
	for _, r := range d.Renamed {
		var err error
		switch r.Class {
		case "table":
			p.Text, err = by.RenameTable(p, r.From, r.To)
			if p.Of == r.From {
				p.Of = r.To
			}
		case "column":
			p.Text, err = by.RenameColumn(p, r.Table, r.From.Name, r.To.Name)
		default:
			p.Text, err = by.WithName(p, r.To.Name)
		}
		if err != nil {
			return "", err
		}
	}
	return p.Text, nil
}
