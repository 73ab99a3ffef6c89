package rules

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/safemig/safemig/dialect/change"
)

// mark is a comment that takes a statement, or the file, out of the judgement of
// some rules:
//
//	-- safemig:ignore drop-column -- no version that is running uses it
//	-- safemig:ignore-file drop-table until:2026-12-31 -- we take the old shop apart
//
// What is wrong with it makes it ignore nothing.
type mark struct {
	span   change.Span // the comment
	wide   bool        // for the whole file
	names  []ignoredRule
	until  string // the last day on which it holds, as 2026-12-31
	reason string
	wrong  string // why it is not understood
	bare   bool   // it has no reason

	stmt    *change.Stmt // that it stands at
	lost    string       // why it stands at none
	seen    bool         // an earlier part of the file had it already
	foreign string       // the other tool whose it is
}

// ignoredRule is one rule that a mark names.
type ignoredRule struct {
	id   string
	span change.Span
	used bool
}

// holds says whether the mark ignores anything today.
func (m *mark) holds(today string) bool {
	return m.wrong == "" && !m.bare && !m.expired(today)
}

// expired compares days, which as text are in the order of the calendar.
func (m *mark) expired(today string) bool { return m.until != "" && m.until < today }

// meant is how a comment begins that is meant for us, whether it says it right or not.
var meant = regexp.MustCompile(`(?i)^safemig(?:\s*:\s*(\S*)|[\s-]+((?:ignore|disable|nolint|skip)\S*))`)

// readMark reads a comment with its marks. Most comments are for people.
func readMark(c change.Comment) *mark {
	text := strings.TrimLeftFunc(c.Text, func(r rune) bool { return strings.ContainsRune("-/*#", r) || unicode.IsSpace(r) })
	at := len(c.Text) - len(text)
	text = strings.TrimRight(strings.TrimSuffix(strings.TrimRightFunc(text, unicode.IsSpace), "*/"), " \t\r\n*")
	found := meant.FindStringSubmatchIndex(text)
	if found == nil {
		return nil
	}
	word := text[:found[1]]
	m := &mark{span: c.Span}
	switch word {
	case "safemig:ignore":
	case "safemig:ignore-file":
		m.wide = true
	case "safemig:backfill", "safemig:batch":
		return nil // for others of us
	default:
		m.wrong = "it begins with " + word
		return m
	}
	m.read(text[len(word):], c.Span.Start+at+len(word))
	return m
}

// read reads what stands behind the first word.
func (m *mark) read(text string, at int) {
	list, reason, _ := strings.Cut(text, "--")
	m.reason = strings.Join(strings.Fields(reason), " ")
	m.bare = m.reason == ""
	for from := 0; from < len(list); {
		n := strings.IndexAny(list[from:], ", \t\r\n")
		if n < 0 {
			n = len(list) - from
		}
		if n > 0 {
			m.word(list[from:from+n], change.Span{Start: at + from, End: at + from + n})
		}
		from += n + 1
	}
	if len(m.names) == 0 && m.wrong == "" {
		m.wrong = "it names no rule"
	}
}

// text is the mark as a comment, for some of its rules.
func (m *mark) text(ids []string) string {
	word, until := "safemig:ignore ", ""
	if m.wide {
		word = "safemig:ignore-file "
	}
	if m.until != "" {
		until = " until:" + m.until
	}
	return "-- " + word + strings.Join(ids, ", ") + until + " -- " + m.reason
}

// word is one of those in front of the reason.
func (m *mark) word(word string, span change.Span) {
	day, is := strings.CutPrefix(word, "until:")
	switch {
	case !is:
		m.names = append(m.names, ignoredRule{id: word, span: span})
	case m.until != "":
		m.wrong = "it has two days on which it ends"
	case !IsDay(day):
		m.wrong = "its until: is no day such as 2026-12-31"
	default:
		m.until = day
	}
}

// IsDay says whether a text is a day of the calendar, as 2026-12-31.
func IsDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// Today is the day on which ignores end, which is the same everywhere.
func Today() string { return time.Now().UTC().Format(time.DateOnly) }
