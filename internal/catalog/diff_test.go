package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/internal/catalog"
)

func TestDiff(t *testing.T) {
	a := []catalog.Object{
		{Class: "column", Name: "t.a", Value: "type: text\nstorage: plain"},
		{Class: "index", Name: "t_a", Value: "definition: x"},
		{Class: "view", Name: "v", Value: "definition: SELECT\n\t'" + strings.Repeat("é", 100) + "' AS a"},
		{Class: "same", Name: "s", Value: "x: 1\ny: 2"},
	}
	b := []catalog.Object{
		{Class: "view", Name: "v", Value: "definition: SELECT\n\t'" + strings.Repeat("é", 100) + "' AS b"},
		{Class: "column", Name: "t.a", Value: "type: varchar\ncollation: C"},
		{Class: "same", Name: "s", Value: "y: 2\nx: 1"},
		{Class: "table", Name: "u", Value: "kind: table"},
	}
	for _, c := range []struct {
		ignore []catalog.Ignore
		want   string
	}{
		{nil, "column t.a: collation is C, was not set\ncolumn t.a: storage is not set, was plain\ncolumn t.a: type is varchar, was text\n" +
			"index t_a is missing\ntable u is extra\n" +
			"view v: definition is ..." + strings.Repeat("é", 18) + "' AS b, was ..." + strings.Repeat("é", 18) + "' AS a"},
		{
			[]catalog.Ignore{{Class: "view"}, {Name: "u"}, {Class: "column", Property: "type"}, {Class: "index", Name: "another"}},
			"column t.a: collation is C, was not set\ncolumn t.a: storage is not set, was plain\nindex t_a is missing",
		},
		{[]catalog.Ignore{{}}, ""},
	} {
		var got []string
		for _, d := range catalog.Diff(a, b, c.ignore...) {
			got = append(got, d.String())
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.ignore, diff)
		}
	}
}

// TestDiffLines: a difference is one line, whatever the values hold.
func TestDiffLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := func(name string) []catalog.Object {
			return []catalog.Object{{Class: "c", Name: "n", Value: "p: " + rapid.String().Draw(t, name)}}
		}
		a, b := value("a"), value("b")
		if n := len(catalog.Diff(a, a)); n != 0 {
			t.Fatalf("%d differences from itself", n)
		}
		there, back := catalog.Diff(a, b), catalog.Diff(b, a)
		if (len(there) == 0) != (len(back) == 0) || (len(there) == 0) && a[0].Value != b[0].Value {
			t.Fatalf("%d differences there, %d back: %q, %q", len(there), len(back), a[0].Value, b[0].Value)
		}
		for _, d := range there {
			if strings.ContainsAny(d.String(), "\n\r") {
				t.Fatalf("%q", d)
			}
		}
	})
}
