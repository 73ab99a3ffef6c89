package stats_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/stats"
	"github.com/safemig/safemig/rules"
)

const sample = `{
 "version": 1,
 "dialect": "postgres",
 "taken": "2026-11-01T00:00:00Z",
 "tables": {
  "public.new": {},
  "public.orders": {
   "rows": 120000000,
   "bytes": 128849018880
  }
 }
}
`

func TestWhatIsReadIsWritten(t *testing.T) {
	s, err := stats.Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.Write(&out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sizes := s.Sizes(rules.SmallTable())
	for name, want := range map[string]rules.Size{"orders": {Rows: 120_000_000, Bytes: 120 << 30}, "new": {Rows: -1, Bytes: -1}} {
		if got, ok := sizes.Of(change.Name{Schema: "public", Name: name}); !ok || got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "line 1: EOF",
		"{\n\"version\":1,\n}":             "line 3: invalid character",
		"{\n\"version\":\"1\"}":            "line 2: json: cannot unmarshal string",
		"{\"version\":1,\"table\":{}}":     `unknown field "table"`,
		`{"version":2,"dialect":"mysql"}`:  "version 2 of the format is not known, only 1",
		`{"version":1,"dialect":"sqlite"}`: `dialect "sqlite" is none of`,
		`{"version":1,"dialect":"mysql","taken":"yesterday"}`:           "line 1: ",
		`{"version":1,"dialect":"mysql","tables":{"a.b":{"rows":-1}}}`:  "table a.b has a negative size",
		`{"version":1,"dialect":"mysql","tables":{"a.b":{"rows":1.5}}}`: "line 1: json: cannot unmarshal number 1.5",
		"{\"version\":1,\"dialect\":\"mysql\"}\n{}":                     "line 2: there is something behind",
	} {
		s, err := stats.Parse([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
}

func TestFor(t *testing.T) {
	for _, c := range []struct {
		stats, target string
		want          bool
	}{
		{"postgres", "postgres", true}, {"postgres", "mysql", false}, {"mysql", "postgres", false},
		{"mariadb", "mysql", true}, {"mysql", "mariadb", true},
	} {
		if got := (&stats.Stats{Dialect: c.stats}).For(c.target); got != c.want {
			t.Errorf("sizes of %s for %s: %v", c.stats, c.target, got)
		}
	}
}
