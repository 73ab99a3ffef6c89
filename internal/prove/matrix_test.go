package prove_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/prove"
	"github.com/safemig/safemig/rules"
)

var matrixFile = flag.String("matrix", "", "write the matrix into this file, as Markdown")

// servers are the PostgreSQL servers of this machine. Without any the test is
// skipped, or fails where SAFEMIG_LIVE is "require".
func servers(t *testing.T) []livedb.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("plans are not proven in a short run")
	}
	list, err := livedb.Find(t.Context(), "postgres")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		if os.Getenv("SAFEMIG_LIVE") == "require" {
			t.Fatal("no PostgreSQL server found: run .ci/servers")
		}
		t.Skip("no PostgreSQL server found: run .ci/servers to prove the plans")
	}
	return list
}

// mysqlServers are the newest servers of MySQL and MariaDB, or all (see inTheMatrix).
func mysqlServers(t *testing.T) []livedb.Server {
	t.Helper()
	var out []livedb.Server
	for _, dialect := range []string{"mysql", "mariadb"} {
		list, err := livedb.Find(t.Context(), dialect)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			t.Logf("no server of %s found: its plans are not proven", dialect)
		}
		if !everywhere() && len(list) > 1 {
			list = list[len(list)-1:]
		}
		out = append(out, list...)
	}
	return out
}

// everywhere says whether every server that is found is asked for.
func everywhere() bool {
	return *matrixFile != "" || os.Getenv("SAFEMIG_PROVE") == "all" || partial()
}

// serverName is a server in the matrix; of PostgreSQL its version alone.
func serverName(s livedb.Server) string {
	if s.Dialect == "postgres" {
		return s.Version.String()
	}
	return s.String()
}

