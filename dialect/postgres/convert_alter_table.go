package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// constraintClause is a clause of ALTER TABLE about a constraint, or nil.
func (c *converter) constraintClause(cl clause) change.Op {
	switch cl.GetSubtype() {
	case pg.AlterTableType_AT_AddConstraint:
		con := c.tableConstraint(cl.GetDef().GetConstraint(), cl.at)
		return &change.AddConstraint{Header: cl.Header, Constraint: con}
	case pg.AlterTableType_AT_ValidateConstraint:
		return &change.ValidateConstraint{Header: cl.Header, Name: cl.GetName()}
	case pg.AlterTableType_AT_DropConstraint:
		return &change.DropConstraint{
			Header: cl.Header, Name: cl.GetName(), IfExists: cl.GetMissingOk(), Cascade: cascades(cl.GetBehavior()),
		}
	case pg.AlterTableType_AT_AlterConstraint:
		// ALTER CONSTRAINT n DEFERRABLE: the words behind the name
		return &change.AlterConstraint{
			Header: cl.Header, Name: pg.AlteredConstraint(cl), Action: cl.at.from(3).words(),
		}
	}
	return nil
}

// tableOption names a property of the table itself and its value; empty for
// what is none.
func (cl clause) tableOption() (option, value string) {
	switch cl.GetSubtype() {
	case pg.AlterTableType_AT_ChangeOwner:
		return "owner", roleName(cl.GetNewowner())
	case pg.AlterTableType_AT_ClusterOn:
		return "cluster on", cl.GetName()
	case pg.AlterTableType_AT_DropCluster:
		return "without cluster", ""
	case pg.AlterTableType_AT_SetLogged:
		return "logged", ""
	case pg.AlterTableType_AT_SetUnLogged:
		return "unlogged", ""
	case pg.AlterTableType_AT_DropOids:
		return "without oids", ""
	case pg.AlterTableType_AT_SetAccessMethod:
		return "access method", cl.GetName()
	case pg.AlterTableType_AT_SetTableSpace:
		return "tablespace", cl.GetName()
	case pg.AlterTableType_AT_SetRelOptions, pg.AlterTableType_AT_ResetRelOptions, pg.AlterTableType_AT_ReplaceRelOptions:
		return "storage", optionValues(cl.GetDef().GetList().GetItems())
	case pg.AlterTableType_AT_GenericOptions:
		return "options", optionValues(cl.GetDef().GetList().GetItems())
	case pg.AlterTableType_AT_AddInherit:
		return "inherit", tableName(cl.GetDef().GetRangeVar()).String()
	case pg.AlterTableType_AT_DropInherit:
		return "no inherit", tableName(cl.GetDef().GetRangeVar()).String()
	case pg.AlterTableType_AT_AddOf:
		return "of", anyName(cl.GetDef()).String()
	case pg.AlterTableType_AT_DropOf:
		return "not of", ""
	case pg.AlterTableType_AT_ReplicaIdentity:
		return "replica identity", replicaIdentity(cl.GetDef().GetReplicaIdentityStmt())
	}
	return cl.switched()
}

// switched is a property that is turned on and off.
func (cl clause) switched() (option, value string) {
	name := cl.GetName()
	switch cl.GetSubtype() {
	case pg.AlterTableType_AT_EnableRowSecurity:
		return "row security", "enable"
	case pg.AlterTableType_AT_DisableRowSecurity:
		return "row security", "disable"
	case pg.AlterTableType_AT_ForceRowSecurity:
		return "row security", "force"
	case pg.AlterTableType_AT_NoForceRowSecurity:
		return "row security", "no force"
	case pg.AlterTableType_AT_EnableTrig:
		return "enable trigger", name
	case pg.AlterTableType_AT_EnableAlwaysTrig:
		return "enable trigger", "always " + name
	case pg.AlterTableType_AT_EnableReplicaTrig:
		return "enable trigger", "replica " + name
	case pg.AlterTableType_AT_EnableTrigAll:
		return "enable trigger", "all"
	case pg.AlterTableType_AT_EnableTrigUser:
		return "enable trigger", "user"
	case pg.AlterTableType_AT_DisableTrig:
		return "disable trigger", name
	case pg.AlterTableType_AT_DisableTrigAll:
		return "disable trigger", "all"
	case pg.AlterTableType_AT_DisableTrigUser:
		return "disable trigger", "user"
	case pg.AlterTableType_AT_EnableRule:
		return "rule", "enable " + name
	case pg.AlterTableType_AT_EnableAlwaysRule:
		return "rule", "enable always " + name
	case pg.AlterTableType_AT_EnableReplicaRule:
		return "rule", "enable replica " + name
	case pg.AlterTableType_AT_DisableRule:
		return "rule", "disable " + name
	}
	return "", ""
}

// replicaIdentity is what ALTER TABLE .. REPLICA IDENTITY says.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY
func replicaIdentity(s *pg.ReplicaIdentityStmt) string {
	switch s.GetIdentityType() {
	case "n":
		return "nothing"
	case "f":
		return "full"
	case "i":
		return "using index " + s.GetName()
	}
	return "default"
}
