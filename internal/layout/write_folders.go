package layout

import (
	"path"
	"slices"
	"strings"
)

// scribeDiesel: a folder to a migration; both directions are sent whole, and
// metadata.toml takes both out of their transactions. A file of several
// statements is one transaction all the same.
func scribeDiesel() scribe {
	return scribe{
		version: func(rel string) (int, int) {
			number, _, _ := strings.Cut(strings.TrimSuffix(rel, "/"+base(rel)), "_")
			if strings.Trim(number, "0123456789-") != "" {
				return 0, 0
			}
			return 0, len(number)
		},
		sep: "_", way: alwaysPairs,
		settings: func(rel string) []string { return []string{path.Join(folder(rel), "metadata.toml")} },
		sheets: func(t *task) []sheet {
			out := t.pair(t.piece.head(false)+t.piece.forth(), t.back(false))
			outside := !t.piece.InTx || len(t.piece.Down) > 0 && !t.piece.DownInTx
			rel := path.Join(folder(t.rel), "metadata.toml")
			if was, there := t.ownFile(rel); there {
				if len(t.piece.Down) == 0 && len(t.own.down) > 0 && !outside {
					return out // its way back may need it; several statements are a transaction all the same
				}
				return append(out, sheet{rel, withLine(was, "run_in_transaction", " = ", !outside)})
			}
			if outside {
				out = append(out, sheet{rel, "run_in_transaction = false\n"})
			}
			return out
		},
	}
}

// ownFile is a file that belongs to the migration, as it is.
func (t *task) ownFile(rel string) (text string, there bool) {
	if t.own == nil {
		return "", false
	}
	was, there := t.own.files[rel]
	return string(was), there
}

// withLine sets one key of a file of lines.
func withLine(text, key, is string, value bool) string {
	word := "false"
	if value {
		word = "true"
	}
	var out strings.Builder
	for l := range lines([]byte(text)) {
		name, _, _ := strings.Cut(l.text, "=")
		if strings.TrimSpace(name) != key {
			out.WriteString(l.text + "\n")
		}
	}
	return key + is + word + "\n" + out.String()
}

// scribeHasura: a folder to a migration; each file is one transaction that no
// file can renounce.
func scribeHasura() scribe {
	return scribe{
		version: digitsAt, sep: "_", way: inPairs,
		cannot: func(r *Rewrite) string {
			return mustBeInTx(r, "Hasura runs every file in a transaction; only hasura migrate apply --no-transaction, for all files at once, does not")
		},
		sheets: func(t *task) []sheet { return t.pair(t.piece.head(false)+t.piece.forth(), t.back(false)) },
	}
}

// mustBeInTx is why a tool that knows nothing but transactions cannot run a plan, or "".
func mustBeInTx(r *Rewrite, why string) string {
	for _, p := range r.Pieces {
		if !p.InTx {
			return firstWords(p.SQL) + " cannot run in a transaction, and " + why
		}
	}
	return ""
}

// firstWords name a statement: CREATE INDEX CONCURRENTLY.
func firstWords(sql []string) string {
	for _, s := range sql {
		for words := range statementWords([]byte(s), 6) {
			for i, word := range words {
				if word == "CONCURRENTLY" {
					return strings.Join(words[:i+1], " ")
				}
			}
			return words[0]
		}
	}
	return "a step"
}

// scribePrisma: a folder to a migration, forward only. A file may be sent whole
// or by the statement, depending on Prisma's version and on what is in it, so it
// opens its own transaction.
func scribePrisma() scribe {
	return scribe{version: digitsAt, sep: "_", sheets: func(t *task) []sheet {
		forth := t.piece.forth()
		if t.piece.InTx {
			forth = t.piece.block(t.piece.SQL)
		}
		return []sheet{{t.rel, t.piece.head(false) + forth + t.piece.remembered()}}
	}}
}

// scribeDrizzle: all files that have not run yet are one transaction, so that no
// plan of several files is any safer than the migration as it was.
func scribeDrizzle(folders bool) scribe {
	return scribe{
		version: digitsAt, sep: "_", mark: func(line string) bool { return strings.Contains(line, drizzleBreak) },
		joins: !folders,
		cannot: func(r *Rewrite) string {
			bare := slices.ContainsFunc(r.Pieces, func(p Piece) bool { return p.Bare })
			if bare && (folders || mayJoin(atOnce(r.Pieces))) {
				return ""
			}
			if bare {
				return "it changes rows before it changes tables, and Drizzle would do that again where the change of a table failed: put the rows into a migration of their own"
			}
			return cannotInOne(r, folders, "Drizzle runs all pending files in one transaction, which no file can renounce")
		},
		sheets: func(t *task) []sheet {
			var parts []string
			for _, s := range t.piece.SQL {
				parts = append(parts, strings.TrimSuffix(closed([]string{s}), "\n"))
			}
			return []sheet{{t.rel, t.piece.head(false) + strings.Join(parts, drizzleBreak+"\n") + "\n" + t.piece.remembered()}}
		},
	}
}
