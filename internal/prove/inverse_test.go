package prove

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rewrite"
)

// TestInverse runs each migration of testdata/inverse, its way back, and that again,
// on the oldest and the newest server, and compares the catalogue with the one before.
func TestInverse(t *testing.T) {
	if testing.Short() {
		t.Skip("ways back are not tried in a short run")
	}
	list, err := livedb.Find(t.Context(), "postgres")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Skip("no PostgreSQL server found: run .ci/servers to try the ways back")
	}
	all, _, err := fixcase.GlobUndo("../../testdata/inverse")
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range []livedb.Server{list[0], list[len(list)-1]} {
		t.Run(server.Version.String(), func(t *testing.T) {
			db, err := server.Start(t.Context(), livedb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			bench := &Bench{Server: server, flavour: flavourOf(server.Dialect), db: &database{DB: db, name: "postgres"}}
			for _, u := range all {
				t.Run(u.Name, func(t *testing.T) {
					t.Parallel()
					wayBack(t, bench, u)
				})
			}
		})
	}
}

// wayBack tries the migrations of one file.
func wayBack(t *testing.T, bench *Bench, u *fixcase.Undo) {
	origin, err := bench.create(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	err = origin.session(t.Context(), func(s *sql.Conn) error {
		built, err := u.Build(t.Context(), "SELECT 1", bench.Server.Version.String())
		if err != nil {
			return err
		}
		before := trial{bench: bench, Case: &Case{Before: Split(built.Dialect, u.Before)}}
		return before.before(t.Context(), s)
	})
	if err != nil {
		t.Fatalf("before.sql: %v", err)
	}
	start, err := catalog.Postgres(t.Context(), origin)
	if err != nil {
		t.Fatal(err)
	}
	run := 0
	var d *database // goes through all, until something is left in it
	for _, m := range u.Migrations {
		if fixcase.LeftOut(m, bench.Server.Version) {
			continue
		}
		run++
		built, err := u.Build(t.Context(), m, bench.Server.Version.String())
		if err != nil {
			t.Fatal(err)
		}
		if d == nil {
			if d, err = bench.create(t.Context(), origin); err != nil {
				t.Fatal(err)
			}
		}
		as, err := forthAndBack(t.Context(), d, start, &built.Plan)
		if err != nil {
			t.Errorf("%s\n%v", m, err)
		}
		if !as || err != nil {
			if err := bench.drop(t.Context(), d); err != nil {
				t.Error(err)
			}
			d = nil
		}
	}
	t.Logf("%d migrations went there and back", run)
	for _, d := range []*database{d, origin} {
		if d != nil {
			if err := bench.drop(t.Context(), d); err != nil {
				t.Error(err)
			}
		}
	}
}

// forthAndBack runs a plan and takes it back; all is as before unless words say what
// stays.
func forthAndBack(ctx context.Context, d *database, start []catalog.Object, p *rewrite.Plan) (asBefore bool, err error) {
	asBefore = true
	for i := range p.Steps {
		asBefore = asBefore && p.Steps[i].Final == ""
		if err := sendAll(ctx, d, rewrite.Files(&p.Steps[i], fixcaseText(), rewrite.DefaultOptions())); err != nil {
			return false, fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	if err := back(ctx, d, p); err != nil || !asBefore {
		return false, err
	}
	got, err := catalog.Postgres(ctx, d)
	if err != nil {
		return false, err
	}
	if diff := catalog.Differences(start, got); len(diff) > 0 {
		return false, fmt.Errorf("not as before: %s", strings.Join(diff, "\n"))
	}
	return true, nil
}

// back takes each step back twice, the last first, and then all of them once more.
func back(ctx context.Context, d *database, p *rewrite.Plan) error {
	for _, times := range []int{2, 1} {
		for i := len(p.Steps) - 1; i >= 0; i-- {
			for range times {
				if err := sendAll(ctx, d, rewrite.UndoFiles(&p.Steps[i], fixcaseText(), rewrite.DefaultOptions())); err != nil {
					return fmt.Errorf("the way back of step %d: %w", i+1, err)
				}
			}
		}
	}
	return nil
}

func fixcaseText() rewrite.Text { return (&fixcase.Case{}).Text() }

// sendAll runs files one after the other, in a session of their own.
func sendAll(ctx context.Context, d *database, files []rewrite.File) error {
	return d.session(ctx, func(s *sql.Conn) error {
		for _, f := range files {
			if err := send(ctx, s, f, asOne); err != nil {
				return err
			}
		}
		return nil
	})
}
