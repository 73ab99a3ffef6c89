package trace_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

var update = flag.Bool("update", false, "write docs/locks.md anew")

// TestLocksDoc holds docs/locks.md to the facts and their probes.
func TestLocksDoc(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "locks.md")
	got := locksDoc(t)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run go test ./internal/trace -run LocksDoc -update", err)
	}
	if diff := cmp.Diff(string(page), got); diff != "" {
		t.Errorf("docs/locks.md is stale, run go test ./internal/trace -run LocksDoc -update (-page +facts):\n%s", diff)
	}
}

// docDialects are the dialects with versions at which their rows differ.
func docDialects() map[string][]string {
	return map[string][]string{
		"postgres": {"18", "17", "16", "15", "14", "13", "12"},
		"mysql":    {"9.7", "8.4", "8.0.29", "8.0.28", "8.0.12", "8.0.11", "5.7"},
		"mariadb":  {"11.8", "11.4", "10.11", "10.6"},
	}
}

func locksDoc(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# What each change locks, and for how long\n\n" +
		"Generated from the facts that `safemig locks` and the rules look up. *measured*: probes ran on real servers and showed just this\n" +
		"(PostgreSQL 12 to 18, MySQL 9.7, MariaDB 10.11 and 11.8: `make live`, [how](../testdata/probes/README.md)); *documented*: the manual says so.\n" +
		"Several facts may hold for one statement: per table the strongest lock and the worst work count. An example stands for all statements of its kind.\n" +
		"MySQL before 9 could not be run: what is measured of MySQL was measured on 9.7, and where the manual tells of an earlier difference\n" +
		"there is a row for those versions.\n")
	for _, name := range []string{"postgres", "mysql", "mariadb"} {
		examples := examplesOf(t, name)
		fmt.Fprintf(&b, "\n## %s\n\n", fact.DialectName(name))
		if name == "postgres" {
			b.WriteString("| fact | example | lock | blocks | work | versions | |\n| --- | --- | --- | --- | --- | --- | --- |\n")
		} else {
			b.WriteString("| fact | example | algorithm | blocks | work | versions | |\n| --- | --- | --- | --- | --- | --- | --- |\n")
		}
		factTable(t, name).Rows(func(r *fact.Row) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", r.ID, code(examples[r.ID]), how(r.Effect), blocks(r.Effect),
				r.Effect.Work, versions(r), proof(r))
		})
	}
	return b.String()
}

// examplesOf is the shortest statement of the probes for each fact.
func examplesOf(t *testing.T, name string) map[string]string {
	t.Helper()
	best := map[string]string{}
	for _, version := range docDialects()[name] {
		d, err := dialect.Open(name, version)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range readProbes(t, name) {
			if !p.runsOn(d.Target.Version) {
				continue
			}
			for _, st := range p.statements {
				p.example(t, d, st, best)
			}
		}
	}
	return best
}

func (p *probe) example(t *testing.T, d *dialect.Dialect, st statement, best map[string]string) {
	t.Helper()
	claimed, run, err := predict(d, p.setup, st.sql)
	if err != nil {
		t.Fatalf("%s: %s: %v", p.name, st.name, err)
	}
	sql := strings.Join(strings.Fields(run.SQL), " ")
	for _, id := range claimed.Rows {
		if old, ok := best[id]; !ok || len(sql) < len(old) || len(sql) == len(old) && sql < old {
			best[id] = sql
		}
	}
}

func code(sql string) string {
	if sql == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(strings.ReplaceAll(sql, "`", "'"), "|", "\\|") + "`"
}

func how(e change.Effect) string {
	switch {
	case e.Lock != change.NoLock:
		return e.Lock.String()
	case e.Algorithm != change.NoAlgorithm && e.Rebuild && e.Algorithm == change.Inplace:
		return e.Algorithm.String() + ", rebuild"
	}
	return e.Algorithm.String()
}

func blocks(e change.Effect) string {
	switch {
	case e.Blocks.Has(change.Reads):
		return "reads and writes"
	case e.Blocks.Has(change.Writes):
		return "writes"
	case e.Blocks.Has(change.DDL):
		return "DDL"
	}
	return ""
}

func versions(r *fact.Row) string {
	switch {
	case !r.From.IsZero() && !r.Before.IsZero():
		return fmt.Sprintf("from %s, before %s", r.From, r.Before)
	case !r.From.IsZero():
		return "from " + r.From.String()
	case !r.Before.IsZero():
		return "before " + r.Before.String()
	}
	return "all"
}

func proof(r *fact.Row) string {
	word := "documented"
	if r.Source == fact.Measured {
		word = "measured"
	}
	if r.Effect.Ref == "" {
		return word
	}
	return "[" + word + "](" + r.Effect.Ref + ")"
}
