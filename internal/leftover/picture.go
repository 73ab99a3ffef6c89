package leftover

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// picture is what is looked at, wherever it was read. It need not be whole: a server
// is asked only for what may be left over.
type picture struct {
	dialect  string
	tables   []*table
	views    []view
	settings []setting // that switch checks off, for the whole server or database
}

// place is where and since when something is there.
type place struct {
	path  string
	line  int
	since string
}

type table struct {
	name        change.Name
	columns     []column // in their order
	constraints []constraint
	indexes     []index
	triggers    []trigger
	at          place
	seen        bool // it is known to be a table: something made it
	partition   bool
	renamed     change.Name // what it was called before, where a migration renamed it
	pending     change.Name // the partitioned table that it is half detached from
	keysOff     bool        // its foreign keys' own triggers are off
}

type column struct {
	name    string
	notNull bool
	made    bool // its values come from an expression
	late    bool // it was added to a table that was there
	copied  bool // an UPDATE gave it the values of the column whose twin it is
	was     bool // it had the name of the column whose twin it is
	at      place
}

type constraint struct {
	name       string
	kind       change.ConstraintKind
	columns    []string
	valid      bool
	enforced   bool
	definition string // with or without its name; empty where it does not matter
	late       bool   // it was added to a table that was there
	at         place
}

type index struct {
	name        string
	shape       string // all but its name; empty where that is not known
	invalid     bool
	partitioned bool
	hidden      bool
	made        bool // by a constraint
	again       bool // a second CREATE INDEX CONCURRENTLY IF NOT EXISTS may have done nothing
	at          place
}

type trigger struct {
	name     string
	body     string
	function change.Name // PostgreSQL: what it runs
	onInsert bool
	onUpdate bool
	disabled bool
	at       place
}

type view struct {
	name  change.Name
	reads []change.Name
	was   bool // a table had its name
	at    place
}

type setting struct{ object, why, remedy string }

func (t *table) column(name string) *column {
	i := slices.IndexFunc(t.columns, func(c column) bool { return strings.EqualFold(c.name, name) })
	if i < 0 {
		return nil
	}
	return &t.columns[i]
}

// shown is a name as people say it.
func shown(n change.Name) string {
	if n.Schema == "public" {
		return n.Name
	}
	return n.String()
}

// tableNamed is a table of the same schema, or nil.
func (p *picture) tableNamed(schema, name string) *table {
	for _, t := range p.tables {
		if strings.EqualFold(t.name.Name, name) && strings.EqualFold(t.name.Schema, schema) {
			return t
		}
	}
	return nil
}
