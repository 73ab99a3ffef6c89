package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// fill is what rows get in the place of NULL, and who says so.
type fill struct {
	value    string
	constant bool   // one literal for all rows
	from     string // "its default"
	takes    []int  // the UPDATE that becomes the job
	comments string // that stood at it
}

// fillFor is the user's to say: by an UPDATE in front, or by the new definition's
// default, which fills no row by itself.
func (f *filling) fillFor(col *filled) (fill, error) {
	column := f.c.Q(col.op.From)
	advice := "put UPDATE " + f.c.Table() + " SET " + column + " = .. WHERE " + column + " IS NULL in front of it"
	if update := f.lastUpdate(col.op.From); update != nil {
		if by, is, err := f.byUpdate(update, col.op.From); is || err != nil {
			return by, err
		}
	}
	value := defaultOf(col.given)
	switch {
	case value == "":
		return fill{}, Refuse("nothing says what the rows with NULL in %s get: give the column a DEFAULT, or %s", f.of(col.op.From), advice)
	case strings.HasPrefix(value, "(") || saysNow(value):
		return fill{}, Refuse("the default of %s is %s, another value for each moment or row: to say what the rows with NULL get, %s", f.of(col.op.From), value, advice)
	}
	return fill{value: value, constant: f.isLiteral(value), from: "its default"}, nil
}

// defaultOf is the value of a definition's default; empty where it has none.
func defaultOf(d schema.Definition) string {
	const word = "DEFAULT"
	text := d.Get(schema.DefaultAttribute)
	if len(text) < len(word) {
		return ""
	}
	return strings.TrimSpace(text[len(word):])
}

func saysNow(value string) bool {
	words := wordsOf(value)
	return words["current_timestamp"] || words["now"] || words["localtime"] || words["localtimestamp"] || words["current_date"]
}

// isLiteral says whether a text is one constant.
func (f *filling) isLiteral(value string) bool {
	toks, src := f.c.Text.Tokens(value), []byte(value)
	if len(toks) == 2 && toks[0].IsPunct(src, "-") {
		toks = toks[1:]
	}
	return len(toks) == 1 && (toks[0].Kind == token.Number || toks[0].Kind == token.String)
}

// lastUpdate is the last UPDATE in front of the statement that sets the column.
func (f *filling) lastUpdate(column string) *change.Stmt {
	var last *change.Stmt
	for _, stmt := range f.c.Script.Stmts {
		if stmt.Index >= f.c.Stmt.Index || len(stmt.Ops) != 1 {
			continue
		}
		u, ok := stmt.Ops[0].(*change.Update)
		if !ok || f.c.State.Resolve(u.Table) != f.c.State.Resolve(f.name) {
			continue
		}
		for _, n := range u.Columns {
			if strings.EqualFold(n, column) {
				last = stmt
			}
		}
	}
	return last
}

// byUpdate is what an UPDATE fills the column with, where it is about the rows with
// NULL and no others.
func (f *filling) byUpdate(stmt *change.Stmt, column string) (by fill, is bool, err error) {
	c := *f.c
	c.Stmt, c.Op = stmt, stmt.Ops[0]
	op := stmt.Ops[0].(*change.Update)
	k := c.keywordsOf(c.Source(stmt.Span), "UPDATE", "SET", "WHERE", "ORDER", "LIMIT", "JOIN", "WITH", "IGNORE", "PARTITION", "RETURNING")
	for _, word := range []string{"ORDER", "LIMIT", "JOIN", "WITH", "IGNORE", "PARTITION", "RETURNING"} {
		if k.has(word) {
			return fill{}, false, nil
		}
	}
	if op.Where == nil || op.Always || len(op.Sources) > 0 || !f.isNullTest(c.Source(op.Where.Span), column) {
		return fill{}, false, nil
	}
	if alias, _ := k.alias(k.at["UPDATE"]+1, k.at["SET"]); alias != "" {
		return fill{}, false, nil
	}
	assigned, err := c.assignments(&k, k.at["SET"]+1, k.first("WHERE"))
	if err != nil {
		return fill{}, false, err
	}
	if len(assigned) != 1 || assigned[0].reads == nil {
		return fill{}, false, Refuse("the UPDATE that fills %s sets something else, too: give it a statement of its own", f.of(column))
	}
	said, _ := commentsAround(stmt)
	return fill{
		value: assigned[0].value, constant: f.isLiteral(assigned[0].value), from: "the migration's UPDATE", takes: []int{stmt.Index}, comments: said,
	}, true, nil
}

// isNullTest says whether a condition is column IS NULL and nothing else.
func (f *filling) isNullTest(where, column string) bool {
	toks, src := f.c.Text.Tokens(where), []byte(where)
	for len(toks) > 2 && toks[0].IsPunct(src, "(") && toks[len(toks)-1].IsPunct(src, ")") {
		toks = toks[1 : len(toks)-1]
	}
	return len(toks) == 3 && strings.EqualFold(identifier(toks[0].Span.Text(src)), column) && toks[1].Is(src, "IS") && toks[2].Is(src, "NULL")
}
