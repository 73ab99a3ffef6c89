package workload

import (
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect"
)

const workloadFile = `-- Orders of a customer.
SELECT * FROM orders WHERE customer = {r};
-- safemig:workload old weight=5 name=list
SELECT id, total FROM orders LIMIT 10;
/* safemig:workload new */
UPDATE orders SET total = {i} WHERE id = {r};
INSERT INTO orders (id, note) VALUES ({i}, 'a;b') RETURNING id;
`

func TestRead(t *testing.T) {
	d, err := dialect.Open("postgres", "17")
	if err != nil {
		t.Fatal(err)
	}
	before, after, err := Read(d, "w.sql", []byte(workloadFile), 100)
	if err != nil {
		t.Fatal(err)
	}
	shown := func(a *App) string {
		var out []string
		for _, k := range a.kinds {
			text := k.name
			if k.write {
				text += "!"
			}
			out = append(out, strings.Repeat("*", k.weight)+text)
		}
		return strings.Join(out, ", ")
	}
	if got, want := shown(before), "*1: select orders, *****list, *4: insert orders!"; got != want || before.total != 7 {
		t.Errorf("old: %s (%d), want %s", got, before.total, want)
	}
	if got, want := shown(after), "*1: select orders, *3: update orders!, *4: insert orders!"; got != want || after.total != 3 {
		t.Errorf("new: %s (%d), want %s", got, after.total, want)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ dialect, text, want string }{
		{"postgres", "", "w.sql has no statement"},
		{"postgres", "-- nothing\n", "w.sql has no statement"},
		{"postgres", "SELECT 1;\nSELEC 2;", "w.sql:2: syntax error"},
		{"postgres", "-- safemig:workload weight=0\nSELECT 1;", "w.sql:2: weight=0 is not a number from 1 to 1000"},
		{"postgres", "-- safemig:workload weight=many\nSELECT 1;", "w.sql:2: weight=many is not a number"},
		{"postgres", "-- safemig:workload both\nSELECT 1;", `w.sql:2: safemig:workload knows old, new, name=.. and weight=.., not "both"`},
		{"postgres", "SELECT 1;\nBEGIN;\nUPDATE t SET a = 1;\nCOMMIT;", "w.sql:2: each statement is sent by itself, in no order: there can be no BEGIN"},
		{"postgres", "LOCK TABLE t;", "w.sql:1: each statement is sent by itself"},
		{"mysql", "START TRANSACTION;", "w.sql:1: each statement is sent by itself"},
		{"mysql", "LOCK TABLES t WRITE;", "w.sql:1: each statement is sent by itself"},
		{"mysql", "SELECT 1;\n\nSELECT FROM FROM;", "w.sql:3: "},
	} {
		d, err := dialect.Open(c.dialect, map[string]string{"postgres": "17", "mysql": "8.4.0"}[c.dialect])
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err = Read(d, "w.sql", []byte(c.text), 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}
