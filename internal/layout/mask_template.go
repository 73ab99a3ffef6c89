package layout

import (
	"bytes"
	"strings"
)

// maskTemplates masks the actions of Go templates and Jinja. Actions that yield
// a value become identifiers; those that steer, and comments, become blanks.
func maskTemplates(text []byte) []byte {
	if !bytes.Contains(text, []byte("{{")) && !bytes.Contains(text, []byte("{%")) && !bytes.Contains(text, []byte("{#")) {
		return text
	}
	text = replace(text, nextStatement, fillBlanks)
	return replace(text, nextAction, func(text []byte, start, end int) {
		if steers(string(text[start+2 : end-2])) {
			fillBlanks(text, start, end)
			return
		}
		fillName(text, start, end)
	})
}

// nextStatement finds Jinja's {% if x %} and {# comment #}.
func nextStatement(text []byte, from int) (start, end int) {
	for at := from; at+2 < len(text); at++ {
		if text[at] != '{' || (text[at+1] != '%' && text[at+1] != '#') {
			continue
		}
		end := bytes.Index(window(text, at)[at+2:], []byte{text[at+1], '}'})
		if end < 0 {
			continue
		}
		inner := string(text[at+2 : at+2+end])
		if (text[at+1] == '%' && isJinjaTag(inner)) || (text[at+1] == '#' && isJinjaComment(inner)) {
			return at, at + 2 + end + 2
		}
	}
	return -1, -1
}

func isJinjaTag(inner string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(strings.TrimLeft(inner, "-+")), " ")
	switch strings.TrimRight(word, "-+") {
	case "if", "elif", "else", "endif", "for", "endfor", "set", "endset", "block", "endblock",
		"macro", "endmacro", "raw", "endraw", "with", "endwith", "call", "endcall", "filter", "endfilter",
		"import", "from", "do":
		return !strings.ContainsAny(inner, "{}")
	}
	return false
}

func isJinjaComment(inner string) bool {
	blank := " \t\r\n"
	return len(inner) > 1 && strings.ContainsAny(inner[:1], blank) && strings.ContainsAny(inner[len(inner)-1:], blank)
}

// nextAction finds {{ ... }}.
func nextAction(text []byte, from int) (start, end int) {
	for at := from; ; at++ {
		n := bytes.Index(text[at:], []byte("{{"))
		if n < 0 {
			return -1, -1
		}
		at += n
		if end := actionEnd(window(text, at), at+2); end > 0 {
			return at, end
		}
	}
}

// actionEnd is behind the }} of an action whose inner text starts at a
// position, or -1 when that text cannot be an action: an array '{{"a"},{"b"}}'
// or a body of some other language.
func actionEnd(text []byte, from int) int {
	if isGoComment(text[from:]) {
		return endBehind(text, from, "*/", "}}")
	}
	if !startsAction(text[from:]) {
		return -1
	}
	for i := from; i < len(text); i++ {
		switch c := text[i]; c {
		case '}':
			if bytes.HasPrefix(text[i:], []byte("}}")) {
				return i + 2
			}
			return -1
		case '{', ';', '\n', '\r':
			return -1
		case '"', '`', '\'':
			n := quoteLength(text, i)
			if n < 0 {
				return -1
			}
			i += n
		}
	}
	return -1
}

// quoteLength is the distance from an opening quote to its closing one, or -1.
// A single quote must stand where Jinja has an argument: elsewhere it may be
// SQL's own, of a string that holds braces.
func quoteLength(text []byte, open int) int {
	if text[open] == '\'' {
		before := bytes.TrimRight(text[:open], " ")
		if len(before) == 0 || !bytes.ContainsAny(before[len(before)-1:], "([,=|") {
			return -1
		}
	}
	n := bytes.IndexByte(text[open+1:], text[open])
	if n < 0 || bytes.ContainsAny(text[open+1:open+1+n], "\r\n") {
		return -1
	}
	return n + 1
}

func trimmedAction(text []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(text, []byte("-")), " \t")
}

func isGoComment(text []byte) bool { return bytes.HasPrefix(trimmedAction(text), []byte("/*")) }

func startsAction(text []byte) bool {
	rest := trimmedAction(text)
	if len(rest) == 0 {
		return false
	}
	c := rest[0]
	return c == '.' || c == '$' || c == '(' || (isNameByte(c) && (c < '0' || c > '9'))
}

// endBehind is behind the last of the marks, each looked for behind the one before, or -1.
func endBehind(text []byte, at int, marks ...string) int {
	for _, mark := range marks {
		n := bytes.Index(text[at:], []byte(mark))
		if n < 0 {
			return -1
		}
		at += n + len(mark)
	}
	return at
}

// steers says whether an action yields no text of its own:
// https://pkg.go.dev/text/template#hdr-Actions
func steers(inner string) bool {
	inner = strings.TrimSpace(strings.Trim(inner, "-"))
	word, rest, _ := strings.Cut(inner, " ")
	switch word {
	case "if", "else", "end", "range", "with", "define", "block", "break", "continue":
		return true
	}
	rest = strings.TrimSpace(rest)
	return strings.HasPrefix(inner, "/*") ||
		(strings.HasPrefix(word, "$") && (strings.HasPrefix(rest, ":=") || strings.HasPrefix(rest, "=")))
}
