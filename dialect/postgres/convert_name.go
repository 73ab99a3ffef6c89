package postgres

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// tableName is a table as the statement names it.
func tableName(r *pg.RangeVar) change.Name {
	return change.Name{Schema: r.GetSchemaname(), Name: r.GetRelname()}
}

func tableNames(nodes []*pg.Node) []change.Name {
	var names []change.Name
	for _, n := range nodes {
		if r := n.GetRangeVar(); r != nil {
			names = append(names, tableName(r))
		}
	}
	return names
}

// stringsOf is the texts of a list of names.
func stringsOf(nodes []*pg.Node) []string {
	var out []string
	for _, n := range nodes {
		if s := n.GetString_(); s != nil {
			out = append(out, s.GetSval())
		}
	}
	return out
}

// dotted is the name that its parts make: the last two are schema and name.
func dotted(parts []string) change.Name {
	switch n := len(parts); n {
	case 0:
		return change.Name{}
	case 1:
		return change.Name{Name: parts[0]}
	default:
		return change.Name{Schema: parts[n-2], Name: parts[n-1]}
	}
}

func listName(nodes []*pg.Node) change.Name { return dotted(stringsOf(nodes)) }

// anyName is the name in whatever node an object stands in.
func anyName(n *pg.Node) change.Name {
	switch v := n.GetNode().(type) {
	case *pg.Node_String_:
		return change.Name{Name: v.String_.GetSval()}
	case *pg.Node_List:
		if len(v.List.GetItems()) > 0 && v.List.GetItems()[0].GetTypeName() != nil {
			return anyName(v.List.GetItems()[0])
		}
		return listName(v.List.GetItems())
	case *pg.Node_ObjectWithArgs:
		return listName(v.ObjectWithArgs.GetObjname())
	case *pg.Node_TypeName:
		schema, name := typeNames(v.TypeName)
		return change.Name{Schema: schema, Name: name}
	case *pg.Node_RangeVar:
		return tableName(v.RangeVar)
	case *pg.Node_RoleSpec:
		return change.Name{Name: roleName(v.RoleSpec)}
	}
	return change.Name{}
}

// member is a table and a thing on it, from the list schema, table, thing.
func member(n *pg.Node) (table, thing change.Name) {
	parts := stringsOf(n.GetList().GetItems())
	if len(parts) == 0 {
		return change.Name{}, change.Name{}
	}
	last := len(parts) - 1
	return dotted(parts[:last]), change.Name{Name: parts[last]}
}

func roleName(r *pg.RoleSpec) string {
	switch r.GetRoletype() {
	case pg.RoleSpecType_ROLESPEC_CURRENT_ROLE:
		return "current_role"
	case pg.RoleSpecType_ROLESPEC_CURRENT_USER:
		return "current_user"
	case pg.RoleSpecType_ROLESPEC_SESSION_USER:
		return "session_user"
	case pg.RoleSpecType_ROLESPEC_PUBLIC:
		return "public"
	}
	return r.GetRolename()
}

// constText is a literal's value, without quotes.
func constText(n *pg.Node) string {
	switch v := n.GetNode().(type) {
	case *pg.Node_AConst:
		return literal(v.AConst)
	case *pg.Node_TypeCast:
		return constText(v.TypeCast.GetArg())
	case *pg.Node_String_:
		return v.String_.GetSval()
	case *pg.Node_Integer:
		return strconv.Itoa(int(v.Integer.GetIval()))
	case *pg.Node_Float:
		return v.Float.GetFval()
	case *pg.Node_Boolean:
		return strconv.FormatBool(v.Boolean.GetBoolval())
	case *pg.Node_TypeName:
		return strings.Join(stringsOf(v.TypeName.GetNames()), ".")
	case *pg.Node_List:
		return joinConsts(v.List.GetItems())
	}
	return ""
}

func literal(a *pg.A_Const) string {
	switch v := a.GetVal().(type) {
	case *pg.A_Const_Ival:
		return strconv.Itoa(int(v.Ival.GetIval()))
	case *pg.A_Const_Fval:
		return v.Fval.GetFval()
	case *pg.A_Const_Boolval:
		return strconv.FormatBool(v.Boolval.GetBoolval())
	case *pg.A_Const_Sval:
		return v.Sval.GetSval()
	case *pg.A_Const_Bsval:
		return v.Bsval.GetBsval()
	}
	return ""
}

func joinConsts(nodes []*pg.Node) string {
	parts := make([]string, 0, len(nodes))
	for _, n := range nodes {
		parts = append(parts, constText(n))
	}
	return strings.Join(parts, ", ")
}

// optionTrue says whether a statement's bracketed option is on: (FULL), (FULL true).
// https://www.postgresql.org/docs/current/sql-vacuum.html
func optionTrue(options []*pg.Node, name string) bool {
	for _, o := range options {
		if d := o.GetDefElem(); d.GetDefname() == name {
			switch strings.ToLower(constText(d.GetArg())) {
			case "", "true", "on", "1":
				return true
			}
		}
	}
	return false
}

// optionNames is the options' names, for a change's Action.
func optionNames(options []*pg.Node) string {
	names := make([]string, 0, len(options))
	for _, o := range options {
		names = append(names, o.GetDefElem().GetDefname())
	}
	return strings.Join(names, ", ")
}

func cascades(b pg.DropBehavior) bool { return b == pg.DropBehavior_DROP_CASCADE }
