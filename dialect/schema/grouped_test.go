package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
)

// TestFoundBySearch holds what is looked up by table to a search through
// everything, after each of many random changes of few names.
func TestFoundBySearch(t *testing.T) {
	shared := []string{
		"CREATE TABLE $t (a bigint PRIMARY KEY, b int, c int)", "DROP TABLE $t", "DROP TABLE $t CASCADE", "ALTER TABLE $t RENAME TO $t",
		"ALTER TABLE $t ADD CONSTRAINT $i FOREIGN KEY ($c) REFERENCES $t (a)", "ALTER TABLE $t DROP CONSTRAINT $i",
		"ALTER TABLE $t ADD CONSTRAINT $i UNIQUE ($c)", "ALTER TABLE $t DROP COLUMN $c", "ALTER TABLE $t RENAME COLUMN $c TO $c",
		"ALTER TABLE $t ADD COLUMN $c int REFERENCES $t (a)", "CREATE VIEW $v AS SELECT $c FROM $t", "CREATE VIEW $v AS SELECT $c FROM $v", "DROP VIEW $v",
		"BEGIN", "SAVEPOINT s", "ROLLBACK TO s", "ROLLBACK", "COMMIT",
	}
	t.Run("postgres", func(t *testing.T) {
		holdToSearch(t, "postgres", postgres.Parse, append(slices.Clone(shared), "CREATE INDEX $i ON $t ($c)", "DROP INDEX $i", "ALTER INDEX $i RENAME TO $i",
			"ALTER TABLE $t ADD COLUMN $c serial", "ALTER TABLE $t SET SCHEMA s", "CREATE SEQUENCE $v OWNED BY $t.$c", "ALTER SEQUENCE $v OWNED BY NONE",
			"ALTER SEQUENCE $v RENAME TO $v", "DROP SEQUENCE $v", "ALTER VIEW $v RENAME TO $v", "DROP SCHEMA public CASCADE"))
	})
	t.Run("mysql", func(t *testing.T) {
		holdToSearch(t, "mysql", mysql.New(false, [3]int{8, 0, 36}).Parse, append(slices.Clone(shared), "CREATE INDEX $i ON $t ($c)", "DROP INDEX $i ON $t",
			"ALTER TABLE $t RENAME INDEX $i TO $i", "ALTER TABLE $t DROP FOREIGN KEY $i", "RENAME TABLE $t TO $t, $t TO $t"))
	})
}

func holdToSearch(t *testing.T, dialect string, parse func(*change.Script), statements []string) {
	names := map[string][]string{"$t": {"t1", "t2", "t3"}, "$c": {"a", "b", "c"}, "$i": {"i1", "i2"}, "$v": {"v1", "v2"}}
	rapid.Check(t, func(t *rapid.T) {
		var sql []string
		for range rapid.IntRange(1, 40).Draw(t, "length") {
			one := rapid.SampledFrom(statements).Draw(t, "statement")
			for _, k := range []string{"$t", "$c", "$i", "$v"} {
				for strings.Contains(one, k) {
					one = strings.Replace(one, k, rapid.SampledFrom(names[k]).Draw(t, k), 1)
				}
			}
			sql = append(sql, one)
		}
		src := []byte(strings.Join(sql, ";\n"))
		script := &change.Script{Path: "x.sql", Src: src, Raw: src, Section: change.Span{End: len(src)}}
		parse(script)
		s := schema.New(dialect)
		s.BeginFile(script)
		for _, stmt := range script.Stmts {
			s.BeginStmt(stmt)
			for _, op := range stmt.Ops {
				s.Apply(script, op)
			}
			for _, n := range slices.Concat(names["$t"], names["$v"]) {
				foundBySearch(t, s, change.Name{Name: n}, string(src[:stmt.Span.End]))
				foundBySearch(t, s, change.Name{Schema: "s", Name: n}, string(src[:stmt.Span.End]))
			}
		}
	})
}

func foundBySearch(t *rapid.T, s *schema.State, n change.Name, after string) {
	referencing, owned, views, indexes := s.Searched(n)
	var named []string
	for _, ix := range s.IndexesOf(n) {
		named = append(named, ix.Name)
	}
	direct := slices.DeleteFunc(s.ViewsOn(n), func(v change.Name) bool { return !slices.Contains(s.ViewTables(v), s.Resolve(n)) })
	found := []any{s.Referencing(n), s.OwnedBy(n, ""), direct, named}
	if diff := cmp.Diff([]any{referencing, owned, views, indexes}, found, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("after\n%s\nwhat is found of %s differs from what a search finds:\n%s", after, n, diff)
	}
}
