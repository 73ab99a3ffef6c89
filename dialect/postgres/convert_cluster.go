package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// cluster is the statements about databases, tablespaces, settings of the
// server, extensions and foreign data.
func (c *converter) cluster(n *pg.Node) (string, []change.Op) {
	o := change.Object{Verb: "create"}
	switch v := n.GetNode().(type) {
	case *pg.Node_CreatedbStmt:
		o.Class, o.Name.Name = "database", v.CreatedbStmt.GetDbname()
	case *pg.Node_DropdbStmt:
		o.Class, o.Verb, o.Name.Name, o.IfExists = "database", "drop", v.DropdbStmt.GetDbname(), v.DropdbStmt.GetMissingOk()
	case *pg.Node_AlterDatabaseStmt:
		o.Class, o.Verb, o.Name.Name = "database", "alter", v.AlterDatabaseStmt.GetDbname()
		o.Action = optionNames(v.AlterDatabaseStmt.GetOptions())
	case *pg.Node_AlterDatabaseSetStmt:
		o.Class, o.Verb, o.Action, o.Name.Name = "database", "alter", "set", v.AlterDatabaseSetStmt.GetDbname()
		o.Values = []string{v.AlterDatabaseSetStmt.GetSetstmt().GetName()}
	case *pg.Node_AlterDatabaseRefreshCollStmt:
		o.Class, o.Verb, o.Action = "database", "alter", "refresh collation version"
		o.Name.Name = v.AlterDatabaseRefreshCollStmt.GetDbname()
	case *pg.Node_AlterSystemStmt:
		o.Class, o.Verb, o.Name.Name = "system", "alter", strings.ToLower(v.AlterSystemStmt.GetSetstmt().GetName())
		o.Values = []string{joinConsts(v.AlterSystemStmt.GetSetstmt().GetArgs())}
	case *pg.Node_CreateTableSpaceStmt:
		o.Class, o.Name.Name = "tablespace", v.CreateTableSpaceStmt.GetTablespacename()
	case *pg.Node_DropTableSpaceStmt:
		o.Class, o.Verb, o.Name.Name = "tablespace", "drop", v.DropTableSpaceStmt.GetTablespacename()
	case *pg.Node_AlterTableSpaceOptionsStmt:
		o.Class, o.Verb, o.Name.Name = "tablespace", "alter", v.AlterTableSpaceOptionsStmt.GetTablespacename()
	case *pg.Node_CreateExtensionStmt:
		o.Class, o.Name.Name, o.IfNotExists = "extension", v.CreateExtensionStmt.GetExtname(), v.CreateExtensionStmt.GetIfNotExists()
	case *pg.Node_AlterExtensionStmt:
		o.Class, o.Verb, o.Action, o.Name.Name = "extension", "alter", "update", v.AlterExtensionStmt.GetExtname()
	case *pg.Node_AlterExtensionContentsStmt:
		s := v.AlterExtensionContentsStmt
		o.Class, o.Verb, o.Action, o.Name.Name = "extension", "alter", "member "+className(s.GetObjtype()), s.GetExtname()
	default:
		return c.foreign(n)
	}
	return c.object(o)
}

// foreign is the statements about foreign data.
func (c *converter) foreign(n *pg.Node) (string, []change.Op) {
	o := change.Object{Verb: "create"}
	switch v := n.GetNode().(type) {
	case *pg.Node_CreateFdwStmt:
		o.Class, o.Name.Name = "foreign data wrapper", v.CreateFdwStmt.GetFdwname()
	case *pg.Node_AlterFdwStmt:
		o.Class, o.Verb, o.Name.Name = "foreign data wrapper", "alter", v.AlterFdwStmt.GetFdwname()
	case *pg.Node_CreateForeignServerStmt:
		o.Class, o.Name.Name, o.IfNotExists = "server", v.CreateForeignServerStmt.GetServername(), v.CreateForeignServerStmt.GetIfNotExists()
	case *pg.Node_AlterForeignServerStmt:
		o.Class, o.Verb, o.Name.Name = "server", "alter", v.AlterForeignServerStmt.GetServername()
	case *pg.Node_CreateUserMappingStmt:
		o.Class, o.Name.Name, o.IfNotExists = "user mapping", roleName(v.CreateUserMappingStmt.GetUser()), v.CreateUserMappingStmt.GetIfNotExists()
	case *pg.Node_AlterUserMappingStmt:
		o.Class, o.Verb, o.Name.Name = "user mapping", "alter", roleName(v.AlterUserMappingStmt.GetUser())
	case *pg.Node_DropUserMappingStmt:
		o.Class, o.Verb, o.Name.Name = "user mapping", "drop", roleName(v.DropUserMappingStmt.GetUser())
		o.IfExists = v.DropUserMappingStmt.GetMissingOk()
	case *pg.Node_ImportForeignSchemaStmt:
		o.Class, o.Verb, o.Name.Name = "foreign schema", "import", v.ImportForeignSchemaStmt.GetRemoteSchema()
		o.To = v.ImportForeignSchemaStmt.GetLocalSchema()
	default:
		return "", nil
	}
	return c.object(o)
}
