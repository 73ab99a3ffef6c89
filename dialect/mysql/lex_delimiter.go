package mysql

import (
	"bytes"
	"strings"
)

// skipEndMark moves over the delimiter in force, or \g or \G, which the mysql
// client takes for an end mark too. A semicolon within the body of a routine
// ends nothing.
func (s *scanner) skipEndMark() bool {
	if s.at(0) == '\\' && (s.at(1) == 'g' || s.at(1) == 'G') {
		s.pos += 2
		return true
	}
	if !bytes.HasPrefix(s.src[s.pos:s.end], []byte(s.delimiter)) || s.insideWord() {
		return false
	}
	if s.delimiter == ";" && s.blocks.open() {
		return false
	}
	s.pos += len(s.delimiter)
	return true
}

// insideWord says whether a delimiter made of letters is only a part of a word.
func (s *scanner) insideWord() bool {
	last := s.delimiter[len(s.delimiter)-1]
	if !isIdent(last) || last == '$' {
		return false
	}
	return isIdent(s.at(len(s.delimiter))) || s.pos > 0 && isIdent(s.src[s.pos-1])
}

// skipDelimiterLine moves over a DELIMITER line, a command of the mysql client
// that no server knows, and puts its delimiter into force.
// https://dev.mysql.com/doc/refman/8.4/en/mysql-commands.html
func (s *scanner) skipDelimiterLine() bool {
	const command = "delimiter"
	line := s.src[s.pos:s.end]
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line = line[:n]
	}
	if len(line) <= len(command) || !bytes.EqualFold(line[:len(command)], []byte(command)) || !isSpace(line[len(command)]) {
		return false
	}
	arg := delimiterArg(string(line[len(command):]))
	// Within a statement the word may be a column's name: there only
	// punctuation makes a command of it.
	if arg == "" || s.begun && strings.IndexFunc(arg, isLetterOrQuote) >= 0 {
		return false
	}
	s.delimiter = arg
	s.pos += len(bytes.TrimRight(line, "\r"))
	return true
}

// delimiterArg is the first word of the rest of a DELIMITER line, unquoted.
func delimiterArg(rest string) string {
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return ""
	}
	if arg := strings.Trim(fields[0], "'\"`"); arg != "" {
		return arg
	}
	return fields[0]
}

func isLetterOrQuote(r rune) bool {
	return r == '`' || r == '\'' || r == '"' || r == '(' || r == ',' || r != '$' && r < 0x80 && isIdent(byte(r)) || r >= 0x80
}
