package prove_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rewrite"
)

// deadlock is the SQLSTATE of the transaction that the server ends.
const deadlock = "40P01"

// TestSplitSameRows has both versions of an application write the same rows of a
// table that is being split. Nothing but a deadlock may come of it, and both tables
// must hold the same in the end.
func TestSplitSameRows(t *testing.T) {
	list := servers(t)
	if len(list) > 1 {
		list = []livedb.Server{list[0], list[len(list)-1]}
	}
	for _, s := range list {
		t.Run(s.Version.String(), func(t *testing.T) {
			db, err := s.Start(t.Context(), livedb.Options{Settings: []string{"deadlock_timeout=500ms"}})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			steps := splitHalfway(t, db, s)
			for _, kind := range rivals() {
				got := contend(t, db, kind)
				t.Logf("%s: %+v", kind.name, got)
				run(t, db, steps[2].SQL[0])
				if got["old"].ended > 0 && !kind.several || kind.ordered && got["new"].ended > 0 {
					t.Errorf("%s: the server ended statements that it must not: %+v", kind.name, got)
				}
			}
		})
	}
}

// rival is what the two versions do to the same few rows. ordered says that both
// lock the row of the old table first, several that a statement has more rows than
// one: then two of the same version may be in each other's way.
type rival struct {
	name, old, new   string
	rows             int
	ordered, several bool
}

func rivals() []rival {
	old := "UPDATE users SET bio = 'old %[2]d' WHERE id = %[1]d"
	update := "UPDATE user_profiles SET bio = 'new %[2]d' WHERE id = %[1]d"
	several := "WHERE id IN (%[1]d, %[1]d + 1)"
	return []rival{
		{name: "update", old: old, new: update, rows: 10},
		{name: "update, of more rows", old: old, new: update, rows: 1000},
		{name: "update of two", old: "UPDATE users SET bio = 'old %[2]d' " + several, new: "UPDATE user_profiles SET bio = 'new %[2]d' " + several, rows: 10, several: true},
		{name: "upsert", old: old, new: "INSERT INTO user_profiles (id, bio) VALUES (%[1]d, 'new %[2]d') ON CONFLICT (id) DO UPDATE SET bio = EXCLUDED.bio", rows: 10, ordered: true},
		{name: "update, locked before", old: old, new: "BEGIN; SELECT FROM users WHERE id = %[1]d FOR NO KEY UPDATE; " + update + "; COMMIT", rows: 10, ordered: true},
	}
}

// tally is how many statements a version ran, and how many the server ended.
type tally struct{ ran, ended int }

// splitHalfway brings a database to where both versions may run.
func splitHalfway(t *testing.T, db *livedb.DB, s livedb.Server) []rewrite.Step {
	t.Helper()
	ar, err := txtar.ParseFile("../../testdata/fix/split-table/plain.txtar")
	if err != nil {
		t.Fatal(err)
	}
	c, err := fixcase.Read("split-table/plain", ar)
	if err != nil {
		t.Fatal(err)
	}
	built, err := c.BuildFor(t.Context(), s.Version.String())
	if err != nil {
		t.Fatal(err)
	}
	steps := built.Plan.Steps
	run(t, db, c.Before)
	run(t, db, c.Data)
	for _, f := range rewrite.Files(&steps[0], c.Text(), c.Options) {
		run(t, db, f.SQL)
	}
	run(t, db, steps[1].Backfill.SQL)
	return steps
}

func run(t *testing.T, db *livedb.DB, text string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatalf("%v\nin %s", err, text)
	}
}

// contend runs two sessions of each version for a while.
func contend(t *testing.T, db *livedb.DB, kind rival) map[string]tally {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var mu sync.Mutex
	var done sync.WaitGroup
	out := map[string]tally{}
	for n, version := range []string{"old", "new", "old", "new"} {
		text := map[string]string{"old": kind.old, "new": kind.new}[version]
		done.Go(func() {
			got, err := hammer(ctx, db, text, kind.rows, 1_000_000*(n+1))
			mu.Lock()
			defer mu.Unlock()
			out[version] = tally{out[version].ran + got.ran, out[version].ended + got.ended}
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
		})
	}
	done.Wait()
	return out
}

// hammer runs a statement again and again for some of the same rows. After a
// deadlock it goes on, as an application does that tries again.
func hammer(ctx context.Context, db *livedb.DB, text string, rows, from int) (got tally, err error) {
	s, err := db.Session(context.WithoutCancel(ctx))
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for ; ctx.Err() == nil; got.ran++ {
		switch err := each(ctx, s, fmt.Sprintf(text, 1+rand.IntN(rows), from+got.ran)); {
		case livedb.ErrorCode(err) == deadlock:
			got.ended++
		case err != nil:
			return got, err
		}
	}
	return got, nil
}

// each runs a statement, or a transaction of several, to its end.
func each(ctx context.Context, s *sql.Conn, text string) error {
	ctx = context.WithoutCancel(ctx)
	_, err := s.ExecContext(ctx, text)
	if err != nil && strings.HasPrefix(text, "BEGIN") {
		_, back := s.ExecContext(ctx, "ROLLBACK")
		if back != nil {
			return back
		}
	}
	return err
}
