package mysql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/schema"
)

// dump writes effects on one line: "table fact ALGORITHM work blocks".
func dump(r fact.Result) string {
	if r.Unknown {
		return "unknown"
	}
	parts := make([]string, 0, len(r.Effects))
	for _, e := range r.Effects {
		words := []string{e.Table.String(), e.Fact}
		if e.Algorithm != change.NoAlgorithm {
			words = append(words, e.Algorithm.String())
		}
		if e.Rebuild {
			words = append(words, "rebuild")
		}
		words = append(words, e.Work.String(), "blocks:"+blocked(e.Blocks))
		parts = append(parts, strings.Join(words, " "))
	}
	return strings.Join(parts, "; ")
}

func blocked(a change.Access) string {
	out := ""
	for i, letter := range "RWD" {
		if a.Has(change.Access(1 << i)) {
			out += string(letter)
		}
	}
	return out
}

const factTables = "create table t (id int primary key, a int, s varchar(20), e enum('x', 'y'), key ia (a)) default charset utf8mb4;" +
	"create table p (id int primary key); create table c (id int primary key, t_id int, foreign key (t_id) references t (id));" +
	"create trigger tr before insert on p for each row set @x = 1;"

// TestDocumentedSteps holds the versions at which the manual says that something changes.
func TestDocumentedSteps(t *testing.T) {
	const inplace, atOnce, rebuilt = "INPLACE metadata blocks:RWD", "INSTANT metadata blocks:RWD", "INPLACE rebuild rewrite blocks:D"
	for _, c := range []struct{ clause, version, want string }{
		{"add column z int", "8.0.11", rebuilt},
		{"add column z int", "8.0.12", atOnce},
		{"add column z int after a", "8.0.28", rebuilt},
		{"add column z int after a", "8.0.29", atOnce},
		{"add column z int after a", "8.4", atOnce},
		{"drop column s", "8.0.28", rebuilt},
		{"drop column s", "8.0.29", atOnce},
		{"rename column s to z", "8.0.27", inplace},
		{"rename column s to z", "8.0.28", atOnce},
		{"change s z varchar(20)", "5.7", inplace},
		{"change s z varchar(20)", "8.0.28", atOnce},
		{"alter column a set default 1", "5.7", inplace},
		{"alter column a set default 1", "8.0.12", atOnce},
		{"modify e enum('x', 'y', 'z')", "8.0.11", inplace},
		{"modify e enum('x', 'y', 'z')", "8.0.12", atOnce},
		{"add column z int as (a + 1)", "5.7", inplace},
		{"add column z int as (a + 1)", "8.0.12", atOnce},
		{"add constraint k check (a > 0)", "8.0.15", inplace},
		{"add constraint k check (a > 0)", "8.0.16", "COPY rebuild rewrite blocks:WD"},
		{"add column z int references p (id)", "8.4", atOnce},
		{"add column z int references p (id)", "9.0", "COPY rebuild rewrite blocks:WD"},
		{"rename to u", "5.7", inplace},
		{"rename to u", "8.0.12", atOnce},
		{"default character set latin1", "5.7", "INPLACE rebuild rewrite blocks:WD"},
		{"default character set latin1", "8.0", rebuilt},
		{"default character set latin1", "9.0", inplace},
		{"modify s varchar(20) collate utf8mb4_bin", "8.4", "COPY rebuild rewrite blocks:WD"},
		{"add column z int, add column y int", "8.0.29", atOnce},
		{"add column z int, add index i (s)", "8.0.29", rebuilt},
		{"add column z int, algorithm=inplace", "8.0.29", rebuilt},
		{"add index i (s), lock=shared", "8.0.29", "INPLACE index_build blocks:WD"},
		{"add index i (s), algorithm=instant", "8.0.29", "INSTANT none blocks:"},
		{"add column z int, algorithm=instant", "8.0.11", "INSTANT none blocks:"},
	} {
		target, err := fact.NewTarget("mysql", c.version)
		if err != nil {
			t.Fatal(err)
		}
		got := dump(factsOf(t, target, factTables, "alter table t "+c.clause))
		own, _, _ := strings.Cut(got, ";")
		if _, effect, _ := strings.Cut(strings.TrimPrefix(own, "t "), " "); effect != c.want {
			t.Errorf("%s on MySQL %s: %s, want %s", c.clause, c.version, got, c.want)
		}
	}
}

// TestRowVersions: the reason tells how many INSTANT columns a table may have.
func TestRowVersions(t *testing.T) {
	for version, want := range map[string]string{
		"8.0.28": "only the catalogue changes",
		"8.0.29": "only the catalogue changes; after 64 such columns the next one rebuilds the table",
		"9.0":    "only the catalogue changes; after 64 such columns the next one rebuilds the table",
		"9.1":    "only the catalogue changes; after 255 such columns the next one rebuilds the table",
	} {
		target := fact.Target{Dialect: "mysql", Version: parseVersion(t, version)}
		effects := factsOf(t, target, factTables, "alter table p add column z int").Effects
		if len(effects) != 1 || effects[0].Why != want {
			t.Errorf("MySQL %s: %+v, want the reason %q", version, effects, want)
		}
	}
}

