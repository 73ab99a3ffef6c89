package change

// Op is one change. A statement holds one or more: each clause of an ALTER
// TABLE and each table of a DROP TABLE is one.
type Op interface {
	Head() *Header
	Kind() Kind
}

// Header is what every change has.
type Header struct {
	Span  Span // the clause; the statement where it has only one
	Table Name // the table it works on; zero where there is none (or an index is named without its table)
	Only  bool // PostgreSQL: ONLY the table itself, not its partitions and those that inherit from it
	// Conditional marks a change of a body that may not happen: under IF, in a
	// loop, in a block with EXCEPTION, behind a RETURN that may be taken.
	Conditional bool
}

// Head is the header itself.
func (h *Header) Head() *Header { return h }

// CreateTable makes a table; CREATE TABLE AS and SELECT INTO too.
type CreateTable struct {
	Header
	Columns     []Column
	Constraints []Constraint
	Indexes     []CreateIndex // MySQL: KEY clauses
	Like        []Name
	Inherits    []Name
	PartitionOf Name
	DefaultPart bool // FOR the DEFAULT partition
	Partitioned bool // PARTITION BY
	As          bool // filled by a query
	Sources     []Name
	Temp        bool
	Unlogged    bool
	IfNotExists bool
	OrReplace   bool // MariaDB
	Engine      string
	Charset     string
	Collation   string
	RowFormat   string
	OfType      Name // PostgreSQL: OF a composite type
	Foreign     bool // PostgreSQL: CREATE FOREIGN TABLE
	NoData      bool // AS .. WITH NO DATA
	// LikeDefaults and LikeIdentity say what LIKE copies beside the columns.
	LikeDefaults, LikeIdentity bool
	// PartitionKey are the columns that rows are parted by; none where an
	// expression is among them.
	PartitionKey []string
	Bound        Bound // of PARTITION OF
}

// DropTable drops one table.
type DropTable struct {
	Header
	IfExists, Cascade, Temp bool
}

// RenameTable gives a table a new name; a new schema where To.Schema is set.
type RenameTable struct {
	Header
	To Name
}

// Truncate empties one table.
type Truncate struct {
	Header
	Cascade bool
	Restart bool // RESTART IDENTITY
}

// AddColumn adds a column.
type AddColumn struct {
	Header
	Column      Column
	IfNotExists bool
	First       bool   // MySQL: FIRST
	After       string // MySQL: AFTER col
}

// DropColumn drops a column.
type DropColumn struct {
	Header
	Column            string
	ColumnSpan        Span
	IfExists, Cascade bool
}

// RenameColumn renames a column.
type RenameColumn struct {
	Header
	From, To string
}

// AlterColumnType is PostgreSQL's ALTER COLUMN c TYPE.
type AlterColumnType struct {
	Header
	Column string
	Type   Type
	Using  *Expr
	// UsingCast says that USING merely casts the column itself to the new type,
	// as the server would without it.
	UsingCast bool
}

// ModifyColumn is MySQL's MODIFY and CHANGE: a whole new definition.
type ModifyColumn struct {
	Header
	From     string // the column's name before; equal to Column.Name for MODIFY
	Column   Column
	First    bool
	After    string
	IfExists bool
}

// SetNotNull is ALTER COLUMN c SET NOT NULL.
type SetNotNull struct {
	Header
	Column string
}

// DropNotNull is ALTER COLUMN c DROP NOT NULL.
type DropNotNull struct {
	Header
	Column string
}

// ColumnDefault sets a column's default, or drops it where Default is nil.
type ColumnDefault struct {
	Header
	Column  string
	Default *Expr
}

// AlterGenerated changes how a column's values come about: ADD GENERATED, SET
// GENERATED, DROP IDENTITY, SET EXPRESSION, DROP EXPRESSION. Action holds those words.
type AlterGenerated struct {
	Header
	Column string
	Action string
	Expr   *Expr
	// SequenceName is that of ADD GENERATED, where SEQUENCE NAME says it.
	SequenceName Name
}

// ColumnOption is any other property of a column: SET STATISTICS, SET STORAGE,
// SET COMPRESSION, SET (n_distinct), SET VISIBLE. Option holds those words in lower case.
type ColumnOption struct {
	Header
	Column, Option, Value string
}

// AddConstraint adds a table constraint.
type AddConstraint struct {
	Header
	Constraint  Constraint
	IfNotExists bool
}

// ValidateConstraint is VALIDATE CONSTRAINT.
type ValidateConstraint struct {
	Header
	Name string
}

