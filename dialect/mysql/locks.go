package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// locks reads LOCK, UNLOCK and FLUSH. A server-wide lock is about no single
// table, so it is not understood here.
func (r *reader) locks(word string) []change.Op {
	r.kind = strings.ToLower(word)
	switch {
	case r.is("LOCK", "TABLE"), r.is("LOCK", "TABLES"):
		r.kind = "lock_tables"
		return r.whole(r.lockTables())
	case word == "LOCK":
		return r.rest(&change.Opaque{Why: "a lock on the whole server"})
	case word == "UNLOCK":
		return r.rest(&change.Object{Class: "lock", Verb: "unlock"})
	}
	return r.flush()
}

// flush reads FLUSH; FLUSH TABLES t WITH READ LOCK locks as LOCK TABLES does.
// https://dev.mysql.com/doc/refman/8.4/en/flush.html
func (r *reader) flush() []change.Op {
	r.next()
	r.acceptOne("NO_WRITE_TO_BINLOG", "LOCAL")
	locking := r.endsWith("READ", "LOCK") || r.endsWith("FOR", "EXPORT")
	if r.acceptOne("TABLES", "TABLE") == "" || !locking {
		r.at = 1
		return r.rest(&change.Object{Class: "server", Verb: "flush"})
	}
	if r.is("WITH") {
		return r.rest(&change.Opaque{Why: "a read lock on every table of the server"})
	}
	var ops []change.Op
	for _, name := range r.tableNames() {
		ops = append(ops, &change.LockTable{Header: change.Header{Table: name}})
	}
	if r.err == nil {
		r.at = len(r.toks)
	}
	return r.whole(ops)
}

func (r *reader) endsWith(words ...string) bool {
	n := len(r.toks) - len(words)
	return n >= 0 && token.Words(r.src, r.toks[n:], words...)
}

// maintain reads OPTIMIZE, ANALYZE, CHECK, REPAIR and CHECKSUM TABLE t, ..
// MariaDB's ANALYZE before a query runs it.
func (r *reader) maintain() []change.Op {
	action := strings.ToLower(r.text(r.next()))
	r.acceptOne("NO_WRITE_TO_BINLOG", "LOCAL")
	if r.acceptOne("TABLE", "TABLES") == "" {
		if action != "analyze" {
			r.failWant("TABLE")
			return nil
		}
		r.at = len(r.toks)
		return one(&change.Opaque{Why: "ANALYZE runs the statement behind it"})
	}
	var ops []change.Op
	r.each(func(span func() change.Span) {
		op := &change.Maintain{Action: action}
		op.Table = r.name()
		op.Span = span()
		ops = append(ops, op)
	})
	ops = r.waitOps(ops, change.Name{})
	if r.err == nil {
		r.at = len(r.toks) // QUICK, EXTENDED, PERSISTENT FOR .., UPDATE HISTOGRAM ..
	}
	return onlyOne(ops)
}
