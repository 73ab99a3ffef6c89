package layout

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Unit tells a migration apart from the others in its file, in letters that a name of
// a file may have; it is empty where it has the file for itself.
func (g *Group) Unit(s *change.Script) string {
	if g.Layout.Name != "liquibase" {
		return ""
	}
	if s.Section.End == len(s.Raw) && s.Section.Start <= firstChangeset(s.Raw) {
		return ""
	}
	_, id := changesetID(markOf(s.Raw, s.Section))
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r < 128 && isNameByte(byte(r)) {
			return r
		}
		return '_'
	}, strings.Trim(id, `"`))
}

// firstChangeset is where the first changeset of a file starts.
func firstChangeset(text []byte) int {
	r := changelogReader{}
	for l := range lines(text) {
		if r.line(l); len(r.sets) > 0 {
			return l.start
		}
	}
	return len(text)
}

// Had says whether a file had the migration when its text was another one. It is so of
// every text where a file is one migration.
func (g *Group) Had(text []byte, s *change.Script) bool {
	if g.Layout.Name != "liquibase" || !beginsWith(s.Raw, isLiquibaseHead) {
		return true
	}
	author, id := changesetID(markOf(s.Raw, s.Section))
	return slices.ContainsFunc(readChangelog(text).sets, func(c changeset) bool {
		a, b := changesetID(c.mark)
		return a == author && b == id
	})
}

// Only leaves out what is for databases of other dialects.
func (g *Group) Only(dialect string) {
	skipped := map[string]bool{}
	g.Files = slices.DeleteFunc(g.Files, func(f File) bool {
		if runsOn(f.DBMS, dialect) {
			return false
		}
		if f.Judge && !f.Down && !skipped[f.DBMS+f.Script.Path] {
			skipped[f.DBMS+f.Script.Path] = true
			g.Skipped = append(g.Skipped, Skipped{Path: f.Script.Path, Why: "what is for dbms:" + f.DBMS + " in it"})
		}
		return true
	})
}

// runsOn reads a list such as "postgresql,mysql" or "!oracle".
// https://docs.liquibase.com/concepts/changelogs/attributes/dbms.html
func runsOn(dbms, dialect string) bool {
	named, refused := false, false
	for _, word := range strings.Split(dbms, ",") {
		name, no := strings.CutPrefix(strings.ToLower(strings.TrimSpace(word)), "!")
		switch same := name == "all" || dialectOf(name) == dialect; {
		case name == "":
		case no:
			refused = refused || same
		case same:
			return true
		default:
			named = true
		}
	}
	return !named && !refused
}

// dbmsDialect is the dialect that all changesets which say one agree on.
func dbmsDialect(g Group) string {
	found := ""
	for _, f := range g.Files {
		name := dialectOf(f.DBMS)
		if name == "" || name == notJudged || name == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	return found
}
