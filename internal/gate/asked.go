package gate

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// mayAsk refuses what plan.yml has a server asked and that does more than ask: the file
// may be a stranger's. What stands in a transaction that only reads could end it, and a
// query can write a file.
// https://dev.mysql.com/doc/refman/8.4/en/select-into.html
func mayAsk(dialect, query string) error {
	if dialect == "postgres" {
		return errors.New("plan.yml has an engine, and no engine works on PostgreSQL")
	}
	if strings.Contains(query, "/*") || strings.Contains(query, ";") {
		return errors.New("plan.yml asks what is not one plain query, with a comment or a semicolon in it: it is not run")
	}
	src := []byte(query)
	if slices.ContainsFunc(lex(dialect, src), func(t token.Token) bool { return t.Kind == token.Broken }) {
		return errors.New("plan.yml asks what is not understood: it is not run")
	}
	words := wordsOf(dialect, query)
	if len(words) == 0 || !words[0].is("select") {
		return errors.New("plan.yml asks what is no SELECT: it is not run")
	}
	for i, w := range words {
		shares := w.is("share") && i > 0 && words[i-1].is("for")
		if w.inside == 0 && (shares || w.is("into", "load_file", "benchmark", "sleep", "get_lock", "update", "lock")) {
			return errors.New("plan.yml asks with " + strings.ToUpper(w.text) + ", which does more than read a table: it is not run")
		}
	}
	return nil
}
