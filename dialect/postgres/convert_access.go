package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// access is the statements about roles and what they may do.
func (c *converter) access(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_GrantStmt:
		return c.grant(v.GrantStmt)
	case *pg.Node_GrantRoleStmt:
		verb := grantVerb(v.GrantRoleStmt.GetIsGrant())
		_, ops := c.object(change.Object{Class: "grant", Verb: verb, Action: "role"})
		return verb, ops
	case *pg.Node_AlterDefaultPrivilegesStmt:
		verb := grantVerb(v.AlterDefaultPrivilegesStmt.GetAction().GetIsGrant())
		_, ops := c.object(change.Object{Class: "grant", Verb: verb, Action: "default privileges"})
		return "alter_default_privileges", ops
	case *pg.Node_DropOwnedStmt:
		return "drop_owned", c.opaque("DROP OWNED drops whatever the role owns; what that is, the text does not say")
	case *pg.Node_ReassignOwnedStmt:
		_, ops := c.object(change.Object{Class: "role", Verb: "alter", Action: "reassign owned", To: roleName(v.ReassignOwnedStmt.GetNewrole())})
		return "reassign_owned", ops
	case *pg.Node_CreateRoleStmt:
		return c.object(change.Object{Class: "role", Verb: "create", Name: change.Name{Name: v.CreateRoleStmt.GetRole()}})
	case *pg.Node_AlterRoleStmt:
		s := v.AlterRoleStmt
		return c.object(change.Object{Class: "role", Verb: "alter", Action: optionNames(s.GetOptions()), Name: change.Name{Name: roleName(s.GetRole())}})
	case *pg.Node_AlterRoleSetStmt:
		s := v.AlterRoleSetStmt
		return c.object(change.Object{Class: "role", Verb: "alter", Action: "set", Name: change.Name{Name: roleName(s.GetRole())}, Values: []string{s.GetSetstmt().GetName()}})
	case *pg.Node_DropRoleStmt:
		return c.dropRoles(v.DropRoleStmt)
	}
	return "", nil
}

func grantVerb(grant bool) string {
	if grant {
		return "grant"
	}
	return "revoke"
}

// grant is GRANT and REVOKE, one change per object; its action is the class of the object.
func (c *converter) grant(s *pg.GrantStmt) (string, []change.Op) {
	verb := grantVerb(s.GetIsGrant())
	action := className(s.GetObjtype())
	if s.GetTargtype() == pg.GrantTargetType_ACL_TARGET_ALL_IN_SCHEMA {
		action = "all in schema"
	}
	var ops []change.Op
	for _, n := range s.GetObjects() {
		o := &change.Object{Header: c.head(change.Name{}), Class: "grant", Verb: verb, Action: action, Name: anyName(n)}
		if n.GetRangeVar() != nil && s.GetObjtype() == pg.ObjectType_OBJECT_TABLE {
			o.Table = o.Name
		}
		ops = append(ops, o)
	}
	return verb, ops
}

func (c *converter) dropRoles(s *pg.DropRoleStmt) (string, []change.Op) {
	var ops []change.Op
	for _, n := range s.GetRoles() {
		ops = append(ops, &change.Object{Header: c.head(change.Name{}), Class: "role", Verb: "drop", Name: anyName(n), IfExists: s.GetMissingOk()})
	}
	return "drop_role", ops
}
