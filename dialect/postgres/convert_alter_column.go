package postgres

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// columnClause is a clause of ALTER TABLE about one column, or nil.
func (c *converter) columnClause(cl clause) change.Op {
	switch cl.GetSubtype() {
	case pg.AlterTableType_AT_AddColumn:
		return &change.AddColumn{
			Header: cl.Header, Column: c.column(cl.GetDef().GetColumnDef(), cl.at), IfNotExists: cl.GetMissingOk(),
		}
	case pg.AlterTableType_AT_DropColumn:
		return &change.DropColumn{
			Header: cl.Header, Column: cl.GetName(), ColumnSpan: cl.droppedSpan(),
			IfExists: cl.GetMissingOk(), Cascade: cascades(cl.GetBehavior()),
		}
	case pg.AlterTableType_AT_AlterColumnType:
		return c.alterColumnType(cl)
	case pg.AlterTableType_AT_SetNotNull:
		return &change.SetNotNull{Header: cl.Header, Column: cl.GetName()}
	case pg.AlterTableType_AT_DropNotNull:
		return &change.DropNotNull{Header: cl.Header, Column: cl.GetName()}
	case pg.AlterTableType_AT_ColumnDefault:
		op := &change.ColumnDefault{Header: cl.Header, Column: cl.GetName()}
		op.Default = expr(cl.GetDef(), cl.at.from(cl.at.find(cl.columnName()+1, "DEFAULT")+1).span())
		return op
	case pg.AlterTableType_AT_AddIdentity, pg.AlterTableType_AT_SetIdentity,
		pg.AlterTableType_AT_DropIdentity, pg.AlterTableType_AT_DropExpression:
		return &change.AlterGenerated{
			Header: cl.Header, Column: cl.GetName(), Action: cl.generatedAction(),
			SequenceName: identitySequence(cl.GetDef().GetConstraint().GetOptions()),
		}
	}
	return columnOptionClause(cl)
}

// columnName is the index of the column's name in ALTER [COLUMN] c.
func (cl clause) columnName() int {
	if cl.at.is(1, "COLUMN") {
		return 2
	}
	return 1
}

// droppedSpan is the place of the column's name in DROP [COLUMN] [IF EXISTS] c.
func (cl clause) droppedSpan() change.Span {
	i := cl.columnName()
	if cl.at.are(i, "IF", "EXISTS") && cl.GetMissingOk() {
		i += 2
	}
	return cl.at.spanOf(i)
}

func (c *converter) alterColumnType(cl clause) *change.AlterColumnType {
	def := cl.GetDef().GetColumnDef()
	start := cl.at.at(c.offset(def.GetTypeName().GetLocation()))
	rest := cl.at.from(start)
	end := rest.len()
	using := rest.find(0, "USING")
	if using >= 0 {
		end = using
	}
	collated := end
	if l := def.GetCollClause(); l != nil {
		end = rest.at(c.offset(l.GetLocation()))
	}
	op := &change.AlterColumnType{Header: cl.Header, Column: cl.GetName(), Type: typeOf(def.GetTypeName(), rest.sub(0, end))}
	op.Type.Collation = listName(def.GetCollClause().GetCollname()).String()
	op.Type.CollationSpan = rest.sub(end+1, collated).span()
	if e := def.GetRawDefault(); e != nil {
		op.Using = expr(e, rest.from(using+1).span())
		op.UsingCast = castsItself(e, cl.GetName(), def.GetTypeName())
	}
	return op
}

// castsItself says whether an expression is just the column, or the column cast to the type.
func castsItself(e *pg.Node, column string, to *pg.TypeName) bool {
	if cast := e.GetTypeCast(); cast != nil {
		return sameType(cast.GetTypeName(), to) && castsItself(cast.GetArg(), column, to)
	}
	fields := e.GetColumnRef().GetFields()
	return len(fields) > 0 && fields[len(fields)-1].GetString_().GetSval() == column
}

// generatedAction is the clause's words behind the column's name, without IF
// EXISTS and without sequence options in brackets.
func (cl clause) generatedAction() string {
	switch cl.GetSubtype() {
	case pg.AlterTableType_AT_DropIdentity:
		return "drop identity"
	case pg.AlterTableType_AT_DropExpression:
		return "drop expression"
	}
	words := cl.at.from(cl.columnName() + 1)
	if i := words.findOpen(); i >= 0 {
		words = words.sub(0, i)
	}
	return words.words()
}

// columnOptionClause is a property of a column that needs no change of its own.
func columnOptionClause(cl clause) change.Op {
	op := &change.ColumnOption{Header: cl.Header, Column: cl.GetName()}
	items := cl.GetDef().GetList().GetItems()
	switch cl.GetSubtype() {
	case pg.AlterTableType_AT_SetStatistics:
		op.Option, op.Value = "set statistics", constText(cl.GetDef())
		if op.Column == "" {
			op.Column = strconv.Itoa(int(cl.GetNum()))
		}
	case pg.AlterTableType_AT_SetStorage:
		op.Option, op.Value = "set storage", strings.ToLower(constText(cl.GetDef()))
	case pg.AlterTableType_AT_SetCompression:
		op.Option, op.Value = "set compression", strings.ToLower(constText(cl.GetDef()))
	case pg.AlterTableType_AT_SetOptions:
		op.Option, op.Value = "set ("+optionNames(items)+")", optionValues(items)
	case pg.AlterTableType_AT_ResetOptions:
		op.Option = "reset (" + optionNames(items) + ")"
	case pg.AlterTableType_AT_AlterColumnGenericOptions:
		op.Option, op.Value = "options", optionValues(items)
	default:
		return nil
	}
	return op
}

// optionValues is name=value of each option, joined by commas.
func optionValues(options []*pg.Node) string {
	parts := make([]string, 0, len(options))
	for _, o := range options {
		d := o.GetDefElem()
		name := d.GetDefname()
		if d.GetDefnamespace() != "" {
			name = d.GetDefnamespace() + "." + name
		}
		if d.GetArg() != nil {
			name += "=" + constText(d.GetArg())
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, ",")
}
