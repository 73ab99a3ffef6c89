package schema

import (
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

func TestCharsetHolds(t *testing.T) {
	for _, c := range []struct {
		charset, other string
		want           bool
	}{
		{"utf8mb4", "latin1", true},
		{"utf8mb4", "", true},
		{"utf8mb4", "binary", false},
		{"utf8mb4", "gb18030", true},
		{"utf8mb3", "latin1", true},
		{"utf8mb3", "utf8mb4", false},
		{"utf8mb3", "gb18030", false},
		{"utf8mb3", "", false},
		{"ucs2", "utf8mb3", true},
		{"latin1", "utf8mb4", false},
		{"latin1", "latin1", true},
		{"latin1", "ascii", true},
		{"latin2", "latin1", false},
		{"", "latin1", false},
		{"binary", "latin1", false},
	} {
		if got := CharsetHolds(c.charset, c.other); got != c.want {
			t.Errorf("CharsetHolds(%q, %q) = %v, want %v", c.charset, c.other, got, c.want)
		}
	}
}

func TestCharsetOf(t *testing.T) {
	for _, c := range []struct {
		table              Table
		typ                change.Type
		charset, collation string
	}{
		{Table{}, change.Type{}, "", ""},
		{Table{Charset: "UTF8"}, change.Type{}, "utf8mb3", ""},
		{Table{Collation: "latin1_bin"}, change.Type{}, "latin1", "latin1_bin"},
		{Table{Charset: "latin1", Collation: "latin1_bin"}, change.Type{Charset: "utf8mb4"}, "utf8mb4", ""},
		{Table{Charset: "latin1"}, change.Type{Collation: "utf8mb4_general_ci"}, "utf8mb4", "utf8mb4_general_ci"},
		{Table{Charset: "latin1", Collation: "latin1_swedish_ci"}, change.Type{Collation: "_bin"}, "latin1", ""},
		{Table{Charset: "utf8mb4"}, change.Type{Collation: "uca1400_ai_ci"}, "utf8mb4", ""},
	} {
		if charset, collation := c.table.CharsetOf(c.typ); charset != c.charset || collation != c.collation {
			t.Errorf("%q %q, %q %q: %q %q, want %q %q", c.table.Charset, c.table.Collation, c.typ.Charset, c.typ.Collation, charset, collation, c.charset, c.collation)
		}
	}
}
