package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/livedb"
)

// plant is a difference of one kind in one row, or two ways to write the same.
type plant struct {
	kind   string
	column string
	a, b   string
	same   bool
	nature string // that the result gives it; empty: any
}

func plants(a, b *livedb.DB) []plant {
	out := []plant{
		{kind: "one character", column: "txt", a: "abc", b: "abd"},
		{kind: "trailing space", column: "txt", a: "abc", b: "abc ", nature: "blanks at the end"},
		{kind: "upper and lower case", column: "txt", a: "abc", b: "ABC", nature: "upper and lower case"},
		{kind: "accent", column: "lat", a: "é", b: "e"},
		{kind: "ß and ss", column: "txt", a: "ß", b: "ss"},
		{kind: "composed and decomposed é", column: "txt", a: "é", b: "e\u0301"},
		{kind: "encoded twice", column: "txt", a: "é", b: "Ã©", nature: "encoded twice: UTF-8 taken for Latin-1"},
		{kind: "emoji", column: "txt", a: "😀", b: "😁"},
		{kind: "é in latin1", column: "lat", a: "é", b: "é", same: true},
		{kind: "NULL against ''", column: "txt", a: null, b: "", nature: "NULL against ''"},
		{kind: "NULL against the text NULL", column: "txt", a: null, b: "NULL"},
		{kind: "NULL against ~", column: "txt", a: null, b: "~"},
		{kind: "0 against NULL", column: "n", a: "0", b: null, nature: "NULL against 0"},
		{kind: "CHAR padding", column: "fix", a: "ab", b: "ab   ", same: true},
		{kind: "integer", column: "n", a: "1", b: "-1"},
		{kind: "decimal scale", column: "num", a: "1.5", b: "1.50", same: true},
		{kind: "decimal value", column: "num", a: "1.5", b: "1.5001"},
		{kind: "unsigned bigint", column: "big", a: "18446744073709551615", b: "18446744073709551614"},
		{kind: "double, last digit", column: "dbl", a: "0.1", b: "0.10000000000000002", nature: "last digits of a float"},
		{kind: "float, last digit", column: "flt", a: "0.1", b: "0.10000001"},
		{kind: "-0.0", column: "dbl", a: "0", b: "-0", same: true},
		{kind: "double, exponent", column: "dbl", a: "100", b: "1e2", same: true},
		{kind: "double beyond 2^53", column: "dbl", a: "123456789012345680", b: "1.2345678901234568e17", same: true},
		{kind: "boolean", column: "yes", a: "1", b: "0"},
		{kind: "boolean as bit(1)", column: "sure", a: "1", b: "0"},
		{kind: "bits", column: "flags", a: "00000101", b: "10000101"},
		{kind: "blob byte", column: "bin", a: "deadbeef", b: "deadbeee"},
		{kind: "NUL bytes in a blob", column: "bin", a: "00", b: "0000"},
		{kind: "empty blob against NULL", column: "bin", a: "", b: null},
		{kind: "uuid", column: "uid", a: "0f000000-0000-4000-8000-0000000000ab", b: "0f000000-0000-4000-8000-0000000000ac"},
		{kind: "uuid in capitals", column: "uid", a: "0f000000-0000-4000-8000-0000000000ab", b: "0F000000-0000-4000-8000-0000000000AB", same: isPostgres(a) || isPostgres(b)},
		{kind: "uuid as binary(16)", column: "raw", a: "0f000000-0000-4000-8000-0000000000ab", b: "0f000000-0000-4000-8000-0000000000ac"},
		{kind: "date", column: "day", a: "2024-02-29", b: "2024-03-01"},
		{kind: "time", column: "tim", a: "23:59:59.5", b: "23:59:59.500001"},
		{kind: "time zone shift", column: "made", a: "2024-03-31 01:30:00.25", b: "2024-03-31 02:30:00.25", nature: "shifted by 1h: a time zone?"},
		{kind: "microsecond", column: "loc", a: "2024-03-31 02:30:00.25", b: "2024-03-31 02:30:00.250001", nature: "fraction of a second"},
		{kind: "fractional digits", column: "loc", a: "2024-03-31 02:30:00.25", b: "2024-03-31 02:30:00.250000", same: true},
		{kind: "second", column: "secs", a: "2024-03-31 01:30:00", b: "2024-03-31 01:30:01"},
		{kind: "JSON order and spaces", column: "doc", a: `{"a":1,"bb":[1,2,{"c":null}]}`, b: `{"bb": [1, 2, {"c":null}], "a": 1}`, same: true},
		{kind: "JSON number forms", column: "doc", a: `{"a":100}`, b: `{"a":1e2}`, same: true},
		{kind: "JSON escapes", column: "doc", a: `"é😀"`, b: `"\u00e9\ud83d\ude00"`, same: true},
		{kind: "JSON value", column: "doc", a: `{"a":0.1}`, b: `{"a":0.2}`},
		{kind: "JSON text and number", column: "doc", a: `{"a":1}`, b: `{"a":"1"}`},
		{kind: "JSON order in an array", column: "doc", a: `{"a":1,"bb":[1,2,{"c":null}]}`, b: `{"a":1,"bb":[2,1,{"c":null}]}`},
		{kind: "JSON null against NULL", column: "doc", a: "null", b: null},
		{kind: "spaces in a JSON text", column: "doc", a: `"a b"`, b: `"a  b"`},
		{kind: "enum", column: "mood", a: "a", b: "b"},
		{kind: "set", column: "tags", a: "x,y", b: "x,z"},
		{kind: "year", column: "yr", a: "2024", b: "1901"},
	}
	if isPostgres(a) && isPostgres(b) {
		out = append(out,
			plant{kind: "NaN", column: "dbl", a: "NaN", b: "0"}, plant{kind: "NaN on both sides", column: "dbl", a: "NaN", b: "NaN", same: true},
			plant{kind: "infinity", column: "dbl", a: "Infinity", b: "-Infinity"}, plant{kind: "infinite time", column: "loc", a: "infinity", b: "-infinity"},
			plant{kind: "date before Christ", column: "day", a: "0044-03-15", b: "0044-03-15 BC"})
	}
	if !isPostgres(b) {
		out = append(out, plant{kind: "zero date against NULL", column: "day", a: null, b: "0000-00-00"})
	}
	return out
}

