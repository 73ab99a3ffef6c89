package leftover

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// finder looks at a picture.
type finder struct {
	sql sqlText
	p   *picture
	out []Leftover
}

// leftovers are what is left over in a picture, but for what plans know of.
func (p *picture) leftovers(sql sqlText, known Known) []Leftover {
	f := &finder{sql: sql, p: p}
	for _, t := range p.tables {
		told := f.syncedColumns(t)
		f.twinColumns(t, told)
		f.wholeTable(t)
		f.constraints(t)
		f.indexes(t)
		f.triggers(t, told)
	}
	f.views()
	for _, s := range p.settings {
		f.out = append(f.out, Leftover{Kind: ForeignKeysOff, Object: s.object, Why: s.why, Remedy: s.remedy})
	}
	return inOrder(known.without(f.out))
}

// add adds what is left over of a table's; a member is a column or the like of it.
func (f *finder) add(t *table, member string, at place, l Leftover, names ...string) {
	l.Object, l.table = shown(t.name), t.name.Name
	if member != "" {
		l.Object += "." + member
	}
	l.Path, l.Line, l.Since = at.path, at.line, at.since
	l.names = slices.Concat(names, []string{member})
	f.out = append(f.out, l)
}

func (f *finder) isPostgres() bool { return f.p.dialect == "postgres" }

// q is a name as SQL writes it.
func (f *finder) q(name string) string { return f.sql.QuoteName(change.Name{Name: name}) }

// at is a table as SQL writes it.
func (f *finder) at(n change.Name) string {
	if n.Schema == "public" {
		n.Schema = ""
	}
	return f.sql.QuoteName(n)
}

func (f *finder) alter(t *table, clause string) string {
	return "ALTER TABLE " + f.at(t.name) + " " + clause
}

// beside is the name of something that lives in its table's schema.
func (f *finder) beside(t *table, name string) string {
	return f.at(change.Name{Schema: t.name.Schema, Name: name})
}

func (f *finder) dropTrigger(t *table, tr trigger) string {
	if !f.isPostgres() {
		return "DROP TRIGGER " + f.beside(t, tr.name)
	}
	return "DROP TRIGGER " + f.q(tr.name) + " ON " + f.at(t.name)
}

func (f *finder) dropIndex(t *table, i index) string {
	switch {
	case i.made && f.isPostgres():
		return f.alter(t, "DROP CONSTRAINT "+f.q(i.name))
	case !f.isPostgres():
		return "DROP INDEX " + f.q(i.name) + " ON " + f.at(t.name)
	case i.partitioned:
		return "DROP INDEX " + f.beside(t, i.name)
	}
	return "DROP INDEX CONCURRENTLY " + f.beside(t, i.name)
}

func isOurs(name string) bool { return strings.Contains(strings.ToLower(name), ours) }

// ofOurs ends what is said of something that safemig made.
const ofOurs = "; safemig made it, and there is no plan.yml that knows of it"
