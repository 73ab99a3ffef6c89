package layout

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// names are the names of the pieces' files. The first keeps the migration's own;
// those that wait are numbered in a folder of their own.
func (w *Writer) names(own *original, r *Rewrite) ([]string, error) {
	var more []Piece
	names := make([]string, len(r.Pieces))
	parked := 0
	for i, p := range r.Pieces {
		switch {
		case p.Waits:
			parked++
			names[i] = fmt.Sprintf("%02d_%s%s", parked, p.Slug, tailFor(own.rel, p.InTx))
		case i == 0, w.scribe.joins, w.scribe.stack != nil:
			names[i] = own.rel
		default:
			more = append(more, p)
		}
	}
	if len(more) == 0 {
		return names, nil
	}
	found, err := w.place(own, r, more)
	if err != nil {
		return nil, err
	}
	for i, p := range r.Pieces {
		if i > 0 && !p.Waits && names[i] == "" {
			names[i], found = found[0], found[1:]
		}
	}
	return names, nil
}

// named is the name of a new migration after the pattern of another one.
func (w *Writer) named(rel, version, slug string, inTx bool) string {
	return w.numbered(rel, version) + slug + tailFor(rel, inTx)
}

// numbered is how the name of a new migration begins, after the pattern of another one.
func (w *Writer) numbered(rel, version string) string {
	from, to := w.scribe.version(rel)
	sep := w.scribe.sep
	if sep == "" { // as the pattern has it
		rest := strings.TrimSuffix(rel[to:], tailOf(rel))
		sep = cmp.Or(rest[:len(rest)-len(strings.TrimLeft(rest, "_-.# "))], "_")
	}
	return rel[:from] + version + sep
}

// tailFor is the tail of a name beside another one: it says the dialect where
// that does, and with pop whether its file runs in a transaction.
func tailFor(rel string, inTx bool) string {
	word := nameDialect(rel)
	switch {
	case inBunTx(rel) && !inTx:
		return strings.TrimPrefix(tailOf(rel), bunTx)
	case dialectOf(word) == "":
		return tailOf(rel)
	case isPop(rel) && !inTx:
		return "." + word + popOutside + tailOf(rel)
	}
	return "." + word + tailOf(rel)
}

// tailOf is what says that a name is that of a migration: ".up.sql", "/up.sql".
func tailOf(rel string) string {
	switch {
	case isFolderFile(base(rel)):
		return "/" + base(rel)
	case strings.HasSuffix(rel, bunTx+".up.sql"):
		return bunTx + ".up.sql"
	case strings.HasSuffix(strings.ToLower(rel), ".up.sql"):
		return rel[len(rel)-len(".up.sql"):]
	}
	return path.Ext(rel)
}

// place finds free versions behind the migration's own: right behind it, else
// behind the last one, as long as nothing in between is about the same tables.
func (w *Writer) place(own *original, r *Rewrite, more []Piece) ([]string, error) {
	if w.scribe.place != nil {
		return w.scribe.place(w, own, r, more)
	}
	from, to := w.scribe.version(own.rel)
	version := own.rel[from:to]
	if version == "" && w.group.Layout.Name != "plain" {
		return nil, refuse("its name has no version, so that nothing can be put behind it")
	}
	var reason string
	for _, start := range w.starts(own.rel[:from], version) {
		names := make([]string, len(more))
		for i, p := range more {
			names[i] = w.named(own.rel, start(i+1), p.Slug, p.InTx)
		}
		why := w.tryPlace(own, r, names)
		if why == "" {
			return names, nil
		}
		if reason == "" || strings.Contains(why, "mentions") {
			reason = why
		}
	}
	return nil, refuse("%s", reason)
}

// starts are the ways to number the files, the best first.
func (w *Writer) starts(prefix, version string) []func(int) string {
	if version == "" { // schema.sql: schema_02_index.sql
		return []func(int) string{func(n int) string { return fmt.Sprintf("_%02d", n+1) }}
	}
	if w.scribe.dotted {
		dot := "."
		if strings.Contains(version, "_") {
			dot = "_"
		}
		return []func(int) string{
			func(n int) string { return fmt.Sprintf("%s%s%d", version, dot, n) },
			func(n int) string { return fmt.Sprintf("%s%s0%s%d", version, dot, dot, n) },
		}
	}
	out := []func(int) string{func(n int) string { return nextVersion(version, n) }}
	if last := w.lastVersion(prefix); last != "" {
		for skipped := range mostSkipped { // numbers of what is no SQL
			out = append(out, func(n int) string { return nextVersion(last, n+skipped) })
		}
	}
	return out
}

