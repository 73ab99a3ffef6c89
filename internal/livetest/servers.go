// Package livetest gives tests throw-away servers, sessions of theirs, and their replicas.
package livetest

import (
	"context"
	"database/sql"
	"os"
	"testing"

	"github.com/safemig/safemig/internal/livedb"
)

// Servers are the oldest and the newest server of each kind that is found here; with
// SAFEMIG_PROVE=all they are all of them.
func Servers(t *testing.T, kinds ...string) []livedb.Server {
	t.Helper()
	return chosen(t, kinds, func(_ string, oldest, newest bool) bool {
		return oldest || newest || os.Getenv("SAFEMIG_PROVE") == "all"
	})
}

// Few are the oldest and the newest PostgreSQL that is found here, and the newest
// server of each other kind; with SAFEMIG_PROVE=all the oldest of those too.
func Few(t *testing.T, kinds ...string) []livedb.Server {
	t.Helper()
	return chosen(t, kinds, func(kind string, oldest, newest bool) bool {
		return newest || oldest && (kind == "postgres" || os.Getenv("SAFEMIG_PROVE") == "all")
	})
}

func chosen(t *testing.T, kinds []string, takes func(kind string, oldest, newest bool) bool) []livedb.Server {
	t.Helper()
	var out []livedb.Server
	for _, kind := range kinds {
		list, err := livedb.Find(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range list {
			if takes(kind, i == 0, i == len(list)-1) {
				out = append(out, s)
			}
		}
	}
	switch {
	case len(out) > 0:
	case os.Getenv("SAFEMIG_LIVE") == "require":
		t.Fatal("no server found: run .ci/servers")
	default:
		t.Skipf("no server found for %v", kinds)
	}
	return out
}

// Start starts a server that ends with the test.
func Start(t *testing.T, s livedb.Server, o livedb.Options) *livedb.DB {
	t.Helper()
	db, err := s.Start(t.Context(), o)
	return untilEnd(t, db, err)
}

// Attach reaches a server until the test ends.
func Attach(t *testing.T, dsn string) *livedb.DB {
	t.Helper()
	db, err := livedb.Attach(t.Context(), dsn)
	return untilEnd(t, db, err)
}

func untilEnd(t *testing.T, db *livedb.DB, err error) *livedb.DB {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Session is one that ends with the test.
func Session(t *testing.T, db *livedb.DB) *sql.Conn {
	t.Helper()
	c, err := db.Session(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// Do runs statements.
func Do(t *testing.T, c *sql.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := c.ExecContext(context.WithoutCancel(t.Context()), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
