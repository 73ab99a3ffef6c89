package trace

import (
	"context"
	"database/sql"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// request is an ALGORITHM and LOCK to ask for.
type request struct {
	algorithm change.Algorithm
	lock      string
}

// requests are all that can be asked of a product, the best first. MySQL takes
// no LOCK beside INSTANT.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance
func requests(dialect string) []request {
	list := []request{{change.Instant, ""}}
	for _, a := range []change.Algorithm{change.NoCopy, change.Inplace, change.Copy} {
		if a == change.NoCopy && dialect == "mysql" {
			continue
		}
		for _, lock := range []string{"NONE", "SHARED", "EXCLUSIVE"} {
			list = append(list, request{a, lock})
		}
	}
	return list
}

// concurrent says whether writes go on.
func (r request) concurrent() bool { return r.lock == "" || r.lock == "NONE" }

func (r request) words(separator string) string {
	text := "ALGORITHM=" + r.algorithm.String()
	if r.lock != "" {
		text += separator + "LOCK=" + r.lock
	}
	return text
}

// acceptRequest runs the statement with the best request that the server
// accepts, of the algorithms from one on; what it refuses changes nothing. Not ok where the statement takes
// no request, has one already, or fails with each.
func acceptRequest(ctx context.Context, s *sql.Conn, dialect, text string, from change.Algorithm) (request, bool) {
	for _, r := range requests(dialect) {
		if r.algorithm < from {
			continue
		}
		asking, ok := splice(text, r)
		if !ok {
			return request{}, false
		}
		if _, err := s.ExecContext(ctx, asking); err == nil {
			return r, true
		}
	}
	return request{}, false
}

// splice puts a request into a statement: behind the table's name in an ALTER
// TABLE, where it is allowed before every clause, and at the end of CREATE
// INDEX and DROP INDEX.
func splice(text string, r request) (string, bool) {
	upper := strings.ToUpper(text)
	if strings.Contains(upper, "ALGORITHM") || strings.Contains(upper, "LOCK=") || strings.Contains(upper, "LOCK =") {
		return "", false
	}
	words := strings.Fields(upper)
	if len(words) < 3 {
		return "", false
	}
	switch {
	case words[0] == "ALTER" && target(text) != "":
		end := nameEnd(text)
		separator := ","
		clause := strings.ToUpper(strings.TrimSpace(text[end:]))
		if strings.HasPrefix(clause, "PARTITION BY") || strings.HasPrefix(clause, "REMOVE PARTITIONING") {
			separator = ""
		}
		return text[:end] + " " + r.words(", ") + separator + text[end:], true
	case words[0] == "DROP" && words[1] == "INDEX", words[0] == "CREATE" && (words[1] == "INDEX" || words[2] == "INDEX"):
		return text + " " + r.words(" "), true
	}
	return "", false
}

// target is the table of an ALTER TABLE, or the empty string.
func target(text string) string {
	end := nameEnd(text)
	if end == 0 {
		return ""
	}
	words := strings.Fields(text[:end])
	name := words[len(words)-1]
	return strings.Trim(name[strings.LastIndex(name, ".")+1:], "`")
}

// nameEnd is where the table's name ends in an ALTER TABLE, or 0.
func nameEnd(text string) int {
	at := 0
	for _, want := range []string{"ALTER", "ONLINE?", "IGNORE?", "TABLE", "IF?", "EXISTS?"} {
		word, optional := strings.CutSuffix(want, "?")
		start := at + len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n"))
		end := start + len(word)
		if end < len(text) && strings.EqualFold(text[start:end], word) && isSpace(text[end]) {
			at = end
		} else if !optional {
			return 0
		}
	}
	start := at + len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n"))
	inQuotes := false
	for i := start; i < len(text); i++ {
		if text[i] == '`' {
			inQuotes = !inQuotes
		}
		if !inQuotes && isSpace(text[i]) {
			return i
		}
	}
	return 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
