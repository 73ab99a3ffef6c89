package layout

import (
	"slices"
	"strings"
)

// namedPart is the files of a directory for one of several dialects.
type namedPart struct {
	dialect string // empty where the names do not tell dialects apart
	entries []Entry
}

// byNameDialect splits a directory that holds the files of several dialects
// side by side (001_x.mysql.up.sql, 001_x.postgres.up.sql), as gobuffalo/pop
// does. A file without a dialect in its name is for every dialect that has no
// file of its own for that version.
func byNameDialect(l Layout, entries []Entry) []namedPart {
	own := map[string]map[string]bool{} // by dialect, the versions it has files for
	var order []string
	for _, e := range entries {
		dialect, version := entryDialect(e)
		if dialect == "" {
			continue
		}
		if own[dialect] == nil {
			own[dialect] = map[string]bool{}
			order = append(order, dialect)
		}
		own[dialect][version] = true
	}
	if l.Name == "plain" && len(order) == 1 {
		return beside(order[0], entries, own[order[0]])
	}
	if l.Name != "plain" || len(order) == 0 {
		return []namedPart{{entries: entries}}
	}
	slices.Sort(order)
	parts := make([]namedPart, len(order))
	for i, name := range order {
		parts[i] = namedPart{dialect: name, entries: entriesFor(entries, name, own[name])}
	}
	return parts
}

func entriesFor(entries []Entry, name string, own map[string]bool) []Entry {
	var mine []Entry
	for _, e := range entries {
		dialect, version := entryDialect(e)
		if dialect == name || (dialect == "" && !own[version]) {
			mine = append(mine, e)
		}
	}
	return mine
}

// versionOf is a name without its direction and without the word by which Ory's
// popx knows the files that it runs outside of a transaction (001_x.autocommit.up.sql).
// https://github.com/ory/x/tree/master/popx
func versionOf(rel string) string {
	version, _ := plainVersion(rel)
	return strings.TrimSuffix(version, ".autocommit")
}

// entryDialect is the dialect that a name tells, and its version without it.
func entryDialect(e Entry) (dialect, version string) {
	word := nameDialect(e.Rel)
	version = versionOf(e.Rel)
	if dialect = dialectOf(word); dialect != "" {
		version = version[:max(0, len(version)-len(word)-1)]
	}
	return dialect, version
}

// elsewhere is what stands for the files of a version that the one dialect which names
// tell has files of its own for.
const elsewhere = "elsewhere"

// beside splits off the files that the only dialect which names tell does not run.
func beside(dialect string, entries []Entry, own map[string]bool) []namedPart {
	mine := entriesFor(entries, dialect, own)
	if len(mine) == len(entries) || dialect == notJudged {
		return []namedPart{{entries: entries}}
	}
	others := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return slices.Contains(mine, e) })
	return []namedPart{{entries: mine}, {dialect: elsewhere, entries: others}}
}
