package workload

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/internal/synth"
)

// rowsMade is how many rows the tables have.
const rowsMade = 120

// stage is a database with tables of every kind, and an application of it.
type stage struct {
	*testing.T
	db      *livedb.DB
	app     *App
	traffic *Traffic
}

// TestLive lets an application work on tables of every kind: those of this package and
// those that the tests of synth have.
func TestLive(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	list := livetest.Few(t, "postgres", "mysql", "mariadb")
	if len(list) > 1 && list[1].Dialect == "postgres" && os.Getenv("SAFEMIG_PROVE") != "all" {
		list = list[1:] // the newest of each
	}
	for _, s := range list {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			on := &stage{T: t, db: livetest.Start(t, s, livedb.Options{})}
			on.tables()
			on.app = on.derive()
			on.traffic = NewTraffic(on.db, 8, 400, synth.FirstFree(rowsMade))
			t.Run("every kind", func(t *testing.T) { on.T = t; on.everyKind() })
			t.Run("at once", func(t *testing.T) { on.T = t; on.atOnce() })
			t.Run("given", func(t *testing.T) { on.T = t; on.given() })
			t.Run("set by the table", func(t *testing.T) { on.T = t; on.setByTheTable() })
			t.Run("planted", func(t *testing.T) { on.T = t; on.planted() })
			t.Run("undone at once", func(t *testing.T) { on.T = t; on.undoneAtOnce() })
			t.Run("interrupted", func(t *testing.T) { on.T = t; on.interrupted() })
			t.Run("another type of key", func(t *testing.T) { on.T = t; on.otherKey() })
		})
	}
}

// tables makes them and their rows.
func (s *stage) tables() {
	name := "postgres.sql"
	if s.db.Dialect != "postgres" {
		name = "mysql.sql"
	}
	c := livetest.Session(s.T, s.db)
	for _, folder := range []string{"testdata/", "../synth/testdata/"} {
		text, err := os.ReadFile(folder + name)
		if err != nil {
			s.Fatal(err)
		}
		for _, sql := range strings.Split(string(text), ";\n") {
			if strings.TrimSpace(sql) != "" {
				livetest.Do(s.T, c, sql)
			}
		}
	}
	if _, err := synth.Fill(s.Context(), s.db, synth.Options{Rows: rowsMade}); err != nil {
		s.Fatal(err)
	}
}

// derive is the application as the tables are now.
func (s *stage) derive() *App {
	s.Helper()
	query := "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind IN ('r', 'p') AND NOT relispartition AND relpersistence <> 't' AND nspname NOT IN ('pg_catalog', 'information_schema')"
	if s.db.Dialect != "postgres" {
		query = "SELECT '', table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE'"
	}
	_, rows, err := livedb.Texts(s.Context(), livetest.Session(s.T, s.db), query)
	if err != nil {
		s.Fatal(err)
	}
	var names []change.Name
	for _, r := range rows {
		names = append(names, change.Name{Schema: r[0].String, Name: r[1].String})
	}
	tables, err := synth.Derive(s.Context(), s.db, synth.Options{Rows: rowsMade, Tables: names})
	if err != nil {
		s.Fatal(err)
	}
	app, err := Derive(s.Context(), s.db, "old", tables, Same)
	if err != nil {
		s.Fatal(err)
	}
	for _, n := range names {
		if app.tables[n.String()] == nil {
			s.Errorf("%s is not there", n)
		}
	}
	return app
}

// noFailure tells each error that a statement met.
func (s *stage) noFailure() {
	s.Helper()
	for _, f := range s.traffic.Meter.Failures() {
		s.Errorf("%s failed %d times: %s", f.Kind, f.Count, f.Error)
	}
}

// check looks for the writes.
func (s *stage) check(after *App, remade func(table, column string) string) Checked {
	s.Helper()
	out, err := s.traffic.Ledger.Check(s.Context(), s.db, s.app, after, remade)
	if err != nil {
		s.Fatal(err)
	}
	return out
}

func nothingRemade(string, string) string { return "" }

// everyKind sends each kind of statement some times: what synth derives can be written.
func (s *stage) everyKind() {
	one := &session{db: s.db, meter: s.traffic.Meter, ledger: s.traffic.Ledger, count: &s.traffic.numbers}
	defer one.close()
	for _, k := range s.app.kinds {
		for range 4 {
			if err := one.once(s.Context(), k); err != nil && !told(err) {
				s.Errorf("%s: %v", k.name, err)
			}
		}
	}
	s.noFailure()
	for _, k := range s.app.kinds {
		if k.sample == "" {
			s.Errorf("%s was never sent", k.name)
		}
	}
	if found := s.check(s.app, nothingRemade); found.Many > 0 || found.Rows == 0 {
		s.Errorf("%+v", found)
	}
}