// kind is what a row of the planted tables is about.
type kind struct {
	name   string
	differ compare.Kind // empty: it must not be found
	nature string
}

const plantedRows = 3000

// plantAll gives the rows of both sides, and what each odd one is about.
func plantAll(a, b *livedb.DB) (one, two map[int64][]string, about map[int64]kind) {
	all := between(a, b)
	one, two, about = map[int64][]string{}, map[int64][]string{}, map[int64]kind{}
	for id := int64(1); id <= plantedRows; id++ {
		row := make([]string, len(all))
		for i, s := range all {
			g := s.groups[int(id)*7%len(s.groups)]
			row[i] = g[0]
		}
		one[id], two[id] = row, slices.Clone(row)
	}
	at := func(column string) int { return slices.IndexFunc(all, func(s sort) bool { return s.name == column }) }
	id := int64(40)
	for _, p := range plants(a, b) {
		one[id][at(p.column)], two[id][at(p.column)] = p.a, p.b
		k := kind{name: p.kind, differ: compare.Different, nature: p.nature}
		if p.same {
			k.differ = ""
		}
		about[id] = k
		id += 41
	}
	txt, lat := at("txt"), at("lat")
	one[20][txt], one[21][txt] = "abc", "abd"
	two[20][txt], two[21][txt] = "abd", "abc"
	about[20], about[21] = kind{name: "fields swapped between rows", differ: compare.Different}, kind{name: "fields swapped between rows", differ: compare.Different}
	one[22][txt], one[22][lat] = "3:abc", "e"
	two[22][txt], two[22][lat] = "3:abce", ""
	about[22] = kind{name: "text moved to the next field", differ: compare.Different}
	for id, k := range map[int64]kind{
		1: {name: "missing row at the first key", differ: compare.Missing}, plantedRows: {name: "missing row at the last key", differ: compare.Missing}, 1500: {name: "missing row", differ: compare.Missing},
	} {
		about[id] = k
		delete(two, id)
	}
	for id, k := range map[int64]kind{
		0: {name: "extra row before the first key", differ: compare.Extra}, plantedRows + 9: {name: "extra row behind the last key", differ: compare.Extra}, 1700: {name: "extra row", differ: compare.Extra},
	} {
		about[id] = k
		two[id] = slices.Clone(two[2])
		delete(one, id)
	}
	return one, two, about
}