// openBench starts a server for the time of a test.
func openBench(t *testing.T, s livedb.Server) *prove.Bench {
	t.Helper()
	b, err := prove.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// matrixLoad has the proportions of prove.DefaultLoad and a lock_timeout of 2 s, at a
// fraction of the time.
func matrixLoad() (lockTimeout time.Duration, load prove.Load) {
	return 400 * time.Millisecond, prove.Load{Reader: 1200 * time.Millisecond, Margin: 600 * time.Millisecond}
}

// loadOn is the same for a server: MySQL and MariaDB count lock_wait_timeout in
// whole seconds.
func loadOn(dialect string) (lockTimeout time.Duration, load prove.Load) {
	if dialect == "postgres" {
		return matrixLoad()
	}
	return time.Second, prove.Load{Reader: 2500 * time.Millisecond, Margin: 600 * time.Millisecond}
}

// inTheMatrix are the oldest and the newest server, and one between them where there
// are more than two processors, or all where SAFEMIG_PROVE is "all" (make live): that
// takes longer than go test allows by itself.
func inTheMatrix(t *testing.T, list []livedb.Server) []livedb.Server {
	t.Helper()
	if len(list) <= 2 || everywhere() {
		return list
	}
	some := []livedb.Server{list[0], list[len(list)-1]}
	if runtime.NumCPU() > 2 {
		some = slices.Insert(some, 1, list[len(list)/2])
	}
	t.Logf("plans are proven on %v alone: make live proves them on all %d servers", some, len(list))
	return some
}

// TestMatrix proves the cases of testdata/fix on the servers that are found (see sample):
// first on the newest PostgreSQL and those of the other kinds, then on the older ones.
func TestMatrix(t *testing.T) {
	older := inTheMatrix(t, servers(t))
	newest := older[len(older)-1]
	older = older[:len(older)-1]
	cases, err := fixcase.Glob("../../testdata/fix")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	began := time.Now()
	var mu sync.Mutex
	var rows []prove.Row
	proven := map[string]bool{}
	notForNewest := map[string]bool{}
	on := func(t *testing.T, s livedb.Server, cases []*fixcase.Case) (all []job) {
		// A server whose cases are all left out by -run is not started.
		bench := sync.OnceValue(func() *prove.Bench { return openBench(t, s) })
		for _, c := range cases {
			proven[c.Name] = true
			all = append(all, job{s.Version.String() + "/" + c.Name, func(t *testing.T) {
				res := proveCase(t, bench(), c)
				mu.Lock()
				rows = append(rows, prove.Row{Case: c.Name, Version: serverName(s), Result: res})
				notForNewest[c.Name] = notForNewest[c.Name] || s == newest && res.NotApplicable != ""
				mu.Unlock()
				if res.NotApplicable != "" {
					t.Skip(res.NotApplicable)
				}
			}})
		}
		return all
	}
	t.Run("on", func(t *testing.T) {
		all := on(t, newest, sample(cases, "postgres"))
		for _, s := range mysqlServers(t) {
			all = append(all, on(t, s, sample(cases, s.Dialect))...)
		}
		sideBySide(t, all)
		all = nil
		for _, s := range older {
			all = append(all, on(t, s, sampleBehind(cases, notForNewest))...)
		}
		sideBySide(t, all)
	})
	report(t, rows)
	for _, c := range cases {
		if proven[c.Name] && !slices.ContainsFunc(rows, func(r prove.Row) bool { return r.Case == c.Name && r.Result.NotApplicable == "" }) && c.Unproven == "" && hasSteps(c) && !partial() {
			t.Errorf("%s is proven on no server", c.Name)
		}
	}
	t.Logf("%d proofs of %d cases in %s", len(rows), len(cases), time.Since(began).Round(time.Second))
}

// partial: -run names some of the proofs.
func partial() bool { return strings.Contains(flag.Lookup("test.run").Value.String(), "/") }

// job is a subtest.
type job struct {
	name string
	run  func(*testing.T)
}

// sideBySide runs more subtests at a time than -parallel allows, because a proof
// waits for half of its time.
func sideBySide(t *testing.T, jobs []job) {
	t.Helper()
	next := make(chan job)
	var done sync.WaitGroup
	for range 3 * runtime.NumCPU() {
		done.Go(func() {
			for j := range next {
				t.Run(j.name, j.run)
			}
		})
	}
	for _, j := range jobs {
		next <- j
	}
	close(next)
	done.Wait()
}

// hasSteps says whether the case's plan has any: without, there is nothing to prove.
func hasSteps(c *fixcase.Case) bool { return strings.HasPrefix(c.Plan, "# 1 ") }

func report(t *testing.T, rows []prove.Row) {
	t.Helper()
	text := prove.Markdown(rows)
	t.Log("\n" + text)
	if *matrixFile == "" {
		return
	}
	if err := os.WriteFile(*matrixFile, []byte(text), 0o644); err != nil {
		t.Error(err)
	}
}

func proveCase(t *testing.T, bench *prove.Bench, c *fixcase.Case) prove.Result {
	t.Helper()
	if why := c.LeftOut(bench.Server.Version); why != "" {
		return prove.Result{NotApplicable: why}
	}
	subject, err := caseFor(t, c, bench.Server)
	if err != nil {
		t.Fatal(err)
	}
	// A proof takes seconds for each step, and more where others keep the machine
	// busy; one that hangs is to be told by its name.
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute+time.Duration(len(subject.Plan.Steps))*30*time.Second)
	defer cancel()
	res, err := bench.Run(ctx, subject)
	if err != nil {
		t.Fatal(err)
	}
	if res.NotApplicable != "" {
		return res
	}
	for _, p := range prove.Properties() {
		o := res.Outcomes[p]
		for _, fault := range o.Faults {
			t.Errorf("%c: %s", p, fault)
		}
		for _, note := range o.Notes {
			t.Logf("%c: %s", p, note)
		}
		t.Logf("%c: %s %s %s", p, res.Cell(p), o.Skipped, o.Took.Round(time.Millisecond))
	}
	return res
}

