package trace_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/trace"
)

// checkForeignKeyWrites holds what the facts say of a foreign key that is added with
// checks on against somebody who writes all the time: to the table that it refers to,
// and to the table itself. The row that is written is one that no foreign key refers to.
func checkForeignKeyWrites(t *testing.T, tracer *trace.Tracer, d *dialect.Dialect) {
	setup := []string{
		"CREATE TABLE owners (id int PRIMARY KEY, n int) ENGINE=InnoDB",
		"INSERT INTO owners VALUES (1, 1), (2, 2)",
		"CREATE TABLE big (id int PRIMARY KEY AUTO_INCREMENT, a int, n int, pad varchar(200), KEY ia (a)) ENGINE=InnoDB",
		"INSERT INTO big (a, n, pad) VALUES (1, 1, repeat('x', 200))",
	}
	for range 15 {
		setup = append(setup, "INSERT INTO big (a, n, pad) SELECT a, n, pad FROM big")
	}
	for _, c := range []struct{ sql, written string }{
		{"ALTER TABLE big ADD FOREIGN KEY (a) REFERENCES owners (id)", "owners"},
		{"ALTER TABLE big ADD FOREIGN KEY (a) REFERENCES owners (id)", "big"},
		{"ALTER TABLE big ADD FOREIGN KEY (a) REFERENCES big (id)", "big"},
	} {
		claimed, run, err := predict(d, strings.Join(setup, ";\n"), c.sql)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(claimed.Effects, func(e change.Effect) bool { return e.Table.Name == c.written })
		held := i >= 0 && claimed.Effects[i].Blocks.Has(change.Writes) && claimed.Effects[i].Work.Grows()
		promised := trace.Observation{ConcurrentDML: !held}
		t.Logf("%s: writes to %s", c.sql, c.written)
		checkPromise(t, tracer, promised, run, []string{"UPDATE " + c.written + " SET n = n + 1 WHERE id = 2"})
	}
}
