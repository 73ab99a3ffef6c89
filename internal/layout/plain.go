package layout

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// plain is a directory of SQL files that no tool was recognised for: whoever
// runs them decides on the transaction.
func plain() Layout {
	return Layout{
		Name: "plain",
		List: listPlain,
		Cut:  cutPlain,
		Tx:   change.TxUnknown,
		Send: change.SendStatement,
		Mask: maskAll,
	}
}

// listPlain takes every file, in natural order: nearly all tools number their files.
func listPlain(d *Dir) Listing {
	var found Listing
	for _, rel := range d.Names {
		version, down := plainVersion(rel)
		found.Entries = append(found.Entries, Entry{Rel: rel, Version: version, Down: down})
	}
	sortEntries(found.Entries, compareNatural)
	return found
}

// plainVersion is a name without its direction, which up.sql, x.up.sql and
// their counterparts tell in every tool that has them.
func plainVersion(rel string) (version string, down bool) {
	name := strings.ToLower(base(rel))
	for _, way := range []string{"up", "down"} {
		if name == way+".sql" {
			return folder(rel), way == "down"
		}
		if suffix := "." + way + ".sql"; strings.HasSuffix(name, suffix) {
			return rel[:len(rel)-len(suffix)], way == "down"
		}
	}
	return rel, false
}

// cutPlain cuts off the way back where a tool's mark for it stands, also of
// tools that are not read otherwise.
func cutPlain(s *Source) ([]Part, error) {
	up := Part{Down: s.Down, Section: change.Span{End: len(s.Text)}}
	for l := range lines(s.Text) {
		if isDownMark(l.text) && !s.Down {
			up.Section.End = l.start
			return []Part{up, {Down: true, Section: change.Span{Start: l.start, End: len(s.Text)}}}, nil
		}
	}
	return []Part{up}, nil
}

// isDownMark knows the line between the two directions of goose, sql-migrate,
// dbmate, node-pg-migrate and tern.
func isDownMark(text string) bool {
	if !strings.HasPrefix(text, "--") {
		return false
	}
	switch words := strings.Join(strings.Fields(strings.ToLower(text)), " "); words {
	case "-- +goose down", "-- +migrate down", "-- +migrate down notransaction", "-- down migration",
		"---- create above / drop below ----":
		return true
	}
	_, down := dbmateMark(text, "down")
	return down
}
