package estimate_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/estimate"
)

func users() *estimate.Table {
	return &estimate.Table{
		Name: change.Name{Schema: "public", Name: "users"}, Rows: 12_000_000, RowsFrom: "--rows", Bytes: 12_000_000 * 180, BytesFrom: "180 bytes a row by --row-bytes",
		IndexBytes: 1 << 30, Widths: map[string]float64{"email": 22}, Fillfactor: 100,
	}
}

func given(dialect string, tables ...*estimate.Table) *estimate.Case {
	return &estimate.Case{Server: estimate.Server{Dialect: dialect, Major: 16}, Tables: estimate.NewTables(dialect, tables), Trials: map[string]*estimate.Trial{}}
}

func of(work change.Work, blocks change.Access, op change.Op) estimate.Statement {
	e := change.Effect{Table: change.Name{Schema: "public", Name: "users"}, Work: work, Blocks: blocks, Lock: change.AccessExclusive}
	return estimate.Statement{Effects: []change.Effect{e}, Parts: []estimate.Part{{Op: op, Effects: []change.Effect{e}}}}
}

func index(concurrently bool) change.Op {
	return &change.CreateIndex{Header: change.Header{Table: change.Name{Name: "users"}}, Name: "users_email", Keys: []change.IndexKey{{Column: "email"}}, Unique: true, Concurrently: concurrently}
}

