package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/token"
)

// unreadable finds what the parser must not be given, or explains badly: a
// literal without an end, a zero byte (where C would stop reading), brackets
// and chains that are too deep, and bytes that are not UTF-8.
func (c *converter) unreadable() *change.SyntaxError {
	if last := c.stmt.Tokens[len(c.stmt.Tokens)-1]; last.Kind == token.Broken {
		return &change.SyntaxError{Span: last.Span, Message: unclosed(last.Span.Text(c.src))}
	}
	if why := c.stmt.TooMuch; why != "" {
		return &change.SyntaxError{Span: c.stmt.Tokens[0].Span, Message: why, Help: token.WhatToDo}
	}
	text := c.src[c.stmt.Span.Start:c.stmt.Span.End]
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return c.errorAt(i, "a zero byte cannot stand in SQL")
	}
	if i := c.all.tooDeep(); i >= 0 {
		return &change.SyntaxError{Span: c.all.spanOf(i), Message: fmt.Sprintf("the statement is nested more than %d levels deep", maxDepth)}
	}
	if utf8.Valid(text) {
		return nil
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return c.errorAt(i, fmt.Sprintf("byte 0x%02x is not valid UTF-8", text[i]))
		}
		i += n
	}
	return nil
}

// unclosed says what a broken token should have been.
func unclosed(text string) string {
	switch {
	case len(text) > 1 && text[:2] == "/*":
		return "the comment that starts here is not closed"
	case text[0] == '"', text[0]|0x20 == 'u' && len(text) > 2 && text[2] == '"':
		return "the quoted name that starts here is not closed"
	case text[0] == '$':
		return "the dollar-quoted string that starts here is not closed"
	}
	return "the string that starts here is not closed"
}

// syntaxError is the parser's complaint with its place.
func (c *converter) syntaxError(text []byte, err error) *change.SyntaxError {
	var refused *pg.Error
	if !errors.As(err, &refused) {
		return &change.SyntaxError{Span: c.all.spanOf(0), Message: "the parser gave up: " + err.Error()}
	}
	return c.errorAt(byteOffset(text, refused.Cursorpos), refused.Message)
}

// byteOffset turns the parser's position, which counts characters from 1, into bytes.
func byteOffset(text []byte, chars int) int {
	offset := 0
	for ; chars > 1 && offset < len(text); chars-- {
		_, n := utf8.DecodeRune(text[offset:])
		offset += n
	}
	return offset
}

// errorAt puts an error on the token that covers an offset in the statement.
func (c *converter) errorAt(offset int, message string) *change.SyntaxError {
	i := c.all.at(c.stmt.Span.Start + offset)
	if i == c.all.len() || i > 0 && c.all.list[i].Span.Start > c.stmt.Span.Start+offset {
		i--
	}
	return &change.SyntaxError{Span: c.all.spanOf(i), Message: message}
}
