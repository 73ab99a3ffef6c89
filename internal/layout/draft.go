package layout

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// NewGroup is a migration directory that has no migrations yet, or is not there.
// Without the name of a layout it is nobody's in particular.
func NewGroup(dir, layout string) (Group, error) {
	l := plain()
	if layout != "" {
		var err error
		if l, err = Named(layout); err != nil {
			return Group{}, err
		}
	}
	t, err := newTree()
	if err != nil {
		return Group{}, err
	}
	abs := newPicker(t).abs(dir)
	d := &Dir{
		Path: t.shown(abs, filepath.IsAbs(dir)), Folders: slices.Contains([]string{"diesel", "hasura", "prisma"}, l.Name),
		abs: abs, tree: t, texts: map[string][]byte{},
	}
	return Group{Dir: d.Path, Layout: l, Why: "it has no migrations yet", dir: d}, nil
}

// Draft adds a migration to the group that is not there yet: behind the last one,
// named and written as the tool has it. It is a file to be judged; the writer makes
// it new.
func (g *Group) Draft(slug string, piece Piece, now time.Time) (*File, error) {
	w, err := g.Writer(WriteOptions{})
	if err != nil {
		return nil, err
	}
	rel, err := w.next(slug, now)
	if err != nil {
		return nil, err
	}
	own := &original{rel: rel, files: map[string][]byte{}}
	if w.scribe, err = w.scribeFor(rel); err != nil {
		return nil, err
	}
	text := []byte(w.scribe.sheets(&task{piece: &piece, rel: rel, style: own})[0].text)
	g.dir.Names, g.draft = insertName(g.dir.Names, rel), rel
	g.dir.texts[rel] = text
	listed := g.Layout.List(g.dir)
	if last := lastOf(listed.Entries); last != rel {
		return nil, refuse("%s would not run %s behind %s: make an empty migration with the tool, put the statement into it, and run safemig fix", g.Layout.Name, g.dir.shown(rel), g.dir.shown(last))
	}
	files, err := g.Layout.scripts(&Source{Entry: Entry{Rel: rel}, Dir: g.dir, Text: text, OptedOut: listed.OptedOut}, g.dir.shown(rel))
	if err != nil {
		return nil, fmt.Errorf("%s: what would be written cannot be read: %w", g.dir.shown(rel), err)
	}
	i := slices.IndexFunc(files, func(f File) bool { return !f.Down })
	files[i].Judge = true
	return &files[i], nil
}

// lastOf is the last migration that has a version.
func lastOf(entries []Entry) string {
	for _, e := range slices.Backward(entries) {
		if !e.Down && !e.Late {
			return e.Rel
		}
	}
	return ""
}

// next is the name of the migration behind the last one.
func (w *Writer) next(slug string, now time.Time) (string, error) {
	if w.dir.anyName(namesDialect) != "" {
		return "", refuse("the names in %s say the dialect, and safemig does not know how to name more files there", w.dir.Path)
	}
	last := lastOf(w.group.Layout.List(w.dir).Entries)
	if last == "" {
		return w.first(slug, now)
	}
	var err error
	if w.scribe, err = w.scribeFor(last); err != nil {
		return "", err
	}
	if from, to := w.scribe.version(last); from == to {
		return "", refuse("%s has no number, so that nothing can be put behind it: name the new migration yourself, and run safemig fix", w.dir.shown(last))
	}
	return w.behind(last, slug, tailFor(last, true), now)
}

// behind is a name with a free number behind a migration.
func (w *Writer) behind(last, slug, tail string, now time.Time) (string, error) {
	from, to := w.scribe.version(last)
	for n := range mostSkipped { // numbers of what is no SQL
		rel := w.numbered(last, versionBehind(last[from:to], n+1, now)) + slug + tail
		if w.taken([]string{rel}) == "" {
			return rel, nil
		}
	}
	return "", refuse("there is no free number behind %s", w.dir.shown(last))
}

// versionBehind is the n-th version behind another one: a time is now, unless that
// is not behind it; of 1.2.3 the last number counts.
func versionBehind(version string, n int, now time.Time) string {
	digits := dotted(version)
	if nextTime(digits, n) != "" {
		const shape = "20060102150405"
		if present := now.UTC().Format(shape[:len(digits)]); present > digits {
			return nextVersion(dashedLike(version, present), n-1)
		}
		return nextVersion(version, n)
	}
	at := strings.LastIndexAny(version, "._") + 1
	return version[:at] + nextVersion(version[at:], n)
}

// dashedLike puts dashes where another version has them.
func dashedLike(version, digits string) string {
	var out strings.Builder
	for _, r := range version {
		if r == '-' {
			out.WriteByte('-')
			continue
		}
		out.WriteByte(digits[0])
		digits = digits[1:]
	}
	return out.String()
}

// first is the name of a directory's first migration, as the tools' own commands
// name it.
func (w *Writer) first(slug string, now time.Time) (string, error) {
	stamp := now.UTC().Format("20060102150405")
	switch w.group.Layout.Name {
	case "plain":
		return "0001_" + slug + ".sql", nil
	case "bun":
		return stamp + "_" + slug + bunTx + ".up.sql", nil
	case "goose":
		return "00001_" + slug + ".sql", nil
	case "golang-migrate":
		return "000001_" + slug + ".up.sql", nil
	case "node-pg-migrate":
		return fmt.Sprintf("%d_%s.sql", now.UnixMilli(), slug), nil
	case "flyway", "refinery":
		return "V1__" + slug + ".sql", nil
	case "atlas", "dbmate", "sqlx", "supabase":
		return stamp + "_" + slug + ".sql", nil
	case "tern":
		return "001_" + slug + ".sql", nil
	case "sql-migrate":
		return stamp + "-" + slug + ".sql", nil
	case "prisma":
		return path.Join(stamp+"_"+slug, "migration.sql"), nil
	case "diesel":
		return path.Join(now.UTC().Format("2006-01-02-150405")+"_"+slug, "up.sql"), nil
	case "hasura":
		return path.Join(fmt.Sprintf("%d_%s", now.UnixMilli(), slug), "up.sql"), nil
	}
	return "", refuse("safemig does not know how %s names its first migration: make an empty one with the tool, put the statement into it, and run safemig fix", w.group.Layout.Name)
}
