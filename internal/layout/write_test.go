package layout

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
)

func TestNextVersion(t *testing.T) {
	for _, c := range []struct {
		version string
		n       int
		want    string
	}{
		{"1", 1, "2"}, {"9", 1, "10"}, {"0009", 1, "0010"}, {"0001", 12, "0013"}, {"999", 1, "1000"},
		{"20260131235959", 1, "20260201000000"}, {"20260131235959", 2, "20260201000001"},
		{"202601312359", 1, "202602010000"}, {"20260228", 1, "20260301"},
		{"2026-01-31-235959", 1, "2026-02-01-000000"}, {"2026-12-31", 1, "2027-01-01"},
		{"20269931235959", 1, "20269931235960"}, // no time, but a number
		{"1640000000999", 1, "1640000001000"}, {"18446744073709551615", 1, "18446744073709551616"},
	} {
		if got := nextVersion(c.version, c.n); got != c.want {
			t.Errorf("%s + %d: %s, want %s", c.version, c.n, got, c.want)
		}
	}
}

// project makes a migration directory of files, and its writer.
func project(t *testing.T, layout string, files ...string) (*Writer, *Group) {
	t.Helper()
	inRepository(t)
	for i := 0; i < len(files); i += 2 {
		writeFile(t, files[i], []byte(files[i+1]))
	}
	set := load(t, Options{Layout: layout}, "db")
	if len(set.Groups) != 1 || len(set.Problems) != 0 {
		t.Fatalf("%d groups, %v", len(set.Groups), set.Problems)
	}
	w, err := set.Groups[0].Writer(WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return w, &set.Groups[0]
}

func scriptOf(t *testing.T, g *Group, path string) *change.Script {
	t.Helper()
	for _, f := range g.Files {
		if f.Script.Path == path {
			return f.Script
		}
	}
	t.Fatalf("no %s in %v", path, paths(Set{Groups: []Group{*g}}))
	return nil
}

// twoSteps are an index and a validation.
func twoSteps() []Piece {
	return []Piece{
		{Slug: "index", SQL: []string{"CREATE INDEX CONCURRENTLY i ON orders (a)"}, Down: []string{"DROP INDEX CONCURRENTLY i"}},
		{Slug: "check", SQL: []string{"SET LOCAL lock_timeout = '2s'", "ALTER TABLE orders VALIDATE CONSTRAINT c"}, InTx: true, DownInTx: true},
		{Slug: "drop", SQL: []string{"ALTER TABLE orders DROP COLUMN b"}, InTx: true, DownInTx: true, Waits: true},
	}
}

func TestNames(t *testing.T) {
	const goose, dbmate = "-- +goose Up\nSELECT 1;\n", "-- migrate:up\nSELECT 1;\n-- migrate:down\n"
	for _, c := range []struct {
		name, layout, own string
		others            []string // path, text, ..
		want              string   // of the second and the third piece; or of the refusal
	}{
		{"next number", "golang-migrate", "db/0007_x.up.sql", nil, "db/0008_check.up.sql pending/0007_x/01_drop.up.sql"},
		{"numbers taken", "golang-migrate", "db/7_x.up.sql", []string{"db/8_y.up.sql", "SELECT 1;", "db/9_z.up.sql", "SELECT 1;"}, "db/10_check.up.sql pending/7_x/01_drop.up.sql"},
		{"a file between has the table", "golang-migrate", "db/7_x.up.sql", []string{"db/8_y.up.sql", `UPDATE "Orders" SET a = 1;`}, "before db/8_y.up.sql, which mentions orders"},
		{"a comment is no mention", "golang-migrate", "db/7_x.up.sql", []string{"db/8_y.up.sql", "-- orders\nSELECT 1;"}, "db/9_check.up.sql pending/7_x/01_drop.up.sql"},
		{"number of another kind of file", "goose", "db/7_x.sql", []string{"db/8_y.go", "package db"}, "db/9_check.sql pending/7_x/01_drop.sql"},
		{"time", "dbmate", "db/20261231235959_x.sql", nil, "db/20270101000000_check.sql pending/20261231235959_x/01_drop.sql"},
		{"names ordered as strings", "dbmate", "db/9_x.sql", nil, "no number behind it that the tool would order so"},
		{"folders", "prisma", "db/20260101000000_x/migration.sql", nil, "db/20260101000001_check/migration.sql pending/20260101000000_x/01_drop/migration.sql"},
		{"folder taken", "prisma", "db/20260101000000_x/migration.sql", []string{"db/20260101000001_y/migration.sql", "SELECT 1;"}, "db/20260101000002_check/migration.sql pending/20260101000000_x/01_drop/migration.sql"},
		{"dashes", "diesel", "db/2026-01-31-235959_x/up.sql", nil, "db/2026-02-01-000000_check/up.sql pending/2026-01-31-235959_x/01_drop/up.sql"},
		{"no version", "prisma", "db/init/migration.sql", []string{"db/migration_lock.toml", "", "db/1_a/migration.sql", "SELECT 1;"}, "its name has no version"},
		{"between two", "flyway", "db/V2__x.sql", []string{"db/V3__y.sql", "SELECT 1 FROM orders;"}, "db/V2.1__check.sql pending/V2__x/01_drop.sql"},
		{"underscores", "flyway", "db/V2_1__x.sql", []string{"db/V2_1_1__y.sql", "SELECT 1 FROM orders;"}, "db/V2_1_0_1__check.sql pending/V2_1__x/01_drop.sql"},
		{"repeatable", "flyway", "db/R__x.sql", nil, "a repeatable migration runs again"},
		{"plain", "plain", "db/V0001.Init.up.sql", nil, "db/V0002.check.up.sql pending/V0001.Init/01_drop.up.sql"},
		{"plain without a number", "plain", "db/schema.sql", nil, "db/schema_02_check.sql pending/schema/01_drop.sql"},
		{"plain in releases", "plain", "db/1.2/0002##x.sql", []string{"db/1.2/0003##y.sql", "", "db/1.10/0001##z.sql", ""}, "db/1.2/0004##check.sql pending/0002##x/01_drop.sql"},
		{"sqlx", "sqlx", "db/5_x.sql", nil, "db/6_check.sql pending/5_x/01_drop.sql"},
		{"dialects in names", "plain", "db/V1.x.postgres.up.sql", []string{"db/V0.y.postgres.up.sql", "SELECT 1;"}, "db/V2.check.postgres.up.sql pending/V1.x.postgres/01_drop.postgres.up.sql"},
		{"dialects in other names", "plain", "db/2_x.up.sql", []string{"db/1_x.postgres.up.sql", "SELECT 1;"}, "Call it 2_x.postgres.up.sql first"},
		{"pop", "plain", "db/1_x.postgres.up.sql", nil, "pop runs every file in one"},
		{"popx", "plain", "db/1_x.postgres.autocommit.up.sql", nil, "db/2_check.postgres.up.sql pending/1_x.postgres.autocommit/01_drop.postgres.up.sql"},
		{"popx in a transaction", "plain", "db/2_x.postgres.up.sql", []string{"db/1_x.autocommit.up.sql", "SELECT 1;"}, "call it 2_x.postgres.autocommit.up.sql first"},
		{"sql-migrate", "sql-migrate", "db/7-x.sql", []string{"db/8-y.sql", "-- +migrate Up\nSELECT 1;\n"}, "db/9-check.sql pending/7-x/01_drop.sql"},
		{"sql-migrate without a number", "sql-migrate", "db/x.sql", nil, "its name has no version"},
		{"tern", "tern", "db/001_x.sql", nil, "db/002_check.sql pending/001_x/01_drop.sql"},
		{"tern leaves no gap", "tern", "db/1_x.sql", []string{"db/2_y.md", ""}, "db/2_check.sql pending/1_x/01_drop.sql"},
		{"tern with Windows line ends", "tern", "db/1_x.sql", []string{"db/1_x.sql", "SELECT 1;\r\n"}, "save the file with plain line ends"},
		{"tern with a mark within a line", "tern", "db/1_x.sql", []string{"db/1_x.sql", "SELECT 1; ---- create above / drop below ----\n"}, "does not have a line for itself"},
		{"supabase", "supabase", "db/20260101000000_x.sql", nil, "db/20260101000001_check.sql pending/20260101000000_x/01_drop.sql"},
		{"atlas", "atlas", "db/20260101000000_x.sql", []string{"db/20260101000001.sql", "SELECT 1;"}, "db/20260101000002_check.sql pending/20260101000000_x/01_drop.sql"},
		{"atlas with a delimiter", "atlas", "db/1_x.sql", []string{"db/1_x.sql", "-- atlas:delimiter \\n\\n\n\nSELECT 1\n"}, "the file has a delimiter of its own"},
		{"atlas checkpoint", "atlas", "db/1_x.sql", []string{"db/1_x.sql", "-- atlas:checkpoint\n\nSELECT 1;"}, "it is a checkpoint"},
		{"liquibase", "liquibase", "db/1_x.sql", []string{"db/1_x.sql", "--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n"}, "db/1_x.sql pending/1_x/01_drop.sql"},
		{"liquibase with preconditions", "liquibase", "db/1_x.sql", []string{"db/1_x.sql", "--liquibase formatted sql\n--changeset a:1\n--precondition-sql-check expectedResult:0 SELECT 0\nSELECT 1;\n"}, "its preconditions would be asked"},
		{"liquibase that runs again", "liquibase", "db/1_x.sql", []string{"db/1_x.sql", "--liquibase formatted sql\n--changeset a:1 runAlways:true\nSELECT 1;\n"}, "runAlways runs again"},
		{"liquibase without a mark", "liquibase", "db/1_x.sql", nil, "the file is no formatted SQL"},
		{"node-pg-migrate", "node-pg-migrate", "db/1_x.sql", nil, "cannot run in a transaction, and node-pg-migrate runs all pending files in one"},
		{"refinery", "refinery", "db/V1__x.sql", nil, "cannot run in a transaction, and refinery runs every file in one"},
		{"sqitch", "sqitch", "db/deploy/x.sql", []string{"db/sqitch.plan", "%project=x\nx 2026-01-01T00:00:00Z Ann <a@b.c>\n", "db/revert/check.sql", ""}, "db/deploy/check_2.sql pending/x/deploy/01_drop.sql"},
		{"sqitch with the name taken", "sqitch", "db/deploy/x.sql", []string{"db/sqitch.plan", "%project=x\nx 2026-01-01T00:00:00Z Ann <a@b.c>\ncheck 2026-01-01T00:00:00Z Ann <a@b.c>\n", "db/deploy/check.sql", "SELECT 1;"}, "db/deploy/check_2.sql pending/x/deploy/01_drop.sql"},
		{"sqitch without a planner", "sqitch", "db/deploy/x.sql", []string{"db/sqitch.plan", "x\n"}, "has no time and planner"},
		{"hasura", "hasura", "db/1640000000000_x/up.sql", nil, "CREATE INDEX CONCURRENTLY cannot run in a transaction, and Hasura"},
		{"drizzle", "drizzle", "db/0000_x.sql", []string{"db/meta/_journal.json", `{"entries":[{"tag":"0000_x"}]}`}, "cannot run in a transaction, and Drizzle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := map[string]string{"goose": goose, "dbmate": dbmate, "sql-migrate": "-- +migrate Up\nSELECT 1;\n"}[c.layout]
			w, g := project(t, c.layout, append([]string{c.own, text + "\n"}, c.others...)...)
			name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(c.own), ".sql"), ".up")
			if isFolderFile(filepath.Base(c.own)) {
				name = filepath.Base(filepath.Dir(c.own))
			}
			out, err := w.Write(Rewrite{Name: name, Script: scriptOf(t, g, c.own), Pieces: twoSteps(), Tables: []string{"orders"}})
			var refused *Refused
			switch {
			case errors.As(err, &refused):
				if !strings.Contains(refused.Reason, c.want) {
					t.Errorf("refused: %s", refused.Reason)
				}
			case err != nil:
				t.Error(err)
			case strings.Join(out.Pieces, " ") != c.own+" "+c.want:
				t.Errorf("got %q", out.Pieces)
			}
		})
	}
}

