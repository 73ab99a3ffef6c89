package layout

import "strings"

// popOutside is the part of a name by which popx knows a file that it runs outside
// of a transaction.
const popOutside = ".autocommit"

// isPop knows names as gobuffalo/pop and Ory's popx read them, with their dialect:
// 001_x.postgres.up.sql, 001_x.postgres.autocommit.up.sql.
// https://github.com/ory/x/blob/master/popx/match.go
func isPop(rel string) bool {
	number := digits(rel)
	name, up := strings.CutSuffix(rel, ".up.sql")
	name = strings.TrimSuffix(name, popOutside)
	return up && number != "" && folder(rel) == "" && namesDialect(rel) && strings.HasPrefix(name[len(number):], "_") && strings.Count(name, ".") == 1
}

// runsOutside says whether pop runs a file outside of a transaction.
func runsOutside(rel string) bool {
	return strings.HasSuffix(strings.TrimSuffix(rel, ".up.sql"), popOutside)
}

// otherDialect says whether two names tell different dialects.
func otherDialect(a, b string) bool {
	x, y := dialectOf(nameDialect(a)), dialectOf(nameDialect(b))
	return x != "" && y != "" && x != y
}

// scribePop: each file is one transaction, but for those that popx knows by their
// name. Whether the project's pop does is seen by its other files.
func (w *Writer) scribePop(rel string) scribe {
	knows := w.dir.anyName(func(name string) bool { return strings.Contains(base(name), popOutside+".") }) != ""
	return scribe{
		version: digitsAt, sep: "_", way: inPairs,
		cannot: func(r *Rewrite) string {
			if !knows {
				return mustBeInTx(r, "pop runs every file in one; only Ory's popx has files that it does not, "+popOutside+".up.sql, and there are none here so far")
			}
			if first := &r.Pieces[0]; !first.InTx && !first.Waits && !runsOutside(rel) {
				return firstWords(first.SQL) + " cannot run in a transaction, and popx runs the file in one: call it " + strings.TrimSuffix(base(rel), ".up.sql") + popOutside + ".up.sql first"
			}
			return ""
		},
		sheets: func(t *task) []sheet {
			forth, open := t.piece.forth(), runsOutside(t.rel)
			if open && t.piece.InTx {
				forth = t.piece.block(t.piece.SQL)
			}
			return t.pair(t.piece.head(false)+forth, t.back(open))
		},
	}
}
