package trace_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/trace"
)

// tally counts what was measured, over all servers.
type tally struct {
	mu       sync.Mutex
	servers  []string
	measured int
	proven   map[string]bool // "dialect fact"
	present  map[string][]fact.Version
}

// TestProbes measures every probe on every server that is found, and holds the
// facts to it.
func TestProbes(t *testing.T) {
	sum := &tally{proven: map[string]bool{}, present: map[string][]fact.Version{}}
	began := time.Now()
	for _, name := range []string{"postgres", "mysql", "mariadb"} {
		probes := readProbes(t, name)
		checkNames(t, name, probes)
		servers, err := livedb.Find(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(servers) > 2 && os.Getenv("SAFEMIG_PROVE") != "all" {
			servers = []livedb.Server{servers[0], servers[len(servers)-1]} // make live asks all
		}
		for _, s := range servers {
			sum.present[name] = append(sum.present[name], s.Version)
		}
		if len(servers) == 0 {
			t.Logf("no %s server found: its facts are not measured (.ci/servers installs some)", fact.DialectName(name))
		}
		// The parallel subtests end with this one, so that all is counted below.
		t.Run(name, func(t *testing.T) {
			for _, s := range servers {
				t.Run(s.Version.String(), func(t *testing.T) {
					t.Parallel()
					probeServer(t, s, probes, sum)
				})
			}
		})
	}
	if len(sum.servers) == 0 {
		if required() {
			t.Fatal("no server found: run .ci/servers")
		}
		t.Skip("no server found: run .ci/servers to measure the facts")
	}
	if strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
		t.Logf("measured %d statements of the probes that -run names", sum.measured)
		return
	}
	facts := reportProven(t, sum)
	t.Logf("measured %d statements on %s: %d of %d facts proven, %s", sum.measured, strings.Join(sum.servers, ", "),
		len(sum.proven), facts, time.Since(began).Round(time.Second))
}

