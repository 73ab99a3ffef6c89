package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// reader explains one statement.
type reader struct {
	cursor
	piece  piece
	tidb   *tidb
	source *source
	inner  []*change.Stmt // what the statement runs, with places in the file
	kind   string
	// seconded is a statement that TiDB's parser may have a second opinion on.
	seconded bool
	// value is the value that SET gives, as last read.
	value change.Span
	// renamed gives the names back that were masked, because TiDB reserves them.
	renamed map[string]string
}

// statement reads the statement at the cursor. What its first words do not
// tell is left to TiDB's parser.
func (r *reader) statement() []change.Op {
	switch word := r.keyword(); word {
	case "ALTER":
		r.next()
		return r.alter()
	case "CREATE":
		r.next()
		return r.create()
	case "DROP":
		r.next()
		return r.drop()
	case "RENAME":
		r.next()
		return r.rename()
	case "TRUNCATE":
		r.kind, r.seconded = "truncate", true
		return r.whole(r.truncate())
	case "SET":
		r.kind = "set"
		return r.setStatement()
	case "LOCK", "UNLOCK", "FLUSH":
		return r.locks(word)
	case "OPTIMIZE", "ANALYZE", "CHECK", "REPAIR", "CHECKSUM":
		r.kind = strings.ToLower(word)
		return r.whole(r.maintain())
	case "INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT", "WITH", "VALUES", "TABLE", "LOAD", "DO", "":
		return r.query(word)
	}
	return r.session()
}

// whole gives operations without a span of their own the statement's.
func (r *reader) whole(ops []change.Op) []change.Op {
	if r.unfinished() {
		return nil
	}
	for _, op := range ops {
		if h := op.Head(); !h.Span.Valid() {
			h.Span = r.piece.Span
		}
	}
	return ops
}

// unfinished says that the grammar failed, or left something over.
func (r *reader) unfinished() bool {
	r.unexpectedRest()
	return r.err != nil
}

func (r *reader) alter() []change.Op {
	switch {
	case r.is("TABLE"), r.is("ONLINE"), r.is("IGNORE"):
		r.kind, r.seconded = "alter_table", true
		return r.whole(r.alterTable())
	}
	r.definition()
	if r.is("VIEW") {
		r.next()
		return r.view("alter", false)
	}
	return r.object("alter")
}

func (r *reader) create() []change.Op {
	orReplace := r.accept("OR", "REPLACE")
	switch r.keyword() {
	case "TEMPORARY", "TABLE":
		if r.is("TEMPORARY", "SEQUENCE") {
			break
		}
		r.kind, r.seconded = "create_table", true
		return r.createTableAs(orReplace)
	case "UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "INDEX":
		if r.is("SPATIAL", "REFERENCE") {
			break
		}
		r.kind, r.seconded = "create_index", true
		return r.whole(r.createIndex(orReplace))
	}
	r.definition()
	switch {
	case r.accept("VIEW"):
		return r.view("create", orReplace)
	case r.accept("TRIGGER"):
		return r.trigger(orReplace)
	}
	ops := r.object("create")
	for _, op := range ops {
		if o, ok := op.(*change.Object); ok {
			o.OrReplace = orReplace
		}
	}
	return ops
}

// createTableAs reads CREATE TABLE and the query that fills it, if any.
func (r *reader) createTableAs(orReplace bool) []change.Op {
	op, query := r.createTable(orReplace)
	if r.unfinished() {
		return nil
	}
	if query.Valid() {
		op.Sources = r.sources(query)
	}
	return r.whole(one(op))
}

// definition moves over what may stand before VIEW, TRIGGER and routines.
func (r *reader) definition() {
	for r.err == nil {
		switch {
		case r.accept("ALGORITHM"):
			r.expectPunct("=")
			r.ident()
		case r.accept("DEFINER"):
			r.expectPunct("=")
			r.account()
		case r.accept("SQL", "SECURITY"):
			r.ident()
		case r.acceptOne("AGGREGATE", "TEMPORARY") != "":
		default:
			return
		}
	}
}

// account moves over user@host, 'user'@'host' or CURRENT_USER().
func (r *reader) account() {
	if k := r.peek().Kind; k != token.Word && k != token.Quoted && k != token.String {
		r.failWant("an account")
		return
	}
	r.next()
	switch {
	case r.peek().Kind == token.Param:
		r.next()
	case r.acceptPunct("("):
		r.expectPunct(")")
	}
}

func (r *reader) drop() []change.Op {
	switch r.keyword() {
	case "TABLE", "TABLES":
		r.kind, r.seconded = "drop_table", true
		return r.whole(r.dropTables())
	case "TEMPORARY":
		if r.is("TEMPORARY", "SEQUENCE") {
			break
		}
		r.kind, r.seconded = "drop_table", true
		return r.whole(r.dropTables())
	case "INDEX":
		r.kind, r.seconded = "drop_index", true
		return r.whole(r.dropIndex())
	case "PREPARE":
		return r.indirect("DEALLOCATE")
	case "TRIGGER":
		r.kind = "drop_trigger"
		return r.whole(one(r.dropTrigger()))
	}
	r.accept("TEMPORARY")
	return r.object("drop")
}

func (r *reader) rename() []change.Op {
	if r.is("USER") {
		return r.object("rename")
	}
	r.kind, r.seconded = "rename_table", true
	return r.whole(r.renameTables())
}
