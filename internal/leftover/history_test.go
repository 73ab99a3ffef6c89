package leftover_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/internal/leftover"
	"github.com/safemig/safemig/rewrite"
)

var update = flag.Bool("update", false, "write what is found into testdata/leftover")

// TestHistory: a case's files end in .sql; known is the text of a plan that is not
// finished; want is what is found.
func TestHistory(t *testing.T) {
	files, err := filepath.Glob("../../testdata/leftover/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no cases")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { checkCase(t, file) })
	}
}

func checkCase(t *testing.T, file string) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h := leftover.NewHistory(target(t, string(ar.Comment)))
	d := target(t, string(ar.Comment))
	var known leftover.Known
	want := -1
	for i, f := range ar.Files {
		switch {
		case f.Name == "want":
			want = i
		case f.Name == "known":
			known = append(known, string(f.Data))
		case strings.HasSuffix(f.Name, ".sql"):
			h.Add(parsed(t, d, f.Name, string(f.Data)))
		default:
			t.Fatalf("%s: what is %s?", file, f.Name)
		}
	}
	got := printed(leftover.FromHistory(h, known))
	if want < 0 {
		t.Fatalf("%s has no want", file)
	}
	if *update {
		ar.Files[want].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(ar), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(ar.Files[want].Data), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// target is the server that a case's first line names: "# target: mysql 8.4".
func target(t *testing.T, comment string) *dialect.Dialect {
	t.Helper()
	line, _, _ := strings.Cut(comment, "\n")
	name, version, _ := strings.Cut(strings.TrimPrefix(line, "# target: "), " ")
	d, err := dialect.Open(name, version)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func parsed(t *testing.T, d *dialect.Dialect, path, sql string) *change.Script {
	t.Helper()
	return fixcase.Parse(d, path, sql, change.TxNone)
}

// printed is what is found, as people read it.
func printed(found []leftover.Leftover) string {
	var out strings.Builder
	for _, l := range found {
		fmt.Fprintf(&out, "%s %s", l.Kind, l.Object)
		if l.Path != "" {
			fmt.Fprintf(&out, " %s:%d", l.Path, l.Line)
		}
		if l.Guess {
			out.WriteString(" (a guess)")
		}
		fmt.Fprintf(&out, "\n    %s\n    %s\n", l.Why, l.Remedy)
	}
	return out.String()
}

// TestFinishedPlansLeaveNothing: whatever safemig's own plans make on the way, all of
// it is gone when they are done.
func TestFinishedPlansLeaveNothing(t *testing.T) {
	plans := 0
	for _, c := range cases(t) {
		b, err := c.Build(t.Context())
		if err != nil || len(b.Plan.Steps) == 0 {
			continue // a case about what is refused
		}
		plans++
		before := leftover.FromHistory(replayed(t, c, b.Script), nil)
		after := replayed(t, c)
		for i, s := range b.Plan.Steps {
			after.Add(parsed(t, b.Dialect, fmt.Sprintf("%02d.sql", i), strings.Join(s.SQL, ";\n")+";\n"))
		}
		for _, l := range leftover.FromHistory(after, nil) {
			if !slices.ContainsFunc(before, func(o leftover.Leftover) bool { return o.Kind == l.Kind && o.Object == l.Object }) {
				t.Errorf("%s: its plan leaves %s", c.Name, printed([]leftover.Leftover{l}))
			}
		}
	}
	if plans < 50 {
		t.Errorf("only %d plans were looked at", plans)
	}
}

// TestPlansOfOursAreFoundHalfWay: a column that is renamed or retyped by a plan of ours
// shows when the plan is lost, and does not while it is there.
func TestPlansOfOursAreFoundHalfWay(t *testing.T) {
	plans := 0
	for _, c := range cases(t) {
		recipe, _, _ := strings.Cut(c.Name, "/")
		if recipe != "rename-column" && recipe != "change-type" {
			continue
		}
		b, err := c.Build(t.Context())
		half := slices.IndexFunc(b.Plan.Steps, func(s rewrite.Step) bool { return s.Backfill != nil })
		if err != nil || half < 0 {
			continue
		}
		plans++
		h := replayed(t, c)
		var rest leftover.Known
		for i, s := range b.Plan.Steps {
			if text := strings.Join(s.SQL, ";\n") + ";\n"; i < half {
				h.Add(parsed(t, b.Dialect, fmt.Sprintf("%02d.sql", i), text))
			} else {
				rest = append(rest, text)
			}
		}
		if !slices.ContainsFunc(leftover.FromHistory(h, nil), func(l leftover.Leftover) bool { return l.Kind == leftover.SyncedColumns }) {
			t.Errorf("%s: half of its plan is not found", c.Name)
		}
		for _, l := range leftover.FromHistory(h, rest) {
			t.Errorf("%s: its plan is there, and yet: %s", c.Name, printed([]leftover.Leftover{l}))
		}
	}
	if plans < 20 {
		t.Errorf("only %d plans were looked at", plans)
	}
}

func cases(t *testing.T) []*fixcase.Case {
	t.Helper()
	all, err := fixcase.Glob("../../testdata/fix")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// replayed is the history of a case, with some more files.
func replayed(t *testing.T, c *fixcase.Case, more ...*change.Script) *leftover.History {
	t.Helper()
	d, err := dialect.Open(c.Dialect, c.Version)
	if err != nil {
		t.Fatal(err)
	}
	h := leftover.NewHistory(d)
	for _, s := range append([]*change.Script{parsed(t, d, "before.sql", c.Before)}, more...) {
		h.Add(s)
	}
	return h
}