func probeServer(t *testing.T, s livedb.Server, probes []probe, sum *tally) {
	d, err := dialect.Open(s.Dialect, s.Version.String())
	if err != nil {
		t.Fatal(err)
	}
	db, err := s.Start(t.Context(), livedb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	checkCounts(t, db)
	sum.mu.Lock()
	sum.servers = append(sum.servers, s.String())
	sum.mu.Unlock()
	tracer := trace.On(db)
	for _, p := range probes {
		if !p.runsOn(s.Version) {
			continue
		}
		t.Run(p.name, func(t *testing.T) { p.measure(t, tracer, d, sum) })
	}
	if s.Dialect != "postgres" {
		t.Run("concurrent writes", func(t *testing.T) { checkConcurrentWrites(t, tracer) })
		t.Run("foreign key writes", func(t *testing.T) { checkForeignKeyWrites(t, tracer, d) })
	}
}

// checkCounts: before 15 PostgreSQL counts what is read through a socket on
// localhost, and goes on without counting where that name is not known: then no
// scan can be seen. https://www.postgresql.org/docs/14/monitoring-stats.html
func checkCounts(t *testing.T, db *livedb.DB) {
	t.Helper()
	if db.Dialect != "postgres" {
		return
	}
	var counts string
	if err := db.QueryRowContext(t.Context(), "SHOW track_counts").Scan(&counts); err != nil {
		t.Fatal(err)
	}
	if counts != "on" {
		t.Fatal("the server's statistics are off, so no scan can be measured: does localhost resolve (/etc/hosts)?")
	}
}

// measure runs the probe's statements. A fact that it names must hold for one of
// them, on a version that the fact is for.
func (p *probe) measure(t *testing.T, tracer *trace.Tracer, d *dialect.Dialect, sum *tally) {
	matched := map[string]bool{}
	for _, st := range p.statements {
		claimed, run, err := predict(d, p.setup, st.sql)
		if err != nil {
			t.Fatalf("%s: %v", st.name, err)
		}
		seen, err := tracer.Watch(t.Context(), run)
		if err != nil {
			t.Fatalf("%s: %v", st.name, err)
		}
		sum.mu.Lock()
		sum.measured++
		sum.mu.Unlock()
		for _, line := range p.judge(d.Target.Dialect, claimed, seen) {
			t.Errorf("%s: %s\n\t%s", st.name, line, strings.ReplaceAll(run.SQL, "\n", "\n\t"))
		}
		for _, id := range claimed.Rows {
			matched[id] = true
		}
	}
	p.claimProven(t, d, matched, sum)
}

func (p *probe) judge(dialectName string, claimed fact.Result, seen trace.Observation) []string {
	switch code := livedb.ErrorCode(seen.Err); {
	case p.fails != "" && code == p.fails:
		return nil
	case p.fails != "":
		return []string{fmt.Sprintf("must fail with %s; the server says: %v", p.fails, seen.Err)}
	case seen.Err != nil:
		return []string{fmt.Sprintf("the server refuses it: %v", seen.Err)}
	case claimed.Unknown:
		return []string{"no fact covers all of it"}
	}
	return trace.Disagreements(dialectName, p.empty, claimed, seen)
}

// claimProven notes the facts that the probe names and that held. One that
// cannot hold on this version is passed over.
func (p *probe) claimProven(t *testing.T, d *dialect.Dialect, matched map[string]bool, sum *tally) {
	sum.mu.Lock()
	defer sum.mu.Unlock()
	for _, id := range p.facts {
		if matched[id] && !t.Failed() {
			sum.proven[d.Target.Dialect+" "+id] = true
		}
		if !matched[id] && holdsOn(d, id) {
			t.Errorf("fact %s is named, but does not hold for any statement here; these do: %v", id, matched)
		}
	}
}

// holdsOn says whether a fact is for the version at all.
func holdsOn(d *dialect.Dialect, id string) bool {
	holds := false
	d.Facts.Rows(func(r *fact.Row) {
		holds = holds || r.ID == id && inRange(r, d.Target.Version)
	})
	return holds
}

func inRange(r *fact.Row, v fact.Version) bool {
	return !v.Less(r.From) && (r.Before.IsZero() || v.Less(r.Before))
}

// checkNames finds facts that a probe names and no table has.
func checkNames(t *testing.T, name string, probes []probe) {
	t.Helper()
	known := map[string]bool{}
	factTable(t, name).Rows(func(r *fact.Row) { known[r.ID] = true })
	for _, p := range probes {
		for _, id := range p.facts {
			if !known[id] {
				t.Errorf("%s/%s: there is no fact %s", name, p.name, id)
			}
		}
	}
}

func factTable(t *testing.T, name string) *fact.Table {
	t.Helper()
	d, err := dialect.Open(name, "")
	if err != nil {
		t.Fatal(err)
	}
	return d.Facts
}

// reportProven fails for every fact that some server here could prove and no
// probe did, and lists the facts that only the manual tells. It returns the
// number of facts.
func reportProven(t *testing.T, sum *tally) int {
	t.Helper()
	all := 0
	for name, versions := range sum.present {
		var unproven, documented []string
		ids := map[string]bool{} // may a server here prove it?
		factTable(t, name).Rows(func(r *fact.Row) {
			ids[r.ID] = ids[r.ID] || slices.ContainsFunc(versions, func(v fact.Version) bool { return inRange(r, v) })
		})
		for id, provable := range ids {
			all++
			switch {
			case sum.proven[name+" "+id]:
			case provable:
				unproven = append(unproven, id)
			default:
				documented = append(documented, id)
			}
		}
		slices.Sort(unproven)
		slices.Sort(documented)
		if len(unproven) > 0 {
			t.Errorf("%s: %d facts have no probe that proves them: %s", name, len(unproven), strings.Join(unproven, " "))
		}
		if len(documented) > 0 {
			t.Logf("%s: documented only, no server here is of their versions: %s", name, strings.Join(documented, " "))
		}
	}
	return all
}
