package layout

import (
	"slices"
	"strings"
)

// scribeSQLMigrate: each direction is a section with its own transaction, whose
// statements are sent one by one, outside a transaction on any connection of a pool.
func scribeSQLMigrate() scribe {
	return scribe{
		version: digitsAt, way: inOneFile, mark: isSQLMigrateMark,
		cannot: func(r *Rewrite) string {
			ups := 0
			for l := range lines(r.Script.Raw) {
				if command, _, _ := sqlMigrateMark(l.text); command == "Up" {
					ups++
				}
			}
			if ups > 1 {
				return `the file has more than one "-- +migrate Up": give each a file of its own`
			}
			return ""
		},
		sheets: sqlMigrateSheets,
	}
}

func isSQLMigrateMark(text string) bool {
	_, _, marked := sqlMigrateMark(text)
	return marked
}

func sqlMigrateSheets(t *task) []sheet {
	p, before, keeps, backInTx := t.piece, "", "", t.piece.DownInTx || len(t.piece.Down) == 0
	if t.own != nil {
		var mark string
		before, mark = t.own.sections(isSQLMigrateMark)
		if keeps = t.keeps(); keeps != "" {
			_, options, _ := sqlMigrateMark(mark)
			backInTx = !slices.Contains(options, sqlMigrateNoTx)
		}
	}
	marks := blockMarks{"-- +migrate StatementBegin\n", "-- +migrate StatementEnd\n"}
	var out strings.Builder
	out.WriteString(before + sqlMigrateLine("Up", p.InTx) + p.head(true))
	marks.body(&out, p.Cleanup, true, true)
	marks.body(&out, p.SQL, p.InTx, !p.InTx)
	out.WriteString("\n" + sqlMigrateLine("Down", backInTx))
	t.splitBack(&out, marks, keeps, !backInTx)
	return []sheet{{t.rel, out.String()}}
}

func sqlMigrateLine(way string, inTx bool) string {
	if inTx {
		return sqlMigratePrefix + way + "\n"
	}
	return sqlMigratePrefix + way + " " + sqlMigrateNoTx + "\n"
}
