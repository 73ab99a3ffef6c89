package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// shadowSpec is a column that comes to stand in for another, beside it, while
// old and new versions of the application read and write.
type shadowSpec struct {
	Table    change.Name
	Old, New string // the columns, as they are called while both are there
	// Type and Collation are the new column's, as they are written.
	Type, Collation string
	// Up makes the new column's value of the old one's, Down the old one's of the
	// new one's: they are given the column as it must be written.
	Up, Down func(column string) string
	// Same says that both are the value itself.
	Same bool
	// Swap gives the new column the old one's name at the switch, and the old
	// column a name of safemig's; otherwise each keeps its own.
	Swap bool
	swap *swap // what is known of the swap
	// SearchPath is what names in Up and Down that have no schema are looked up in.
	SearchPath string
}

// shadow is a shadowSpec with all that is known of the old column. Its steps are
// expand (the column, and a trigger for both directions), backfill, validate
// (everything that the old column has, on the new one, under names for a while),
// the switch (what only one column can have), and the end of the old column.
type shadow struct {
	shadowSpec
	c     *Case
	t     *schema.Table
	parts schema.ColumnParts
	// at, old and new are written as SQL has them; dropped is what the old column
	// is called from the switch on, kept what the new one is.
	at, old, new, dropped, kept string

	sync           string // the trigger and its function
	notNull        bool
	notNullName    string
	knownFunctions []string
	statistics     []shadowStatistics
	key            []string // to walk along in the backfill
	indexes        []shadowIndex
	constraints    []shadowConstraint
	behind         []string // names that later statements change, behind the last step
	triggers       []shadowTrigger
	views          []shadowText
	mats           []*shadowMat
	publications   []change.Name // that have been settled
	last           []string      // before the old column is dropped
	together       bool          // with other columns that have the same index or constraint
	left           []string      // which is taken along by one of those
	leaves         []change.Name // partitions that hold rows
	heirs          []change.Name // tables that inherit: triggers are not inherited
	extras         []string      // grants, comments and options of the column, for the new one
	known          []string      // what hangs on the old column, as pg_identify_object has it
	deploy         []string      // what the application must have done by the switch
	notes          []string
}

func newShadow(c *Case, spec shadowSpec) (*shadow, error) {
	s := &shadow{shadowSpec: spec, c: c, t: c.State.Table(spec.Table)}
	s.Table = c.State.Resolve(spec.Table)
	s.at, s.old, s.new = c.Text.QuoteName(s.Table), c.Q(spec.Old), c.Q(spec.New)
	s.dropped, s.kept = s.old, s.new
	if spec.Swap {
		s.dropped, s.kept = c.Q(MadeName(spec.Old, "old")), s.old
	}
	if err := s.fit(); err != nil {
		return nil, err
	}
	s.notNull = s.parts.NotNull || s.parts.Identity != "" || s.isSerial() || s.inPrimaryKey()
	if err := s.collect(); err != nil {
		return nil, err
	}
	s.noteSent()
	return s, nil
}

// fit refuses where no second column can stand in for the one.
func (s *shadow) fit() error {
	shown := s.c.Table() + "." + s.old
	if s.t == nil || !s.t.Complete {
		return Refuse("the migrations do not show how %s was made, so that nobody knows what hangs on %s: run fix with --dsn, or give it a dump with --schema", s.c.Table(), shown)
	}
	column := s.t.Column(s.Old)
	parts, known := s.c.State.ColumnDef(s.Table, s.Old)
	s.parts = parts
	window := "rename it in a window, when no old version of the application runs"
	if s.Swap {
		window = "change it in a window, when nobody uses the table"
		s.parts.Type, s.parts.Default, s.parts.Sequence = s.swap.before.Type, s.swap.before.Default, s.swap.before.Sequence
	}
	switch {
	case column == nil || !known || !column.Complete || parts.Type == "" && !s.Swap:
		return Refuse("the migrations do not show how %s was made: run fix with --dsn, or give it a dump with --schema", shown)
	case parts.Generated != "":
		return Refuse("%s is a generated column: adding a second one would rewrite the table; %s", shown, window)
	case s.t.Foreign:
		return Refuse("%s is a foreign table, which has no triggers that keep two of its columns in step; %s", s.c.Table(), window)
	case !s.t.OfType.IsZero():
		return Refuse("%s is OF a type, whose columns are the table's; %s", s.c.Table(), window)
	case slices.Contains(s.t.PartKey, s.Old):
		return Refuse("%s is in the partition key, which cannot be moved to another column: %s", shown, s.partitionKeyWay())
	case s.isConstrained():
		return Refuse("%s is of a domain with constraints, and adding a column of such a type rewrites the table; %s", shown, window)
	case s.t.Column(s.New) != nil:
		return Refuse("%s has a column %s already", s.c.Table(), s.new)
	}
	return s.fitTree(window)
}

