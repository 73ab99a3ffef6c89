package mysql_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/schema"
)

// probe is one line of testdata/facts/measured.txt.
type probe struct {
	name, setup, clause, settings string
	seen                          map[string]string // answer by server
}

// measuredServers are the columns of measured.txt.
func measuredServers() []fact.Target {
	return []fact.Target{
		{Dialect: "mysql", Version: fact.V(9, 7)},
		{Dialect: "mariadb", Version: fact.V(10, 11)},
		{Dialect: "mariadb", Version: fact.V(11, 8)},
	}
}

func serverName(t fact.Target) string { return t.Name() + " " + t.Version.String() }

// statement is the probe's ALTER TABLE, with an ALGORITHM or LOCK clause.
func (p probe) statement(request string) string {
	if request == "" {
		return "alter table t " + p.clause
	}
	separator := ", "
	if strings.HasPrefix(p.clause, "partition by") || strings.HasPrefix(p.clause, "remove partitioning") {
		separator = " "
	}
	return "alter table t " + request + separator + p.clause
}

func readProbes(t *testing.T) []probe {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "facts", "measured.txt"))
	if err != nil {
		t.Fatal(err)
	}
	setups := map[string]string{}
	var probes []probe
	for i, text := range strings.Split(string(data), "\n") {
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if rest, ok := strings.CutPrefix(text, "setup "); ok {
			name, sql, _ := strings.Cut(rest, ": ")
			setups[name] = sql
			continue
		}
		f := strings.Split(text, "|")
		if len(f) != 4+len(measuredServers()) {
			t.Fatalf("measured.txt:%d: %d fields", i+1, len(f))
		}
		for j := range f {
			f[j] = strings.TrimSpace(f[j])
		}
		p := probe{name: f[0], setup: setups[f[1]], clause: f[2], settings: f[3], seen: map[string]string{}}
		if p.setup == "" {
			t.Fatalf("measured.txt:%d: no setup %q", i+1, f[1])
		}
		for j, s := range measuredServers() {
			p.seen[serverName(s)] = f[4+j]
		}
		probes = append(probes, p)
	}
	return probes
}

// factsOf is what the facts say about the last statement of a file, with
// another file before it.
func factsOf(t *testing.T, target fact.Target, before, sql string) fact.Result {
	t.Helper()
	v := target.Version
	parser := mysql.New(target.Dialect == "mariadb", [3]int{v.Major, v.Minor, v.Patch})
	table, state := mysql.Facts(target.Dialect), schema.New(target.Dialect)
	var last fact.Result
	for _, src := range []string{before, sql} {
		script := &change.Script{Src: []byte(src), Raw: []byte(src), Section: change.Span{End: len(src)}}
		parser.Parse(script)
		state.BeginFile(script)
		for _, stmt := range script.Stmts {
			if stmt.Err != nil {
				t.Fatalf("%s: %v", stmt.Span.Text(script.Src), stmt.Err)
			}
			last = table.Statement(stmt, state, target)
			for _, op := range stmt.Ops {
				state.Apply(script, op)
			}
		}
	}
	return last
}

// answer writes an effect as measured.txt writes what a server did.
func answer(r fact.Result) string {
	if r.Unknown {
		return "unknown"
	}
	for _, e := range r.Effects {
		if e.Table.Name != "t" {
			continue
		}
		out := e.Algorithm.String()
		if e.Algorithm == change.Instant {
			return out
		}
		lock := " NONE"
		if e.Blocks.Has(change.Writes) && e.Work.Grows() {
			lock = " SHARED"
		}
		if e.Algorithm == change.Inplace && e.Rebuild {
			lock += " rebuild"
		}
		return out + lock
	}
	return "no effect"
}

// TestFactsAgreeWithServers holds the facts against the recorded answers. A line
// of accepted.txt names a probe where the facts are worse than the server on
// purpose; it must really differ.
func TestFactsAgreeWithServers(t *testing.T) {
	accepted := readAccepted(t)
	for _, p := range readProbes(t) {
		for _, target := range measuredServers() {
			want := p.seen[serverName(target)]
			if want == "-" {
				continue
			}
			key := p.name + " on " + serverName(target)
			got := answer(factsOf(t, target, p.setup, p.settings+p.statement("")))
			if worse, ok := accepted[key]; ok {
				if got != worse || got == want {
					t.Errorf("accepted.txt: %s: the facts say %s, the server %s", key, got, want)
				}
				delete(accepted, key)
				continue
			}
			if got != want {
				t.Errorf("%s: the facts say %s, the server %s\n\t%s", key, got, want, p.statement(""))
			}
		}
	}
	for key := range accepted {
		t.Errorf("accepted.txt names %q, which no probe is called", key)
	}
}

func readAccepted(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "facts", "accepted.txt"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for i, text := range strings.Split(string(data), "\n") {
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		key, worse, ok := strings.Cut(text, ": ")
		if !ok {
			t.Fatalf("accepted.txt:%d: no colon", i+1)
		}
		out[key] = worse
	}
	return out
}

// TestMeasuredRowsAreProbed: no row of an ALTER is called Measured unless a probe
// of a server within its versions hits it.
func TestMeasuredRowsAreProbed(t *testing.T) {
	hit := map[string]bool{}
	for _, p := range readProbes(t) {
		for _, target := range measuredServers() {
			if p.seen[serverName(target)] == "-" {
				continue
			}
			for _, effects := range factsOf(t, target, p.setup, p.settings+p.statement("")).ByOp {
				for _, e := range effects {
					hit[target.Dialect+" "+e.Fact] = true
				}
			}
		}
	}
	for _, dialect := range []string{"mysql", "mariadb"} {
		mysql.Facts(dialect).Rows(func(r *fact.Row) {
			if r.Source == fact.Measured && r.Effect.Algorithm != change.NoAlgorithm && !hit[dialect+" "+r.ID] {
				t.Errorf("%s: row %s (%v) is Measured, but no probe of measured.txt hits it", dialect, r.ID, fmt.Sprint(r.Kind))
			}
		})
	}
}
