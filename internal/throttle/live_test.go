package throttle_test

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/internal/throttle"
)

// A run takes a Governor for its brake.
var _ backfill.Brake = (*throttle.Governor)(nil)

// once runs statements in a session that ends then: before PostgreSQL 15 it tells
// its statistics at the latest when it ends.
func once(t *testing.T, db *livedb.DB, statements ...string) {
	t.Helper()
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	livetest.Do(t, c, statements...)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// behind runs a statement that lasts, and tells when it has ended.
func behind(t *testing.T, c *sql.Conn, statement string) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := c.ExecContext(context.WithoutCancel(t.Context()), statement)
		done <- err
	}()
	return done
}

// allEnd waits for statements that were begun.
func allEnd(t *testing.T, done ...<-chan error) {
	t.Helper()
	for _, d := range done {
		if err := <-d; err != nil {
			t.Error(err)
		}
	}
}

// nothing watches nothing of its own accord.
func nothing() throttle.Config {
	return throttle.Config{
		MaxLag: -1, MaxLagBytes: -1, MaxRetained: -1, MaxWALRate: -1, MaxArchive: -1, MaxLockWait: -1, MaxTransaction: -1, MaxXminAge: -1,
		MaxDeadShare: -1, MaxSessions: -1, MaxHistory: -1, MaxReceive: -1, MaxFlowControl: -1, IgnoreVacuum: true, Every: 100 * time.Millisecond,
	}
}

// watch is a brake at work.
func watch(t *testing.T, db *livedb.DB, c throttle.Config) *throttle.Governor {
	t.Helper()
	g, err := throttle.New(db, c)
	if err != nil {
		t.Fatal(err)
	}
	if reason := g.Reason(); !strings.Contains(reason, "is not known yet") {
		t.Errorf("before anything was read: %q", reason)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		g.Watch(ctx)
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return g
}

// shut waits until the brake gives a reason that the pattern matches.
func shut(t *testing.T, g *throttle.Governor, pattern string) {
	t.Helper()
	re := regexp.MustCompile("^(?:" + pattern + ")$")
	last := eventually(g, func(reason string) bool { return reason != "" && re.MatchString(reason) })
	if last == "" || !re.MatchString(last) {
		t.Fatalf("the brake says %q, not %s\n%+v", last, pattern, g.Status().Lines)
	}
	t.Logf("shut: %s", last)
}

// open waits until it gives none, and says what its only signal reads then.
func open(t *testing.T, g *throttle.Governor, pattern string) {
	t.Helper()
	re := regexp.MustCompile("^(?:" + pattern + ")$")
	text := func() string { return g.Status().Lines[0].Text }
	last := eventually(g, func(reason string) bool { return reason == "" && re.MatchString(text()) })
	if last != "" || !re.MatchString(text()) {
		t.Fatalf("the brake says %q, and its signal %q, not %s", last, text(), pattern)
	}
	t.Logf("open: %s", text())
}

func eventually(g *throttle.Governor, holds func(reason string) bool) (reason string) {
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if reason = g.Reason(); holds(reason) {
			return reason
		}
	}
	return reason
}
