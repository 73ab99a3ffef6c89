package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/schema"
)

// scope is what names of columns are looked up in: the tables of one query, and
// those of the queries around it.
type scope struct {
	outer   *scope
	entries []*entry
	queries []entry // WITH queries
	merged  bool    // a join in it makes one column of two, which stands first in *
}

// entry is a table, or what passes for one, in a FROM clause.
type entry struct {
	name    string      // what qualifiers call it
	table   change.Name // where it is a table without an alias: it may be qualified by its schema too
	target  bool        // it is the table that is followed
	aside   bool        // only qualifiers mean it: new, old, excluded
	known   bool        // all its columns are in columns
	stored  bool        // it is a table or a view, and no query
	columns []string
}

// answer says whether something has a column.
type answer uint8

const (
	no answer = iota
	perhaps
	yes
)

// has says whether an entry has a column of that name.
func (f *follower) has(e *entry, column string) answer {
	switch {
	case e.target && f.column != "" && column == f.column:
		return yes
	case e.known && slices.Contains(e.columns, column):
		return yes
	case e.known:
		return no
	}
	return perhaps
}

// bare finds whose column a name without a qualifier is, and in which scope.
// Of the scopes the innermost that has it counts.
func (f *follower) bare(column string, s *scope) (found *entry, at *scope, sure bool) {
	sure = true
	for ; s != nil; s = s.outer {
		var maybe []*entry
		for _, e := range s.entries {
			if e.aside {
				continue
			}
			switch f.has(e, column) {
			case yes:
				// The server refuses a name that two tables of one query have.
				return e, s, sure
			case perhaps:
				maybe = append(maybe, e)
			}
		}
		i := slices.IndexFunc(maybe, func(e *entry) bool { return e.target })
		if i >= 0 {
			return maybe[i], s, sure && len(maybe) == 1
		}
		sure = sure && len(maybe) == 0
	}
	return nil, nil, sure
}

// named finds the table that a qualifier means.
func (s *scope) named(schemaName, name string) *entry {
	for ; s != nil; s = s.outer {
		for _, e := range s.entries {
			if e.name == name && (schemaName == "" || e.table.Schema == schemaName) {
				return e
			}
		}
	}
	return nil
}

// query finds the WITH query that a name without a schema means.
func (s *scope) query(name string) *entry {
	for ; s != nil; s = s.outer {
		for i := len(s.queries) - 1; i >= 0; i-- {
			if s.queries[i].name == name {
				return &s.queries[i]
			}
		}
	}
	return nil
}

// follower goes through a tree and finds where a table and its columns are named.
type follower struct {
	piece     *piece
	table     change.Name // with its schema
	column    string      // the only column that is looked for; empty: all
	inColumns bool        // columns are looked for, and not only the table
	known     func(change.Name) ([]string, bool)
	columns   []columnPlace
	tables    []tablePlace
	labels    []label
	errs      []*schema.PieceError
	stars     []starPlace
	followed  bool // the statement is of a kind that is followed
	// stored: the server keeps the text's queries as it has read them, each * written
	// out, in EXISTS too.
	stored bool
}

// columnPlace is where a column of the table is named.
type columnPlace struct {
	at     place
	column string
	ref    *pg.ColumnRef  // where it stands in one
	put    func(*pg.Node) // puts an expression in its place; nil where none may stand
	unsure bool
	// clash says that another name would be taken for another table's column, or
	// a column of the query, so that it needs a qualifier.
	clash   func(name string) bool
	qualify string
}

// tablePlace is where the table is named. Some places cannot have a schema.
type tablePlace struct {
	at     place
	schema *place       // where a schema may stand
	insert func(string) // puts a schema where none stands in a list
}

// label is a column of a query that has its name from a place.
type label struct {
	target *pg.ResTarget
	from   place
	outer  bool // of the outermost query
}

func (f *follower) fail(kind string, message string, args ...any) {
	f.errs = append(f.errs, f.piece.problem(kind, change.Span{}, message, args...))
}

// resolve gives a name its schema.
func (f *follower) resolve(n change.Name) change.Name {
	return withSchema(n, f.piece.piece.Schema)
}

// withSchema gives a name without a schema one.
func withSchema(n change.Name, bare string) change.Name {
	if n.Schema == "" {
		n.Schema = bare
	}
	if n.Schema == "" {
		n.Schema = "public"
	}
	return n
}

func (f *follower) isTarget(n change.Name) bool { return f.resolve(n) == f.table }

// table is the entry of a table.
func (f *follower) entryOf(n change.Name, alias *pg.Alias) *entry {
	n = f.resolve(n)
	e := &entry{name: n.Name, table: n, target: n == f.table, stored: true}
	if f.known != nil {
		e.columns, e.known = f.known(n)
	}
	if alias != nil {
		e.name, e.table = alias.GetAliasname(), change.Name{}
		if len(alias.GetColnames()) > 0 {
			if e.target && f.inColumns {
				f.fail("alias", "the table's columns get other names where it is called %s (..)", e.name)
			}
			e.known, e.columns = false, nil
		}
	}
	return e
}

// scopeOf is the scope of what belongs to one table: constraints, predicates.
func (f *follower) scopeOf(n change.Name, alias ...string) *scope {
	s := &scope{entries: []*entry{f.entryOf(n, nil)}}
	for _, a := range alias {
		e := f.entryOf(n, nil)
		e.name, e.table, e.aside = a, change.Name{}, true
		s.entries = append(s.entries, e)
	}
	return s
}