// mostSkipped bounds the search for a free number behind the last migration.
const mostSkipped = 20

// lastVersion is the version of the last migration that has one, among those
// whose names begin in the same way.
func (w *Writer) lastVersion(prefix string) string {
	for _, e := range slices.Backward(w.group.Layout.List(w.dir).Entries) {
		if from, to := w.scribe.version(e.Rel); to > from && !e.Late && e.Rel[:from] == prefix {
			return e.Rel[from:to]
		}
	}
	return ""
}

// tryPlace asks the tool's own listing where files of these names would run. It
// says what is wrong with it, or nothing.
func (w *Writer) tryPlace(own *original, r *Rewrite, names []string) string {
	if taken := w.taken(names); taken != "" {
		return fmt.Sprintf("there is no free number behind it: %s has the next one", taken)
	}
	d := *w.dir
	d.Names = slices.Clone(w.dir.Names)
	for _, name := range names {
		d.Names = insertName(d.Names, name)
	}
	next, between, listed := -1, []string{}, w.group.Layout.List(&d)
	// Without a problem, the listing before needs not be made anew.
	if n := len(listed.Problems); n > 0 && n > len(w.group.Layout.List(w.dir).Problems) {
		return listed.Problems[n-1].Err.Error()
	}
	for _, e := range listed.Entries {
		switch {
		case e.Down || otherDialect(e.Rel, own.rel):
		case e.Rel == own.rel:
			next = 0
		case next < 0 && slices.Contains(names, e.Rel):
			return "there is no number behind it that the tool would order so"
		case next >= 0 && next < len(names) && e.Rel == names[next]:
			next++
		case next >= 0 && next < len(names):
			between = append(between, e.Rel)
		}
	}
	if next < len(names) {
		return "there is no number behind it that the tool would order so"
	}
	for _, rel := range between {
		if table := w.mentions(rel, r.Tables); table != "" {
			return fmt.Sprintf("there is no room for its further files before %s, which mentions %s: give the migrations behind it greater numbers", w.dir.shown(rel), table)
		}
	}
	return ""
}

// taken is a file or folder whose version one of the names wants, or "".
func (w *Writer) taken(names []string) string {
	there := slices.Clone(w.dir.Names)
	if top, err := w.dir.tree.list(w.dir.abs); err == nil && !w.scribe.onlySQL {
		there = slices.Concat(there, top.files, top.dirs) // also migrations that are no SQL
	}
	for _, name := range names {
		from, to := w.scribe.version(name)
		for _, other := range there {
			f, t := w.scribe.version(other)
			if t > f && path.Base(other[:f]) == path.Base(name[:from]) && compareDotted(dotted(other[f:t]), dotted(name[from:to])) == 0 {
				return w.dir.shown(other)
			}
		}
	}
	return ""
}

func dotted(version string) string { return strings.ReplaceAll(version, "-", "") }

// mentions is the first of the tables that a migration names, or "". Whether it
// is about the table is not asked: a file too many is better than one too few.
func (w *Writer) mentions(rel string, tables []string) string {
	text, ok := w.dir.texts[rel]
	if !ok {
		var err error
		if text, err = readLimited(w.dir.file(rel), defaultMaxBytes); err != nil {
			return tables[0] // nobody knows
		}
	}
	for p := range pieces(string(text)) {
		if p.kind == commentPiece {
			continue
		}
		for _, word := range strings.FieldsFunc(p.text, func(r rune) bool { return r < 128 && !isNameByte(byte(r)) && r != '$' }) {
			for _, table := range tables {
				if strings.EqualFold(word, table) || strings.Contains(strings.ToLower(p.text), strings.ToLower(table)) && strings.ContainsAny(table, " -.") {
					return table
				}
			}
		}
	}
	return ""
}

func insertName(names []string, name string) []string {
	if at, found := slices.BinarySearch(names, name); !found {
		return slices.Insert(names, at, name)
	}
	return names
}

// digitsAt is the version of tools whose names begin with it.
func digitsAt(rel string) (from, to int) { return 0, len(digits(rel)) }
