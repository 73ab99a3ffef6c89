package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// session reads the statements that neither define nor query a table:
// transactions, accounts, prepared statements, administration.
func (r *reader) session() []change.Op {
	word := r.keyword()
	switch word {
	case "START", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "XA":
		return r.transaction(word)
	case "USE":
		r.kind = "use"
		r.next()
		return r.whole(one(&change.Object{Class: "database", Verb: "use", Name: change.Name{Name: r.ident()}}))
	case "PREPARE", "EXECUTE", "DEALLOCATE", "CALL", "IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR", "EXPLAIN", "DESCRIBE", "DESC":
		return r.indirect(word)
	}
	verb, class := adminClass(word)
	if class == "" {
		r.fail(r.unexpected() + ": no statement begins so")
		return nil
	}
	r.kind = strings.ReplaceAll(verb, " ", "_")
	if len(r.toks) == 1 && !standsAlone(word) {
		r.next()
		r.failWant("more")
		return nil
	}
	r.at = len(r.toks)
	return r.whole(one(&change.Object{Class: class, Verb: verb}))
}

func standsAlone(word string) bool {
	return word == "RESIGNAL" || word == "SHUTDOWN" || word == "RESTART"
}

// adminClass tells the statements that touch no table's definition by their first word.
func adminClass(word string) (verb, class string) {
	switch word {
	case "GRANT", "REVOKE":
		return strings.ToLower(word), "grant"
	case "SHOW", "HELP":
		return strings.ToLower(word), "show"
	case "SIGNAL", "RESIGNAL", "GET":
		return strings.ToLower(word), "diagnostics"
	case "HANDLER":
		return "handler", "handler"
	case "INSTALL", "UNINSTALL":
		return strings.ToLower(word), "plugin"
	case "CHANGE", "STOP", "RESET", "PURGE", "BINLOG":
		return strings.ToLower(word), "replication"
	case "KILL", "SHUTDOWN", "RESTART", "CLONE", "CACHE", "BACKUP", "IMPORT":
		return strings.ToLower(word), "server"
	}
	return "", ""
}

// indirect reads what runs a text or a body.
func (r *reader) indirect(word string) []change.Op {
	r.kind = strings.ToLower(word)
	switch word {
	case "PREPARE":
		r.next()
		return r.prepare()
	case "EXECUTE":
		r.next()
		return r.execute()
	case "CALL":
		r.next()
		return r.call()
	case "DEALLOCATE":
		return r.rest(&change.Object{Class: "prepared statement", Verb: "drop"})
	case "EXPLAIN", "DESCRIBE", "DESC":
		if !r.is(word, "ANALYZE") {
			return r.rest(&change.Object{Class: "show", Verb: "explain"})
		}
		return r.rest(&change.Opaque{Why: "EXPLAIN ANALYZE runs the statement behind it"})
	}
	r.kind = "compound"
	return r.compound()
}

// rest is the operation of a statement whose further words are of no interest;
// there must be some.
func (r *reader) rest(op change.Op) []change.Op {
	if r.err != nil {
		return nil
	}
	r.at = len(r.toks)
	if len(r.toks) == 1 {
		r.failWant("more")
	}
	return r.whole(one(op))
}

// transaction reads the statements of transaction control.
// https://dev.mysql.com/doc/refman/8.4/en/commit.html
func (r *reader) transaction(word string) []change.Op {
	op := &change.TxControl{Action: strings.ToLower(word)}
	r.kind = op.Action
	r.next()
	switch word {
	case "BEGIN":
		if r.accept("NOT", "ATOMIC") {
			r.kind = "compound"
			return r.compound()
		}
		r.accept("WORK")
	case "START":
		return r.start(op)
	case "COMMIT", "ROLLBACK":
		r.endTransaction(op)
	case "SAVEPOINT":
		op.Savepoint = r.ident()
	case "RELEASE":
		r.expect("SAVEPOINT")
		op.Savepoint = r.ident()
		r.kind = "release_savepoint"
	case "XA":
		op.Action = "xa " + strings.ToLower(r.ident())
		r.at = len(r.toks)
	}
	return r.whole(one(op))
}

// start reads START TRANSACTION; START REPLICA and the like are administration.
func (r *reader) start(op *change.TxControl) []change.Op {
	if !r.accept("TRANSACTION") {
		r.kind = "start"
		return r.rest(&change.Object{Class: "replication", Verb: "start"})
	}
	op.Action, r.kind = "begin", "begin"
	for !r.done() {
		switch {
		case r.accept("WITH", "CONSISTENT", "SNAPSHOT"), r.accept("READ", "ONLY"), r.accept("READ", "WRITE"):
			r.acceptPunct(",")
		default:
			r.failHere()
		}
	}
	return r.whole(one(op))
}

// endTransaction moves over [WORK] [AND [NO] CHAIN] [[NO] RELEASE] or TO SAVEPOINT s.
func (r *reader) endTransaction(op *change.TxControl) {
	r.accept("WORK")
	if op.Action == "rollback" && r.accept("TO") {
		r.accept("SAVEPOINT")
		op.Action, op.Savepoint = "rollback to", r.ident()
		r.kind = "rollback_to"
		return
	}
	if r.accept("AND") {
		op.Chain = !r.accept("NO")
		r.expect("CHAIN")
	}
	if r.accept("NO") {
		r.expect("RELEASE")
		return
	}
	r.accept("RELEASE")
}
