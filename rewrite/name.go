package rewrite

import (
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"

	"github.com/safemig/safemig/dialect/token"
)

// tokenOf is shorter to write where a recipe walks along tokens.
type tokenOf = token.Token

// nameBytes is how long an identifier may be in PostgreSQL; MySQL and MariaDB take
// 64 characters. https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
const nameBytes = 63

// MadeName is a name of our own for something that a plan makes for a while:
// what it belongs to and what it is. A name that is too long is cut, and told
// from others by a hash.
func MadeName(of, what string) string {
	tail := "_safemig_" + what
	if len(of)+len(tail) <= nameBytes {
		return of + tail
	}
	sum := sha256.Sum256([]byte(of))
	tail = "_" + hex.EncodeToString(sum[:4]) + tail
	cut := of[:nameBytes-len(tail)]
	for !utf8.ValidString(cut) {
		cut = cut[:len(cut)-1]
	}
	return cut + tail
}
