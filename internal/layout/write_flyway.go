package layout

import (
	"path"
	"strings"
)

// scribeFlyway: statements are sent one by one; a .conf beside the script takes
// it out of the transaction. Undo scripts are for those who have them.
// https://documentation.red-gate.com/fd/script-configuration-277578982.html
func scribeFlyway(rel string) scribe {
	return scribe{
		version: flywayVersionAt, sep: "__", dotted: true, way: inPairs,
		settings: func(rel string) []string { return []string{rel + ".conf", downName(rel) + ".conf"} },
		cannot: func(r *Rewrite) string {
			if strings.HasPrefix(base(rel), "R") && len(r.Pieces) > 1 {
				return "a repeatable migration runs again whenever it changes, so it cannot be made of several steps: put the change in a versioned one"
			}
			return ""
		},
		sheets: flywaySheets,
	}
}

func flywayVersionAt(rel string) (from, to int) {
	from = len(rel) - len(base(rel))
	version, _, ok := strings.Cut(base(rel), "__")
	if !ok || len(version) < 2 || !isDotted(version[1:]) {
		return from, from
	}
	return from + 1, from + len(version)
}

func flywaySheets(t *task) []sheet {
	p := t.piece
	var forth strings.Builder
	forth.WriteString(p.head(true))
	if !p.InTx {
		comment(&forth, "Flyway holds a lock in a transaction of its own meanwhile, which the statement would wait for, unless flyway.postgresql.transactional.lock=false is set.")
	}
	out := t.pair(forth.String()+closed(p.Cleanup)+p.forth(), t.back(false))
	conf := func(rel string, inTx bool) {
		was, there := t.ownFile(rel)
		if there || !inTx {
			out = append(out, sheet{rel, withLine(was, "executeInTransaction", "=", inTx)})
		}
	}
	conf(t.rel+".conf", p.InTx)
	if len(out) > 1 && path.Ext(out[1].rel) == ".sql" && len(p.Down) > 0 {
		conf(out[1].rel+".conf", p.DownInTx)
	}
	return out
}

// scribeSqlx: a file is sent whole, in a transaction unless its very first bytes
// renounce it.
func scribeSqlx() scribe {
	return scribe{version: digitsAt, sep: "_", way: inPairs, mark: isSqlxMark, sheets: func(t *task) []sheet {
		forth := sqlxLine(t.piece.InTx) + t.piece.head(false) + t.piece.forth()
		back := t.back(false)
		if len(t.piece.Down) > 0 {
			back = sqlxLine(t.piece.DownInTx) + back
		}
		return t.pair(forth, back)
	}}
}

func isSqlxMark(line string) bool { return strings.HasPrefix(line, "-- no-transaction") }

func sqlxLine(inTx bool) string {
	if inTx {
		return ""
	}
	return "-- no-transaction\n"
}
