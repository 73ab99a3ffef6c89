package report

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strconv"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// Key says what a finding is about, in words that stay when lines move: a
// baseline holds keys, and code hosts follow a finding by a fingerprint made
// from one. Findings of one statement and rule share a key.
type Key struct {
	Rule string
	Path string // clean, with slashes
	// Statement is a hash of the statement as it is written, without blanks and
	// comments; empty for a finding about the file.
	Statement string
}

// Key is what the finding is about.
func (f *Finding) Key() Key {
	return Key{Rule: f.Rule, Path: path.Clean(f.Path), Statement: f.StatementHash}
}

// Fingerprints are one for each finding, in order. No two are the same: the
// findings that share a key are numbered.
func Fingerprints(findings []Finding) []string {
	seen := make(map[Key]int, len(findings))
	out := make([]string, len(findings))
	for i := range findings {
		k := findings[i].Key()
		seen[k]++
		out[i] = k.fingerprint(seen[k])
	}
	return out
}

// fingerprint must stay as it is: other tools remember findings by it.
func (k Key) fingerprint(occurrence int) string {
	return hashOf([]byte(k.Rule + "\x00" + k.Path + "\x00" + k.Statement + "\x00" + strconv.Itoa(occurrence)))
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// statementHash is that of the statement a finding is in. The last one is kept:
// a statement of megabytes may have many findings.
func (l *Locator) statementHash(f *rules.Finding, whole change.Span) string {
	if f.Stmt == nil {
		return ""
	}
	if l.hashed != whole || l.hash == "" {
		l.hashed, l.hash = whole, hashOf(normalised(l.src, whole, f.Stmt.Comments))
	}
	return l.hash
}

// normalised is a statement without its comments, and without blanks but for one
// between two words. Letters keep their case.
func normalised(src []byte, whole change.Span, comments []change.Comment) []byte {
	whole.Start, whole.End = max(whole.Start, 0), min(whole.End, len(src))
	var out []byte
	at := whole.Start
	for _, c := range comments {
		if c.Span.Start >= at && whole.Contains(c.Span) {
			out = squeezed(squeezed(out, src[at:c.Span.Start]), []byte{' '})
			at = c.Span.End
		}
	}
	if at < whole.End {
		out = squeezed(out, src[at:whole.End])
	}
	if n := len(out); n > 0 && blank(out[n-1]) {
		out = out[:n-1]
	}
	return out
}

// squeezed adds a piece to a text that has no blanks but one between two words,
// or at its end.
func squeezed(out, piece []byte) []byte {
	for _, c := range piece {
		last := byte(' ')
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case blank(c):
			if wordly(last) {
				out = append(out, ' ')
			}
			continue
		case blank(last) && len(out) > 0 && !wordly(c):
			out = out[:len(out)-1]
		}
		out = append(out, c)
	}
	return out
}

func blank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// wordly is a byte of a word, a number or a name in any script.
func wordly(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
