package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// session is the statements about transactions and settings.
func (c *converter) session(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_TransactionStmt:
		return c.transaction(v.TransactionStmt)
	case *pg.Node_VariableSetStmt:
		return c.setting(v.VariableSetStmt)
	case *pg.Node_ConstraintsSetStmt:
		value := "immediate"
		if v.ConstraintsSetStmt.GetDeferred() {
			value = "deferred"
		}
		return "set", []change.Op{&change.SetOption{Header: c.head(change.Name{}), Name: "constraints", Value: value, Local: true}}
	case *pg.Node_DiscardStmt:
		return "discard", c.discard(v.DiscardStmt)
	case *pg.Node_NotifyStmt:
		return c.named("notify", "channel", v.NotifyStmt.GetConditionname())
	case *pg.Node_ListenStmt:
		return c.named("listen", "channel", v.ListenStmt.GetConditionname())
	case *pg.Node_UnlistenStmt:
		return c.named("unlisten", "channel", v.UnlistenStmt.GetConditionname())
	case *pg.Node_DeallocateStmt:
		return c.named("deallocate", "prepared statement", v.DeallocateStmt.GetName())
	case *pg.Node_LoadStmt:
		return c.named("load", "library", v.LoadStmt.GetFilename())
	}
	return "", nil
}

// named is a statement whose kind is its verb.
func (c *converter) named(verb, class, name string) (string, []change.Op) {
	return verb, []change.Op{&change.Object{
		Header: c.head(change.Name{}), Class: class, Verb: verb, Name: change.Name{Name: name},
	}}
}

func (c *converter) transaction(s *pg.TransactionStmt) (string, []change.Op) {
	op := &change.TxControl{Header: c.head(change.Name{}), Savepoint: s.GetSavepointName(), Chain: s.GetChain()}
	op.Action = txAction(s.GetKind())
	return strings.ReplaceAll(op.Action, " ", "_"), []change.Op{op}
}

func txAction(k pg.TransactionStmtKind) string {
	switch k {
	case pg.TransactionStmtKind_TRANS_STMT_BEGIN, pg.TransactionStmtKind_TRANS_STMT_START:
		return "begin"
	case pg.TransactionStmtKind_TRANS_STMT_COMMIT:
		return "commit"
	case pg.TransactionStmtKind_TRANS_STMT_ROLLBACK:
		return "rollback"
	case pg.TransactionStmtKind_TRANS_STMT_SAVEPOINT:
		return "savepoint"
	case pg.TransactionStmtKind_TRANS_STMT_RELEASE:
		return "release"
	case pg.TransactionStmtKind_TRANS_STMT_ROLLBACK_TO:
		return "rollback to"
	case pg.TransactionStmtKind_TRANS_STMT_PREPARE:
		return "prepare"
	case pg.TransactionStmtKind_TRANS_STMT_COMMIT_PREPARED:
		return "commit prepared"
	}
	return "rollback prepared"
}

// setting is SET and RESET.
// https://www.postgresql.org/docs/current/sql-set.html
func (c *converter) setting(s *pg.VariableSetStmt) (string, []change.Op) {
	op := &change.SetOption{Header: c.head(change.Name{}), Name: strings.ToLower(s.GetName()), Local: s.GetIsLocal()}
	switch s.GetKind() {
	case pg.VariableSetKind_VAR_SET_MULTI:
		return "set", c.transactionMode(s)
	case pg.VariableSetKind_VAR_RESET_ALL:
		op.Reset, op.All = true, true
		return "reset", []change.Op{op}
	case pg.VariableSetKind_VAR_RESET:
		op.Reset = true
		return "reset", []change.Op{op}
	case pg.VariableSetKind_VAR_SET_DEFAULT:
		op.Reset = true
	default:
		op.Value = joinConsts(s.GetArgs())
	}
	return "set", []change.Op{op}
}

// transactionMode is SET TRANSACTION, which holds for the transaction alone,
// and SET SESSION CHARACTERISTICS, which sets the defaults of those to come.
// https://www.postgresql.org/docs/current/sql-set-transaction.html
func (c *converter) transactionMode(s *pg.VariableSetStmt) []change.Op {
	local := strings.HasPrefix(s.GetName(), "TRANSACTION")
	if s.GetName() == "TRANSACTION SNAPSHOT" {
		return []change.Op{&change.SetOption{
			Header: c.head(change.Name{}), Name: "transaction_snapshot", Value: joinConsts(s.GetArgs()), Local: true,
		}}
	}
	var ops []change.Op
	for _, n := range s.GetArgs() {
		mode := n.GetDefElem()
		op := &change.SetOption{Header: c.head(change.Name{}), Name: mode.GetDefname(), Value: modeValue(mode), Local: local}
		if !local {
			op.Name = "default_" + op.Name
		}
		ops = append(ops, op)
	}
	return ops
}

// modeValue is a transaction mode in the words of the setting that it is.
func modeValue(mode *pg.DefElem) string {
	value := constText(mode.GetArg())
	switch {
	case mode.GetDefname() == "transaction_isolation":
		return value
	case isTrueWord(value):
		return "on"
	}
	return "off"
}

// discard is DISCARD; ALL resets every setting too.
// https://www.postgresql.org/docs/current/sql-discard.html
func (c *converter) discard(s *pg.DiscardStmt) []change.Op {
	if s.GetTarget() == pg.DiscardMode_DISCARD_ALL {
		return []change.Op{&change.SetOption{Header: c.head(change.Name{}), Reset: true, All: true}}
	}
	what := strings.ToLower(strings.TrimPrefix(s.GetTarget().String(), "DISCARD_"))
	return []change.Op{&change.Object{Header: c.head(change.Name{}), Class: "session", Verb: "discard", Action: what}}
}

// settings is the settings that a query makes with set_config() of literals.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET
func (c *converter) settings(s *pg.SelectStmt) []change.Op {
	var ops []change.Op
	for _, n := range s.GetTargetList() {
		f := n.GetResTarget().GetVal().GetFuncCall()
		args := f.GetArgs()
		if listName(f.GetFuncname()).Name != "set_config" || len(args) != 3 || !isLiteral(args[0]) || !isLiteral(args[1]) {
			continue
		}
		ops = append(ops, &change.SetOption{
			Header: c.head(change.Name{}), Name: strings.ToLower(constText(args[0])),
			Value: constText(args[1]), Local: isTrueWord(constText(args[2])),
		})
	}
	return ops
}

// isLiteral says whether an expression is a literal other than NULL.
func isLiteral(n *pg.Node) bool {
	if t := n.GetTypeCast(); t != nil {
		return isLiteral(t.GetArg())
	}
	return n.GetAConst() != nil && !n.GetAConst().GetIsnull()
}
