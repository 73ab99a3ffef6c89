package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// setWatch keeps the tokens of a SET statement, to see at its end whether it
// changes how the text after it is read.
type setWatch struct {
	begun bool
	toks  []token.Token // of a SET statement only
}

func (w *setWatch) reset() { w.begun, w.toks = false, w.toks[:0] }

func (w *setWatch) feed(src []byte, t token.Token) {
	if w.begun && len(w.toks) == 0 {
		return
	}
	if !w.begun {
		w.begun = true
		if !t.Is(src, "SET") {
			return
		}
	}
	w.toks = append(w.toks, t)
}

// apply is the options after the statement; a sql_mode that is not written
// out (SET sql_mode = @old) returns to the first options.
func (w *setWatch) apply(src []byte, opt, first LexOptions) LexOptions {
	if len(w.toks) == 0 {
		return opt
	}
	for _, item := range token.SplitCommas(src, w.toks[1:]) {
		if modes, ok := sqlModeOf(src, item); ok {
			opt.AnsiQuotes, opt.NoBackslashEscapes = first.AnsiQuotes, first.NoBackslashEscapes
			if len(modes) > 0 {
				opt.AnsiQuotes, opt.NoBackslashEscapes = quoteModes(modes)
			}
		}
	}
	return opt
}

// sqlModeOf is the literals that a SET item gives to the session's sql_mode.
func sqlModeOf(src []byte, item []token.Token) (modes []string, ok bool) {
	for i, t := range item {
		text := strings.ToLower(t.Span.Text(src))
		switch {
		case text == "global" || text == "persist" || text == "persist_only":
			return nil, false
		case t.Kind == token.String && ok:
			modes = append(modes, strings.Split(strings.Trim(text, `'"`), ",")...)
		case i+1 < len(item) && (item[i+1].IsPunct(src, "=") || item[i+1].IsPunct(src, ":=")):
			ok = isSessionVariable(text, "sql_mode")
		}
	}
	return modes, ok
}

func isSessionVariable(text, name string) bool {
	text = strings.TrimPrefix(text, "@@")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "session."), "local.")
	return strings.Trim(text, "`") == name
}

// quoteModes finds the modes that change quoting; some names stand for several.
// https://dev.mysql.com/doc/refman/5.7/en/sql-mode.html#sql-mode-combo
func quoteModes(modes []string) (ansiQuotes, noBackslash bool) {
	for _, m := range modes {
		switch strings.TrimSpace(m) {
		case "ansi_quotes", "ansi", "db2", "maxdb", "mssql", "oracle", "postgresql":
			ansiQuotes = true
		case "no_backslash_escapes":
			noBackslash = true
		}
	}
	return ansiQuotes, noBackslash
}
