package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// later is when files that waited are moved in.
func later() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }

const (
	gooseOne   = "-- +goose Up\nSELECT 1;\n"
	sqitchTop  = "%syntax-version=1.0.0\n%project=p\n\na 2026-01-01T00:00:00Z Ann <ann@example.org> # a\n"
	liquibaseA = "--liquibase formatted sql\n\n--changeset ann:1\nSELECT 1;\n"
)

// enterCase is a migration directory, what waits beside it, and where that comes to stand.
type enterCase struct {
	name, layout string
	files        []string // names and texts
	waits        string   // the file of the step
	beside       []string // what belongs to it
	want         []string // what is there then, the step's file first
}

func enterCases() []enterCase {
	return []enterCase{
		{"plain", "plain", []string{"db/1_a.sql", "SELECT 1;\n", "db/2_b.sql", "SELECT 2;\n", "db/seed.sql", "SELECT 3;\n"}, "01_drop.sql", nil, []string{"db/3_drop.sql"}},
		{"goose", "goose", []string{"db/00009_a.sql", gooseOne}, "01_drop.sql", nil, []string{"db/00010_drop.sql"}},
		{"goose by time", "goose", []string{"db/20260101000000_a.sql", gooseOne}, "02_drop.sql", nil, []string{"db/20260501120000_drop.sql"}},
		{"golang-migrate", "golang-migrate", []string{"db/0001_a.up.sql", "SELECT 1;\n", "db/0001_a.down.sql", "SELECT 1;\n"}, "01_drop.up.sql", []string{"01_drop.down.sql"}, []string{"db/0002_drop.up.sql", "db/0002_drop.down.sql"}},
		{"bun", "bun", []string{"db/0001_a.tx.up.sql", "SELECT 1;\n", "db/0001_a.tx.down.sql", "SELECT 1;\n"}, "01_drop.tx.up.sql", []string{"01_drop.tx.down.sql"}, []string{"db/0002_drop.tx.up.sql", "db/0002_drop.tx.down.sql"}},
		{"Flyway", "flyway", []string{"db/V1.2__a.sql", "SELECT 1;\n", "db/R__v.sql", "SELECT 1;\n"}, "01_drop.sql", []string{"01_drop.sql.conf"}, []string{"db/V1.3__drop.sql", "db/V1.3__drop.sql.conf"}},
		{"Prisma", "prisma", []string{"db/migration_lock.toml", "provider = \"postgresql\"\n", "db/20260101000000_a/migration.sql", "SELECT 1;\n"}, "01_drop/migration.sql", nil, []string{"db/20260501120000_drop/migration.sql"}},
		{"Diesel", "diesel", []string{"db/2026-01-01-000000_a/up.sql", "SELECT 1;\n", "db/2026-01-01-000000_a/down.sql", "SELECT 1;\n"}, "01_drop/up.sql", []string{"01_drop/down.sql", "01_drop/metadata.toml"}, []string{"db/2026-05-01-120000_drop/up.sql", "db/2026-05-01-120000_drop/down.sql", "db/2026-05-01-120000_drop/metadata.toml"}},
		{"a later one of the future", "goose", []string{"db/20270101000000_a.sql", gooseOne}, "01_drop.sql", nil, []string{"db/20270101000001_drop.sql"}},
		{"a number that a Go migration has", "goose", []string{"db/00001_a.sql", gooseOne, "db/00002_b.go", "package db\n"}, "01_drop.sql", nil, []string{"db/00003_drop.sql"}},
		{"Sqitch", "sqitch", []string{"db/sqitch.plan", sqitchTop + "@v1 2026-01-02T00:00:00Z Ann <ann@example.org> # one\n", "db/deploy/a.sql", "SELECT 1;\n", "db/revert/a.sql", "SELECT 1;\n"}, "deploy/01_drop.sql", []string{"revert/01_drop.sql"}, []string{"db/deploy/drop.sql", "db/revert/drop.sql"}},
		{"Liquibase", "liquibase", []string{"db/1_a.sql", liquibaseA}, "01_drop.sql", nil, []string{"db/2_drop.sql"}},
		{"pop", "plain", []string{"db/001_a.postgres.up.sql", "SELECT 1;\n", "db/001_a.mysql.up.sql", "SELECT 1;\n"}, "01_drop.postgres.up.sql", nil, []string{"db/002_drop.postgres.up.sql"}},
	}
}

