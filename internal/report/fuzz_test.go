package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/rules"
)

// FuzzFormats: whatever a migration, its name and what is found in it hold, each format is
// what its readers take, and nothing in it is obeyed.
func FuzzFormats(f *testing.F) {
	for _, s := range []string{"DROP TABLE a;", "::error::x\r\n::stop-commands::x", "]]><b>&amp;</details>", "\x1b[2J\u202e\x00\xff\ufffe", "````\n@all [a](b) | {{ # -"} {
		f.Add(s, s, "a.sql", uint16(0), uint16(9))
		f.Add("SELECT 1", "x", s, uint16(3), uint16(4))
	}
	f.Fuzz(func(t *testing.T, source, message, path string, start, end uint16) {
		src := []byte(source)
		span := change.Span{Start: boundary(src, int(start)), End: boundary(src, int(end))}
		span.End = max(span.Start, span.End)
		found := rules.Finding{
			Rule: "known", Severity: rules.Error, Script: &change.Script{Path: path, Raw: src, Src: src},
			Message: message, Help: message, Span: span,
		}
		r := &Lint{
			Targets: []fact.Target{{Dialect: "postgres", Version: fact.V(16)}}, FailOn: rules.Error, Files: []string{path},
			Place: Place{Root: "/src", Dir: "/src/a b"}, Problems: []Problem{{Path: path, Message: message}},
			Findings: []Finding{Locate(found, "postgres", NewLocator(src))},
		}
		for name, write := range map[string]func(io.Writer, *Lint) error{"json": JSON, "sarif": SARIF, "gitlab": GitLab, "rdjson": RDJSON} {
			if text := printed(t, r, write); !json.Valid([]byte(text)) {
				t.Errorf("%s is no JSON: %q", name, text)
			}
		}
		for line := range strings.Lines(printed(t, r, JSONL)) {
			if !json.Valid([]byte(line)) {
				t.Errorf("jsonl: no JSON: %q", line)
			}
		}
		wellFormed(t, printed(t, r, Checkstyle))
		wellFormed(t, printed(t, r, JUnit))
		for _, write := range []func(io.Writer, *Lint, Style) error{Text, Concise, GitHub, Markdown} {
			obeysNothing(t, printed(t, r, func(w io.Writer, r *Lint) error { return write(w, r, Style{}) }))
		}
	})
}

// boundary is the place at or before an offset where a character begins.
func boundary(src []byte, offset int) int {
	offset = min(offset, len(src))
	for offset > 0 && offset < len(src) && !utf8.RuneStart(src[offset]) {
		offset--
	}
	if bytes.HasPrefix(src, []byte(byteOrderMark)) {
		offset = max(offset, min(len(byteOrderMark), len(src)))
	}
	return offset
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %q", err, text)
		}
	}
}

func obeysNothing(t *testing.T, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) || overridesDirection(r) }); i >= 0 {
		t.Fatalf("a terminal would obey %q", text)
	}
}
