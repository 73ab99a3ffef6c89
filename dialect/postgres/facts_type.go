package postgres

import (
	"slices"
	"strconv"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

func typeFacts() []fact.Row {
	return []fact.Row{
		{ID: "alter-type-metadata", Kind: change.KindAlterColumnType, When: retypes(keepsBytes), On: tree,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "the stored values stay as they are")},
		{ID: "alter-type-check", Kind: change.KindAlterColumnType, When: retypes(checksAgain), On: tree,
			Effect: effect(change.AccessExclusive, change.Scan, alterTable, "every row is checked again against the column's CHECK")},
		{ID: "alter-type-collation", Kind: change.KindAlterColumnType, When: retypes(newCollation), On: tree,
			Effect: effect(change.AccessExclusive, change.IndexBuild, alterTable, "the column's indexes are built again in the new order")},
		{ID: "alter-type-rewrite", Kind: change.KindAlterColumnType, When: retypes(newBytes), On: tree,
			Effect: effect(change.AccessExclusive, change.Rewrite, alterTable, "every row is written in the new type, every index of the column built again")},
		{ID: "alter-type-unknown", Kind: change.KindAlterColumnType, When: retypes(unknownType), On: tree,
			Effect: effect(change.AccessExclusive, change.Rewrite, alterTable, "the column's type so far is not known; most changes of type write every row again")},
	}
}

// retype is what a change of type costs.
type retype uint8

const (
	keepsBytes retype = iota
	checksAgain
	newCollation
	newBytes
	unknownType
)

func retypes(want retype) func(*fact.Ctx) bool {
	return func(c *fact.Ctx) bool { return costOfType(c) == want }
}

// costOfType follows ATColumnChangeRequiresRewrite: a cast that keeps the bytes
// needs no rewrite, nor does a length coercion that only widens.
func costOfType(c *fact.Ctx) retype {
	op := c.Op.(*change.AlterColumnType)
	if op.Using != nil && !op.UsingCast {
		return newBytes
	}
	t := c.State.Table(op.Table)
	var col *schema.Column
	if t != nil {
		col = t.Column(op.Column)
	}
	if col == nil || !col.TypeKnown {
		return unknownType
	}
	if !sameBytes(c, col.Type, op.Type) {
		return newBytes
	}
	if op.Type.Collation != "" && op.Type.Collation != col.Type.Collation {
		return newCollation
	}
	if t.HasCheckOn(op.Column) {
		return checksAgain
	}
	return keepsBytes
}

// sameBytes says whether values of the old type are values of the new one as
// they are stored.
func sameBytes(c *fact.Ctx, from, to change.Type) bool {
	if from.Dims != to.Dims {
		return false
	}
	from, to = baseType(c, from), baseType(c, to)
	if isConstrained(c, to) {
		return sameName(from, to)
	}
	if sameName(from, to) {
		return widens(to.Name, from.Args, to.Args)
	}
	switch from.Name + " > " + to.Name {
	case "character varying > text", "cidr > inet", "xml > text", "xml > character varying":
		return len(to.Args) == 0
	case "text > character varying":
		return len(to.Args) == 0
	case "timestamp without time zone > timestamp with time zone", "timestamp with time zone > timestamp without time zone":
		// Since 12, where the session's time zone is UTC.
		return isUTC(c) && widens(to.Name, from.Args, to.Args)
	case "integer > oid", "oid > integer", "oid > regclass", "regclass > oid":
		return true
	}
	return false
}

func sameName(a, b change.Type) bool { return a.Name == b.Name && a.Schema == b.Schema }

// baseType looks through a serial and through a domain.
func baseType(c *fact.Ctx, t change.Type) change.Type {
	switch t.Name {
	case "serial":
		t.Name = "integer"
	case "bigserial":
		t.Name = "bigint"
	case "smallserial":
		t.Name = "smallint"
	}
	u := c.State.Type(change.Name{Schema: t.Schema, Name: t.Name})
	if u != nil && u.Class == "domain" && !u.Constrained && u.Base != "" {
		return change.Type{Name: u.Base, Dims: t.Dims}
	}
	return t
}

func isConstrained(c *fact.Ctx, t change.Type) bool {
	u := c.State.Type(change.Name{Schema: t.Schema, Name: t.Name})
	return u != nil && u.Class == "domain" && u.Constrained
}

func isUTC(c *fact.Ctx) bool {
	v, ok := c.State.Setting("timezone")
	return ok && slices.Contains([]string{"UTC", "utc", "Etc/UTC", "GMT", "0"}, v)
}

// widens says whether the new type modifiers admit every old value unchanged.
func widens(name string, from, to []string) bool {
	switch name {
	case "character varying", "bit varying":
		return len(to) == 0 || len(from) == 1 && atoi(to[0]) >= atoi(from[0])
	case "numeric":
		return widensNumeric(from, to)
	case "timestamp with time zone", "timestamp without time zone", "time with time zone", "time without time zone", "interval":
		return len(to) == 0 || len(from) == 1 && len(to) == 1 && atoi(to[0]) >= atoi(from[0]) || len(to) == 1 && atoi(to[0]) >= 6
	case "character", "bit":
		return slices.Equal(orOne(from), orOne(to))
	}
	return slices.Equal(from, to)
}

func widensNumeric(from, to []string) bool {
	if len(to) == 0 {
		return true
	}
	if len(from) == 0 {
		return false
	}
	scale := func(a []string) int {
		if len(a) < 2 {
			return 0
		}
		return atoi(a[1])
	}
	return atoi(to[0]) >= atoi(from[0]) && scale(to) == scale(from)
}

// orOne: character and bit without a length are of length 1.
func orOne(args []string) []string {
	if len(args) == 0 {
		return []string{"1"}
	}
	return args
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
