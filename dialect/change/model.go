package change

// Volatility is what is known of an expression's function calls.
// https://www.postgresql.org/docs/current/xfunc-volatility.html
type Volatility uint8

// The volatilities; VolatilityUnknown is not safe.
const (
	Constant Volatility = iota // a literal, no function
	Immutable
	Stable
	Volatile
	VolatilityUnknown
)

func (v Volatility) String() string {
	return [...]string{"constant", "immutable", "stable", "volatile", "unknown"}[v]
}

// Expr is an expression of the source; its text is Src[Span], spliced and never deparsed.
type Expr struct {
	Span       Span
	Volatility Volatility
	Null       bool     // the literal NULL
	Paren      bool     // MySQL: DEFAULT (expr), which is not DEFAULT expr
	Funcs      []string // functions called, lower-case, with schema where written
	Columns    []string // columns named
	Sequences  []Name   // literal arguments of nextval(), currval() and setval()
}

// Member is a column of a table.
type Member struct {
	Table  Name
	Column string
}

// Numbers are the sequences that a statement's nextval() and its kin are called
// for: by name, or as pg_get_serial_sequence() finds that of a column.
type Numbers struct {
	Sequences []Name
	OfColumns []Member
}

// Type is a column's type. Name is the server's own lower-case spelling
// ("integer", "character varying", "timestamp with time zone"; MySQL: "int",
// "varchar"), or the user's type. "serial", "bigserial" and "smallserial" stay
// as written, because what they do to a table is not what integer does.
type Type struct {
	Span      Span
	Schema    string
	Name      string
	Args      []string // type modifiers as written: "255", "10","2"; MySQL enum members without quotes
	Dims      int      // array dimensions
	Unsigned  bool
	Zerofill  bool
	Charset   string
	Collation string
	// CollationSpan is the collation as written (PostgreSQL).
	CollationSpan Span
}

// Generated is a generated column's expression.
type Generated struct {
	Expr   Expr
	Stored bool
}

// Column is a column definition.
type Column struct {
	Span          Span // the definition, from its name to its last constraint
	Name          string
	NameSpan      Span
	Type          Type
	NotNull       bool // NOT NULL is written
	NotNullSpan   Span
	Null          bool // NULL is written
	Default       *Expr
	Generated     *Generated
	Identity      string // "", "ALWAYS", "BY DEFAULT"
	SequenceName  Name   // of an identity, where SEQUENCE NAME says it
	IdentitySpan  Span   // PostgreSQL: GENERATED .. AS IDENTITY (..)
	AutoIncrement bool
	OnUpdate      *Expr // MySQL: ON UPDATE CURRENT_TIMESTAMP
	Comment       *Expr
	Invisible     bool
	Constraints   []Constraint // inline PRIMARY KEY, UNIQUE, CHECK, REFERENCES
}

// Inline is the first inline constraint of a kind, or nil.
func (c *Column) Inline(kind ConstraintKind) *Constraint {
	for i := range c.Constraints {
		if c.Constraints[i].Kind == kind {
			return &c.Constraints[i]
		}
	}
	return nil
}

// ConstraintKind is what a constraint asserts.
type ConstraintKind uint8

// The kinds of constraint. UnknownConstraint is what a DROP CONSTRAINT n names
// when its creation was not seen.
const (
	UnknownConstraint ConstraintKind = iota
	PrimaryKey
	Unique
	Check
	ForeignKey
	NotNull
	Exclude
)

func (k ConstraintKind) String() string {
	return [...]string{"constraint", "PRIMARY KEY", "UNIQUE", "CHECK", "FOREIGN KEY", "NOT NULL", "EXCLUDE"}[k]
}

// Reference is a foreign key's other side.
type Reference struct {
	Table    Name
	Columns  []string
	OnDelete string // "CASCADE", "SET NULL", ...; empty means NO ACTION
	OnUpdate string
}

// Constraint is a table or column constraint.
type Constraint struct {
	Span          Span
	Kind          ConstraintKind
	Name          string // empty: the server chooses
	Columns       []string
	Expr          *Expr      // CHECK
	ChecksNotNull []string   // columns that a CHECK proves to be not null
	Ref           *Reference // FOREIGN KEY
	UsingIndex    string     // UNIQUE or PRIMARY KEY USING INDEX
	Include       []string
	NotValid      bool
	NotEnforced   bool
	NoInherit     bool
	Deferrable    bool
	// WithoutOverlaps marks a temporal key (PostgreSQL 18), for a foreign key PERIOD.
	WithoutOverlaps  bool
	NullsNotDistinct bool
	// Compares are the comparisons that a CHECK joins by AND, or by OR where
	// Either says so; none where it holds anything else but IS NOT NULL.
	Compares []Comparison
	Either   bool
}

// Comparison is a column compared with constants. Op is "<", "<=", "=", ">=",
// ">", or "in" for one of several values.
type Comparison struct {
	Column string
	Op     string
	Values []string // without quotes
}

// Bound is what a partition holds, where that is a range or a list of one
// column's constants.
type Bound struct {
	Known    bool
	From, To *string  // a range's ends; nil where it has none
	In       []string // a list's values
}

// IndexKey is one key of an index: a column, or an expression.
type IndexKey struct {
	Column string
	Expr   *Expr
	Desc   bool
	Prefix int // MySQL: col(10)
	// Label is what PostgreSQL calls an expression in an index's name; empty: "expr".
	Label string
}

// IndexClass sets MySQL's special indexes apart.
type IndexClass uint8

// The classes of index.
const (
	PlainIndex IndexClass = iota
	FulltextIndex
	SpatialIndex
	VectorIndex
)
