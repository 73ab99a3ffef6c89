package prove

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rewrite"
)

func TestReadStatements(t *testing.T) {
	d, err := dialect.Open("postgres", "16")
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadStatements(d, "-- at login\nUPDATE \"Us\".t SET a = 'x{i}', b = {i} WHERE id = {r};\nSELECT 1;\nDELETE FROM t WHERE id = {r};\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Statement{
		{SQL: "UPDATE \"Us\".t SET a = 'x{i}', b = {i} WHERE id = {r}", Table: change.Name{Schema: "Us", Name: "t"}, Columns: []string{"a", "b"}},
		{SQL: "SELECT 1"},
		{SQL: "DELETE FROM t WHERE id = {r}", Table: change.Name{Name: "t"}, Deletes: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := ReadStatements(d, "SELECT 1; UPDATE;"); err == nil {
		t.Error("what does not parse is taken")
	}
}

func TestPrepared(t *testing.T) {
	for text, want := range map[string][]string{
		"SELECT 1":   {"SELECT 1"},
		"SELECT {i}": {"SELECT $1", "'{i}'"},
		"INSERT INTO t VALUES ({i}, 'u{i}''s', 'x')": {"INSERT INTO t VALUES ($1, $2, 'x')", "'{i}'", "'u{i}''s'"},
		"SELECT '{\"a\": {r}}' WHERE '{' = b":        {"SELECT $1 WHERE '{' = b", "'{\"a\": {r}}'"},
	} {
		sql, args := prepared(text, postgres{}.parameter)
		if diff := cmp.Diff(want, append([]string{sql}, args...)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestReadChecks(t *testing.T) {
	got, err := ReadChecks("-- a comment\nCOPY t (a) FROM STDIN;\n1\n\\N\n\\.\nSELECT a\nFROM t;\n-- want 1\n-- want NULL\n\nINSERT INTO t VALUES (1);\n-- want error 23505\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Check{
		{SQL: "COPY t (a) FROM STDIN;", Copy: "1\n\\N\n"},
		{SQL: "SELECT a\nFROM t;", Want: []string{"1", "NULL"}},
		{SQL: "INSERT INTO t VALUES (1);", Want: []string{"error 23505"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"SELECT 1", "-- want 1\nSELECT 1;", "SELECT 1\n-- want 1\n;"} {
		if _, err := ReadChecks(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestSplit(t *testing.T) {
	d, err := dialect.Open("postgres", "16")
	if err != nil {
		t.Fatal(err)
	}
	file := "SET LOCAL lock_timeout = '1s';\nDO $$\nBEGIN\n  PERFORM 1;\nEND\n$$;\nALTER TABLE t\n  ADD a int;\n"
	want := []string{"SET LOCAL lock_timeout = '1s'", "DO $$\nBEGIN\n  PERFORM 1;\nEND\n$$", "ALTER TABLE t\n  ADD a int"}
	if diff := cmp.Diff(want, Split(d, file)); diff != "" {
		t.Error(diff)
	}
}

// TestSidesComeAndGo: the new version comes behind the steps that run at once, the
// old one goes before what asks for that.
func TestSidesComeAndGo(t *testing.T) {
	expand, validate, contract := rewrite.Step{}, rewrite.Step{Phase: rewrite.Validate}, rewrite.Step{Phase: rewrite.Contract}
	deploy := rewrite.Step{Phase: rewrite.Validate, Gate: &rewrite.Gate{Deploy: []string{"no NULL is written"}}}
	for _, c := range []struct {
		steps     []rewrite.Step
		from, old int
	}{
		{[]rewrite.Step{expand, validate}, 1, 2},
		{[]rewrite.Step{expand, validate, expand, validate, contract, contract}, 3, 4},
		{[]rewrite.Step{expand, deploy, contract}, 1, 1},
		{[]rewrite.Step{contract}, 0, 0},
	} {
		p := Case{Plan: rewrite.Plan{Steps: c.steps}}
		if p.newFrom() != c.from || p.oldUntil() != c.old {
			t.Errorf("new from %d, old until %d; want %d and %d", p.newFrom(), p.oldUntil(), c.from, c.old)
		}
	}
}

func TestRenamedThereAndBack(t *testing.T) {
	users, people := change.Name{Schema: "public", Name: "users"}, change.Name{Schema: "public", Name: "people"}
	c := Case{Renames: []Rename{
		{From: Column{users, "email"}, To: Column{users, "mail"}},
		{From: Column{Table: users}, To: Column{Table: people}},
	}}
	for old, want := range map[Column]Column{
		{users, "email"}: {people, "mail"}, {users, "id"}: {people, "id"}, {Table: users}: {Table: people},
	} {
		if got := c.asNew(old); got != want {
			t.Errorf("%v is now %v, want %v", old, got, want)
		}
		if got := c.asOld(want); got != old {
			t.Errorf("%v was %v, want %v", want, got, old)
		}
	}
}

// TestLastWrites: of writes that overlap either may be the last.
func TestLastWrites(t *testing.T) {
	at := func(n int) time.Time { return time.Unix(int64(n), 0) }
	writes := []write{
		{number: "1", began: at(1), end: at(2)}, {number: "2", began: at(3), end: at(6)}, {number: "3", began: at(5), end: at(7)},
	}
	var got []string
	for _, w := range lastOf(writes, func(write) bool { return true }) {
		got = append(got, w.number)
	}
	if !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("last are %v, want 2 and 3", got)
	}
}

// TestLedgerHoldsARowToItsWrites goes through all that can be wrong with a row.
func TestLedgerHoldsARowToItsWrites(t *testing.T) {
	text := func(s string) *string { return &s }
	by := &tracked{side: Old, table: change.Name{Schema: "public", Name: "t"}, key: []string{"id"}, columns: []string{"a"}, wants: []want{theNumber}}
	gone := &tracked{Statement: Statement{Deletes: true}, side: Old, table: by.table, key: by.key}
	same := func(c Column) Column { return c }
	row := func(v *string) map[string]map[string]*string {
		return map[string]map[string]*string{"1": {"id": text("1"), "a": v}}
	}
	for name, c := range map[string]struct {
		writes []write
		rows   map[string]map[string]*string
		faults int
	}{
		"there":           {[]write{{by: by, values: []*string{text("x7")}}}, row(text("x7")), 0},
		"another value":   {[]write{{by: by, values: []*string{nil}}}, row(text("x7")), 1},
		"no row":          {[]write{{by: by, values: []*string{text("x7")}}}, nil, 1},
		"removed":         {[]write{{by: gone}}, nil, 0},
		"rolled back":     {[]write{{by: by, values: []*string{text("x7")}, rolledBack: true, number: "7"}}, row(text("x7")), 1},
		"was rolled back": {[]write{{by: by, values: []*string{text("x7")}, rolledBack: true, number: "7"}}, row(text("y")), 0},
	} {
		l := &ledger{}
		f := &found{table: by.table, columns: map[string]string{"id": "bigint", "a": "text"}, rows: c.rows}
		// No value here is asked of a server: none would be another's cast.
		if err := l.checkRow(t.Context(), nil, postgres{}, f, "1", c.writes, same); err != nil {
			t.Fatal(err)
		}
		if len(l.faults) != c.faults {
			t.Errorf("%s: %q", name, l.faults)
		}
	}
	l := &ledger{}
	l.note(write{by: by, number: "7"}, [][]*string{{text("1"), text("x8")}})
	if len(l.faults) != 1 {
		t.Errorf("a row without the number that was written: %q", l.faults)
	}
}
