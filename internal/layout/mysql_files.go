package layout

import (
	"slices"
	"strings"
)

// joined is a piece that holds all that run at once, for a tool that wants no further
// files. Each commits by itself, and does nothing where it is done already, so that
// one file of them is as good as several.
func joined(list []Piece) Piece {
	out := Piece{Slug: list[0].Slug, InTx: true, DownInTx: true, Bare: true}
	for _, p := range list {
		p.within()
		sql := slices.Clone(p.SQL)
		sql[0] = p.head(true) + sql[0]
		out.SQL = append(out.SQL, sql...)
		out.Undo = slices.Concat(p.Undo, out.Undo)
	}
	return out
}

// atOnce are the pieces that do not wait.
func atOnce(list []Piece) []Piece {
	for i, p := range list {
		if p.Waits {
			return list[:i]
		}
	}
	return list
}

// mayJoin says whether what runs at once may stand in one file: each piece commits by
// itself and can run again. Rows may be changed at the end, where nothing behind it fails.
func mayJoin(list []Piece) bool {
	for i, p := range list {
		if !p.Bare && i < len(list)-1 {
			return false
		}
	}
	return true
}

// within has the statements of the clean-up in front of those that it is for: DDL
// that commits by itself needs no file of its own.
func (p *Piece) within() {
	if p.Bare && len(p.Cleanup) > 0 {
		p.SQL, p.Cleanup = slices.Concat(p.Cleanup, p.SQL), nil
	}
}

// usesDelimiter says whether a file is for a client that cuts it at a mark of its own.
// https://dev.mysql.com/doc/refman/8.4/en/stored-programs-defining.html
func usesDelimiter(raw []byte) bool {
	for l := range lines(raw) {
		if isDelimiterLine(l.text) {
			return true
		}
	}
	return false
}

// delimited closes statements like closed, and those with semicolons of their own by
// a mark that the client is told before.
func delimited(sql []string) string {
	const mark = "$$"
	out := ""
	for _, s := range sql {
		if !hasSemicolon(s) {
			out += closed([]string{s})
			continue
		}
		text := closed([]string{s})
		out += "DELIMITER " + mark + "\n" + text[:len(text)-len(";\n")] + "\n" + mark + "\nDELIMITER ;\n"
	}
	return out
}

// isDelimiterLine knows the client's own command, which is no SQL.
func isDelimiterLine(text string) bool {
	words := strings.Fields(text)
	return len(words) == 2 && strings.EqualFold(words[0], "DELIMITER")
}

// hasSemicolon says whether a client that cuts at semicolons would cut a statement.
func hasSemicolon(sql string) bool {
	for p := range pieces(strings.TrimRight(sql, "; \t\r\n")) {
		if p.kind == otherPiece && p.text == ";" {
			return true
		}
	}
	return false
}
