package engine

// Situation is something about the server, the table or the change that an
// engine may not cope with.
type Situation string

// The situations of the server.
const (
	isMySQL57     Situation = "MySQL 5.7"
	isMySQL84     Situation = "MySQL 8.4 and later"
	isMariaDB     Situation = "MariaDB"
	isGalera      Situation = "Galera, Percona XtraDB Cluster"
	isRDS         Situation = "Amazon RDS"
	isAurora      Situation = "Amazon Aurora"
	isOwn         Situation = "a server without Vitess"
	isVitess      Situation = "a Vitess keyspace"
	isPlanetScale Situation = "PlanetScale"
	tightLag      Situation = "replicas that may lag less than 10 s"
)

// The situations of the table.
const (
	hasForeignKey  Situation = "the table has a foreign key"
	isReferenced   Situation = "foreign keys of other tables reference it"
	refersToItself Situation = "a foreign key of the table references itself"
	hasTriggers    Situation = "the table has triggers"
	hasNoKey       Situation = "no primary key, no unique key"
	hasNullableKey Situation = "no primary key, a unique key with nullable columns"
	hasOnlyUnique  Situation = "no primary key, a unique key over NOT NULL columns"
	isNotInnoDB    Situation = "the table is not InnoDB"
	hasChecks      Situation = "MySQL: the table has CHECK constraints"
	hasLongName    Situation = "a table name of more than 56 characters"
	isPartlyKnown  Situation = "the migrations do not tell how the table was created"
)

// The situations of the change.
const (
	losesKey          Situation = "no unique key is the same before and after"
	changesPrimaryKey Situation = "the primary key is dropped or changed"
	addsPrimaryKey    Situation = "a primary key is added"
	addsUnique        Situation = "a unique key is added"
	renamesByChange   Situation = "CHANGE renames a column"
	renamesByRename   Situation = "RENAME COLUMN"
	renamesKeyColumn  Situation = "a column of the primary key is renamed"
	renamesTable      Situation = "the table is renamed"
	addsForeignKey    Situation = "a foreign key is added"
	dropsForeignKey   Situation = "a foreign key is dropped"
	addsCheck         Situation = "a CHECK constraint is added"
	addsRequired      Situation = "a NOT NULL column without a default is added"
	setsNotNull       Situation = "a nullable column becomes NOT NULL"
	narrowsType       Situation = "a column's type becomes other than wider"
	reordersMembers   Situation = "members of an ENUM or SET change their order"
	changesCharset    Situation = "the character set of text changes, other than from utf8mb3 or ascii"
	changesKeyText    Situation = "the character set of a primary key's column changes"
	dropsAndAdds      Situation = "a column is dropped and one of its name added"
	changesPartitions Situation = "partitions are added, dropped, split or exchanged"
	changesEngine     Situation = "the storage engine becomes other than InnoDB"
	dropsRows         Situation = "ALTER IGNORE"
	isNotUnderstood   Situation = "a clause that is not understood"
)

// Cell is what comes of a situation with an engine. Ref is where the engine's own
// documentation, or its code, says so.
type Cell struct {
	Verdict Verdict
	Why     string
	Ref     string
}

// Row is a situation with its cells.
type Row struct {
	Situation Situation
	Cells     map[Name]Cell
}

// Group is a part of the table, with a heading.
type Group struct {
	Title string
	Rows  []Row
}

// Table is what each engine can do: the one place that says it.
func Table() []Group {
	return []Group{
		{"The server", serverRows()},
		{"The table", tableRows()},
		{"The change", slicesOf(keyRows(), columnRows(), otherRows())},
	}
}

func slicesOf(parts ...[]Row) []Row {
	var out []Row
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// cell is what an engine makes of a situation; what no row speaks of, it can.
func cell(s Situation, n Name) Cell {
	for _, g := range Table() {
		for _, r := range g.Rows {
			if r.Situation == s {
				return r.Cells[n]
			}
		}
	}
	return Cell{}
}

// row builds a row; the cells come in the order of All.
func row(s Situation, cells ...Cell) Row {
	r := Row{Situation: s, Cells: map[Name]Cell{}}
	for i, n := range All() {
		r.Cells[n] = cells[i]
	}
	return r
}

func can(why, ref string) Cell    { return Cell{Can, why, ref} }
func with(why, ref string) Cell   { return Cell{With, why, ref} }
func risk(why, ref string) Cell   { return Cell{Risk, why, ref} }
func cannot(why, ref string) Cell { return Cell{Cannot, why, ref} }

// Where the engines say what they can do.
const (
	ghostLimits  = "https://github.com/github/gh-ost/blob/master/doc/requirements-and-limitations.md"
	ghostFlags   = "https://github.com/github/gh-ost/blob/master/doc/command-line-flags.md"
	ghostKey     = "https://github.com/github/gh-ost/blob/master/doc/shared-key.md"
	ghostRDS     = "https://github.com/github/gh-ost/blob/master/doc/rds.md"
	ghostGalera  = "https://github.com/github/gh-ost/issues/224"
	ghostRenames = "https://github.com/github/gh-ost/blob/master/go/sql/parser.go"
	ptDoc        = "https://docs.percona.com/percona-toolkit/pt-online-schema-change.html"
	ptReleases   = "https://docs.percona.com/percona-toolkit/release_notes.html"
	spiritReadme = "https://github.com/block/spirit/blob/main/README.md"
	spiritDoc    = "https://github.com/block/spirit/blob/main/docs/migrate.md"
	spiritChecks = "https://github.com/block/spirit/tree/main/pkg/migration/check"
	vitessDoc    = "https://vitess.io/docs/user-guides/schema-changes/ddl-strategies/"
	vitessFlags  = "https://vitess.io/docs/user-guides/schema-changes/ddl-strategy-flags/"
	vitessErrors = "https://github.com/vitessio/vitess/pull/9973"
	psDoc        = "https://planetscale.com/docs/vitess/schema-changes"
	psKeys       = "https://planetscale.com/docs/vitess/onlineddl-change-unique-keys"
	psForeign    = "https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors/foreign-keys-disallowed"
	psRenames    = "https://planetscale.com/docs/learn/handling-table-and-column-renames"
	psNames      = "https://planetscale.com/docs/vitess/schema-changes/constraint-not-found"
)
