package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// blocks follows the compound statements in the body of a routine, trigger or
// event, so that the semicolons in it end nothing although no DELIMITER line
// says so. Migration tools that send a file to the server need no such line.
// https://dev.mysql.com/doc/refman/8.4/en/sql-compound-statements.html
type blocks struct {
	mariadb bool
	phase   blockPhase
	head    int // words seen while deciding
	stack   []blockKind
	// prev is the last token, as far as it matters: a word in upper case, a
	// punctuation, or "a value" for anything else.
	prev string
	// loopHead is between WHILE or FOR and its DO (LOOP in Oracle mode).
	loopHead bool
	// handler is after DECLARE .. HANDLER, where a statement follows without a mark.
	handler bool
	// pkg is CREATE PACKAGE, whose block opens with AS.
	pkg bool
	// each is CREATE TRIGGER before its FOR EACH ROW.
	each bool
}

type blockPhase uint8

const (
	blockStart blockPhase = iota // no token yet
	blockHead                    // CREATE or ALTER: the object's class is still to come
	blockBody                    // within a routine or a compound statement
	blockNone                    // a statement without blocks
)

type blockKind uint8

const (
	blockList     blockKind = iota // BEGIN, IF, LOOP, WHILE, FOR, CASE as a statement: holds statements
	blockRepeat                    // REPEAT, before its UNTIL
	blockUntil                     // REPEAT, behind its UNTIL
	blockCaseExpr                  // CASE within an expression
)

const otherToken = "a value"

func (b *blocks) reset() {
	b.phase, b.head, b.stack, b.prev = blockStart, 0, b.stack[:0], ""
	b.loopHead, b.handler, b.pkg, b.each = false, false, false, false
}

// open says whether a semicolon now is within a block.
func (b *blocks) open() bool { return len(b.stack) > 0 }

// feed takes the next token that is neither blank nor comment nor end mark.
func (b *blocks) feed(src []byte, t token.Token) {
	if b.phase == blockNone {
		return
	}
	text := otherToken
	switch t.Kind {
	case token.Word:
		text = strings.ToUpper(t.Span.Text(src))
	case token.Punct:
		text = t.Span.Text(src)
	default: // its text opens and closes nothing
	}
	switch b.phase {
	case blockStart:
		b.start(text)
	case blockHead:
		b.class(text)
	default:
		b.word(text)
	}
	if len(b.stack) == 0 && (b.prev == "FOLLOWS" || b.prev == "PRECEDES") { // a trigger's name: a body begins behind it
		text = otherToken
	}
	b.prev = text
}

// start decides by the first word what kind of statement this is. MariaDB
// alone has compound statements outside of routines:
// https://mariadb.com/kb/en/using-compound-statements-outside-of-stored-programs/
func (b *blocks) start(word string) {
	b.phase = blockNone
	switch word {
	case "CREATE", "ALTER":
		b.phase = blockHead
	case "BEGIN":
		if b.mariadb {
			b.phase = blockHead
		}
	case "IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR":
		if b.mariadb {
			b.phase = blockBody
			b.prev = ";"
			b.word(word)
		}
	}
}

// class waits for the word that tells what CREATE makes.
func (b *blocks) class(word string) {
	b.head++
	switch {
	case word == "NOT" && b.prev == "BEGIN":
		b.phase = blockBody
		b.stack = append(b.stack, blockList)
	case word == "PROCEDURE", word == "FUNCTION", word == "TRIGGER", word == "EVENT", word == "PACKAGE":
		b.phase = blockBody
		b.pkg, b.each = word == "PACKAGE", word == "TRIGGER"
	case b.head > 16, word == "TABLE", word == "VIEW", word == "INDEX", word == "DATABASE", word == "USER", b.prev == "BEGIN":
		b.phase = blockNone
	}
}

// word opens or closes a block.
func (b *blocks) word(w string) {
	switch w {
	case ";":
		b.loopHead, b.handler = false, false
	case "HANDLER":
		b.handler = true
	case "AS", "IS":
		if b.pkg && len(b.stack) == 0 {
			b.stack = append(b.stack, blockList)
		}
	case "BEGIN":
		if b.prev != "." && (b.statement() || len(b.stack) == 0) {
			b.push(blockList)
		}
	case "CASE":
		b.openCase()
	case "DO":
		b.loopHead = false
	case "LOOP":
		b.openLoop()
	case "IF", "REPEAT", "WHILE", "FOR":
		b.openNamed(w)
	case "UNTIL":
		if b.top() == blockRepeat && b.statement() {
			b.stack[len(b.stack)-1] = blockUntil
		}
	case "END":
		b.end()
	}
}

// push opens a block. A handler's statement has begun then, if one was to come.
func (b *blocks) push(k blockKind) {
	b.stack = append(b.stack, k)
	b.handler = false
}

func (b *blocks) top() blockKind {
	if len(b.stack) == 0 {
		return blockList
	}
	return b.stack[len(b.stack)-1]
}

func (b *blocks) openCase() {
	switch {
	case b.prev == "END" || b.prev == ".":
	case b.statement():
		b.push(blockList)
	default:
		b.push(blockCaseExpr)
	}
}

func (b *blocks) openLoop() {
	if b.prev != "END" && b.prev != "." && !b.loopHead {
		b.push(blockList)
	}
	b.loopHead = false
}

// openNamed opens IF, REPEAT, WHILE and FOR where a statement may begin;
// elsewhere IF and REPEAT are functions, and FOR belongs to another clause.
func (b *blocks) openNamed(w string) {
	if each := b.each; w == "FOR" {
		b.each = false
		if each {
			return
		}
	}
	if b.prev == "END" || !b.statement() {
		return
	}
	if w == "REPEAT" {
		b.push(blockRepeat)
		return
	}
	b.push(blockList)
	b.loopHead = w == "WHILE" || w == "FOR"
}

// end closes the innermost block. END is not reserved: within a list of
// statements only one that follows a whole statement closes the list.
func (b *blocks) end() {
	if len(b.stack) == 0 {
		return
	}
	closes := b.prev == ";" || b.prev == "BEGIN" || b.prev == "ATOMIC" || b.prev == "ELSE" || b.prev == "THEN" || b.prev == "AS" || b.prev == "IS"
	if b.top() == blockCaseExpr || b.top() == blockUntil {
		closes = b.prev != "."
	}
	if closes {
		b.stack = b.stack[:len(b.stack)-1]
	}
}

// statement says whether a statement may begin after the previous token.
func (b *blocks) statement() bool {
	if b.top() == blockCaseExpr {
		return false
	}
	if slices.Contains([]string{";", "BEGIN", "ATOMIC", "THEN", "ELSE", "DO", "LOOP", "REPEAT", ":"}, b.prev) {
		return true
	}
	if len(b.stack) == 0 { // the body begins after the header: FOR EACH ROW, DETERMINISTIC, COMMENT '..', ...
		return slices.Contains([]string{"ROW", ")", "DETERMINISTIC", "SQL", "DATA", "INVOKER", "DEFINER", otherToken}, b.prev)
	}
	return b.handler && b.prev != "FOR" && b.prev != "HANDLER" && (b.prev == otherToken || isWordText(b.prev))
}

func isWordText(s string) bool { return s != "" && isIdent(s[0]) }