// figure is one of a step's.
func figure(t *testing.T, c *estimate.Cost, name string) estimate.Figure {
	t.Helper()
	for _, f := range c.Figures {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no %s in %+v", name, c.Figures)
	return estimate.Figure{}
}

func one(c *estimate.Case, steps ...estimate.Step) *estimate.Total {
	return c.Of(&estimate.Plan{Name: "x", Steps: steps})
}

// TestBatches: by hand, 12,000,000 rows / 200 = 60,000 batches.
func TestBatches(t *testing.T) {
	job := &estimate.Job{
		Name: "x", Kind: estimate.Update, Table: change.Name{Name: "users"}, Columns: []string{"mail"}, Owed: estimate.Exactly(math.Inf(1)), OwedFrom: "every row",
		Pace: estimate.Pace{Batch: 250 * time.Millisecond, MostRows: 200, Share: 0.0025, Rest: 1},
	}
	total := one(given("postgres", users()), estimate.Step{Number: 1, Job: job})
	batches := figure(t, &total.Costs[0], "batches")
	if batches.Amount != estimate.Exactly(60_000) || batches.Formula != "12,000,000 rows / 200 a batch" {
		t.Errorf("%+v", batches)
	}
	took := figure(t, &total.Costs[0], "duration").Amount
	if want := (60_000*0.001 + 12e6/250_000) * 2; math.Abs(took.Low-want) > 0.01 {
		t.Errorf("at least %v s, want %v", took.Low, want)
	}
	if took.High < 10*took.Low/2 {
		t.Errorf("%v to %v s is more certain than anybody can be", took.Low, took.High)
	}
}

// TestHeldUntilTheEnd: a lock that a transaction takes first is held through all that it
// does after.
func TestHeldUntilTheEnd(t *testing.T) {
	rename := of(change.Metadata, change.Reads|change.Writes, &change.RenameColumn{Header: change.Header{Table: change.Name{Name: "users"}}})
	build := of(change.IndexBuild, change.Writes, index(false))
	for _, c := range []struct {
		inTx   bool
		blocks string
		long   bool
	}{{true, "reads and writes", true}, {false, "", false}} {
		total := one(given("postgres", users()), estimate.Step{Number: 1, InTx: c.inTx, Statements: []estimate.Statement{rename, build}})
		held := total.Costs[0].Holds[0]
		if took := figure(t, &total.Costs[0], "duration").Amount; held.Time != took {
			t.Errorf("held for %v, and the index takes %v", held.Time, took)
		}
		if c.inTx && !strings.Contains(strings.Join(total.Window, "\n"), "step 1 blocks reads and writes of users for") {
			t.Errorf("%q", total.Window)
		}
	}
}

func TestIndex(t *testing.T) {
	plain := one(given("postgres", users()), estimate.Step{Number: 1, Statements: []estimate.Statement{of(change.IndexBuild, change.Writes, index(false))}})
	online := one(given("postgres", users()), estimate.Step{Number: 1, Statements: []estimate.Statement{of(change.IndexBuild, 0, index(true))}})
	a, b := figure(t, &plain.Costs[0], "reads").Amount, figure(t, &online.Costs[0], "reads").Amount
	if b.Low != 2*a.Low {
		t.Errorf("CONCURRENTLY reads %v, otherwise %v", b, a)
	}
	// 22 bytes of key take 24, 12 more for the entry, pages are 90 % full.
	if size, want := figure(t, &plain.Costs[0], "WAL").Amount.High, 12e6*36/0.9; math.Abs(size-want) > 1 {
		t.Errorf("the index has %v bytes, want %v", size, want)
	}
	if held := plain.Costs[0].Holds; len(held) != 1 || held[0].Time.Low <= 1 {
		t.Errorf("%+v", held)
	}
	if len(online.Costs[0].Holds) != 0 {
		t.Errorf("%+v", online.Costs[0].Holds)
	}
}

// TestMeasuredIsNarrower: what was tried takes the place of what is generally so.
func TestMeasuredIsNarrower(t *testing.T) {
	c := given("postgres", users())
	c.Trials["users.users_email"] = &estimate.Trial{On: "measured on 50,000 rows of users", Build: 1_000_000}
	f := figure(t, &one(c, estimate.Step{Number: 1, Statements: []estimate.Statement{of(change.IndexBuild, change.Writes, index(false))}}).Costs[0], "duration")
	if f.Amount != (estimate.Range{Low: 6, High: 24}) || !f.Measured {
		t.Errorf("%+v", f)
	}
}

// TestShareOfASample: how many rows a condition takes is what it took of the sample.
func TestShareOfASample(t *testing.T) {
	c := given("postgres", users())
	c.Trials["x"] = &estimate.Trial{On: "measured on 50,000 rows of users", Rows: 50_000, Share: 0.01}
	job := &estimate.Job{Name: "x", Kind: estimate.Update, Table: change.Name{Name: "users"}, Owed: estimate.Range{High: math.Inf(1)}, Pace: estimate.Pace{Batch: time.Second, MostRows: 200}}
	f := figure(t, &one(c, estimate.Step{Number: 1, Job: job}).Costs[0], "rows")
	if f.Amount != (estimate.Range{Low: 60_000, High: 240_000}) || !f.Measured {
		t.Errorf("%+v", f)
	}
}

func TestWhatIsNotKnown(t *testing.T) {
	total := one(given("postgres"), estimate.Step{Number: 1, Statements: []estimate.Statement{of(change.Rewrite, change.Reads|change.Writes, nil)}})
	c := total.Costs[0]
	if len(c.Missing) != 1 || !strings.Contains(c.Missing[0], "--rows users=N") || c.Holds[0].Known {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(strings.Join(total.Window, "\n"), "not known") {
		t.Errorf("%q", total.Window)
	}
}

// TestFormulasGiveTheirNumbers: whoever reads a formula finds the figures of the table in it.
func TestFormulasGiveTheirNumbers(t *testing.T) {
	for _, dialect := range []string{"postgres", "mysql", "mariadb"} {
		for _, w := range []change.Work{change.Scan, change.IndexBuild, change.Rewrite, change.Rows} {
			op := change.Op(&change.Update{Header: change.Header{Table: change.Name{Name: "users"}}, Columns: []string{"email"}})
			if w == change.IndexBuild {
				op = index(false)
			}
			total := one(given(dialect, users()), estimate.Step{Number: 1, Statements: []estimate.Statement{of(w, change.Writes, op)}})
			c := total.Costs[0]
			if len(c.Figures) == 0 || len(c.Missing) > 0 {
				t.Errorf("%s, %s: %+v", dialect, w, c)
			}
			for _, f := range c.Figures {
				if f.Amount.Low > f.Amount.High || f.Amount.High <= 0 && f.Name != "disk" || math.IsInf(f.Amount.High, 0) || f.Formula == "" {
					t.Errorf("%s, %s: %+v", dialect, w, f)
				}
			}
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		r    estimate.Range
		u    estimate.Unit
		want string
	}{
		{estimate.Range{Low: 1.2, High: 12}, estimate.Seconds, "1.2 to 12 s"},
		{estimate.Range{Low: 0.004, High: 300}, estimate.Seconds, "4 ms to 5 min"},
		{estimate.Range{Low: 1 << 30, High: 5 << 30}, estimate.Bytes, "1.0 to 5.0 GB"},
		{estimate.Exactly(12_345_678), estimate.Rows, "12,345,678"},
		{estimate.Range{Low: 12_345, High: 123_456}, estimate.Batches, "12,000 to 120,000"},
		{estimate.Exactly(0), estimate.Bytes, "0 bytes"},
	} {
		if got := c.r.Text(c.u); got != c.want {
			t.Errorf("%v %s: %q, want %q", c.r, c.u, got, c.want)
		}
	}
}

// TestUndo: what is overwritten goes by the columns that are set.
func TestUndo(t *testing.T) {
	for _, c := range []struct {
		kind estimate.Kind
		set  float64
		want float64
	}{{estimate.Update, 1, 60}, {estimate.Update, 10, 240}, {estimate.Delete, 0, 40}, {estimate.Insert, 0, 0}} {
		v := estimate.Volume{Rows: 100, Row: 200, Columns: 10, Set: c.set, InnoDB: true}
		if got := v.Change(c.kind, 1).Undo; got != c.want {
			t.Errorf("%s of %v columns: %v, not %v", c.kind, c.set, got, c.want)
		}
	}
}

func TestTablesByName(t *testing.T) {
	list := estimate.NewTables("postgres", []*estimate.Table{users(), {Name: change.Name{Schema: "a", Name: "t"}}, {Name: change.Name{Schema: "b", Name: "t"}}})
	if list.Of(change.Name{Name: "users"}) == nil || list.Of(change.Name{Schema: "a", Name: "t"}) == nil {
		t.Error("a table is not found")
	}
	if list.Of(change.Name{Name: "t"}) != nil || list.Of(change.Name{Schema: "c", Name: "users"}) != nil || list.Of(change.Name{Name: "Users"}) != nil {
		t.Error("a table is taken for another")
	}
}
