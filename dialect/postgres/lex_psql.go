package postgres

import (
	"bytes"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// scanMeta moves past a psql command. A backslash that psql would not read as
// one stays in the statement, so that the parser complains about it.
// https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-META-COMMANDS
func (l *lexer) scanMeta() token.Kind {
	if l.peek(1) == ';' {
		l.pos += 2
		return token.End
	}
	line := l.src[l.pos:l.end]
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	if !isMetaName(l.peek(1)) || !l.firstOnLine() && !sendsQuery(string(line)) {
		l.pos++
		return token.Punct
	}
	l.pos += len(line)
	return token.Meta
}

// firstOnLine says whether only blanks stand before the current position.
func (l *lexer) firstOnLine() bool {
	for i := l.pos - 1; i >= 0; i-- {
		switch c := l.src[i]; {
		case c == '\n':
			return true
		case !isSpace(c) && strings.IndexByte(byteOrderMark, c) < 0:
			return false
		}
	}
	return true
}

func isMetaName(c byte) bool {
	return isWordStart(c) || c == '!' || c == '?' || c == '.'
}

// metaName is the command's word: \gexec is "gexec".
func metaName(meta string) string {
	name := strings.TrimPrefix(meta, `\`)
	for i := range len(name) {
		if !isWordPart(name[i]) && name[i] != '!' && name[i] != '.' {
			return name[:i]
		}
	}
	return name
}

// readsData says whether a psql command is a \copy of the lines that follow it.
func readsData(meta string) bool {
	words := strings.Fields(strings.ToLower(meta))
	from := slices.Index(words, "from")
	return words[0] == `\copy` && from > 0 && from+1 < len(words) && (words[from+1] == "stdin" || words[from+1] == "stdout")
}

// sendsQuery says whether a psql command sends the statement before it, as a
// semicolon does.
func sendsQuery(meta string) bool {
	switch metaName(meta) {
	case "g", "gx", "gexec", "gset", "gdesc", "watch", "crosstabview", "bind", "bind_named":
		return true
	}
	return false
}

// endsStatement says whether the statement before a psql command is cut off
// there: it is sent, or another text is put in its place.
func endsStatement(meta string) bool {
	return sendsQuery(meta) || runsUnseen(meta) != ""
}

// runsUnseen is why a psql command runs something that the text does not
// show; empty where it does not.
func runsUnseen(meta string) string {
	switch metaName(meta) {
	case "i", "include", "ir", "include_relative":
		return `psql's \i runs another file, which is not looked into`
	case "gexec":
		return `psql's \gexec runs the rows of the query before it as SQL`
	case "copy":
		return `psql's \copy moves rows between a table and a file`
	case "!":
		return `psql's \! runs a shell command`
	}
	return ""
}

// scanData moves past the data of COPY .. FROM stdin, to the line \. or the
// end of the text, which ends the data for psql too.
// https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
func (l *lexer) scanData() token.Kind {
	l.copying = false
	rest := l.src[l.pos:l.end]
	if len(bytes.TrimSpace(rest)) == 0 {
		l.pos = l.end
		return token.Space
	}
	for l.pos < l.end {
		line := l.src[l.pos:l.end]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		l.pos += len(line)
		if string(bytes.TrimRight(line, "\r\n")) == `\.` {
			break
		}
	}
	return token.Data
}
