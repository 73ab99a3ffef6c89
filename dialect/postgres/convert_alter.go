package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// clause is one clause of an ALTER TABLE: its header, tree and text.
type clause struct {
	change.Header
	*pg.AlterTableCmd
	at tokens
}

// alter is ALTER TABLE, and the ALTERs of what else the server keeps as a relation.
func (c *converter) alter(s *pg.AlterTableStmt) (string, []change.Op) {
	texts := c.clauses(len(s.GetCmds()))
	var ops []change.Op
	for i, n := range s.GetCmds() {
		cl := clause{Header: c.headOf(s.GetRelation()), AlterTableCmd: n.GetAlterTableCmd(), at: texts[i]}
		if span := cl.at.span(); span.Valid() {
			cl.Span = span
		}
		ops = append(ops, c.alterClause(s.GetObjtype(), cl))
	}
	return kindOf("alter", className(s.GetObjtype())), ops
}

func (c *converter) alterClause(t pg.ObjectType, cl clause) change.Op {
	switch t {
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_FOREIGN_TABLE:
		return c.tableClause(cl)
	case pg.ObjectType_OBJECT_INDEX:
		return c.indexClause(cl)
	}
	table := cl.Table
	cl.Table, cl.Only = change.Name{}, false
	return &change.Object{Header: cl.Header, Class: className(t), Verb: "alter", Action: cl.action(), Name: table}
}

// tableClause asks in turn for a change of a column, of a constraint, of
// partitions, and of the table itself.
func (c *converter) tableClause(cl clause) change.Op {
	if op := c.newerClause(cl); op != nil {
		return op
	}
	if op := c.columnClause(cl); op != nil {
		return op
	}
	if op := c.constraintClause(cl); op != nil {
		return op
	}
	if op := partitionClause(cl); op != nil {
		return op
	}
	if option, value := cl.tableOption(); option != "" {
		return &change.TableOption{Header: cl.Header, Option: option, Value: value, Other: anyName(cl.GetDef())}
	}
	return &change.Opaque{Header: cl.Header, Why: "this clause of ALTER TABLE is not one that is understood"}
}

// action says what a clause does to a view, a sequence or a type. Where no
// words are set the name of the tree's own subcommand serves: AT_SetLogged is
// "set logged".
func (cl clause) action() string {
	switch cl.GetSubtype() {
	case pg.AlterTableType_AT_ColumnDefault:
		if cl.GetDef() == nil {
			return "drop default"
		}
		return "set default"
	case pg.AlterTableType_AT_AddColumn:
		return "add attribute"
	case pg.AlterTableType_AT_DropColumn:
		return "drop attribute"
	case pg.AlterTableType_AT_AlterColumnType:
		return "alter attribute type"
	case pg.AlterTableType_AT_ChangeOwner:
		return "owner"
	case pg.AlterTableType_AT_SetTableSpace:
		return "set tablespace"
	case pg.AlterTableType_AT_SetRelOptions:
		return "set (" + optionNames(cl.GetDef().GetList().GetItems()) + ")"
	case pg.AlterTableType_AT_ResetRelOptions:
		return "reset (" + optionNames(cl.GetDef().GetList().GetItems()) + ")"
	}
	var words strings.Builder
	for i, r := range strings.TrimPrefix(cl.GetSubtype().String(), "AT_") {
		if i > 0 && r >= 'A' && r <= 'Z' {
			words.WriteByte(' ')
		}
		words.WriteRune(r)
	}
	return strings.ToLower(words.String())
}

func (c *converter) indexClause(cl clause) change.Op {
	op := &change.AlterIndex{Header: cl.Header, Index: cl.Table}
	op.Table, op.Only = change.Name{}, false
	switch cl.GetSubtype() {
	case pg.AlterTableType_AT_AttachPartition:
		op.Action, op.Child = "attach partition", tableName(cl.GetDef().GetPartitionCmd().GetName())
	default:
		op.Action = cl.action()
	}
	return op
}

func partitionClause(cl clause) change.Op {
	part := cl.GetDef().GetPartitionCmd()
	switch cl.GetSubtype() {
	case pg.AlterTableType_AT_AttachPartition:
		return &change.AttachPartition{
			Header: cl.Header, Partition: tableName(part.GetName()), Default: part.GetBound().GetIsDefault(), Bound: bound(part.GetBound()),
		}
	case pg.AlterTableType_AT_DetachPartition:
		return &change.DetachPartition{
			Header: cl.Header, Partition: tableName(part.GetName()), Concurrently: part.GetConcurrent(),
		}
	case pg.AlterTableType_AT_DetachPartitionFinalize:
		return &change.DetachPartition{Header: cl.Header, Partition: tableName(part.GetName()), Finalize: true}
	}
	return nil
}
