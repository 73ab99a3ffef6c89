package layout

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// onMySQL are two pieces that commit by themselves, the second behind its clean-up,
// and one that waits.
func onMySQL() []Piece {
	return []Piece{
		{Slug: "a", About: []string{"First."}, SQL: []string{"SET SESSION lock_wait_timeout = 2", "ALTER TABLE t ADD a int"}, InTx: true, DownInTx: true, Bare: true,
			Down: []string{"ALTER TABLE t DROP a"}, Undo: []string{"ALTER TABLE t DROP a"}},
		{Slug: "b", About: []string{"Second."}, Cleanup: []string{"DROP TRIGGER IF EXISTS b"}, SQL: []string{"CREATE TRIGGER b BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1"},
			InTx: true, DownInTx: true, Bare: true, Down: []string{"DROP TRIGGER IF EXISTS b"}, Undo: []string{"DROP TRIGGER IF EXISTS b"}},
		{Slug: "c", SQL: []string{"ALTER TABLE t DROP b"}, InTx: true, DownInTx: true, Bare: true, Waits: true},
	}
}

// writtenTo writes pieces in the place of a migration, and returns the text of a file.
func writtenTo(t *testing.T, layout, file string, pieces []Piece, files ...string) (text string, out *Written) {
	t.Helper()
	w, g := project(t, layout, files...)
	out, err := w.Write(Rewrite{Name: "1_x", Script: scriptOf(t, g, files[0]), Pieces: pieces, Tables: []string{"t"}})
	if err == nil {
		err = out.Commit()
	}
	if err != nil {
		t.Fatal(err)
	}
	read, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(read), out
}

// TestDrizzleJoins: Drizzle finds no file that its journal does not name, so that all
// that runs at once stands in the migration's own.
func TestDrizzleJoins(t *testing.T) {
	journal := []string{"db/0000_x.sql", "ALTER TABLE `t` ADD a int;", "db/meta/_journal.json", `{"dialect":"mysql","entries":[{"tag":"0000_x"}]}`}
	text, out := writtenTo(t, "drizzle", "db/0000_x.sql", onMySQL(), journal...)
	const own = "-- First.\nSET SESSION lock_wait_timeout = 2;--> statement-breakpoint\nALTER TABLE t ADD a int;--> statement-breakpoint\n" +
		"-- Second.\nDROP TRIGGER IF EXISTS b;--> statement-breakpoint\nCREATE TRIGGER b BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;\n\n" +
		"-- To take it back:\n--     DROP TRIGGER IF EXISTS b;\n--     ALTER TABLE t DROP a;\n"
	if text != own {
		t.Errorf("%s", text)
	}
	if got, want := strings.Join(out.Pieces, " "), "db/0000_x.sql db/0000_x.sql pending/1_x/01_c.sql"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	rows := Piece{Slug: "rows", SQL: []string{"UPDATE t SET a = 1"}, InTx: true, DownInTx: true}
	w, g := project(t, "drizzle", journal...)
	_, err := w.Write(Rewrite{Name: "1_x", Script: scriptOf(t, g, journal[0]), Pieces: append([]Piece{rows}, onMySQL()...)})
	var refused *Refused
	if !errors.As(err, &refused) || !strings.Contains(refused.Reason, "rows into a migration of their own") {
		t.Errorf("%v", err)
	}
}

// TestGooseOnMySQL: outside of a transaction each statement may run on a connection of
// its own, which does not know what another has set; and several of one block need
// multiStatements. Neither is asked for.
func TestGooseOnMySQL(t *testing.T) {
	text, _ := writtenTo(t, "goose", "db/1_x.sql", onMySQL()[:1], "db/1_x.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n")
	if strings.Contains(text, "NO TRANSACTION") || strings.Contains(text, "StatementBegin") {
		t.Errorf("%s", text)
	}
}

// TestCleanupWithin: what clears away runs in a file that is sent whole, too.
func TestCleanupWithin(t *testing.T) {
	text, _ := writtenTo(t, "golang-migrate", "db/1_x.up.sql", onMySQL()[1:2], "db/1_x.up.sql", "SELECT 1;")
	if !strings.HasPrefix(text, "-- Second.\nDROP TRIGGER IF EXISTS b;\nCREATE TRIGGER b ") {
		t.Errorf("%s", text)
	}
}

// TestDelimiter: a file for a client that cuts at semicolons says where a body ends.
func TestDelimiter(t *testing.T) {
	body := []Piece{{Slug: "p", SQL: []string{"CREATE PROCEDURE p() BEGIN SELECT 1; SELECT ';'; END", "CALL p()"}, InTx: true, DownInTx: true, Bare: true}}
	text, _ := writtenTo(t, "plain", "db/1_x.sql", body, "db/1_x.sql", "DELIMITER //\nSELECT 1//\n")
	if want := "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT ';'; END\n$$\nDELIMITER ;\nCALL p();\n"; text != want {
		t.Errorf("%s", text)
	}
	if text, _ = writtenTo(t, "plain", "db/1_x.sql", body, "db/1_x.sql", "SELECT 1;\n"); strings.Contains(text, "DELIMITER") {
		t.Errorf("%s", text)
	}
}

// TestOnMySQL: what a tool wants beside the files, and of which files.
func TestOnMySQL(t *testing.T) {
	for layout, want := range map[string]string{
		"golang-migrate": "multiStatements=true|migrate force", "sqlx": "_sqlx_migrations", "bun": "bun_migrations", "prisma": "--rolled-back", "flyway": "flyway repair",
		"goose": "", "dbmate": "", "diesel": "",
	} {
		l, err := Named(layout)
		if err != nil {
			t.Fatal(err)
		}
		got := (&Group{Layout: l}).OnMySQL(true)
		if want == "" && len(got) > 0 {
			t.Errorf("%s: %q", layout, got)
		}
		for i, part := range strings.Split(want, "|") {
			if want != "" && (i >= len(got) || !strings.Contains(got[i], part)) {
				t.Errorf("%s: %q, want %s", layout, got, part)
			}
		}
	}
	_, g := project(t, "plain", "db/1_x.mysql.up.sql", "SELECT 1;")
	if got := g.OnMySQL(false); len(got) != 1 || !strings.Contains(got[0], "pop sends a file whole") {
		t.Errorf("%q", got)
	}
	drizzle, err := Named("drizzle")
	if err != nil {
		t.Fatal(err)
	}
	if waits, now := (&Group{Layout: drizzle}).OnMySQL(true), (&Group{Layout: drizzle}).OnMySQL(false); len(waits) != 1 || len(now) != 0 {
		t.Errorf("%q, %q", waits, now)
	}
}

// TestOneDialectInNames: a version that has a file for the dialect which the names
// tell runs that one alone.
func TestOneDialectInNames(t *testing.T) {
	inRepository(t)
	for _, name := range []string{"1_a.up.sql", "2_b.up.sql", "2_b.mysql.up.sql", "2_b.down.sql", "3_c.mysql.up.sql"} {
		writeFile(t, "db/"+name, []byte("SELECT 1;"))
	}
	set := load(t, Options{}, "db")
	if got := strings.Join(paths(set), " "); got != "db/1_a.up.sql db/2_b.mysql.up.sql db/3_c.mysql.up.sql" {
		t.Errorf("%s", got)
	}
	if set = load(t, Options{}, "db/2_b.up.sql"); len(set.Problems) != 0 || !strings.Contains(set.Groups[0].Skipped[0].Why, "a file of its own") {
		t.Errorf("%+v", set)
	}
}
