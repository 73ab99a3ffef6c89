package schema

import "github.com/safemig/safemig/dialect/change"

// Def is the text that made something, or that says something about it, as it was written.
type Def struct {
	// Class is "table", "column", "constraint", "index", "trigger", "rule",
	// "policy", "view", "materialized view", "function", "procedure", "sequence",
	// "statistics", "publication", "type", "domain", "comment", "security label",
	// "grant", "owner", or "option" for any other property (SET STATISTICS, SET (..),
	// REPLICA IDENTITY, ENABLE ROW LEVEL SECURITY, ENABLE ALWAYS TRIGGER, ALTER VIEW .. SET).
	Class string
	// Name is the thing itself, as it is called now. Constraints, triggers, policies and rules
	// have the schema of their table; an option has the word that it is known by.
	Name change.Name
	// Of is the table (or view, sequence, function, type) that it belongs to or is
	// said about, as it is called now; zero where there is none.
	Of change.Name
	// Column is the column that it is about, as it is called now, where it is about one.
	Column string
	// Text is the whole statement, or the clause, without a semicolon.
	Text string
	// Clause says that Text is a clause of ALTER or CREATE TABLE: a column's
	// definition, a constraint, "ALTER COLUMN c SET STATISTICS 100".
	Clause bool
	// Inline marks a constraint that stands in a column's definition: its text
	// does not name the column.
	Inline bool
	// Renamed are the renames that came after it and that its text does not know, in order.
	Renamed []Rename
	// Schema is the schema that bare names in the text mean.
	Schema string
	// Stars are the columns that the tables and views in the text had when it was said,
	// as far as they are known: what * stands for in the query of a view, a rule or a policy.
	Stars map[change.Name][]string
	// File is where it was said.
	File string
}

// Rename is a rename that a text does not know.
type Rename struct {
	// Class is "table" (or any other relation that queries read), "column", or
	// the class of the thing itself: "constraint", "index", "trigger", "policy", "function" ...
	Class string
	// Table is what the table of a column was called then.
	Table change.Name
	// From and To are whole names; those of a column have no schema.
	From, To change.Name
}

// ColumnParts are the texts of a column's definition, as they hold now. Empty
// means that there is none.
type ColumnParts struct {
	Name      string
	Type      string // "numeric(10, 2)", "serial"; empty where the type is not known
	Collation string // `"de_DE"`, "pg_catalog.default": PostgreSQL only
	// Default is the expression. That of a serial column is not in the text, and not
	// here; a sequence in it has the name that it had then, see Sequence.
	Default string
	// Sequence is what the default, or the identity, takes its numbers from.
	Sequence change.Name
	NotNull  bool
	Identity string // "GENERATED ALWAYS AS IDENTITY (START 100)"
	// Generated is the expression of a generated column, with its Renamed.
	Generated string
	Stored    bool
	Renamed   []Rename
	OnUpdate  string // MySQL: the expression
	Comment   string // MySQL: the literal. PostgreSQL's are statements, see Defs
	// Written is the whole definition as it was first written, or by the last MODIFY
	// or CHANGE, inline constraints included; empty where it was not seen.
	Written string
	File    string
	// WrittenRenamed are the renames that Written does not know, in order.
	WrittenRenamed []Rename
	// MySQL only: what holds beside Written.
	MySQL MySQLColumn
}

// MySQLColumn is what a MySQL column's definition depends on beside its own words.
type MySQLColumn struct {
	// Charset and Collation are what the column has where its definition says none;
	// empty where that is not known.
	Charset, Collation string
	// Inherits says that a definition without them takes these very ones now.
	Inherits bool
	// Converted says that CONVERT TO CHARACTER SET gave it Charset and Collation,
	// whatever is written; Grown that its type may have become a longer one then.
	Converted, Grown bool
	// NoDefault says that DROP DEFAULT was its last word on the default.
	NoDefault bool
	// SetDefault says that SET DEFAULT gave it the default, and not Written.
	SetDefault bool
	Invisible  bool
	Complete   bool
}

// PieceKind says what a text is.
type PieceKind uint8

// The kinds of text.
const (
	// ExpressionPiece is an expression: a DEFAULT, a CHECK's, a predicate, a USING.
	ExpressionPiece PieceKind = iota
	// ColumnPiece is a column's definition, from its name on.
	ColumnPiece
	// ConstraintPiece is a table constraint: [CONSTRAINT n] CHECK (..).
	ConstraintPiece
	// ClausePiece is any clause of ALTER TABLE.
	ClausePiece
	// StatementPiece is a whole statement.
	StatementPiece
	// InlinePiece is a constraint in a column's definition: REFERENCES u (id).
	InlinePiece
)

// Piece is a text with what must be known to read it.
type Piece struct {
	Kind PieceKind
	Text string
	// Of is the table that a clause or an expression belongs to; a statement names its own.
	Of change.Name
	// Alias are other names that the table has in an expression: "new", "old", "excluded".
	Alias []string
	// Schema is the schema that bare names in the text mean; empty means "public".
	Schema string
	// FreeNames lets the names of the outermost query's columns change with a
	// renamed column. Without it they stay: SELECT a becomes SELECT b AS a.
	FreeNames bool
}

// Ref is a place in a text where a column is named.
type Ref struct {
	Column string
	Span   change.Span // the column's name
	Whole  change.Span // with its qualifiers: o.email; in lists the same as Span
	// Expr says that it stands where any expression may stand. It does not in
	// lists: keys of constraints, columns of INSERT, UPDATE OF, GRANT, COMMENT.
	Expr bool
	// Unsure says that the column may also be one of another table of the query,
	// whose columns are not known.
	Unsure bool
}

// PieceError is why columns or tables of a text cannot be followed.
type PieceError struct {
	// Problem is "syntax" (the text cannot be read), "star" (a whole row is read: *,
	// t.*, t), "join" (USING or NATURAL joins by name), "alias" (the query gives the columns
	// other names), "ambiguous" (it may be another table's column), "list" (no
	// expression can stand there), "several" (the statement is about other tables
	// too), "body" (code in a literal), "unsupported" (a statement that is not
	// followed), or "changed" (more would change than was asked for).
	Problem string
	At      change.Span // in the text; empty where it is all of it
	Message string
}

func (e *PieceError) Error() string { return e.Message }

// Piece is the definition's text with what must be known to read it. Renamed is
// not yet applied to it.
func (d *Def) Piece() Piece {
	p := Piece{Kind: StatementPiece, Text: d.Text, Of: d.Of, Schema: d.Schema}
	switch {
	case !d.Clause:
	case d.Class == "column":
		p.Kind = ColumnPiece
	case d.Inline:
		p.Kind = InlinePiece
	case d.Class == "constraint":
		p.Kind = ConstraintPiece
	default:
		p.Kind = ClausePiece
	}
	return p
}
