package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// maskDML masks the clauses of queries and DML that TiDB does not know and that
// change neither the tables nor the rows that are touched.
func (r *reader) maskDML(d *draft) {
	depth := 0
	for i, t := range r.toks {
		switch {
		case t.IsPunct(r.src, "("):
			depth++
		case t.IsPunct(r.src, ")"):
			depth--
		case t.Is(r.src, "JSON_TABLE"):
			r.maskJSONTable(d, i)
		case depth > 0:
		case t.Is(r.src, "RETURNING"): // https://mariadb.com/kb/en/insertreturning/
			d.blank(change.Span{Start: t.Span.Start, End: len(r.src)})
			return
		case t.Is(r.src, "AS") && i > 0 && r.toks[i-1].IsPunct(r.src, ")") && r.toks[0].Is(r.src, "INSERT"):
			r.maskRowAlias(d, i)
		case token.Words(r.src, r.toks[i:], "FOR", "PORTION", "OF"):
			r.maskPortion(d, i)
		}
	}
}

// span is the text from one token to before another.
func (r *reader) span(from, to int) change.Span {
	return token.SpanOf(r.toks[from:max(from, min(to, len(r.toks)))])
}

// maskRowAlias masks AS new(a, b) behind VALUES.
// https://dev.mysql.com/doc/refman/8.4/en/insert-on-duplicate.html
func (r *reader) maskRowAlias(d *draft, i int) {
	end := i + 2
	if end < len(r.toks) && r.toks[end].IsPunct(r.src, "(") {
		end = r.closing(end, 0) + 1
	}
	if end >= len(r.toks) || r.toks[end].Is(r.src, "ON") {
		d.blank(r.span(i, end))
	}
}

// maskPortion masks FOR PORTION OF p FROM a TO b.
// https://mariadb.com/kb/en/application-time-periods/
func (r *reader) maskPortion(d *draft, i int) {
	end := i
	for end < len(r.toks) && !r.toks[end].Is(r.src, "SET") && !r.toks[end].Is(r.src, "WHERE") {
		end++
	}
	d.blank(r.span(i, end))
}

// maskJSONTable puts a query in the place of JSON_TABLE(..), which reads no table.
// https://dev.mysql.com/doc/refman/8.4/en/json-table-functions.html
func (r *reader) maskJSONTable(d *draft, i int) {
	if i+1 < len(r.toks) && r.toks[i+1].IsPunct(r.src, "(") {
		d.put(r.span(i, r.closing(i+1, 0)+1), "(SELECT 1)")
	}
}

// closing is the number of the bracket that closes the brackets open at token
// i, of which so many were opened before it; or of the last token.
func (r *reader) closing(i, depth int) int {
	for ; i < len(r.toks); i++ {
		switch {
		case r.toks[i].IsPunct(r.src, "("):
			depth++
		case r.toks[i].IsPunct(r.src, ")"):
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return len(r.toks) - 1
}

// maskRefused masks what the parser stumbled over, and says whether there was
// anything to mask.
func (r *reader) maskRefused(d *draft, refused *refusal) bool {
	if !refused.syntax {
		return r.maskCharsets(d)
	}
	if refused.at < 0 {
		return false
	}
	i := r.tokenAt(d.base + refused.at)
	return r.maskClause(d, i) || r.maskName(d, i) || r.maskName(d, i-1)
}

// tokenAt is the number of the token at an offset of the source, or behind it.
func (r *reader) tokenAt(offset int) int {
	for i, t := range r.toks {
		if t.Span.End > offset {
			return i
		}
	}
	return len(r.toks)
}

// maskClause masks a clause within a query or an expression.
func (r *reader) maskClause(d *draft, i int) bool {
	if i < 1 || i >= len(r.toks) {
		return false
	}
	t, before := r.toks[i], r.toks[i-1]
	switch {
	case t.Is(r.src, "RETURNING"): // JSON_VALUE(doc, path RETURNING type)
		return d.blank(r.span(i, r.closing(i, 1)))
	case t.Kind == token.Param && before.Is(r.src, "INTO"): // SELECT .. INTO @a, @b
		end := i + 1
		for end+1 < len(r.toks) && r.toks[end].IsPunct(r.src, ",") {
			end += 2
		}
		return d.blank(r.span(i-1, end))
	case t.Is(r.src, "LIKE") && before.Is(r.src, "SOUNDS"):
		return d.blank(before.Span)
	case t.Is(r.src, "SYSTEM_TIME") && before.Is(r.src, "FOR"):
		return d.blank(r.span(i-1, r.systemTimeEnd(i+1)))
	}
	return false
}

// systemTimeEnd is the number of the token behind ALL, AS OF t, BETWEEN a AND
// b, or FROM a TO b, where a time is a literal.
// https://mariadb.com/kb/en/system-versioned-tables/#querying-historical-data
func (r *reader) systemTimeEnd(i int) int {
	switch rest := r.toks[min(i, len(r.toks)):]; {
	case token.Words(r.src, rest, "AS", "OF", "TIMESTAMP"), token.Words(r.src, rest, "BETWEEN"), token.Words(r.src, rest, "FROM"):
		return i + 4
	case token.Words(r.src, rest, "AS"):
		return i + 3
	}
	return i + 1
}

// maskName gives a name that TiDB reserves, and some server does not, a last
// byte that makes another word of it; the converter gives the name back.
func (r *reader) maskName(d *draft, i int) bool {
	if i < 0 || i >= len(r.toks) || r.toks[i].Kind != token.Word {
		return false
	}
	name := r.text(r.toks[i])
	masked := name[:len(name)-1] + "$"
	if !isReservedByTiDB(strings.ToUpper(name)) || !d.put(r.toks[i].Span, masked) {
		return false
	}
	if r.renamed == nil {
		r.renamed = map[string]string{}
	}
	r.renamed[masked] = name
	return true
}

// isReservedByTiDB says whether a word is reserved there, and free on MySQL 5.7
// or on MariaDB, where tables may have columns of that name.
func isReservedByTiDB(upper string) bool {
	switch upper {
	case "ARRAY", "UNTIL", "RANK", "GROUPS", "ROW", "ROWS", "WINDOW", "OF", "LATERAL", "OPTION", "CUME_DIST", "DENSE_RANK",
		"EXCEPT", "FIRST_VALUE", "INTERSECT", "LAG", "LAST_VALUE", "LEAD", "NTH_VALUE", "NTILE", "OVER",
		"PERCENT_RANK", "RECURSIVE", "ROW_NUMBER", "ILIKE", "TABLESAMPLE", "CURRENT_ROLE", "STORED", "VIRTUAL",
		"GENERATED", "TIDB_CURRENT_TSO":
		return true
	}
	return false
}

// maskCharsets masks what names a character set that TiDB has not: _latin2'..'
// and COLLATE x go, USING x becomes USING utf8.
func (r *reader) maskCharsets(d *draft) bool {
	masked := false
	for i, t := range r.toks {
		text := r.text(t)
		switch {
		case t.Kind == token.String && text[0] == '_':
			prefix := strings.IndexAny(text, `'"`)
			masked = d.blank(change.Span{Start: t.Span.Start, End: t.Span.Start + prefix}) || masked
		case t.Kind == token.Word && text[0] == '_' && i+1 < len(r.toks) && r.toks[i+1].Kind == token.String:
			masked = d.blank(t.Span) || masked
		case t.Is(r.src, "COLLATE"):
			masked = d.blank(r.span(i, i+2)) || masked
		case i > 0 && r.toks[i-1].Is(r.src, "USING"):
			masked = d.put(t.Span, "utf8") || masked
		}
	}
	return masked
}
