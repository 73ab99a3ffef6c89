package layout_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/layout"
)

// TestDraft: a new migration stands behind the last one, named and written as the
// tool has it, and it is new for the writer.
func TestDraft(t *testing.T) {
	now := time.Date(2026, 1, 31, 12, 30, 5, 0, time.UTC)
	for _, c := range []struct{ layout, last, down, text, want string }{
		{"plain", "0009_a.sql", "", "SELECT 1;", "0010_new.sql"},
		{"plain", "v1-9.sql", "", "SELECT 1;", "v2-new.sql"},
		{"plain", "2026-01-30-a.sql", "", "SELECT 1;", "2026-01-31-new.sql"},
		{"goose", "20250101000000_a.sql", "", "-- +goose Up\nSELECT 1;", "20260131123005_new.sql"},
		{"goose", "20270101000000_a.sql", "", "-- +goose Up\nSELECT 1;", "20270101000001_new.sql"},
		{"dbmate", "00099_a.sql", "", "-- migrate:up\nSELECT 1;", "00100_new.sql"},
		{"golang-migrate", "7_a.up.sql", "7_a.down.sql", "SELECT 1;", "8_new.up.sql"},
		{"flyway", "V1_9__a.sql", "", "SELECT 1;", "V1_10__new.sql"},
		{"diesel", "2025-01-01-000000_a/up.sql", "2025-01-01-000000_a/down.sql", "SELECT 1;", "2026-01-31-123005_new/up.sql"},
		{"prisma", "20250101000000_a/migration.sql", "", "SELECT 1;", "20260131123005_new/migration.sql"},
		{"hasura", "1700000000000_a/up.sql", "", "SELECT 1;", "1700000000001_new/up.sql"},
		{"sqlx", "", "", "", "20260131123005_new.sql"},
		{"bun", "", "", "", "20260131123005_new.tx.up.sql"},
		{"bun", "20250101000000_a.tx.up.sql", "20250101000000_a.tx.down.sql", "SELECT 1;", "20260131123005_new.tx.up.sql"},
		{"node-pg-migrate", "1700000000000_a.sql", "", "SELECT 1;", "1700000000001_new.sql"},
		{"node-pg-migrate", "", "", "", "1769862605000_new.sql"},
		{"refinery", "V9__a.sql", "", "SELECT 1;", "V10__new.sql"},
		{"refinery", "", "", "", "V1__new.sql"},
		{"sql-migrate", "20250101000000-a.sql", "", "-- +migrate Up\nSELECT 1;", "20260131123005-new.sql"},
		{"sql-migrate", "", "", "", "20260131123005-new.sql"},
		{"tern", "001_a.sql", "", "SELECT 1;", "002_new.sql"},
		{"tern", "", "", "", "001_new.sql"},
		{"atlas", "20250101000000.sql", "", "SELECT 1;", "20260131123005_new.sql"},
		{"supabase", "20250101000000_a.sql", "", "SELECT 1;", "20260131123005_new.sql"},
		{"supabase", "", "", "", "20260131123005_new.sql"},
		{"golang-migrate", "", "", "", "000001_new.up.sql"},
		{"flyway", "", "", "", "V1__new.sql"},
	} {
		t.Run(c.layout+" "+strings.ReplaceAll(c.last, "/", "-"), func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, c.last, c.text)
			write(t, c.down, "SELECT 2;")
			g := groupOf(t, c.layout, c.last != "")
			f, err := g.Draft("new", layout.Piece{SQL: []string{"SELECT 42"}, InTx: true, DownInTx: true}, now)
			if err != nil {
				t.Fatal(err)
			}
			if f.Script.Path != "db/"+c.want || !f.Judge || f.Down || !strings.Contains(f.Script.Section.Text(f.Script.Raw), "SELECT 42;\n") {
				t.Errorf("%s: %q", f.Script.Path, f.Script.Raw)
			}
			w, err := g.Writer(layout.WriteOptions{})
			if err != nil {
				t.Fatal(err)
			}
			pieces := []layout.Piece{
				{SQL: []string{"SELECT 43"}, Down: []string{"SELECT 44"}, InTx: true, DownInTx: true},
				{Slug: "more", SQL: []string{"SELECT 45"}, InTx: true},
			}
			if c.layout == "node-pg-migrate" { // which runs both in one transaction
				pieces = pieces[:1]
			}
			out, err := w.Write(layout.Rewrite{Name: "new", Script: f.Script, Pieces: pieces})
			if err != nil {
				t.Fatal(err)
			}
			if out.Files[0].Path != f.Script.Path || !out.Files[0].New() || !strings.Contains(string(out.Files[0].Text), "SELECT 43") {
				t.Errorf("%+v", out.Files[0])
			}
			if err := out.Commit(); err != nil {
				t.Fatal(err)
			}
			if _, err := g.Draft("new", layout.Piece{SQL: []string{"SELECT 42"}, InTx: true, DownInTx: true}, now); err != nil {
				t.Errorf("after the plan is written: %v", err)
			}
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if name == "" {
		return
	}
	name = filepath.Join("db", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
}

func groupOf(t *testing.T, name string, load bool) layout.Group {
	t.Helper()
	if layout.HasMigrations("db") != load {
		t.Fatalf("HasMigrations is %v", !load)
	}
	if !load {
		g, err := layout.NewGroup("db", name)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	set, err := layout.Load(context.Background(), []string{"db"}, layout.Options{Layout: name})
	if err != nil || len(set.Problems) > 0 || len(set.Groups) != 1 {
		t.Fatalf("%v %v", err, set)
	}
	return set.Groups[0]
}