// TestStatements covers what is no ALTER TABLE, and the tables that are held beside
// the altered one.
func TestStatements(t *testing.T) {
	for _, c := range []struct{ target, sql, want string }{
		{"mysql 8.4", "alter table t comment = 'x'", "t table-option INPLACE metadata blocks:RWD; c foreign-key-child metadata blocks:RWD"},
		{"mysql 5.7", "alter table t comment = 'x'", "t table-option INPLACE metadata blocks:RWD"},
		{"mariadb 10.11", "alter table t comment = 'x'", "t table-option INSTANT metadata blocks:RWD"},
		{"mysql 8.4", "drop table c", "c drop-table metadata blocks:RWD; t foreign-key-parent metadata blocks:RWD"},
		{"mysql 8.4", "create table d (id int primary key, p_id int, foreign key (p_id) references p (id))", "p foreign-key-parent metadata blocks:RWD"},
		{"mariadb 10.11", "create table d (id int primary key, p_id int, foreign key (p_id) references p (id))", ""},
		{"mysql 8.4", "create table d as select * from p", "p create-table-select scan blocks:WD"},
		{"mysql 8.4", "create table d like p", "p create-table-like none blocks:D"},
		{"mysql 8.4", "rename table p to q", "p rename-table INSTANT metadata blocks:RWD"},
		{"mysql 8.4", "truncate table p", "p truncate metadata blocks:RWD"},
		{"mysql 8.4", "drop trigger tr", "p drop-trigger metadata blocks:RWD"},
		{"mysql 8.4", "create view v as select * from p", "p view none blocks:D"},
		{"mysql 8.4", "insert into t (id) values (1)", "t insert rows blocks:D"},
		{"mysql 8.4", "insert into t (id) select id from p", "t insert rows blocks:D; p insert-select rows blocks:WD"},
		{"mysql 8.4", "update t set a = 1", "t update-all rows blocks:WD"},
		{"mysql 8.4", "update t set a = 1 where id = 5", "t update rows blocks:D"},
		{"mysql 8.4", "delete from t where id = 5", "t delete rows blocks:D"},
		{"mysql 8.4", "select * from p", "p select none blocks:D"},
		{"mysql 8.4", "lock tables p write", "p lock-tables-write none blocks:RWD"},
		{"mysql 8.4", "optimize table p", "p optimize INPLACE rebuild rewrite blocks:D"},
		{"mysql 8.4", "analyze table p", "p analyze metadata blocks:D"},
		{"mysql 8.4", "set foreign_key_checks = 0", ""},
		{"mariadb 10.11", "set statement foreign_key_checks = 0 for alter table t add foreign key (a) references p (id)",
			"t add-foreign-key-unchecked INSTANT metadata blocks:RWD"},
		{"mariadb 10.11", "alter table t add foreign key (a) references p (id)", "t add-foreign-key COPY rebuild rewrite blocks:WD; p foreign-key-parent scan blocks:WD"},
		{"mysql 8.4", "create user u", ""},
		{"mysql 8.4", "call f()", "unknown"},
		{"mysql 8.4", "create temporary table w (id int); alter table w modify id bigint", ""},
	} {
		name, version, _ := strings.Cut(c.target, " ")
		target, err := fact.NewTarget(name, version)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, dump(factsOf(t, target, factTables, c.sql))); diff != "" {
			t.Errorf("%s on %s (-want +got):\n%s", c.sql, c.target, diff)
		}
	}
}

// TestRowsAreComplete: every row has an id, a reason and a page of the manual.
func TestRowsAreComplete(t *testing.T) {
	for _, dialect := range []string{"mysql", "mariadb"} {
		mysql.Facts(dialect).Rows(func(r *fact.Row) {
			silent := r.Effect == (change.Effect{})
			if r.ID == "" || !silent && (r.Effect.Why == "" || !strings.HasPrefix(r.Effect.Ref, "https://")) {
				t.Errorf("%s: row %q of kind %d lacks its id, reason or page: %+v", dialect, r.ID, r.Kind, r.Effect)
			}
		})
	}
}

// BenchmarkFacts looks up an ALTER TABLE of three clauses.
func BenchmarkFacts(b *testing.B) {
	const sql = "create table t (id int primary key, a int, s varchar(20), key ia (a)); alter table t add column z int, modify s varchar(30), add index i (s)"
	script := &change.Script{Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}}
	mysql.New(false, [3]int{8, 0, 36}).Parse(script)
	table, state := mysql.Facts("mysql"), schema.New("mysql")
	target := fact.Target{Dialect: "mysql", Version: fact.V(8, 0, 36)}
	state.BeginFile(script)
	for _, op := range script.Stmts[0].Ops {
		state.Apply(script, op)
	}
	b.ReportAllocs()
	for b.Loop() {
		if table.Statement(script.Stmts[1], state, target).Unknown {
			b.Fatal("unknown")
		}
	}
}
