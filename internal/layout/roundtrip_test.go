package layout_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
)

// home is a migration to rewrite, in a layout that can be written.
type home struct {
	layout string
	own    string   // below the directory
	files  []string // path, text, ..
	never  bool     // the tool runs nothing outside of a transaction
	one    bool     // and all files in one
	sets   bool     // a file holds several, each in a transaction for both ways or in none
}

func homes() []home {
	return []home{
		{layout: "plain", own: "db/1_x.sql", files: []string{"db/1_x.sql", "SELECT 1;\n"}},
		{layout: "atlas", own: "db/1_x.sql", files: []string{"db/1_x.sql", "SELECT 1;\n"}},
		{layout: "bun", own: "db/1_x.up.sql", files: []string{"db/1_x.up.sql", "SELECT 1;\n", "db/1_x.down.sql", "SELECT 2;\n"}},
		{layout: "dbmate", own: "db/1_x.sql", files: []string{"db/1_x.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n"}},
		{layout: "diesel", own: "db/1_x/up.sql", files: []string{"db/1_x/up.sql", "SELECT 1;\n", "db/1_x/down.sql", "SELECT 2;\n"}},
		{layout: "flyway", own: "db/V1__x.sql", files: []string{"db/V1__x.sql", "SELECT 1;\n"}},
		{layout: "golang-migrate", own: "db/1_x.up.sql", files: []string{"db/1_x.up.sql", "SELECT 1;\n", "db/1_x.down.sql", "SELECT 2;\n"}},
		{layout: "goose", own: "db/1_x.sql", files: []string{"db/1_x.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n"}},
		{layout: "hasura", own: "db/1_x/up.sql", files: []string{"db/1_x/up.sql", "SELECT 1;\n", "db/1_x/down.sql", "SELECT 2;\n"}, never: true},
		{layout: "liquibase", own: "db/x.sql", files: []string{"db/x.sql", "--liquibase formatted sql\n--changeset me:1\nSELECT 1;\n--rollback SELECT 2;\n"}, sets: true},
		{layout: "node-pg-migrate", own: "db/1_x.sql", files: []string{"db/1_x.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n"}, never: true, one: true},
		{layout: "refinery", own: "db/V1__x.sql", files: []string{"db/V1__x.sql", "SELECT 1;\n"}, never: true},
		{layout: "prisma", own: "db/1_x/migration.sql", files: []string{"db/1_x/migration.sql", "SELECT 1;\n"}},
		{layout: "sql-migrate", own: "db/1_x.sql", files: []string{"db/1_x.sql", "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n"}},
		{layout: "sqitch", own: "db/deploy/x.sql", files: []string{"db/sqitch.plan", "%project=x\nx 2026-01-01T00:00:00Z Ann <a@b.c>\n", "db/deploy/x.sql", "SELECT 1;\n", "db/revert/x.sql", "SELECT 2;\n"}},
		{layout: "sqlx", own: "db/1_x.up.sql", files: []string{"db/1_x.up.sql", "SELECT 1;\n", "db/1_x.down.sql", "SELECT 2;\n"}},
		{layout: "supabase", own: "db/1_x.sql", files: []string{"db/1_x.sql", "SELECT 1;\n"}},
		{layout: "tern", own: "db/1_x.sql", files: []string{"db/1_x.sql", "SELECT 1;\n---- create above / drop below ----\nSELECT 2;\n"}},
	}
}

// inTx draws statements of a transaction, with what the tools' own ways to cut
// texts stumble over.
func inTx() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"ALTER TABLE t ADD COLUMN c int", "SET LOCAL lock_timeout = '2s'", "SELECT 'a;\nb;\n'", "SELECT 1 -- one;\n  + 2",
		"DO $$\nBEGIN\n  PERFORM 1;\n  -- two;\n  PERFORM 2;\nEND\n$$", "SELECT ';'", "SELECT \"a;b\" FROM \"x;\ny\"",
	})
}

func drawPiece(t *rapid.T, slug string) layout.Piece {
	p := layout.Piece{Slug: slug, About: []string{"What; it; does;"}, InTx: rapid.Bool().Draw(t, "in a transaction"), DownInTx: rapid.Bool().Draw(t, "back in a transaction")}
	if p.InTx {
		p.SQL = rapid.SliceOfN(inTx(), 1, 4).Draw(t, "SQL")
	} else {
		p.SQL = []string{"CREATE INDEX CONCURRENTLY i ON t (a)"}
		p.Cleanup = rapid.SampledFrom([][]string{nil, {"DO $$\nBEGIN\n  PERFORM 3;\nEND\n$$"}}).Draw(t, "clean-up")
	}
	if p.DownInTx {
		p.Down = rapid.SliceOfN(inTx(), 0, 4).Draw(t, "back")
	} else {
		p.Down = []string{"DROP INDEX CONCURRENTLY i"}
	}
	return p
}

