package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/schema"
)

// ownName is where the name of what a statement or a constraint makes stands;
// missing where none is written.
func ownName(w *piece) (at place, written, ok bool) {
	switch v := w.root.GetNode().(type) {
	case *pg.Node_IndexStmt:
		return place{v.IndexStmt, "idxname"}, v.IndexStmt.GetIdxname() != "", true
	case *pg.Node_CreateTrigStmt:
		return place{v.CreateTrigStmt, "trigname"}, true, true
	case *pg.Node_RuleStmt:
		return place{v.RuleStmt, "rulename"}, true, true
	case *pg.Node_CreatePolicyStmt:
		return place{v.CreatePolicyStmt, "policy_name"}, true, true
	case *pg.Node_ViewStmt:
		return place{v.ViewStmt.GetView(), "relname"}, true, true
	case *pg.Node_CreateTableAsStmt:
		return place{v.CreateTableAsStmt.GetInto().GetRel(), "relname"}, true, true
	case *pg.Node_CreateStmt:
		return ownOfTable(w, v.CreateStmt)
	case *pg.Node_CreateSeqStmt:
		return place{v.CreateSeqStmt.GetSequence(), "relname"}, true, true
	case *pg.Node_CreateStatsStmt:
		return lastIn(v.CreateStatsStmt.GetDefnames())
	case *pg.Node_CreateFunctionStmt:
		return lastIn(v.CreateFunctionStmt.GetFuncname())
	case *pg.Node_CreateEnumStmt:
		return lastIn(v.CreateEnumStmt.GetTypeName())
	case *pg.Node_CreateDomainStmt:
		return lastIn(v.CreateDomainStmt.GetDomainname())
	case *pg.Node_CreatePublicationStmt:
		return place{v.CreatePublicationStmt, "pubname"}, true, true
	case *pg.Node_CommentStmt:
		return lastIn(v.CommentStmt.GetObject().GetList().GetItems())
	case *pg.Node_AlterTableStmt:
		return ownOfClause(v.AlterTableStmt)
	}
	return place{}, false, false
}

// lastIn is the last of a list of names, if there are any.
func lastIn(names []*pg.Node) (at place, written, ok bool) {
	if s := lastString(names); s != nil {
		return place{s, "sval"}, true, true
	}
	return place{}, false, true
}

// ownOfTable is a column constraint's name, a column's, or the table's.
func ownOfTable(w *piece, c *pg.CreateStmt) (at place, written, ok bool) {
	switch w.piece.Kind {
	case schema.StatementPiece:
		return place{c.GetRelation(), "relname"}, true, true
	case schema.ColumnPiece:
		return place{c.GetTableElts()[0].GetColumnDef(), "colname"}, true, true
	}
	if list := c.GetTableElts()[0].GetColumnDef().GetConstraints(); len(list) > 0 {
		return place{list[0].GetConstraint(), "conname"}, list[0].GetConstraint().GetConname() != "", true
	}
	return place{}, false, false
}

// ownOfClause is the name of the constraint that a clause of ALTER TABLE adds,
// or of the trigger, rule, index or constraint that it is about.
func ownOfClause(a *pg.AlterTableStmt) (at place, written, ok bool) {
	if len(a.GetCmds()) != 1 {
		return place{}, false, false
	}
	c := a.GetCmds()[0].GetAlterTableCmd()
	switch {
	case c.GetDef().GetConstraint() != nil:
		return place{c.GetDef().GetConstraint(), "conname"}, c.GetDef().GetConstraint().GetConname() != "", true
	case c.GetDef().GetReplicaIdentityStmt().GetName() != "":
		return place{c.GetDef().GetReplicaIdentityStmt(), "name"}, true, true
	case c.GetName() != "" && !namesColumn(c.GetSubtype()):
		return place{c, "name"}, true, true
	}
	return place{}, false, false
}

// nameGap is where a name can be put that is not written, and what must be put there.
func nameGap(w *piece, name string) (edit, bool) {
	name = Text{}.Quote(name)
	before := func(i int, text string) (edit, bool) {
		at := w.toks.spanOf(i)
		return edit{change.Span{Start: at.Start, End: at.Start}, text}, at.Valid()
	}
	first := w.toks.at(w.start)
	switch {
	case w.piece.Kind == schema.ConstraintPiece, w.piece.Kind == schema.InlinePiece:
		return before(first, "CONSTRAINT "+name+" ")
	case w.piece.Kind == schema.ClausePiece && w.toks.is(first, "ADD"):
		return before(first+1, "CONSTRAINT "+name+" ")
	case w.root.GetIndexStmt() != nil:
		return before(w.toks.find(first, "ON"), name+" ")
	case w.root.GetCreateStatsStmt() != nil:
		return before(first+2, name+" ")
	}
	return edit{}, false
}

// withName gives a definition another name.
func withName(p schema.Piece, name string) (string, error) {
	w, err := readText(p)
	if err != nil {
		return "", err
	}
	at, written, ok := ownName(w)
	if !ok {
		return "", w.problem("unsupported", change.Span{}, "it makes nothing that has a name")
	}
	e := (&following{follower: &follower{piece: w}}).editing()
	if written {
		was := at.node.ProtoReflect().Get(at.node.ProtoReflect().Descriptor().Fields().ByName(at.field)).String()
		e.tokens, _ = w.places(func(n string) bool { return n == was })
		i, ok, err := e.tokenOf(at)
		if err != nil || !ok {
			return "", err
		}
		e.replace(i, w.toks.spanOf(i), w.toks.like(i, name))
		at.set(name)
		return e.result()
	}
	gap, ok := nameGap(w, name)
	if !ok {
		return "", w.problem("unsupported", change.Span{}, "there is no place for a name")
	}
	e.edits = append(e.edits, gap)
	return e.nameResult(name)
}

// nameResult is the text with a name put in: the name is all that the trees differ in.
func (e *editing) nameResult(name string) (string, error) {
	at, _, ok := ownName(e.piece)
	if ok && at.node != nil {
		at.set(name)
		return e.result()
	}
	st := e.piece.root.GetCreateStatsStmt()
	st.Defnames = []*pg.Node{pg.MakeStrNode(name)}
	return e.result()
}
