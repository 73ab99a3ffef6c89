package trace

import (
	"errors"
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// TestASlowCommitTakesNoLock: while it runs the locks of the statements before it are seen
// to be there, and then to be gone. They are not its own.
func TestASlowCommitTakesNoLock(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	list := livetest.Few(t, "postgres")
	db, err := livetest.Start(t, list[len(list)-1], livedb.Options{}).Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	setup := livetest.Session(t, db)
	livetest.Do(t, setup, "CREATE TABLE slow (id int)",
		"CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END'",
		"CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()")
	f, err := Follow(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(f.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	}()
	if err := errors.Join(f.Open(t.Context()), f.Begin(t.Context())); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text  string
		takes change.Lock
	}{
		{"INSERT INTO slow VALUES (1)", change.RowExclusive},
		{"LOCK TABLE slow", change.AccessExclusive},
		{"COMMIT; SELECT pg_sleep(0.3)", change.NoLock},
	} {
		step, err := f.Run(t.Context(), Statement{SQL: c.text})
		if err = errors.Join(err, step.Err); err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if seen, _ := step.Table(change.Name{Schema: "public", Name: "slow"}); seen.Lock != c.takes {
			t.Errorf("%s: took %s, not %s", c.text, seen.Lock, c.takes)
		}
	}
}