// TestTwoPlansNeverWantTheSameName, and the second knows the files of the first.
func TestTwoPlansNeverWantTheSameName(t *testing.T) {
	w, g := project(t, "golang-migrate", "db/1_a.up.sql", "SELECT 1;", "db/2_b.up.sql", "SELECT 2;")
	var all []string
	for _, name := range []string{"1_a", "2_b"} {
		table := map[string]string{"1_a": "orders", "2_b": "users"}[name]
		r := Rewrite{Name: name, Script: scriptOf(t, g, "db/"+name+".up.sql"), Pieces: twoSteps(), Tables: []string{table}}
		out, err := w.Write(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(r); err != nil {
			t.Errorf("a plan that was not kept has taken its names: %v", err)
		}
		w.Keep(out)
		all = append(all, out.Pieces[1])
	}
	if diff := cmp.Diff([]string{"db/3_check.up.sql", "db/4_check.up.sql"}, all); diff != "" {
		t.Error(diff)
	}
}

// TestSecondPlanSeesTheFirst: what a plan has put behind it, about the same table.
func TestSecondPlanSeesTheFirst(t *testing.T) {
	w, g := project(t, "golang-migrate", "db/1_a.up.sql", "SELECT 1;", "db/2_b.up.sql", "SELECT 2;", "db/2_z.down.sql", "")
	one := []Piece{{Slug: "x", SQL: []string{"SELECT 1 FROM orders"}, InTx: true}}
	out, err := w.Write(Rewrite{Name: "2_b", Script: scriptOf(t, g, "db/2_b.up.sql"), Pieces: one, Tables: []string{"orders"}})
	if err != nil {
		t.Fatal(err)
	}
	w.Keep(out)
	_, err = w.Write(Rewrite{Name: "1_a", Script: scriptOf(t, g, "db/1_a.up.sql"), Pieces: twoSteps(), Tables: []string{"orders"}})
	var refused *Refused
	if !errors.As(err, &refused) || !strings.Contains(refused.Reason, "before db/2_b.up.sql, which mentions orders") {
		t.Errorf("%v", err)
	}
}

// snapshot is every file with its text, and every folder.
func snapshot(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			out[name] = "folder"
			return err
		}
		text, err := os.ReadFile(name)
		out[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAllIsWrittenOrNothing(t *testing.T) {
	write := func(t *testing.T) *Written {
		t.Helper()
		w, g := project(t, "golang-migrate", "db/1_a.up.sql", "SELECT 1;\r\n", "db/1_a.down.sql", "SELECT -1;")
		out, err := w.Write(Rewrite{
			Name: "1_a", Script: scriptOf(t, g, "db/1_a.up.sql"), Pieces: twoSteps(), Tables: []string{"orders"},
			Jobs: []Job{{"1_a", "-- safemig:backfill table=orders\nSELECT 1;\n"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Park(ParkedPlan, []byte("x")); err != nil {
			t.Fatal(err)
		}
		return out
	}
	t.Run("all", func(t *testing.T) {
		out := write(t)
		if err := os.Chmod("db/1_a.up.sql", 0o640); err != nil {
			t.Fatal(err)
		}
		if err := out.Commit(); err != nil {
			t.Fatal(err)
		}
		got := snapshot(t)
		for _, o := range out.Files {
			if got[o.Path] != string(o.Text) || strings.Count(got[o.Path], "\r\n") != strings.Count(got[o.Path], "\n") && o.Path != "pending/1_a/plan.yml" {
				t.Errorf("%s: %q", o.Path, got[o.Path])
			}
			delete(got, o.Path)
		}
		for name, text := range got {
			if text != "folder" {
				t.Errorf("left behind: %s", name)
			}
		}
		if info, err := os.Stat("db/1_a.up.sql"); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		if set := load(t, Options{}, "."); len(set.Groups) != 1 || len(set.Groups[0].Files) != 2 {
			t.Errorf("what waits is read as migrations: %v", paths(set))
		}
	})
	for name, spoil := range map[string]func() error{
		"the migration changed":  func() error { return os.WriteFile("db/1_a.up.sql", []byte("SELECT 2;"), 0o666) },
		"a name was taken":       func() error { return os.WriteFile("db/2_check.up.sql", nil, 0o666) },
		"a file is in the way":   func() error { return os.WriteFile("pending", nil, 0o666) },
		"the way back was taken": func() error { return os.Remove("db/1_a.down.sql") },
	} {
		t.Run(name, func(t *testing.T) {
			out := write(t)
			if err := spoil(); err != nil {
				t.Fatal(err)
			}
			before := snapshot(t)
			if err := out.Commit(); err == nil {
				t.Error("it was written")
			}
			if diff := cmp.Diff(before, snapshot(t)); diff != "" {
				t.Errorf("(-before +after)\n%s", diff)
			}
		})
	}
}

func TestChangedSinceItWasRead(t *testing.T) {
	w, g := project(t, "golang-migrate", "db/1_a.up.sql", "SELECT 1;")
	writeFile(t, "db/1_a.up.sql", []byte("SELECT 2;"))
	_, err := w.Write(Rewrite{Name: "1_a", Script: scriptOf(t, g, "db/1_a.up.sql"), Pieces: twoSteps()})
	if err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("%v", err)
	}
}

func TestNothingWaitsWithinTheMigrations(t *testing.T) {
	_, g := project(t, "golang-migrate", "db/1_a.up.sql", "SELECT 1;")
	for _, opt := range []WriteOptions{{Pending: "db/pending"}, {Backfills: "db"}} {
		if _, err := g.Writer(opt); err == nil || !strings.Contains(err.Error(), "is within the migrations") {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}

// TestAtlasSum follows the sum as its makers describe it.
func TestAtlasSum(t *testing.T) {
	sum := func(names ...string) string {
		running, whole, list := sha256.New(), sha256.New(), ""
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join("db", name))
			if err != nil {
				t.Fatal(err)
			}
			running.Write([]byte(name))
			running.Write(text)
			h := base64.StdEncoding.EncodeToString(running.Sum(nil))
			whole.Write([]byte(name))
			whole.Write([]byte(h))
			list += fmt.Sprintf("%s h1:%s\n", name, h)
		}
		return "h1:" + base64.StdEncoding.EncodeToString(whole.Sum(nil)) + "\n" + list
	}
	inRepository(t)
	writeFile(t, "db/1_a.up.sql", []byte("SELECT 1;\n"))
	writeFile(t, "db/1_a.down.sql", []byte("SELECT -1;\n"))
	for _, old := range []string{sum("1_a.up.sql"), sum("1_a.down.sql", "1_a.up.sql")} {
		downs := strings.Contains(old, "down")
		w, g := project(t, "golang-migrate", "db/1_a.up.sql", "SELECT 1;\n", "db/1_a.down.sql", "SELECT -1;\n", "db/atlas.sum", old)
		out, err := w.Write(Rewrite{Name: "1_a", Script: scriptOf(t, g, "db/1_a.up.sql"), Pieces: twoSteps(), Tables: []string{"orders"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Commit(); err != nil {
			t.Fatal(err)
		}
		want := sum("1_a.up.sql", "2_check.up.sql")
		if downs {
			want = sum("1_a.down.sql", "1_a.up.sql", "2_check.down.sql", "2_check.up.sql")
		}
		if got, err := os.ReadFile("db/atlas.sum"); err != nil || string(got) != want {
			t.Errorf("%v\n%s", err, cmp.Diff(want, string(got)))
		}
	}
	w, g := project(t, "golang-migrate", "db/1_a.up.sql", "SELECT 1;\n", "db/atlas.sum", "h1:x\n1_a.up.sql h1:y\n")
	_, err := w.Write(Rewrite{Name: "1_a", Script: scriptOf(t, g, "db/1_a.up.sql"), Pieces: twoSteps(), Tables: []string{"orders"}})
	if err == nil || !strings.Contains(err.Error(), "run atlas migrate hash first") {
		t.Errorf("%v", err)
	}
}

// TestOwnWayBack: what the user wrote is lost neither where the plan has no way
// back, nor where its own takes back less.
func TestOwnWayBack(t *testing.T) {
	for layout, files := range map[string][]string{
		"golang-migrate":  {"db/1_a.up.sql", "SELECT 1;", "db/1_a.down.sql", "SELECT 'mine';\n"},
		"goose":           {"db/1_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 'mine';\n"},
		"dbmate":          {"db/1_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 'mine';\n"},
		"sqlx":            {"db/1_a.up.sql", "SELECT 1;", "db/1_a.down.sql", "SELECT 'mine';\n"},
		"sql-migrate":     {"db/1_a.sql", "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 'mine';\n"},
		"liquibase":       {"db/1_a.sql", "--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n--rollback SELECT 'mine';\n"},
		"node-pg-migrate": {"db/1_a.sql", "-- Up Migration\nSELECT 1;\n--- down migration\nSELECT 'mine';\n"},
		"tern":            {"db/1_a.sql", "SELECT 1;\n---- create above / drop below ----\nSELECT 'mine';\n"},
	} {
		for _, p := range []Piece{
			{Slug: "x", SQL: []string{"SELECT 2"}, InTx: true, DownInTx: true},
			{Slug: "x", SQL: []string{"SELECT 2"}, InTx: true, DownInTx: true, Down: []string{"SELECT 3"}, NoDown: "The rest stays."},
		} {
			w, g := project(t, layout, files...)
			out, err := w.Write(Rewrite{Name: "1_a", Script: scriptOf(t, g, files[0]), Pieces: []Piece{p}})
			if err != nil {
				t.Fatal(err)
			}
			if err := out.Commit(); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(files[max(0, len(files)-2)])
			if err != nil {
				t.Fatal(err)
			}
			text = bytes.ReplaceAll(text, []byte("--rollback "), nil)
			kept, noted := strings.Contains(string(text), "\nSELECT 'mine';\n") || strings.HasPrefix(string(text), "SELECT 'mine';\n"), strings.Contains(string(text), "--     SELECT 'mine';\n")
			if kept != (p.Down == nil) || noted != (p.Down != nil) {
				t.Errorf("%s, %v:\n%s", layout, p.Down, text)
			}
		}
	}
}

// TestOwnSettings: what the migration says of its transaction is changed where it
// must be, and the rest of the file stays.
func TestOwnSettings(t *testing.T) {
	inTx := []Piece{{Slug: "x", SQL: []string{"SELECT 2"}, InTx: true, DownInTx: true, Down: []string{"SELECT 3"}}}
	outside := []Piece{{Slug: "x", SQL: []string{"VACUUM t"}}}
	for _, c := range []struct {
		layout, own, settings, text string
		pieces                      []Piece
		want                        string
	}{
		{"diesel", "db/1_a/up.sql", "db/1_a/metadata.toml", "# why\nrun_in_transaction = false\n", inTx, "run_in_transaction = true\n# why\n"},
		{"diesel", "db/1_a/up.sql", "db/1_a/metadata.toml", "run_in_transaction = true\n", outside, "run_in_transaction = false\n"},
		{"flyway", "db/V1__a.sql", "db/V1__a.sql.conf", "encoding=UTF-8\nexecuteInTransaction=false\n", inTx, "executeInTransaction=true\nencoding=UTF-8\n"},
		{"flyway", "db/V1__a.sql", "db/V1__a.sql.conf", "encoding=UTF-8\n", outside, "executeInTransaction=false\nencoding=UTF-8\n"},
		{"sqlx", "db/1_a.sql", "db/1_a.sql", "-- no-transaction\nSELECT 1;", inTx, "SELECT 2;\n"},
		{"goose", "db/1_a.sql", "db/1_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n", inTx, "-- +goose Up\nSELECT 2;\n\n-- +goose Down\nSELECT 3;\n"},
		{"goose", "db/1_a.sql", "db/1_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose Down\nVACUUM t;\n", []Piece{{Slug: "x", SQL: []string{"SELECT 2", "SELECT 3"}, InTx: true}},
			"-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\nSELECT 2;\nSELECT 3;\n-- +goose StatementEnd\n\n-- +goose Down\nVACUUM t;\n"},
		{"dbmate", "db/1_a.sql", "db/1_a.sql", "-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down transaction:false\nVACUUM t;\n", []Piece{{Slug: "x", SQL: []string{"SELECT 2"}, InTx: true}},
			"-- migrate:up\nSELECT 2;\n\n-- migrate:down transaction:false\nVACUUM t;\n"},
		{"sql-migrate", "db/1_a.sql", "db/1_a.sql", "-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Down notransaction\nVACUUM t;\n", []Piece{{Slug: "x", SQL: []string{"SELECT 2"}, InTx: true}},
			"-- +migrate Up\nSELECT 2;\n\n-- +migrate Down notransaction\nVACUUM t;\n"},
		{"tern", "db/1_a.sql", "db/1_a.sql", "---- tern: disable-tx ----\nSELECT 1;\n---- create above / drop below ----\n---- tern: disable-tx ----\nVACUUM t;\n", []Piece{{Slug: "x", SQL: []string{"SELECT 2"}, InTx: true}},
			"SELECT 2;\n\n---- create above / drop below ----\n---- tern: disable-tx ----\nVACUUM t;\n"},
		{"tern", "db/1_a.sql", "db/1_a.sql", "SELECT 1;\n", outside, "---- tern: disable-tx ----\nVACUUM t;\n\n---- create above / drop below ----\n-- Nothing is to be taken back here.\n"},
		{"liquibase", "db/1_a.sql", "db/1_a.sql", "--liquibase formatted sql\n--changeset a:1 runInTransaction:false labels:x endDelimiter:// splitStatements:true\n--comment y\nSELECT 1\n//\n", inTx, "--liquibase formatted sql\n--changeset a:1 labels:x\n--comment y\nSELECT 2;\n--rollback SELECT 3;\n"},
		{"liquibase", "db/1_a.sql", "db/1_a.sql", "--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n\n--changeset \"b c\":\"2 d\"\nSELECT 2;\n", outside,
			"--liquibase formatted sql\n--changeset a:1 runInTransaction:false\nVACUUM t;\n--rollback empty\n\n--changeset \"b c\":\"2 d\"\nSELECT 2;\n"},
		{"atlas", "db/1_a.sql", "db/1_a.sql", "-- atlas:txmode none\n\nSELECT 1;\n", inTx, "SELECT 2;\n"},
		{"atlas", "db/1_a.sql", "db/1_a.sql", "SELECT 1;\n", outside, "-- atlas:txmode none\n\nVACUUM t;\n"},
	} {
		files := []string{c.own, "SELECT 1;\n", c.settings, c.text}
		if c.own == c.settings {
			files = files[2:]
		}
		w, g := project(t, c.layout, files...)
		out, err := w.Write(Rewrite{Name: "1_a", Script: scriptOf(t, g, c.own), Pieces: c.pieces})
		if err == nil {
			err = out.Commit()
		}
		if err != nil {
			t.Errorf("%s: %v", c.layout, err)
			continue
		}
		text, err := os.ReadFile(c.settings)
		if err != nil {
			t.Fatal(err)
		}
		got, _, _ := strings.Cut(string(text), "\n-- To take it back")
		if strings.TrimRight(got, "\n") != strings.TrimRight(c.want, "\n") {
			t.Errorf("%s: %s", c.layout, cmp.Diff(c.want, string(text)))
		}
	}
}
