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
		l.hashed, l.hash = whole, hashOf(change.Bare(l.src, whole, f.Stmt.Comments))
	}
	return l.hash
}
