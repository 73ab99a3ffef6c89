package layout

import (
	"slices"
	"strings"
)

// scribeTern: each direction is sent whole in its transaction, or by the statement
// outside of any. Files are numbered without a gap.
func scribeTern() scribe {
	return scribe{
		version: digitsAt, sep: "_", way: inOneFile, onlySQL: true, mark: isTernMark, cannot: ternCannot,
		sheets: func(t *task) []sheet {
			before, outside := "", len(t.piece.Down) > 0 && !t.piece.DownInTx
			if t.own != nil {
				before, _ = t.own.sections(isTernMark)
			}
			var out strings.Builder
			out.WriteString(before + ternLine(!t.piece.InTx) + t.piece.head(true))
			out.WriteString(closed(t.piece.Cleanup) + t.piece.forth() + "\n" + ternBreak + "\n")
			out.WriteString(ternLine(outside) + t.ternBack())
			return []sheet{{t.rel, out.String()}}
		},
	}
}

// ternCannot is why tern would not run what is written, or "".
func ternCannot(r *Rewrite) string {
	raw := string(r.Script.Raw)
	switch {
	case strings.Count(raw, "\r\n") > 0 && slices.ContainsFunc(r.Pieces, func(p Piece) bool { return !p.InTx || len(p.Down) > 0 && !p.DownInTx }):
		return "its lines end as on Windows, where tern does not see the mark that a part runs outside of a transaction: save the file with plain line ends"
	case r.Script.Section.End < len(raw) && !strings.HasPrefix("\n"+raw[r.Script.Section.End:], "\n"+ternBreak+"\n") || r.Script.Section.End > 0 && r.Script.Section.End < len(raw) && raw[r.Script.Section.End-1] != '\n':
		return "the mark between its two directions does not have a line for itself: give it one"
	}
	return ""
}

func isTernMark(line string) bool { return line == ternBreak || line == ternNoTx }

func ternLine(outside bool) string {
	if !outside {
		return ""
	}
	return ternNoTx + "\n"
}

// ternBack is the way back. It may be no more than a comment, but not nothing: tern
// would take the migration for one that has none.
func (t *task) ternBack() string {
	if t.own != nil {
		if keeps := t.keeps(); keeps != "" {
			return keeps
		}
	}
	var out strings.Builder
	t.splitBack(&out, blockMarks{}, "", false)
	return out.String()
}
