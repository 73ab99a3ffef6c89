package leftover

import (
	"regexp"
	"strings"
)

func (f *finder) indexes(t *table) {
	from := len(f.out)
	f.eachIndex(t)
	for i := range f.out[from:] {
		f.out[from+i].alone = f.isPostgres() // DROP INDEX names no table
	}
}

func (f *finder) eachIndex(t *table) {
	for n, i := range t.indexes {
		name := i.name + " of " + shown(t.name)
		switch {
		case i.invalid:
			f.add(t, i.name, i.at, f.invalid(t, i))
		case i.again:
			f.add(t, i.name, i.at, Leftover{
				Kind: PerhapsInvalid, Guess: true,
				Why:    "CREATE INDEX CONCURRENTLY IF NOT EXISTS " + i.name + " is there twice: if the first failed, it left " + name + " INVALID, and the second did nothing",
				Remedy: "ask the server: safemig status --dsn ..; if it is INVALID: " + f.dropIndex(t, i) + ", and build it again",
			})
		case i.hidden:
			f.add(t, i.name, i.at, Leftover{
				Kind: HiddenIndex, Why: name + " is hidden from queries, and every write of " + shown(t.name) + " still keeps it up to date",
				Remedy: f.dropIndex(t, i) + "; or show it again: " + f.alter(t, "ALTER INDEX "+f.q(i.name)+f.visible()),
			})
		case isOurs(i.name) && t.seen:
			f.add(t, i.name, i.at, Leftover{Kind: OurObject, Why: name + " was made to take another one's place" + ofOurs, Remedy: f.dropIndex(t, i)})
		default:
			f.equal(t, n)
		}
	}
}

func (f *finder) visible() string {
	if f.p.dialect == "mariadb" {
		return " NOT IGNORED"
	}
	return " VISIBLE"
}

// invalid: https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
func (f *finder) invalid(t *table, i index) Leftover {
	name := i.name + " of " + shown(t.name)
	l := Leftover{
		Kind: InvalidIndex, Why: name + " is INVALID: no query uses it, it guards nothing, and every write of " + shown(t.name) + " still pays for it",
		Remedy: "REINDEX INDEX CONCURRENTLY " + f.beside(t, i.name) + "; or " + f.dropIndex(t, i) + ", and build it again",
	}
	switch {
	case i.partitioned:
		l.Why = name + " is INVALID: not every partition has its part of it"
		l.Remedy = "build the index on each partition that lacks it, then ALTER INDEX " + f.beside(t, i.name) + " ATTACH PARTITION .. for each"
	case regexp.MustCompile(`_ccnew\d*$`).MatchString(i.name):
		l.Why = "REINDEX CONCURRENTLY failed and left " + name + ": no query uses it, and every write of " + shown(t.name) + " still pays for it"
		l.Remedy = f.dropIndex(t, i) + ", and run the REINDEX again"
	case regexp.MustCompile(`_ccold\d*$`).MatchString(i.name):
		l.Why = "REINDEX CONCURRENTLY left the old index, " + name + ": no query uses it"
		l.Remedy = f.dropIndex(t, i)
	}
	return l
}

// equal finds an index that is the same as an earlier one of the table. One that is
// the same as a key's was made so by a tool, from the table's beginning: no change of
// it is left to finish.
func (f *finder) equal(t *table, n int) {
	for _, o := range t.indexes[:n] {
		if o.shape == "" || o.shape != t.indexes[n].shape || o.invalid || o.hidden || o.made || t.indexes[n].made {
			continue
		}
		keep, drop := o, t.indexes[n]
		if _, older := twinOf(o.name); older {
			keep, drop = drop, keep
		}
		f.add(t, drop.name, drop.at, Leftover{
			Kind: EqualIndexes, Why: drop.name + " of " + shown(t.name) + " is the same index as " + keep.name + ": every write of " + shown(t.name) + " pays for both",
			Remedy: f.dropIndex(t, drop),
		}, keep.name)
		return
	}
}

// indexShape is an index's definition but for its name, as far as it can be told from
// the statement or clause that makes it.
func indexShape(sql sqlText, definition, class string) string {
	words := wordsOf(sql, definition)
	from := 0
	for i, w := range words {
		if w.is("on") { // CREATE INDEX .. ON t
			from = i + 1
			break
		}
		if w.text == "(" { // MySQL: KEY name (..)
			from = i
			break
		}
	}
	var out strings.Builder
	out.WriteString(class)
	inside := false
	for i := from; i < len(words); i++ {
		w := words[i]
		inside = inside || w.text == "(" || w.is("using")
		if !inside || w.is("using") && i+1 < len(words) && words[i+1].is("btree") || w.is("btree") || w.is("asc") {
			continue
		}
		out.WriteString(" " + w.text)
	}
	return out.String()
}