// enter loads the directory as a new process does, and moves what waits.
func enter(t *testing.T, c *enterCase) (*Written, error) {
	t.Helper()
	set := load(t, Options{Layout: c.layout}, "db")
	w, err := set.Groups[0].Writer(WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return w.Enter("pending/p", []string{c.waits}, later())
}

func (c *enterCase) setUp(t *testing.T) {
	t.Helper()
	inRepository(t)
	for i := 0; i < len(c.files); i += 2 {
		writeFile(t, c.files[i], []byte(c.files[i+1]))
	}
	c.park(t)
}

func (c *enterCase) park(t *testing.T) {
	t.Helper()
	text := "-- Deploy 01_drop\n-- safemig plan p\nDROP TABLE gone;\n"
	switch c.layout {
	case "liquibase":
		text = "--liquibase formatted sql\n\n--changeset ann:1-drop\nDROP TABLE gone;\n"
	case "goose":
		text = "-- +goose Up\nDROP TABLE gone;\n"
	}
	writeFile(t, "pending/p/"+c.waits, []byte(text))
	for _, name := range c.beside {
		writeFile(t, "pending/p/"+name, []byte("# beside "+name+"\n"))
	}
}

func TestEnter(t *testing.T) {
	for _, c := range enterCases() {
		t.Run(c.name, func(t *testing.T) {
			c.setUp(t)
			out, err := enter(t, &c)
			if err != nil {
				t.Fatal(err)
			}
			if err := out.Commit(); err != nil {
				t.Fatal(err)
			}
			if out.Pieces[0] != c.want[0] {
				t.Errorf("%s, want %s", out.Pieces[0], c.want[0])
			}
			for _, name := range c.want {
				if _, err := os.Stat(name); err != nil {
					t.Error(err)
				}
			}
			for _, p := range load(t, Options{Layout: c.layout}, "db").Problems {
				t.Error(p)
			}
			if !slices.ContainsFunc(load(t, Options{Layout: c.layout}, "db").Groups, func(g Group) bool { return g.runs(c.want[0]) }) {
				t.Errorf("the tool does not run %s", c.want[0])
			}
		})
	}
}

func (g *Group) runs(path string) bool {
	return slices.ContainsFunc(g.Files, func(f File) bool { return f.Script.Path == path })
}

// TestEnterAfterAKill: whatever of the files was written before a run ended, the next
// one finds it and adds what is missing.
func TestEnterAfterAKill(t *testing.T) {
	for _, c := range enterCases() {
		for kept := range 1 + len(c.want) {
			t.Run(c.name, func(t *testing.T) {
				c.setUp(t)
				out, err := enter(t, &c)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range out.Files[:min(kept, len(out.Files))] {
					writeFile(t, o.Path, o.Text)
				}
				again, err := enter(t, &c)
				if err != nil {
					t.Fatal(err)
				}
				if err := again.Commit(); err != nil {
					t.Fatal(err)
				}
				if again.Pieces[0] != c.want[0] {
					t.Errorf("with %d of its files there: %s, want %s", kept, again.Pieces[0], c.want[0])
				}
				if there := dropped(t); !slices.Equal(there, slices.Sorted(slices.Values(c.want))) {
					t.Errorf("with %d of its files there: %v, want %v", kept, there, c.want)
				}
			})
		}
	}
}

// dropped are the files of the migration that came in, wherever they are.
func dropped(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir("db", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, "drop") {
			out = append(out, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestEnterPlansInSqitch(t *testing.T) {
	c := enterCases()[slices.IndexFunc(enterCases(), func(c enterCase) bool { return c.layout == "sqitch" })]
	c.setUp(t)
	for range 2 {
		out, err := enter(t, &c)
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := os.ReadFile("db/sqitch.plan")
	if want := "# one\ndrop [a] 2026-05-01T12:00:00Z Ann <ann@example.org> # drop\n"; err != nil || !strings.HasSuffix(string(plan), want) {
		t.Errorf("%v\n%s", err, plan)
	}
	text, err := os.ReadFile("db/deploy/drop.sql")
	if err != nil || !strings.HasPrefix(string(text), "-- Deploy drop\n") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestEnterAChangelog: Liquibase would not run a file that its changelog does not name.
func TestEnterAChangelog(t *testing.T) {
	c := enterCase{layout: "liquibase", files: []string{"db/1_a.sql", liquibaseA, "db/changelog.xml", `<include file="1_a.sql"/>`}, waits: "01_drop.sql"}
	c.setUp(t)
	for range 2 {
		out, err := enter(t, &c)
		if err != nil {
			t.Fatal(err)
		}
		if out.Pieces[0] != "db/1_a.sql" {
			t.Error(out.Pieces)
		}
		if err := out.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("db/1_a.sql")
	if want := liquibaseA + "\n--changeset ann:1-drop\nDROP TABLE gone;\n"; err != nil || string(text) != want {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestLeave(t *testing.T) {
	inRepository(t)
	for _, name := range []string{"p/plan.yml", "p/01_a.up.sql", "p/01_a.down.sql", "p/02_b.up.sql", "p/03_c/up.sql", "p/deploy/04_d.sql"} {
		writeFile(t, name, nil)
	}
	if err := Leave("p", map[string]bool{"01_a": true, "03_c": true, "04_d": true, "": true}); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob("p/*")
	if err != nil || !slices.Equal(left, []string{"p/02_b.up.sql", "p/plan.yml"}) {
		t.Errorf("%v %v", left, err)
	}
}

// TestAppend: migrations behind all that are there, each as its tool wants it.
func TestAppend(t *testing.T) {
	for _, c := range enterCases() {
		t.Run(c.name, func(t *testing.T) {
			c.setUp(t)
			for range 2 { // the second time they are there
				set := load(t, Options{Layout: c.layout}, "db")
				w, err := set.Groups[0].Writer(WriteOptions{})
				if err != nil {
					t.Fatal(err)
				}
				out, err := w.Append([]Piece{{Slug: "drop", About: []string{"back"}, SQL: []string{"DROP TABLE x"}, InTx: true, DownInTx: true}}, later())
				if err != nil {
					t.Fatal(err)
				}
				if err := out.Commit(); err != nil {
					t.Fatal(err)
				}
				if out.Pieces[0] != c.want[0] {
					t.Errorf("%s, want %s", out.Pieces[0], c.want[0])
				}
			}
		})
	}
}
