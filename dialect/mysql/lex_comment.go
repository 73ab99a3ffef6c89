package mysql

import (
	"bytes"

	"github.com/safemig/safemig/dialect/token"
)

// comment moves over a comment or over a mark of an executable one.
// https://dev.mysql.com/doc/refman/8.4/en/comments.html
func (s *scanner) comment() (token.Kind, bool) {
	c := s.at(0)
	switch {
	case c == '#', c == '-' && s.at(1) == '-' && (s.pos+2 >= s.end || s.at(2) <= ' ' || s.at(2) == 0x7f):
		s.skipLine()
		return token.Comment, true
	case c == '*' && s.at(1) == '/' && s.inHint:
		s.pos += 2
		s.inHint = false
		return token.Hint, true
	case c != '/' || s.at(1) != '*':
		return 0, false
	}
	if mark, runs := s.executable(); mark > 0 {
		if runs {
			s.pos += mark
			s.inHint = true
			return token.Hint, true
		}
		return s.skipBlock(true), true
	}
	return s.skipBlock(false), true
}

// skipLine moves to the end of the line, line end excluded.
func (s *scanner) skipLine() {
	n := bytes.IndexByte(s.src[s.pos:s.end], '\n')
	if n < 0 {
		s.pos = s.end
		return
	}
	s.pos += n
	if s.src[s.pos-1] == '\r' {
		s.pos--
	}
}

// skipBlock moves over /* .. */. An executable comment that this server leaves
// out may hold ordinary comments.
func (s *scanner) skipBlock(nested bool) token.Kind {
	depth := 1
	for i := s.pos + 2; i+1 < s.end; i++ {
		switch {
		case s.src[i] == '*' && s.src[i+1] == '/':
			depth--
			i++
			if depth == 0 {
				s.pos = i + 1
				return token.Comment
			}
		case nested && s.src[i] == '/' && s.src[i+1] == '*':
			depth++
			i++
		}
	}
	s.pos = s.end
	return token.Broken
}

// executable is the length of the mark that an executable comment begins with,
// 0 for other comments, and whether the target runs its text.
func (s *scanner) executable() (mark int, runs bool) {
	mark = 2
	maria := s.at(mark) == 'M'
	if maria {
		mark++
	}
	if s.at(mark) != '!' {
		return 0, false
	}
	mark++
	digits := 0
	version := 0
	for digits < 6 && isDigit(s.at(mark+digits)) {
		version = version*10 + int(s.at(mark+digits)-'0')
		digits++
	}
	if digits < 5 {
		digits, version = 0, 0
	}
	return mark + digits, s.opt.runs(maria, version)
}

// runs says whether the server runs an executable comment. MariaDB leaves out
// those of MySQL 5.7 and later, because its own 5.7 never was:
// https://mariadb.com/kb/en/comment-syntax/
func (o LexOptions) runs(maria bool, version int) bool {
	if maria && !o.MariaDB {
		return false
	}
	if o.MariaDB && !maria && version >= 50700 && version <= 99999 {
		return false
	}
	own := o.Version[0]*10000 + o.Version[1]*100 + o.Version[2]
	return own == 0 || version <= own
}
