// Package schema holds what is known of a database while its migrations are
// replayed: every file's changes are applied in order, so that a rule which
// looks at one statement knows the tables, types and constraints before it.
package schema

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// State is what is known so far. It is not safe for concurrent use.
type State struct {
	foldCase      bool   // MySQL: names are looked up without regard to case
	defaultSchema string // "public"; empty for MySQL

	tables    map[change.Name]*Table
	indexes   grouped[change.Name, change.Name, *Index] // by table
	types     map[change.Name]*UserType
	views     map[change.Name]view
	belongs   grouped[part, change.Name, owner] // what sequences and extended statistics belong to, by table
	keysTo    links                             // from tables to those that have foreign keys to them
	readers   links                             // from tables and views to the views that read them
	forKeys   links                             // from tables to the indexes that the server made for foreign keys
	published map[string]publication
	functions map[change.Name]change.Volatility
	routines  map[change.Name][]routine
	defs      definitions
	columns   sharedTypes

	settings settings
	runner   map[string]string // what is set for every connection, before any file
	tx       tx
	file     int // number of the file that is being replayed, from 1
	saved    []*State
	saves    saves // what the file rolls back
}

// New is an empty state for a dialect ("postgres", "mysql", "mariadb").
func New(dialect string) *State {
	s := &State{
		tables:  map[change.Name]*Table{},
		indexes: newGrouped[change.Name](func(ix *Index) change.Name { return ix.owner }),
		types:   map[change.Name]*UserType{},
		views:   map[change.Name]view{},
		belongs: newGrouped[part](func(o owner) change.Name { return o.table }),
		keysTo:  links{},
		readers: links{},
		forKeys: links{},

		published: map[string]publication{},
		functions: map[change.Name]change.Volatility{},
		routines:  map[change.Name][]routine{},
		defs:      newDefinitions(),
	}
	if dialect == "postgres" {
		s.defaultSchema = "public"
	} else {
		s.foldCase = true
	}
	return s
}

// UserType is an enum or a domain.
type UserType struct {
	Name   change.Name
	Class  string // "enum", "domain", "type"
	Values []string
	// Constrained is a domain with a CHECK or NOT NULL: adding a column of it
	// rewrites the table.
	Constrained bool
	Base        string
	BaseType    change.Type
	Default     *change.Expr
	CreatedFile int
	// AddedInTx are enum values that the open transaction added.
	AddedInTx []string
}

// Resolve gives a name the schema that the server would find it in, as far as
// the search_path in force tells.
func (s *State) Resolve(n change.Name) change.Name {
	if n.Name == "" {
		return n
	}
	if n.Schema == "" {
		n.Schema = s.searchPath()
	}
	return n
}

// key is how a name is looked up.
func (s *State) key(n change.Name) change.Name {
	n = s.Resolve(n)
	if s.foldCase {
		return change.Name{Schema: strings.ToLower(n.Schema), Name: strings.ToLower(n.Name)}
	}
	return n
}

func (s *State) searchPath() string {
	v, ok := s.Setting("search_path")
	if !ok || s.defaultSchema == "" {
		return s.defaultSchema
	}
	for part := range strings.SplitSeq(v, ",") {
		part = strings.Trim(strings.TrimSpace(part), `"'`)
		if part != "" && part != "$user" && part != "pg_catalog" {
			return part
		}
	}
	return s.defaultSchema
}

// Table is what is known of a table, or nil. A table that a file only alters is
// known in part: Table.Complete is false.
func (s *State) Table(n change.Name) *Table { return s.tables[s.key(n)] }

// Index is what is known of an index, or nil.
func (s *State) Index(n change.Name) *Index {
	if n.Name == "" {
		return nil
	}
	return s.indexes.all[s.key(n)]
}

// IndexOn is a table's index by name: MySQL's index names belong to tables.
func (s *State) IndexOn(table change.Name, name string) *Index {
	return s.indexes.all[s.indexKey(table, name)]
}

func (s *State) indexKey(table change.Name, name string) change.Name {
	if s.foldCase {
		return change.Name{Schema: s.key(table).String(), Name: strings.ToLower(name)}
	}
	return change.Name{Schema: s.Resolve(table).Schema, Name: name}
}

// Type is a user's type, or nil.
func (s *State) Type(n change.Name) *UserType { return s.types[s.key(n)] }

// IsView says whether the name is known to be a view.
func (s *State) IsView(n change.Name) bool {
	_, ok := s.views[s.key(n)]
	return ok
}

// ensure is the table, made as known-in-part where it was not known.
func (s *State) ensure(n change.Name) *Table {
	k := s.key(n)
	if t, ok := s.tables[k]; ok {
		return t
	}
	t := &Table{Name: s.Resolve(n), foldCase: s.foldCase}
	s.tables[k] = t
	return t
}

// NewInFile says whether the table or view was created in the file that is
// replayed: nobody uses it yet, so no lock on it matters.
func (s *State) NewInFile(n change.Name) bool {
	if t := s.Table(n); t != nil {
		return t.createdFile == s.file && s.file > 0
	}
	v, ok := s.views[s.key(n)]
	return ok && v.file == s.file && s.file > 0
}

// NewColumnInFile says whether the column was added in the file that is replayed.
func (s *State) NewColumnInFile(table change.Name, column string) bool {
	t := s.Table(table)
	if t == nil {
		return false
	}
	c := t.Column(column)
	return c != nil && c.createdFile == s.file && s.file > 0
}

// NewIndexInFile says whether the index was made in the file that is replayed.
func (s *State) NewIndexInFile(ix *Index) bool { return ix.CreatedFile == s.file && s.file > 0 }

// NewTypeInFile says whether the type was created in the file that is replayed.
func (s *State) NewTypeInFile(n change.Name) bool {
	t := s.Type(n)
	return t != nil && t.CreatedFile == s.file && s.file > 0
}