// TestRoundTrip: what is written is read back as the same statements, in the
// transactions that the plan asks for.
func TestRoundTrip(t *testing.T) {
	postgres, err := dialect.Open("postgres", "16")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range homes() {
		t.Run(h.layout, func(t *testing.T) {
			t.Chdir(t.TempDir())
			rapid.Check(t, func(rt *rapid.T) {
				pieces := []layout.Piece{drawPiece(rt, "a"), drawPiece(rt, "b")}
				if h.one {
					pieces = pieces[:1]
				}
				out, refused := writeRound(rt, h, pieces)
				outside := func(p layout.Piece) bool { return !p.InTx }
				if want := h.never && slices.ContainsFunc(pieces, outside); refused != want {
					rt.Fatalf("refused: %v, want %v", refused, want)
				}
				if !refused {
					checkRound(rt, h, pieces, out, postgres)
				}
			})
		})
	}
}

// writeRound makes the project anew, and writes the pieces in the place of its migration.
func writeRound(t *rapid.T, h home, pieces []layout.Piece) (paths []string, refused bool) {
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.RemoveAll("db"))
	for i := 0; i < len(h.files); i += 2 {
		must(os.MkdirAll(filepath.Dir(h.files[i]), 0o777))
		must(os.WriteFile(h.files[i], []byte(h.files[i+1]), 0o666))
	}
	g := loadOne(t, h.layout)
	w, err := g.Writer(layout.WriteOptions{})
	must(err)
	out, err := w.Write(layout.Rewrite{Name: "x", Script: g.Files[0].Script, Pieces: pieces, Tables: []string{"t"}})
	var no *layout.Refused
	if errors.As(err, &no) {
		return nil, true
	}
	must(err)
	must(out.Commit())
	return out.Pieces, false
}

func loadOne(t *rapid.T, name string) layout.Group {
	set, err := layout.Load(context.Background(), []string{"db"}, layout.Options{Layout: name, Down: true})
	if err != nil || len(set.Problems) > 0 || len(set.Groups) != 1 {
		t.Fatalf("%v %v %d groups", err, set.Problems, len(set.Groups))
	}
	return set.Groups[0]
}

// checkRound reads the directory from the disk and compares.
func checkRound(t *rapid.T, h home, pieces []layout.Piece, paths []string, postgres *dialect.Dialect) {
	g := loadOne(t, h.layout)
	var ups, downs []layout.File
	for _, f := range g.Files {
		postgres.Parse(f.Script)
		if f.Down {
			downs = append(downs, f)
		} else {
			ups = append(ups, f)
		}
	}
	if h.sets {
		downs = besideSets(ups, downs)
	}
	if len(ups) != len(pieces) || len(downs) > 0 && len(downs) != len(pieces) {
		t.Fatalf("%d and %d parts of %d pieces", len(ups), len(downs), len(pieces))
	}
	for i, p := range pieces {
		if ups[i].Script.Path != paths[i] {
			t.Fatalf("piece %d is %s, read as %s", i, paths[i], ups[i].Script.Path)
		}
		want := p.SQL
		if got := texts(ups[i].Script); len(got) == len(p.Cleanup)+len(p.SQL) {
			want = slices.Concat(p.Cleanup, p.SQL)
		}
		sameRound(t, ups[i].Script, want, p.InTx)
		if len(downs) > 0 && len(p.Down) > 0 && (p.DownInTx || !h.never) && (p.InTx == p.DownInTx || !h.sets) {
			sameRound(t, downs[i].Script, p.Down, p.DownInTx)
		}
	}
}

// besideSets has the way back of each changeset beside it; those without have nothing.
func besideSets(ups, downs []layout.File) []layout.File {
	out := make([]layout.File, len(ups))
	for i := range ups {
		for _, d := range downs {
			if d.Script.Section == ups[i].Script.Section {
				out[i] = d
			}
		}
	}
	return out
}

// sameRound wants the statements, and each by itself or all in one transaction.
func sameRound(t *rapid.T, s *change.Script, want []string, inTx bool) {
	got := texts(s)
	opens := len(got) > 2 && got[0] == "BEGIN" && got[len(got)-1] == "COMMIT"
	if opens {
		got = got[1 : len(got)-1]
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %q, want %q in\n%s", s.Path, got, want, s.Raw)
	}
	together := opens || s.Tx == change.TxFile || s.Tx == change.TxAllPending || s.Tx == change.TxNone && (s.Send == change.SendFile || s.Send == change.SendPipeline) || oneChunk(s)
	if inTx && !together && len(got) > 1 {
		t.Fatalf("%s: in no transaction:\n%s", s.Path, s.Raw)
	}
	if !inTx && (opens || s.Tx == change.TxFile || s.Send != change.SendStatement && len(got) > 1 && oneChunk(s)) {
		t.Fatalf("%s: in a transaction:\n%s", s.Path, s.Raw)
	}
}

// oneChunk says whether all of it is sent at once.
func oneChunk(s *change.Script) bool {
	if s.Send != change.SendChunk {
		return s.Send == change.SendFile || s.Send == change.SendPipeline
	}
	return slices.ContainsFunc(s.Chunks, func(c change.Span) bool {
		return !slices.ContainsFunc(s.Stmts, func(st *change.Stmt) bool { return !c.Contains(st.Span) })
	})
}

func texts(s *change.Script) []string {
	var out []string
	for _, st := range s.Stmts {
		out = append(out, strings.TrimSpace(strings.ReplaceAll(st.Span.Text(s.Raw), "\n--rollback ", "\n")))
	}
	return out
}
