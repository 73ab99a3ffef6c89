package rewrite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// alterOf is what the engine is to make, as an ALTER TABLE.
func (b *builder) alterOf(stmt *change.Stmt, m *made, spans []change.Span) (*change.Script, error) {
	unit := slices.DeleteFunc(slices.Clone(m.clauses), func(c clause) bool { return !slices.Contains(spans, c.span) })
	bare := *stmt
	bare.Comments = nil
	sql := b.textOf(&bare, m.clauses, unit, true)
	if stmt.Kind == "create_index" {
		var ok bool
		if sql, ok = indexAsAlter(b.in.Text, sql); !ok {
			return nil, Refuse("write it as ALTER TABLE .. ADD INDEX, which engines read")
		}
	}
	return b.in.parsed([]string{sql})
}

// indexAsAlter is a CREATE INDEX as the ALTER TABLE that does the same, without
// ALGORITHM and LOCK.
// https://dev.mysql.com/doc/refman/8.4/en/create-index.html
func indexAsAlter(text Text, sql string) (string, bool) {
	toks := text.Tokens(sql)
	src := []byte(sql)
	on := slices.IndexFunc(toks, func(t token.Token) bool { return t.Is(src, "ON") })
	if on < 2 || !toks[0].Is(src, "CREATE") {
		return "", false
	}
	end := on + 2 // the table's name, perhaps with its schema
	if end+1 < len(toks) && toks[end].IsPunct(src, ".") {
		end += 2
	}
	if end >= len(toks) {
		return "", false
	}
	rest := sql[toks[end].Span.Start:]
	how := slices.IndexFunc(toks[end:], func(t token.Token) bool { return t.Is(src, "ALGORITHM") || t.Is(src, "LOCK") })
	if how > 0 { // they stand last
		rest = sql[toks[end].Span.Start:toks[end+how].Span.Start]
	}
	table := sql[toks[on+1].Span.Start:toks[end-1].Span.End]
	index := strings.TrimSpace(sql[toks[1].Span.Start:toks[on].Span.Start])
	return "ALTER TABLE " + table + " ADD " + index + " " + strings.TrimSpace(rest), true
}

// longestName is how long a name may be in MySQL and MariaDB.
// https://dev.mysql.com/doc/refman/8.4/en/identifier-length.html
const longestName = 64

// notDone is a statement that fails, and says why: neither server can SIGNAL in a
// prepared statement, but both name a column that they do not know.
func notDone(script, table string) string {
	say := "run " + script + " first: " + table + " is as it was"
	if len(say) > longestName || strings.ContainsAny(say, "`\\") {
		say = "run the script of the plan's engine first"
	}
	return "DO `" + say + "`"
}

// engineFile is the SQL of a change that an engine makes. Where that is done, it
// does nothing; a table of few rows, as in a database that was just made, it alters
// itself; else it fails, and never blocks.
func engineFile(text Text, s *Step, script, done, marks, sql string) []string {
	var out []string
	if s.LockTimeout > 0 {
		out = append(out, fmt.Sprintf("SET SESSION lock_wait_timeout = %d", max(1, int(s.LockTimeout/time.Second))))
	}
	few := fmt.Sprintf("(SELECT COUNT(*) FROM (SELECT 1 FROM %s LIMIT %d) AS few) <= %d", text.QuoteName(s.Engine.Table), s.Engine.Few+1, s.Engine.Few)
	return append(out,
		"SET @safemig = CASE\n  WHEN "+done+"\n  THEN 'DO 0'\n  WHEN "+few+"\n  THEN "+text.Literal(sql)+
			"\n  ELSE "+text.Literal(notDone(script, s.Engine.Table.Name))+" END",
		"PREPARE safemig FROM @safemig", marks+"EXECUTE safemig", "DEALLOCATE PREPARE safemig")
}
