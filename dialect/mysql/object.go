package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// object reads CREATE, ALTER, DROP and RENAME of what is neither a table nor an
// index, from the word that names its class. Only its name is of interest.
func (r *reader) object(verb string) []change.Op {
	class := r.objectClass()
	if class == "" {
		r.failWant("something that can be " + past(verb))
		return nil
	}
	r.kind = verb + "_" + strings.ReplaceAll(class, " ", "_")
	first := change.Object{Class: class, Verb: verb}
	first.IfExists = r.accept("IF", "EXISTS")
	first.IfNotExists = r.accept("IF", "NOT", "EXISTS")
	ops := r.objectNames(&first)
	if r.err != nil {
		return nil
	}
	r.at = len(r.toks)
	return r.whole(ops)
}

func past(verb string) string {
	return map[string]string{"create": "created", "alter": "altered", "drop": "dropped", "rename": "renamed"}[verb]
}

// objectNames reads the object's name; DROP VIEW and DROP SEQUENCE may name several.
func (r *reader) objectNames(first *change.Object) []change.Op {
	ofDefault := first.Class == "database" && first.Verb == "alter" && (r.isCharset() || isReserved(r.keyword()))
	if !r.isName() || ofDefault || first.Class == "user" || first.Class == "role" || first.Class == "instance" {
		if r.done() {
			r.failWant("a name")
		}
		return []change.Op{first}
	}
	first.Name = r.name()
	ops := []change.Op{first}
	if first.Class == "procedure" {
		r.procedure(first)
		return ops
	}
	if first.Verb != "drop" || r.acceptPunct("(") {
		return ops
	}
	for r.acceptPunct(",") {
		next := *first
		next.Name = r.name()
		ops = append(ops, &next)
	}
	return ops
}

// procedure follows what procedures there are.
func (r *reader) procedure(op *change.Object) {
	switch {
	case op.Verb == "create":
		r.define(op)
	case op.Verb == "drop" && !r.source.conditional:
		delete(r.source.known.routines, strings.ToLower(op.Name.Name))
	}
}

// objectClass moves over the words that name a class of objects, and returns
// them in lower case.
func (r *reader) objectClass() string {
	for _, class := range [...]string{
		"DATABASE", "SCHEMA", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE BODY", "PACKAGE", "SEQUENCE", "USER", "ROLE",
		"SERVER", "UNDO TABLESPACE", "TABLESPACE", "LOGFILE GROUP", "RESOURCE GROUP", "SPATIAL REFERENCE SYSTEM",
		"LIBRARY", "VIEW", "INSTANCE", "JSON RELATIONAL DUALITY VIEW", "JSON DUALITY VIEW", "MATERIALIZED VIEW", "CATALOG",
	} {
		if r.accept(strings.Fields(class)...) {
			if class == "SCHEMA" {
				class = "DATABASE"
			}
			return strings.ToLower(class)
		}
	}
	return ""
}

// trigger reads CREATE TRIGGER, from the word after TRIGGER.
// https://dev.mysql.com/doc/refman/8.4/en/create-trigger.html
func (r *reader) trigger(orReplace bool) []change.Op {
	r.kind = "create_trigger"
	op := &change.CreateTrigger{OrReplace: orReplace}
	op.IfNotExists = r.accept("IF", "NOT", "EXISTS")
	op.Name = r.name().Name
	r.met(anOwnName)
	if r.acceptOne("BEFORE", "AFTER") == "" {
		r.failWant("BEFORE or AFTER")
	}
	r.triggerEvent()
	for r.accept("OR") {
		r.triggerEvent()
	}
	r.expect("ON")
	op.Table = r.relation()
	r.expect("FOR", "EACH", "ROW")
	if r.done() {
		r.failWant("a statement")
	}
	if r.err == nil {
		r.at = len(r.toks)
	}
	return r.whole(one(op))
}

// triggerEvent moves over INSERT, DELETE or UPDATE [OF columns].
func (r *reader) triggerEvent() {
	if r.acceptOne("INSERT", "UPDATE", "DELETE") == "" {
		r.failWant("INSERT, UPDATE or DELETE")
	}
	if r.accept("OF") {
		r.column()
		for r.acceptPunct(",") {
			r.column()
		}
	}
}

func (r *reader) dropTrigger() change.Op {
	r.expect("TRIGGER")
	exists := r.accept("IF", "EXISTS")
	return &change.DropTrigger{Name: r.name().Name, IfExists: exists}
}

// view reads CREATE VIEW and ALTER VIEW, from the word after VIEW.
// https://dev.mysql.com/doc/refman/8.4/en/create-view.html
func (r *reader) view(verb string, orReplace bool) []change.Op {
	r.kind = verb + "_view"
	op := &change.Object{Class: "view", Verb: verb, OrReplace: orReplace}
	r.accept("IF", "NOT", "EXISTS")
	op.Name = r.relation()
	if r.isPunct("(") {
		r.list(func() { r.ident() }) // names of the view's own
	}
	r.expect("AS")
	if r.err == nil && !r.isQuery(0) {
		r.failWant("a query")
	}
	if r.err != nil {
		return nil
	}
	start := r.at
	r.at = r.checkOption()
	op.Tables = r.sources(r.spanFrom(start))
	r.at = len(r.toks)
	return r.whole(one(op))
}

// checkOption is where WITH [CASCADED|LOCAL] CHECK OPTION begins, or the end.
func (r *reader) checkOption() int {
	n := len(r.toks)
	if n < 3 || !r.toks[n-2].Is(r.src, "CHECK") || !r.toks[n-1].Is(r.src, "OPTION") {
		return n
	}
	for n -= 3; n > 0; n-- {
		if r.toks[n].Is(r.src, "WITH") {
			return n
		}
		if !r.toks[n].Is(r.src, "CASCADED") && !r.toks[n].Is(r.src, "LOCAL") {
			break
		}
	}
	return len(r.toks)
}