// caseFor is what a case of testdata/fix is on a server.
func caseFor(t *testing.T, c *fixcase.Case, s livedb.Server) (prove.Case, error) {
	t.Helper()
	mine := *c
	mine.Dialect = s.Dialect
	out := prove.Case{Name: c.Name, OriginalFails: c.OriginalFails, Role: c.Role, Migrator: c.Migrator, Text: mine.Text(), Allowed: map[prove.Side][]string{}}
	mine.Options.LockTimeout, out.Load = loadOn(s.Dialect)
	out.Options = mine.Options
	built, err := mine.BuildFor(t.Context(), s.Version.String())
	if err != nil {
		return out, err
	}
	out.Plan = built.Plan
	out.Dialect = built.Dialect
	out.Before, out.Data, out.Migration = prove.Split(out.Dialect, c.Before), prove.Split(out.Dialect, c.Data), prove.Split(out.Dialect, cmp.Or(c.Original, c.Migration))
	out.Differs = c.DiffersOn(s.Version)
	for side, codes := range c.Allowed {
		out.Allowed[prove.Side(side)] = codes
	}
	if out.Old, err = prove.ReadStatements(built.Dialect, c.Old); err != nil {
		return out, fmt.Errorf("old.sql: %w", err)
	}
	if out.New, err = prove.ReadStatements(built.Dialect, c.New); err != nil {
		return out, fmt.Errorf("new.sql: %w", err)
	}
	if out.Dual, err = prove.ReadChecks(c.Dual); err != nil {
		return out, fmt.Errorf("dual.sql: %w", err)
	}
	for _, column := range c.Filled {
		out.Filled = append(out.Filled, columnNamed(built, column))
	}
	for _, column := range c.Volatile {
		out.Volatile = append(out.Volatile, columnNamed(built, column))
	}
	if s.Dialect != "postgres" {
		out.Left = leftOpen(built)
	}
	out.Renames = append(renamesIn(built), movesIn(built)...)
	if s.Dialect != "postgres" { // a case is in one database, whose name its tables go without
		for i := range out.Renames {
			out.Renames[i].From.Table.Schema, out.Renames[i].To.Table.Schema = "", ""
		}
	}
	return out, nil
}

// leftOpen are the findings about locks that no recipe is for.
func leftOpen(built fixcase.Built) []string {
	var out []string
	for _, f := range built.Found {
		locks := slices.ContainsFunc(rules.All(), func(r *rules.Rule) bool { return r.ID == f.Rule && r.Family == rules.Locking })
		if !built.HasRecipe(f) && f.Severity >= rules.Warning && locks {
			out = append(out, f.Rule+": "+f.Message)
		}
	}
	return out
}

// columnNamed reads "users.token" or "shop.users.token".
func columnNamed(built fixcase.Built, text string) prove.Column {
	at := strings.LastIndex(text, ".")
	var name change.Name
	if schema, table, is := strings.Cut(text[:max(at, 0)], "."); is {
		name = change.Name{Schema: schema, Name: table}
	} else {
		name.Name = schema
	}
	return prove.Column{Table: built.State.Resolve(name), Column: text[at+1:]}
}

// movesIn are the columns that go into another table.
func movesIn(built fixcase.Built) []prove.Rename {
	var out []prove.Rename
	split := built.Asked.Split
	if split == nil {
		return nil
	}
	from, into := built.State.Resolve(built.Script.Stmts[0].Ops[0].Head().Table), split.Into
	if into.Schema == "" {
		into.Schema = from.Schema
	}
	for _, column := range split.Columns {
		out = append(out, prove.Rename{From: prove.Column{Table: from, Column: column}, To: prove.Column{Table: into, Column: column}})
	}
	return out
}

// renamesIn are the migration's renames of columns and tables.
func renamesIn(built fixcase.Built) []prove.Rename {
	var out []prove.Rename
	for _, stmt := range built.Script.Stmts {
		for _, op := range stmt.Ops {
			table := built.State.Resolve(op.Head().Table)
			switch op := op.(type) {
			case *change.RenameColumn:
				out = append(out, prove.Rename{From: prove.Column{Table: table, Column: op.From}, To: prove.Column{Table: table, Column: op.To}})
			case *change.ModifyColumn:
				if op.From != op.Column.Name {
					out = append(out, prove.Rename{From: prove.Column{Table: table, Column: op.From}, To: prove.Column{Table: table, Column: op.Column.Name}})
				}
			case *change.RenameTable:
				to := op.To
				if to.Schema == "" {
					to.Schema = table.Schema
				}
				out = append(out, prove.Rename{From: prove.Column{Table: table}, To: prove.Column{Table: to}})
			}
		}
	}
	return out
}