func ids() (out []int64) {
	for id := int64(0); id <= plantedRows+9; id++ {
		out = append(out, id)
	}
	return out
}

// TestPlanted plants differences of every kind, which must all be found, and values that
// are only written differently, which must not.
func TestPlanted(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	var report strings.Builder
	out := tabwriter.NewWriter(&report, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "servers\tkinds planted\tfound\tkinds of the same\ttaken for different\tfalse ones")
	pairings(t, func(t *testing.T, a, b *livedb.DB) {
		one, two, about := plantAll(a, b)
		create(t, a, "planted_a")
		create(t, b, "planted_b")
		fill(t, a, "planted_a", one, ids())
		fill(t, b, "planted_b", two, ids())
		spec := tables(a, "planted_a", b, "planted_b")
		r := compared(t, spec, compare.Options{MaxRows: 700})
		score(t, &r, about, t.Name(), out)
		// Without what may have to be compared row by row, sums decide.
		spec.Ignore = []string{"doc"}
		for id, k := range about {
			if strings.Contains(k.name, "JSON") {
				delete(about, id)
			}
		}
		r = compared(t, spec, compare.Options{Short: true, MaxRows: 5000})
		score(t, &r, about, t.Name()+" without JSON", out)
		if r.Settled > 0 {
			t.Errorf("the sums of %d rows differ that are the same", r.Settled)
		}
	})
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("planted differences:\n%s", report.String())
}

// score holds what was found against what was planted.
func score(t *testing.T, r *compare.Result, about map[int64]kind, pairing string, out *tabwriter.Writer) {
	t.Helper()
	var want, got []string
	planted, found, even := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for id, k := range about {
		if k.differ == "" {
			even[k.name] = true
			continue
		}
		planted[k.name] = true
		want = append(want, fmt.Sprintf("%d %s", id, k.differ))
	}
	taken, wrong := 0, 0
	for _, row := range r.First {
		got = append(got, row.Key[0]+" "+string(row.Kind))
		var id int64
		if _, err := fmt.Sscan(row.Key[0], &id); err != nil {
			t.Fatal(err)
		}
		switch k, known := about[id]; {
		case !known:
			wrong++
		case k.differ == "":
			taken++
			t.Logf("%s: %+v", k.name, describe(row.Fields))
		default:
			found[k.name] = true
			if k.nature != "" && row.Fields[0].Nature != k.nature {
				t.Errorf("%s: nature %q, want %q", k.name, row.Fields[0].Nature, k.nature)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("found (-want +got): %s", diff)
	}
	if r.RowsA != plantedRows-1 || r.RowsB != plantedRows-1 {
		t.Errorf("%d and %d rows", r.RowsA, r.RowsB)
	}
	_, pairing, _ = strings.Cut(pairing, "/")
	_, _ = fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\t%d\n", strings.ReplaceAll(pairing, "_", " "), len(planted), len(found), len(even), taken, wrong)
}

// describe is what differs, for a failure's message.
func describe(fields []compare.Field) (out []string) {
	text := func(v *string) string {
		if v == nil {
			return "NULL"
		}
		return fmt.Sprintf("%q", *v)
	}
	for _, f := range fields {
		out = append(out, f.Column+" "+text(f.A)+" "+text(f.B))
	}
	return out
}