// atOnce runs the sessions for a while, and a control session beside them.
func (s *stage) atOnce() {
	control, err := s.traffic.StartControl(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	before := s.traffic.Ledger.Writes()
	crew := s.traffic.Start(s.Context(), s.app)
	time.Sleep(2 * time.Second)
	crew.Stop()
	crew.Stop() // does no harm
	if err := control.Stop(s.Context()); err != nil {
		s.Error(err)
	}
	s.noFailure()
	all, kinds := s.traffic.Meter.Between(0, s.traffic.Meter.Now())
	wrote := s.traffic.Ledger.Writes() - before
	if wrote < 20 || all.Count < 100 || len(kinds) < 10 || s.traffic.Meter.Control(0, s.traffic.Meter.Now()) == 0 {
		s.Errorf("%d writes, %+v, %d kinds", wrote, all, len(kinds))
	}
	if found := s.check(s.app, nothingRemade); found.Many > 0 || found.Rows == 0 {
		s.Errorf("nobody took anything away: %+v", found)
	}
}

// given sends what a file says.
func (s *stage) given() {
	d, err := dialect.Open(s.db.Dialect, s.db.Version.String())
	if err != nil {
		s.Fatal(err)
	}
	text := "SELECT * FROM orders WHERE id = {r};\nINSERT INTO orders (id, note) VALUES ({i}, 'o {i}');\nUPDATE orders SET note = 'n {i}' WHERE id = {r};\nSELECT nothing FROM orders;\n"
	app, _, err := Read(d, "w.sql", []byte(text), rowsMade)
	if err != nil {
		s.Fatal(err)
	}
	traffic := NewTraffic(s.db, 1, 1, s.traffic.numbers.Load())
	one := &session{db: s.db, meter: traffic.Meter, ledger: traffic.Ledger, count: &traffic.numbers}
	defer one.close()
	for _, k := range app.kinds {
		if err := one.once(s.Context(), k); err != nil && !told(err) {
			s.Errorf("%s: %v", k.name, err)
		}
	}
	s.traffic.numbers.Store(traffic.numbers.Load())
	s.traffic.Ledger = NewLedger() // the other one does not know what was written to its rows
	if failed := traffic.Meter.Failures(); len(failed) != 1 || failed[0].Kind != "4: select orders" || traffic.Ledger.Writes() != 2 {
		s.Errorf("%+v, %d writes", failed, traffic.Ledger.Writes())
	}
}

// table is the application's, with one key to work on.
func (s *stage) table(name string) *tableApp {
	s.Helper()
	for id, t := range s.app.tables {
		if strings.TrimPrefix(id, "public.") == name {
			one := *t
			one.keys = &keys{list: t.keys.list[:1]}
			return &one
		}
	}
	s.Fatalf("no table %s", name)
	return nil
}

// do sends one statement of a table's.
func (s *stage) do(run action) {
	s.Helper()
	one := &session{db: s.db, meter: s.traffic.Meter, ledger: s.traffic.Ledger, count: &s.traffic.numbers}
	defer one.close()
	if err := one.once(s.Context(), &kind{side: "old", name: "one", write: true, run: run}); err != nil {
		s.Fatal(err)
	}
}

func (t *tableApp) updates(column string) action {
	c, _ := t.Column(column)
	return t.update(c)
}

// setByTheTable: what a trigger or the column itself sets anew is no lost write.
func (s *stage) setByTheTable() {
	t := s.table("touched")
	s.do(t.updates("updated_at"))
	s.do(t.updates("name"))
	found := s.check(s.app, nothingRemade)
	if found.Many > 0 || !slices.ContainsFunc(found.Notes, func(n string) bool {
		return strings.Contains(n, "touched.updated_at was not compared: the table sets it by itself")
	}) {
		s.Errorf("%+v", found)
	}
}

// planted takes writes away of which there was no sign, in each way there is.
func (s *stage) planted() {
	t := s.table("orders")
	s.traffic.Ledger = NewLedger()
	key := func(i int) []string { return s.app.tables[t.id].keys.list[i] }
	for i := range 4 {
		t.keys.list = [][]string{key(i)}
		s.do(t.updates("note"))
	}
	s.do(t.insert)
	made := s.traffic.Ledger.someMade(t.rows(), func(int) int { return 0 })
	s.do(t.delete)
	if found := s.check(s.app, nothingRemade); found.Many != 0 || found.Rows != 5 {
		s.Fatalf("before: %+v", found)
	}
	c := livetest.Session(s.T, s.db)
	livetest.Do(s.T, c, "DELETE FROM orders WHERE id = "+key(0)[0], "UPDATE orders SET note = 'other' WHERE id = "+key(1)[0],
		"UPDATE orders SET note = '' WHERE id = "+key(2)[0], "INSERT INTO orders (id, note) VALUES ("+made[0]+", 'back')")
	found := s.check(s.app, nothingRemade)
	for _, want := range []string{
		"the row (" + key(0)[0] + ") of orders was written, and is gone in the end", `row (` + key(1)[0] + `) of orders, and in the end it is "other"`,
		`row (` + key(2)[0] + `) of orders, and in the end it is ""`, "the row (" + made[0] + ") of orders was deleted, and is there in the end",
	} {
		if !slices.ContainsFunc(found.Lost, func(text string) bool { return strings.Contains(strings.ReplaceAll(text, "public.", ""), want) }) {
			s.Errorf("not found: %s", want)
		}
	}
	if found.Many != 4 {
		s.Errorf("%+v", found)
	}
	s.traffic.Ledger.losses = nil
	if found := s.check(s.app, func(string, string) string { return "the test has done it" }); found.Many != 0 || len(found.Notes) == 0 {
		s.Errorf("the migration has done it: %+v", found)
	}
}

// undoneAtOnce: a trigger keeps what was there, as a wrong one of a plan's might.
func (s *stage) undoneAtOnce() {
	t := s.table("orders")
	t.keys.list = s.app.tables[t.id].keys.list[3:4]
	s.traffic.Ledger = NewLedger()
	s.do(t.updates("note"))
	c := livetest.Session(s.T, s.db)
	if s.db.Dialect == "postgres" {
		livetest.Do(s.T, c, "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'", "CREATE TRIGGER keep BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION keep()")
	} else {
		livetest.Do(s.T, c, "CREATE TRIGGER keep_old BEFORE UPDATE ON orders FOR EACH ROW SET NEW.note = OLD.note")
	}
	s.do(t.updates("note"))
	found := s.check(s.app, nothingRemade)
	if found.Many != 1 || !strings.Contains(found.Lost[0], "right after it still had") {
		s.Errorf("%+v", found)
	}
	drop := "DROP TRIGGER keep ON orders"
	if s.db.Dialect != "postgres" {
		drop = "DROP TRIGGER keep_old"
	}
	livetest.Do(s.T, c, drop)
}

// otherKey: rows are found by keys that are of another type in the end.
func (s *stage) otherKey() {
	t := s.table("orders")
	s.traffic.Ledger = NewLedger()
	for i := range 3 {
		t.keys.list = [][]string{s.app.tables[t.id].keys.list[5+i]}
		s.do(t.updates("note"))
	}
	alter := "ALTER TABLE orders ALTER COLUMN id TYPE numeric(12,3), ALTER COLUMN note TYPE varchar(200)"
	if s.db.Dialect != "postgres" {
		alter = "ALTER TABLE orders MODIFY id decimal(12,3), MODIFY note text NOT NULL"
	}
	livetest.Do(s.T, livetest.Session(s.T, s.db), alter)
	after := s.derive()
	if found := s.check(after, nothingRemade); found.Many != 0 || found.Rows != 3 {
		s.Errorf("%+v", found)
	}
	livetest.Do(s.T, livetest.Session(s.T, s.db), "DELETE FROM orders WHERE id = "+t.keys.list[0][0])
	if found := s.check(after, nothingRemade); found.Many != 1 {
		s.Errorf("%+v", found)
	}
}

// interrupted: nobody is left who works, and what was broken off is no failure.
func (s *stage) interrupted() {
	failures := len(s.traffic.Meter.Failures())
	ctx, cancel := context.WithCancel(s.Context())
	crew := s.traffic.Start(ctx, s.app)
	time.Sleep(300 * time.Millisecond)
	cancel()
	began := time.Now()
	crew.Stop()
	if more := s.traffic.Meter.Failures(); len(more) != failures || time.Since(began) > 10*time.Second {
		s.Errorf("after %s: %v", time.Since(began), more)
	}
}