// DropConstraint drops a constraint; ConstraintKind tells which where the text
// (MySQL: DROP PRIMARY KEY, DROP FOREIGN KEY) does.
type DropConstraint struct {
	Header
	Name              string
	ConstraintKind    ConstraintKind
	IfExists, Cascade bool
}

// AlterConstraint changes a constraint: DEFERRABLE, NOT ENFORCED, INHERIT. Action holds those words.
type AlterConstraint struct {
	Header
	Name, Action string
}

// RenameConstraint renames a constraint.
type RenameConstraint struct {
	Header
	From, To string
}

// CreateIndex makes an index.
type CreateIndex struct {
	Header
	Name         string // empty: the server chooses
	Keys         []IndexKey
	Include      []string
	Where        *Expr
	Method       string // "btree", "gin"
	Class        IndexClass
	Unique       bool
	Concurrently bool
	IfNotExists  bool
	OrReplace    bool
	Only         bool // ON ONLY
	Invisible    bool
	InAlter      bool // MySQL: ALTER TABLE ADD INDEX
}

// PlainColumns are the columns of the keys; false where a key is an expression or a prefix.
func (op *CreateIndex) PlainColumns() ([]string, bool) {
	columns := make([]string, 0, len(op.Keys))
	for _, k := range op.Keys {
		if k.Column == "" || k.Prefix > 0 {
			return nil, false
		}
		columns = append(columns, k.Column)
	}
	return columns, true
}

// DropIndex drops one index. PostgreSQL does not name the table: Header.Table is
// zero and the state is asked.
type DropIndex struct {
	Header
	Index                           Name
	Concurrently, IfExists, Cascade bool
}

// RenameIndex renames an index.
type RenameIndex struct {
	Header
	Index Name
	To    string
}

// AlterIndex is any other ALTER INDEX: ATTACH PARTITION, SET (..), VISIBLE. Action holds those words in lower case.
type AlterIndex struct {
	Header
	Index  Name
	Action string
	Child  Name // ATTACH PARTITION's index
}

// Reindex is REINDEX. Object is "index", "table", "schema", "database" or "system".
type Reindex struct {
	Header
	Object       string
	Name         Name
	Concurrently bool
}

// TableOption is a property of a table that no other change covers. Option is
// lower-case: "owner", "logged", "unlogged", "tablespace", "access method",
// "replica identity", "row security", "cluster on", "storage", "inherit",
// "no inherit", "enable trigger", "disable trigger", "rule"; MySQL: "engine",
// "row_format", "key_block_size", "charset", "auto_increment", "comment",
// "force", "encryption", "stats", "order by", "algorithm", "lock", "wait", ...
type TableOption struct {
	Header
	Option, Value string
	Other         Name // the parent of "inherit" and "no inherit"
}

// ConvertCharset is MySQL's CONVERT TO CHARACTER SET.
type ConvertCharset struct {
	Header
	Charset, Collation string
}

// AttachPartition is ATTACH PARTITION; Header.Table is the parent.
type AttachPartition struct {
	Header
	Partition Name
	Default   bool
	Bound     Bound
}

// DetachPartition is DETACH PARTITION; Header.Table is the parent.
type DetachPartition struct {
	Header
	Partition    Name
	Concurrently bool
	Finalize     bool
}

// PartitionOp is any other change of partitions; MySQL's ADD, DROP, REORGANIZE
// ... PARTITION, PARTITION BY, PostgreSQL 19's SPLIT and MERGE. Action holds
// those words in lower case.
type PartitionOp struct {
	Header
	Action string
	Parts  []string
	With   Name // MySQL: the table of EXCHANGE PARTITION and CONVERT
}

// CreateTrigger makes a trigger on a table.
type CreateTrigger struct {
	Header
	Name      string
	OrReplace bool
	EachRow   bool
	Other     Name // the referenced table of a constraint trigger
	Function  Name // PostgreSQL: what it runs
	// IfNotExists is MySQL's and MariaDB's.
	IfNotExists bool
}

// DropTrigger drops a trigger.
type DropTrigger struct {
	Header
	Name     string
	IfExists bool // MySQL and MariaDB
}

// Insert adds rows. Sources are the tables that it reads, here and in Update and Delete.
type Insert struct {
	Header
	Sources []Name
	Select  bool // INSERT .. SELECT
	Copy    bool // COPY FROM, LOAD DATA
	Replace bool // MySQL REPLACE
	Numbers
	// Columns are those that the statement names, Values how many values a row has
	// (-1: that is not told), Defaults the places of those that are DEFAULT in some
	// row. UserValue: identity columns take their number whatever is given for them.
	// PostgreSQL only.
	Columns   []string
	Values    int
	Defaults  []int
	UserValue bool
	// Resets are the columns that ON CONFLICT DO UPDATE sets to DEFAULT.
	Resets []string
}

