package schema

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Table is what is known of a table.
type Table struct {
	Name change.Name
	// Complete says that its creation was seen (or a dump of it), so that a
	// column that is not here does not exist.
	Complete    bool
	Columns     []*Column
	Constraints []*Constraint
	Partitioned bool
	PartitionOf change.Name
	Partitions  []change.Name
	DefaultPart change.Name // the partitioned table's DEFAULT partition
	IsDefault   bool        // it is a DEFAULT partition
	Inherits    []change.Name
	Inheritors  []change.Name // the tables that inherit from it
	OfType      change.Name   // the composite type that it is of
	PartKey     []string      // the columns that its rows are parted by
	Foreign     bool          // its rows are on another server
	Temp        bool
	Unlogged    bool
	Filled      bool // rows were copied into it since it was created
	Engine      string
	Charset     string
	Collation   string
	RowFormat   string
	Fulltext    bool
	Triggers    []string
	Policies    []string
	// RowVersions are MySQL's INSTANT changes of columns since the table was last
	// rebuilt, as far as the files tell; whoever knows the effects counts them.
	RowVersions int

	createdFile, createdTx int
	foldCase               bool
	named                  map[string]*Column // where there are many
	charsetChanges         int                // how often its default character set or collation was changed
}

// Column is what is known of a column.
type Column struct {
	Name          string
	TypeKnown     bool
	NotNull       bool
	HasDefault    bool // tells an empty Default from none
	AutoIncrement bool
	Generated     bool
	Stored        bool
	Invisible     bool
	// Complete says that the definition was seen whole, so that what is absent
	// here is absent on the server.
	Complete bool
	Default  string // its text
	Identity string
	OnUpdate string
	Comment  string
	Sequence change.Name // what its default calls nextval() for

	typ         *change.Type // shared; never written to
	createdFile int
	texts       *columnTexts // nil where none are kept, or none were seen
}

// Constraint is what is known of a constraint.
type Constraint struct {
	Name          string
	Kind          change.ConstraintKind
	Columns       []string
	ChecksNotNull []string
	Ref           change.Name
	RefColumns    []string
	OnDelete      string // "CASCADE", "SET NULL", ...; empty means NO ACTION
	OnUpdate      string
	Compares      []change.Comparison
	Either        bool
	Validated     bool
	Enforced      bool
	// AddedFile and AddedTx tell whether a VALIDATE runs in the transaction
	// that added the constraint.
	AddedFile, AddedTx int

	said *said
}

// Index is what is known of an index.
type Index struct {
	Name         string
	Table        change.Name
	Columns      []string // of its plain keys, in order
	Exprs        bool     // it has a key that is an expression
	Uses         []string // columns that its expressions and its predicate name
	Unique       bool
	Partial      bool
	Concurrently bool
	Class        change.IndexClass
	CreatedFile  int
	Hidden       bool // MySQL INVISIBLE, MariaDB IGNORED: kept up to date and used by no query
	// ForKey is an index that MySQL or MariaDB made for a foreign key. It stays
	// when the key is dropped, and goes when another one begins with its columns.
	ForKey bool

	owner change.Name // the key of its table
	said  *said       // nil: a constraint's own, or not seen
}

func (t *Table) same(a, b string) bool {
	if t.foldCase {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// Column is a column by name, or nil.
func (t *Table) Column(name string) *Column {
	if t.named != nil {
		return t.named[t.folded(name)]
	}
	for _, c := range t.Columns {
		if t.same(c.Name, name) {
			return c
		}
	}
	return nil
}

// Constraint is a constraint by name, or nil.
func (t *Table) Constraint(name string) *Constraint {
	for _, c := range t.Constraints {
		if t.same(c.Name, name) {
			return c
		}
	}
	return nil
}

// begins says whether an index's search can begin with the columns.
func (t *Table) begins(ix *Index, columns []string) bool {
	return ix.Class == change.PlainIndex && !ix.Exprs && len(columns) > 0 && len(ix.Columns) >= len(columns) &&
		slices.EqualFunc(ix.Columns[:len(columns)], columns, t.same)
}

// PrimaryKey is the primary key, or nil.
func (t *Table) PrimaryKey() *Constraint {
	for _, c := range t.Constraints {
		if c.Kind == change.PrimaryKey {
			return c
		}
	}
	return nil
}

// ProvenNotNull says whether a validated, enforced constraint proves that the
// column holds no NULL, so that SET NOT NULL need not scan (PostgreSQL 12+,
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL).
func (t *Table) ProvenNotNull(column string) bool {
	for _, c := range t.Constraints {
		if c.Validated && c.Enforced && slices.ContainsFunc(c.ChecksNotNull, func(n string) bool { return t.same(n, column) }) {
			return true
		}
	}
	return false
}

func (t *Table) ensureColumn(name string) *Column {
	if c := t.Column(name); c != nil {
		return c
	}
	c := &Column{Name: name}
	t.append(c)
	return c
}

func (c *Column) clone() *Column {
	n := *c
	if c.texts != nil {
		texts := *c.texts
		n.texts = &texts
	}
	return &n
}

func (t *Table) clone() *Table {
	n := *t
	n.Columns = make([]*Column, len(t.Columns))
	for i, c := range t.Columns {
		n.Columns[i] = c.clone()
	}
	n.renamed()
	n.Constraints = make([]*Constraint, len(t.Constraints))
	for i, c := range t.Constraints {
		cc := *c
		n.Constraints[i] = &cc
	}
	n.Partitions = slices.Clone(t.Partitions)
	n.Inherits, n.Inheritors = slices.Clone(t.Inherits), slices.Clone(t.Inheritors)
	n.Triggers, n.Policies = slices.Clone(t.Triggers), slices.Clone(t.Policies)
	return &n
}