// fitTree refuses tables whose columns are tied to those of others.
func (s *shadow) fitTree(window string) error {
	switch {
	case !s.t.PartitionOf.IsZero():
		return Refuse("%s is a partition of %s: change the column there", s.c.Table(), s.c.Text.QuoteName(s.t.PartitionOf))
	case len(s.t.Inheritors) > 0 && (s.Swap || s.parts.Identity != "" || s.inPrimaryKey()):
		return Refuse("tables inherit from %s, and not all that is on %s can be moved to another column there; %s", s.c.Table(), s.old, window)
	}
	if err := s.fitPartitions(s.t, window); err != nil {
		return err
	}
	for _, parent := range s.t.Inherits {
		if p := s.c.State.Table(parent); p == nil || !p.Complete || p.Column(s.Old) != nil {
			return Refuse("%s inherits %s from %s, or may do so: change the column there", s.c.Table(), s.old, s.c.Text.QuoteName(parent))
		}
	}
	return s.findHeirs(s.t)
}

// isConstrained says whether the new column's type is a domain whose constraints
// are checked for every row that is there, when the column is added.
func (s *shadow) isConstrained() bool {
	typ := s.t.Column(s.Old).Type()
	if s.Swap {
		return false
	}
	for range 20 { // a domain may be over another
		u := s.c.State.Type(change.Name{Schema: typ.Schema, Name: typ.Name})
		if u == nil || u.Constrained {
			return u != nil
		}
		typ = u.BaseType
	}
	return false
}

func (s *shadow) isSerial() bool {
	return strings.HasSuffix(strings.ToLower(s.parts.Type), "serial")
}

func (s *shadow) inPrimaryKey() bool {
	pk := s.t.PrimaryKey()
	return pk != nil && slices.Contains(pk.Columns, s.Old)
}

// steps are the whole way, in order.
func (s *shadow) steps() []Step {
	if s.Swap {
		return s.swapSteps()
	}
	out := []Step{s.expandStep(), s.backfillStep()}
	out = append(out, s.validateSteps()...)
	return append(out, s.contractSteps()...)
}

// backfillStep fills the new column of the rows that were there before the trigger.
func (s *shadow) backfillStep() Step {
	return Step{
		Phase: Copy, Title: "fill " + s.at + "." + s.new + " from " + s.old, Slug: Slug("fill", s.Table.Name, s.New),
		Backfill: &Backfill{Table: s.Table, Key: s.key, Set: s.new + " = " + s.Up(s.old), Where: s.differ(s.new, s.Up(s.old))},
	}
}

// differ compares two values of the new column's type.
func (s *shadow) differ(a, b string) string { return differ(s.Type, s.Collation, a, b) }

// differ is true where two values are not the same, NULL taken for a value. Types
// whose = passes over differences (numeric's scale, citext's case), or that have
// none (json, xml, point), are compared as text.
func differ(typeText, collation, a, b string) string {
	if !exactEquality(typeText) || collation != "" {
		a, b = asText(a), asText(b)
	}
	return a + " IS DISTINCT FROM " + b
}

func asText(expr string) string { return "(" + expr + `)::text COLLATE pg_catalog."C"` }

// exactEquality says whether = of a type tells all values apart.
func exactEquality(typeText string) bool {
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(typeText, "pg_catalog.")), "(")
	switch strings.Join(strings.Fields(name), " ") {
	case "smallint", "integer", "int", "bigint", "int2", "int4", "int8", "smallserial", "serial", "bigserial", "serial2", "serial4", "serial8",
		"text", "varchar", "character varying", "boolean", "bool", "uuid", "bytea", "date", "oid",
		"timestamp", "timestamp without time zone", "timestamptz", "timestamp with time zone", "time", "time without time zone":
		return true
	}
	return false
}

// baseType is a column's type as ADD COLUMN takes it for a column without a
// sequence. https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL
func baseType(typeText string) string {
	switch strings.ToLower(typeText) {
	case "serial", "serial4":
		return "integer"
	case "bigserial", "serial8":
		return "bigint"
	case "smallserial", "serial2":
		return "smallint"
	}
	return typeText
}