// Update changes rows.
type Update struct {
	Header
	Columns []string
	Sources []Name
	Where   *Expr // nil: every row
	Always  bool  // the WHERE clause is always true
	Limit   bool
	Numbers
	Defaults []string // the columns that are set to DEFAULT
}

// Delete removes rows.
type Delete struct {
	Header
	Sources []Name
	Where   *Expr
	Always  bool
	Limit   bool
}

// Select is a query. ForUpdate is its row-lock strength ("", "UPDATE", "SHARE", ...).
type Select struct {
	Header
	Sources   []Name
	ForUpdate string
	Calls     []string // functions called
	Locked    []Name   // the sources whose rows ForUpdate locks
	Numbers
	Planned []Name // tables that a statement would write to which is only explained
	// Runs are the calls of functions that are neither the server's own nor the script's.
	Runs []*Call
}

// LockTable is LOCK TABLE, one per table.
type LockTable struct {
	Header
	Lock   Lock
	NoWait bool
	Write  bool // MySQL LOCK TABLES .. WRITE
}

// Maintain is VACUUM, ANALYZE, CLUSTER, REPACK, REFRESH, OPTIMIZE, CHECK, REPAIR.
// Action holds that word in lower case.
type Maintain struct {
	Header
	Action       string
	Full         bool
	Concurrently bool
	NoData       bool // REFRESH .. WITH NO DATA
}

// TxControl is BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, ROLLBACK TO, PREPARE
// TRANSACTION. Action holds that word in lower case ("begin", "commit",
// "rollback", "savepoint", "release", "rollback to", "prepare", ...).
type TxControl struct {
	Header
	Action, Savepoint string
	Chain             bool
}

// SetOption is SET, SET LOCAL, RESET, set_config() and SET @@x.
type SetOption struct {
	Header
	Name  string // lower-case
	Value string // without quotes; empty for RESET and DEFAULT
	Local bool
	Reset bool
	// All marks RESET ALL and DISCARD ALL.
	All    bool
	Global bool
}

// Listed is some columns of a table.
type Listed struct {
	Table   Name
	Columns []string
}

// Object is a statement about something that is not a table, an index or a
// column, or a property that needs no model of its own: types, domains, enums,
// sequences, views, routines, extensions, policies, grants, comments ... Class
// is lower-case ("view", "materialized view", "sequence", "type", "domain",
// "function", "extension", "policy", "rule", "statistics", "publication",
// "grant", "comment", "schema", "database", "role", ...); Verb is "create",
// "drop", "alter", "rename", "grant", "revoke", "comment".
type Object struct {
	Header     // Table: the table a policy, rule, comment or owned sequence belongs to
	Class      string
	Verb       string
	Action     string // the subcommand, lower-case: "add value", "rename value", "set not null", "add constraint", "restart"
	Name       Name
	To         string
	Tables     []Name   // tables that a view, matview, publication, policy, rule or function body reads
	Listed     []Listed // those of Tables that a publication has with some of their columns only
	Schemas    []string // whose tables a publication has, all of them
	Values     []string
	Type       *Type       // a domain's base type
	Constraint *Constraint // a domain's constraint
	IfExists   bool
	Cascade    bool
	OrReplace  bool
	Writes     []Name // tables that a rule or a function body writes to
	Default    *Expr  // a domain's default
	NoData     bool   // a materialized view WITH NO DATA
	// Columns are the columns that a view's query names, "*" among them, the one that
	// a sequence is OWNED BY, or the one that is renamed.
	Columns []string
	// Volatility is a function's, where the statement makes it or says it anew;
	// Constant where it says nothing.
	Volatility Volatility
	// Routine is the code of a routine that the statement makes, where it can be
	// followed; Params is how many parameters a call gives, where it is written.
	Routine Routine
	Params  *int
	// IfNotExists leaves what there is as it is.
	IfNotExists bool
	// Result are the columns of a view, in their order; none where they are not known.
	Result []ResultColumn
}

// ResultColumn is a column of a view, or, where its query has a star, all columns
// of a relation.
type ResultColumn struct {
	Name string
	All  Name
}

// Opaque is what parses but is not understood: visible, never silently safe.
type Opaque struct {
	Header
	Why string // "EXECUTE of a text made at run time"
	// Call is the call that this is, where only the routine is not known.
	Call *Call
}
