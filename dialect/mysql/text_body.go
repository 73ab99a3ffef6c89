package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// body follows the statements and expressions of a trigger's body, from a token on.
// https://dev.mysql.com/doc/refman/8.4/en/sql-compound-statements.html
func (f *follower) body(from int, rows []*scope) {
	type part struct {
		from, to int
		expr     bool
	}
	var parts []part
	b := &body{source: f.r.source}
	b.cursor = f.r.cursor
	b.at, b.named = from, nil
	b.cut = func(from, to int, expr bool) {
		if from < to {
			parts = append(parts, part{from, to, expr})
		}
	}
	b.statement()
	b.acceptPunct(";")
	b.unexpectedRest()
	if b.err != nil {
		f.problem("syntax", b.err.Span, b.err.Message)
		return
	}
	f.locals = b.locals
	for _, p := range parts {
		f.bodyPart(p.from, p.to, p.expr, rows)
	}
}

// bodyPart follows one statement of a body, or an expression.
func (f *follower) bodyPart(from, to int, expr bool, rows []*scope) {
	first := f.r.toks[from]
	switch {
	case expr:
		f.fragment(from, to, true, rows)
	case first.Is(f.r.src, "SET"):
		f.assignments(from+1, to, rows)
	case isQueryWord(strings.ToUpper(f.r.text(first))), first.IsPunct(f.r.src, "("):
		f.fragment(from, to, false, rows)
	default: // SIGNAL, CALL, GET DIAGNOSTICS ..: what they name are variables, and NEW and OLD
		f.rowColumns(from, to, rows)
	}
}

func isQueryWord(upper string) bool {
	switch upper {
	case "SELECT", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE", "DO":
		return true
	}
	return false
}

// assignments follows SET a = x, NEW.b = y.
func (f *follower) assignments(from, to int, rows []*scope) {
	for _, item := range token.SplitCommas(f.r.src, f.r.toks[from:to]) {
		equal := slices.IndexFunc(item, func(t token.Token) bool { return t.IsPunct(f.r.src, "=") || t.IsPunct(f.r.src, ":=") })
		if equal < 1 {
			f.problem("syntax", token.SpanOf(item), "a value is missing")
			return
		}
		f.rowColumns(from, from+equal, rows)
		f.fragment(from+equal+1, from+len(item), true, rows)
		from += len(item) + 1
	}
}

// rowColumns finds NEW.c and OLD.c by their tokens: they stand where a value is given
// or taken, and no expression is read.
func (f *follower) rowColumns(from, to int, rows []*scope) {
	for i := from; i+2 < to; i++ {
		if !f.r.toks[i+1].IsPunct(f.r.src, ".") || !f.isName(i) || !f.isName(i+2) {
			continue
		}
		row := slices.ContainsFunc(rows[0].sources, func(s scoped) bool { return s.ours && strings.EqualFold(s.name, f.nameAt(i)) })
		if row && f.wants(f.nameAt(i+2)) {
			f.columns = append(f.columns, mention{at: i + 2, first: i, name: f.nameAt(i + 2)})
		}
	}
}
