package postgres

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// TestLocks pins what the facts say of the probes' statements on each version.
// That the servers agree is for internal/trace to test.
func TestLocks(t *testing.T) {
	probes, err := filepath.Glob("../../testdata/probes/postgres/*.txtar")
	if err != nil || len(probes) == 0 {
		t.Fatalf("no probes: %v", err)
	}
	facts, statements := Facts(), 0
	for _, path := range probes {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			comparePinned(t, filepath.Join("testdata", "locks", name+".txt"), lockText(t, facts, ar))
		})
		statements += len(ar.Files) - 1
	}
	if pinned, err := filepath.Glob("testdata/locks/*.txt"); err != nil || len(pinned) != len(probes) {
		t.Errorf("%d files are pinned, of %d probes (%v)", len(pinned), len(probes), err)
	}
	if statements < 300 {
		t.Errorf("only %d statements are pinned", statements)
	}
}

func comparePinned(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// lockText is each statement of a probe with what the facts say of it, versions
// that agree taken together.
func lockText(t *testing.T, facts *fact.Table, ar *txtar.Archive) string {
	t.Helper()
	var b strings.Builder
	setup := parseRaw("")
	for _, f := range ar.Files {
		if f.Name == "setup.sql" {
			setup = parseRaw(string(f.Data))
			continue
		}
		fmt.Fprintf(&b, "%s\n", strings.Join(strings.Fields(string(f.Data)), " "))
		state, stmt := beforeLast(t, setup, parseRaw(string(f.Data)))
		b.WriteString(versionTexts(func(v int) string {
			return resultText(facts.Statement(stmt, state, fact.Target{Dialect: "postgres", Version: fact.V(v)}))
		}))
	}
	return b.String()
}

const oldest, newest = 12, 18

// versionTexts is a text of each version, written once where several agree.
func versionTexts(text func(version int) string) string {
	var b strings.Builder
	from := oldest
	for v := oldest; v <= newest; v++ {
		if v == newest || text(v+1) != text(v) {
			fmt.Fprintf(&b, "  %s\n%s", versionsText(from, v), text(v))
			from = v + 1
		}
	}
	return b.String()
}

func versionsText(from, to int) string {
	if from == to {
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}

func parseRaw(src string) *change.Script {
	script := parse(src)
	script.Raw = script.Src
	return script
}

// beforeLast replays a setup and all of a script but its last statement.
func beforeLast(t *testing.T, setup, script *change.Script) (*schema.State, *change.Stmt) {
	t.Helper()
	state := schema.New("postgres")
	replay(t, state, setup, len(setup.Stmts))
	last := len(script.Stmts) - 1
	replay(t, state, script, last)
	state.BeginStmt(script.Stmts[last])
	return state, script.Stmts[last]
}

func replay(t *testing.T, state *schema.State, script *change.Script, n int) {
	t.Helper()
	state.BeginFile(script)
	for _, stmt := range script.Stmts[:n] {
		if stmt.Err != nil {
			t.Fatalf("%s: %v", stmt.Span.Text(script.Src), stmt.Err)
		}
		state.BeginStmt(stmt)
		for _, op := range stmt.Ops {
			state.Apply(script, op)
		}
	}
}

func resultText(r fact.Result) string {
	var b strings.Builder
	if r.Unknown {
		b.WriteString("    unknown\n")
	}
	if r.NoTx {
		b.WriteString("    not in a transaction\n")
	}
	for _, e := range r.Effects {
		fmt.Fprintf(&b, "    %s: %s, %s (%s)\n", e.Table, e.Lock, e.Work, e.Fact)
	}
	if b.Len() == 0 {
		return "    nothing\n"
	}
	return b.String()
}

// TestRows holds every row to the form that reports and the probe test rely on.
func TestRows(t *testing.T) {
	id := regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	Facts().Rows(func(r *fact.Row) {
		e := r.Effect
		switch {
		case !id.MatchString(r.ID):
			t.Errorf("%q is not kebab-case", r.ID)
		case seen[r.ID]:
			t.Errorf("two rows are called %s", r.ID)
		case !r.Before.IsZero() && !r.From.Less(r.Before):
			t.Errorf("%s is for no version", r.ID)
		case e != (change.Effect{}) && !strings.HasPrefix(e.Ref, manual):
			t.Errorf("%s refers to %q, which is no page of the manual", r.ID, e.Ref)
		case e.Work.Grows() && e.Why == "":
			t.Errorf("%s does not say what is done with the rows", r.ID)
		case e.Blocks != e.Lock.Blocks():
			t.Errorf("%s blocks other than its lock does", r.ID)
		case r.Source != fact.Measured && r.From.Less(fact.V(19)):
			t.Errorf("%s is not measured", r.ID)
		}
		seen[r.ID] = true
	})
}

// TestEveryStatementHasAFact feeds one statement of every kind that the parser
// understands: only what is opaque may be unknown.
func TestEveryStatementHasAFact(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no statements: %v", err)
	}
	facts := Facts()
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script := parse(string(ar.Files[0].Data))
		for _, stmt := range script.Stmts {
			for _, op := range stmt.Ops {
				checkHasFact(t, facts, script, stmt, op)
			}
		}
	}
}

func checkHasFact(t *testing.T, facts *fact.Table, script *change.Script, stmt *change.Stmt, op change.Op) {
	t.Helper()
	if _, opaque := op.(*change.Opaque); opaque {
		return
	}
	alone := &change.Stmt{Span: stmt.Span, Kind: stmt.Kind, Ops: []change.Op{op}}
	target := fact.Target{Dialect: "postgres", Version: fact.V(19)}
	if facts.Statement(alone, schema.New("postgres"), target).Unknown {
		t.Errorf("%s: no fact for %T", stmt.Span.Text(script.Src), op)
	}
}
