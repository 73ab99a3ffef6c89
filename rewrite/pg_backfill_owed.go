package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// owed is the condition that holds for a row until the job has changed it: a job
// that was interrupted comes to rows twice.
func (c *Case) owed(assigned []assignment, where string) (string, error) {
	if c.excludesItself(assigned, where) {
		return where, nil
	}
	var differ []string
	for i := range assigned {
		a := &assigned[i]
		if reason := c.notRepeatable(a, assigned); reason != "" {
			return "", Refuse("%s = %s %s: a job that is interrupted could not tell the rows that are done. Add a condition to the WHERE that holds only before a row is changed (%s IS NULL), or a column that says so", c.Q(a.column), oneLine(a.value), reason, c.Q(a.column))
		}
		differ = append(differ, c.isOther(a))
	}
	condition := strings.Join(differ, " OR ")
	if where == "" {
		return condition, nil
	}
	if len(differ) > 1 {
		condition = "(" + condition + ")"
	}
	return "(" + where + ") AND " + condition, nil
}

// notRepeatable says why a value, computed again for a row that has it, may be
// another; "" where it is the same.
func (c *Case) notRepeatable(a *assignment, assigned []assignment) string {
	if a.reads == nil {
		return "is whatever the default gives each row"
	}
	if c.isVolatile(a) {
		return "differs from one time to the next"
	}
	for _, o := range assigned {
		settled := o.column == a.column && a.settles()
		if slices.Contains(a.reads.Columns, o.column) && !settled {
			return "is made of " + c.Q(o.column) + ", which changes with it"
		}
	}
	return ""
}

// isVolatile says whether a value may be another each time: a function's that is
// not known to be stable, or a time.
func (c *Case) isVolatile(a *assignment) bool {
	words := wordsOf(a.value)
	for _, w := range [...]string{"now", "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "transaction_timestamp", "statement_timestamp", "nextval"} {
		if words[w] {
			return true
		}
	}
	if a.reads.Volatility != change.VolatilityUnknown {
		return a.reads.Volatility == change.Volatile
	}
	return slices.ContainsFunc(a.reads.Funcs, func(f string) bool {
		v, known := c.State.FunctionVolatility(change.Name{Name: f})
		return known && v == change.Volatile
	}) || !c.allKnown(a.reads.Funcs)
}

func (c *Case) allKnown(functions []string) bool {
	return !slices.ContainsFunc(functions, func(f string) bool {
		_, known := c.State.FunctionVolatility(change.Name{Name: f})
		return !known
	})
}

// settles says whether a value made of its own column is the same when it is made
// again: lower(trim(c)), coalesce(c, 0).
func (a *assignment) settles() bool {
	for _, f := range a.reads.Funcs {
		if !slices.Contains([]string{"lower", "upper", "btrim", "ltrim", "rtrim", "initcap", "pg_catalog.btrim", "pg_catalog.ltrim", "pg_catalog.rtrim"}, f) {
			return false
		}
	}
	return !slices.ContainsFunc(a.toks, func(k tokenOf) bool {
		return k.Kind == token.Punct && !k.IsPunct(a.src, "(") && !k.IsPunct(a.src, ")") && !k.IsPunct(a.src, ",") && !k.IsPunct(a.src, ".") || k.Is(a.src, "CASE") || k.Is(a.src, "SELECT")
	})
}

// isOther compares a column with the value that it gets, as a value of its type.
// Types without an = are compared as text.
func (c *Case) isOther(a *assignment) string {
	column, value := c.Q(a.column), "("+a.value+")"
	if c.aliased() {
		column = c.calledBy() + "." + column
	}
	if len(a.toks) == 1 {
		value = a.value
	}
	if c.commitsDDL() {
		return c.isOtherInMySQL(a, column, value)
	}
	typ := ""
	if parts, known := c.State.ColumnDef(c.Op.Head().Table, a.column); known {
		typ = baseType(parts.Type)
	}
	name, _, _ := strings.Cut(strings.ToLower(typ), "(")
	switch {
	case slices.Contains([]string{"json", "xml", "point", "box", "polygon", "line", "lseg", "path", "circle"}, name):
		return column + "::text IS DISTINCT FROM " + value + "::" + typ + "::text"
	case typ != "" && len(a.toks) > 1:
		value += "::" + typ
	}
	return column + " IS DISTINCT FROM " + value
}

// aliased says whether the statement reads other tables too, or gives its table
// another name.
func (c *Case) aliased() bool { return c.calledBy() != "" }

// calledBy is the qualifier of the table's columns in an UPDATE that needs one.
func (c *Case) calledBy() string {
	k := c.keywordsOf(c.Source(c.Stmt.Span), "UPDATE", "SET", "FROM", "WHERE")
	alias, _ := k.alias(k.at["UPDATE"]+1, k.at["SET"])
	if alias == "" && k.has("FROM") {
		return c.Q(c.Op.Head().Table.Name)
	}
	return alias
}

// excludesItself says whether the WHERE no longer holds for a row that is changed:
// c IS NULL where c gets a value, c = 'a' where it gets 'b', c <> 'b' too.
func (c *Case) excludesItself(assigned []assignment, where string) bool {
	k := c.keywordsOf(where, "OR", "BETWEEN")
	if where == "" || k.has("OR") || k.has("BETWEEN") {
		return false
	}
	ends := func(condition []tokenOf) bool {
		return slices.ContainsFunc(assigned, func(a assignment) bool { return c.ends(&k, condition, &a) })
	}
	from := 0
	for i, t := range token.Outside(k.src, k.toks) {
		if t.Is(k.src, "AND") {
			if ends(k.toks[from:i]) {
				return true
			}
			from = i + 1
		}
	}
	return ends(k.toks[from:])
}

// ends says whether a condition is over when the column has its value.
func (c *Case) ends(k *keywords, condition []tokenOf, a *assignment) bool {
	if len(condition) != 3 || identifier(condition[0].Span.Text(k.src)) != a.column || a.reads == nil {
		return false
	}
	isLiteral := len(a.toks) == 1 && (a.toks[0].Kind == token.String || a.toks[0].Kind == token.Number)
	literal := condition[2].Kind == token.String || condition[2].Kind == token.Number
	same := condition[2].Span.Text(k.src) == a.value
	switch {
	case condition[1].Is(k.src, "IS") && condition[2].Is(k.src, "NULL"):
		return isLiteral || c.isVolatile(a)
	case condition[1].IsPunct(k.src, "="):
		return isLiteral && literal && !same
	case condition[1].IsPunct(k.src, "<>"), condition[1].IsPunct(k.src, "!="):
		return isLiteral && literal && same
	}
	return false
}
