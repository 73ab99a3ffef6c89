package mysql

import (
	"bytes"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// This file lets TiDB's parser read what it does not know: the unknown clause is
// masked by text of the same length, so that every position stays.

// neutralText is a copy of a range of the source in which all that is no token
// of the statement - comments, and the marks of executable ones - is blank.
// base is the source's offset of its first byte.
func (r *reader) neutralText(span change.Span) (text []byte, base int) {
	text = bytes.Repeat([]byte{' '}, span.End-span.Start)
	for _, t := range r.toks {
		if span.Contains(t.Span) {
			copy(text[t.Span.Start-span.Start:], r.src[t.Span.Start:t.Span.End])
		}
	}
	return text, span.Start
}

// expressionText is a query of one expression.
func (r *reader) expressionText(span change.Span) (text []byte, base int) {
	const before = "SELECT "
	text, base = r.neutralText(span)
	return append([]byte(before), text...), base - len(before)
}

// maskRefused masks what the parser stumbled over, and says whether there was
// anything to mask.
func (r *reader) maskRefused(text []byte, base int, refused *refusal) bool {
	if !refused.syntax {
		return r.maskCharsets(text, base)
	}
	if refused.at < 0 {
		return false
	}
	i := r.tokenAt(base + refused.at)
	return r.maskName(text, base, i) || r.maskName(text, base, i-1)
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

// maskName gives a name that TiDB reserves, and the servers do not, a last byte
// that makes another word of it; the converter gives the name back.
func (r *reader) maskName(text []byte, base, i int) bool {
	if i < 0 || i >= len(r.toks) || r.toks[i].Kind != token.Word {
		return false
	}
	t := r.toks[i]
	name := r.text(t)
	last := t.Span.End - 1 - base
	if last < 0 || last >= len(text) || text[last] == '$' || !isReservedByTiDB(strings.ToUpper(name)) {
		return false
	}
	text[last] = '$'
	if r.renamed == nil {
		r.renamed = map[string]string{}
	}
	r.renamed[name[:len(name)-1]+"$"] = name
	return true
}

// isReservedByTiDB says whether a word is reserved there, and free on MySQL 5.7
// or on MariaDB, where tables may have columns of that name.
// https://mariadb.com/kb/en/reserved-words/, https://dev.mysql.com/doc/refman/5.7/en/keywords.html
func isReservedByTiDB(upper string) bool {
	switch upper {
	case "ARRAY", "UNTIL", "RANK", "GROUPS", "ROW", "ROWS", "WINDOW", "OF", "LATERAL", "OPTION", "CUME_DIST", "DENSE_RANK",
		"EXCEPT", "FIRST_VALUE", "INTERSECT", "LAG", "LAST_VALUE", "LEAD", "NTH_VALUE", "NTILE", "OVER",
		"PERCENT_RANK", "RECURSIVE", "ROW_NUMBER", "ILIKE", "TABLESAMPLE", "CURRENT_ROLE", "SQL", "STORED", "VIRTUAL",
		"GENERATED", "TIDB_CURRENT_TSO":
		return true
	}
	return false
}

// maskCharsets blanks what names a character set: _latin2'..', COLLATE x, and
// turns USING x into USING utf8.
func (r *reader) maskCharsets(text []byte, base int) bool {
	masked := false
	for i, t := range r.toks {
		at := t.Span.Start - base
		if at < 0 || t.Span.End-base > len(text) || text[at] == ' ' {
			continue
		}
		switch {
		case t.Kind == token.String && text[at] == '_':
			blank(text[at : at+bytes.IndexAny(text[at:], `'"`)])
			masked = true
		case t.Is(r.src, "COLLATE") && i+1 < len(r.toks):
			blank(text[at : r.toks[i+1].Span.End-base])
			masked = true
		case i > 0 && r.toks[i-1].Is(r.src, "USING") && len(r.text(t)) >= len("utf8") && !t.Is(r.src, "UTF8"):
			blank(text[at : t.Span.End-base])
			copy(text[at:], "utf8")
			masked = masked || !strings.EqualFold(r.text(t), "utf8")
		}
	}
	return masked
}

func blank(b []byte) {
	for i := range b {
		b[i] = ' '
	}
}

// maskDML blanks the clauses of DML that TiDB does not know and that change
// neither its tables nor its rows.
func (r *reader) maskDML(text []byte, base int) {
	depth := 0
	for i, t := range r.toks {
		switch {
		case t.IsPunct(r.src, "("):
			depth++
		case t.IsPunct(r.src, ")"):
			depth--
		case t.Is(r.src, "JSON_TABLE"):
			r.maskJSONTable(text, base, i)
		case depth > 0:
		case t.Is(r.src, "RETURNING"): // https://mariadb.com/kb/en/insertreturning/
			blank(text[t.Span.Start-base:])
			return
		case t.Is(r.src, "AS") && i > 0 && r.toks[i-1].IsPunct(r.src, ")") && r.toks[0].Is(r.src, "INSERT"):
			r.maskRowAlias(text, base, i)
		case token.Words(r.src, r.toks[i:], "FOR", "PORTION", "OF"):
			r.maskPortion(text, base, i)
		}
	}
}

// maskRowAlias blanks AS new(a, b) behind VALUES.
// https://dev.mysql.com/doc/refman/8.4/en/insert-on-duplicate.html
func (r *reader) maskRowAlias(text []byte, base, i int) {
	end := i + 2
	if end < len(r.toks) && r.toks[end].IsPunct(r.src, "(") {
		end = r.closing(end) + 1
	}
	if end > len(r.toks) || end < len(r.toks) && !r.toks[end].Is(r.src, "ON") {
		return
	}
	blank(text[r.toks[i].Span.Start-base : r.toks[end-1].Span.End-base])
}

// maskPortion blanks FOR PORTION OF p FROM a TO b.
// https://mariadb.com/kb/en/application-time-periods/
func (r *reader) maskPortion(text []byte, base, i int) {
	for j := i; j < len(r.toks); j++ {
		if r.toks[j].Is(r.src, "SET") || r.toks[j].Is(r.src, "WHERE") {
			blank(text[r.toks[i].Span.Start-base : r.toks[j].Span.Start-base])
			return
		}
	}
	blank(text[r.toks[i].Span.Start-base:])
}

// maskJSONTable puts a query in the place of JSON_TABLE(..), which reads no table.
// https://dev.mysql.com/doc/refman/8.4/en/json-table-functions.html
func (r *reader) maskJSONTable(text []byte, base, i int) {
	const instead = "(SELECT 1)"
	if i+1 >= len(r.toks) || !r.toks[i+1].IsPunct(r.src, "(") {
		return
	}
	from, end := r.toks[i].Span.Start-base, r.toks[r.closing(i+1)].Span.End-base
	if end > len(text) || end-from < len(instead) {
		return
	}
	blank(text[from:end])
	copy(text[from:], instead)
}

// closing is the number of the bracket that closes the one at i, or of the last token.
func (r *reader) closing(i int) int {
	depth := 0
	for j := i; j < len(r.toks); j++ {
		switch {
		case r.toks[j].IsPunct(r.src, "("):
			depth++
		case r.toks[j].IsPunct(r.src, ")"):
			depth--
			if depth == 0 {
				return j
			}
		}
	}
	return len(r.toks) - 1
}
