package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// types is the statements about types and domains.
func (c *converter) types(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_CreateEnumStmt:
		s := v.CreateEnumStmt
		return c.userType(change.Object{Class: "enum", Verb: "create", Name: listName(s.GetTypeName()), Values: stringsOf(s.GetVals())})
	case *pg.Node_AlterEnumStmt:
		return c.alterEnum(v.AlterEnumStmt)
	case *pg.Node_CompositeTypeStmt:
		return c.userType(change.Object{Class: "type", Verb: "create", Action: "composite", Name: tableName(v.CompositeTypeStmt.GetTypevar())})
	case *pg.Node_CreateRangeStmt:
		return c.userType(change.Object{Class: "type", Verb: "create", Action: "range", Name: listName(v.CreateRangeStmt.GetTypeName())})
	case *pg.Node_AlterTypeStmt:
		s := v.AlterTypeStmt
		return c.userType(change.Object{Class: "type", Verb: "alter", Action: "set (" + optionNames(s.GetOptions()) + ")", Name: listName(s.GetTypeName())})
	case *pg.Node_CreateDomainStmt:
		return c.createDomain(v.CreateDomainStmt)
	case *pg.Node_AlterDomainStmt:
		return c.alterDomain(v.AlterDomainStmt)
	case *pg.Node_DefineStmt:
		s := v.DefineStmt
		return c.object(change.Object{Class: className(s.GetKind()), Verb: "create", Name: listName(s.GetDefnames()), OrReplace: s.GetReplace(), IfNotExists: s.GetIfNotExists()})
	}
	return "", nil
}

// userType names the statement after TYPE, whatever kind of type it makes.
func (c *converter) userType(o change.Object) (string, []change.Op) {
	_, ops := c.object(o)
	return kindOf(o.Verb, "type"), ops
}

// alterEnum is ALTER TYPE .. ADD VALUE and RENAME VALUE.
// https://www.postgresql.org/docs/current/sql-altertype.html
func (c *converter) alterEnum(s *pg.AlterEnumStmt) (string, []change.Op) {
	o := change.Object{Class: "enum", Verb: "alter", Name: listName(s.GetTypeName())}
	if s.GetOldVal() != "" {
		o.Action, o.Values = "rename value", []string{s.GetOldVal(), s.GetNewVal()}
	} else {
		o.Action, o.Values = "add value", []string{s.GetNewVal()}
	}
	return c.userType(o)
}

func (c *converter) createDomain(s *pg.CreateDomainStmt) (string, []change.Op) {
	o := change.Object{Class: "domain", Verb: "create", Name: listName(s.GetDomainname())}
	def := &pg.ColumnDef{TypeName: s.GetTypeName(), CollClause: s.GetCollClause(), Constraints: s.GetConstraints()}
	parts := c.columnParts(def, c.all)
	base := typeOf(s.GetTypeName(), c.typeTokens(def, c.all, parts))
	o.Type = &base
	for _, n := range s.GetConstraints() {
		con := n.GetConstraint()
		switch con.GetContype() {
		case pg.ConstrType_CONSTR_CHECK, pg.ConstrType_CONSTR_NOTNULL:
			k := c.constraint(con, parts.of(c.offset(con.GetLocation())).bare)
			o.Constraint = &k
		case pg.ConstrType_CONSTR_DEFAULT:
			at := parts.of(c.offset(con.GetLocation())).bare
			o.Default = expr(con.GetRawExpr(), at.from(at.find(0, "DEFAULT")+1).span())
		}
	}
	return c.object(o)
}

// alterDomain is ALTER DOMAIN but RENAME, OWNER and SET SCHEMA. The letters are
// those of the server's own tree.
// https://www.postgresql.org/docs/current/sql-alterdomain.html
func (c *converter) alterDomain(s *pg.AlterDomainStmt) (string, []change.Op) {
	o := change.Object{
		Class: "domain", Verb: "alter", Name: listName(s.GetTypeName()), To: s.GetName(),
		IfExists: s.GetMissingOk(), Cascade: cascades(s.GetBehavior()),
	}
	switch s.GetSubtype() {
	case "T":
		o.Action = "drop default"
		if s.GetDef() != nil {
			o.Action = "set default"
		}
	case "N":
		o.Action = "drop not null"
	case "O":
		o.Action = "set not null"
	case "X":
		o.Action = "drop constraint"
	case "V":
		o.Action = "validate constraint"
	case "C":
		o.Action = "add constraint"
		con := s.GetDef().GetConstraint()
		at := c.all.from(c.all.at(c.offset(con.GetLocation())))
		k := c.constraint(con, at)
		if c.masked && at.find(0, "NOT", "NULL") >= 0 {
			k.Kind, k.Expr = change.NotNull, nil
		}
		o.Constraint = &k
	}
	return c.object(o)
}
