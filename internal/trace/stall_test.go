package trace_test

import (
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/trace"
)

// checkConcurrentWrites holds what the server promises (it accepts LOCK=NONE, or
// refuses it) against what it does to somebody who writes all the time.
func checkConcurrentWrites(t *testing.T, tracer *trace.Tracer) {
	setup := []string{
		"CREATE TABLE big (id int PRIMARY KEY AUTO_INCREMENT, a int, pad varchar(200)) ENGINE=InnoDB",
		"INSERT INTO big (a, pad) VALUES (1, repeat('x', 200))",
	}
	for range 17 {
		setup = append(setup, "INSERT INTO big (a, pad) SELECT id, pad FROM big")
	}
	small := []string{setup[0], setup[1]}
	writes := []string{"INSERT INTO big (a, pad) VALUES (2, 'y')", "UPDATE big SET a = a + 1 WHERE id = 1"}
	for _, text := range []string{
		"ALTER TABLE big ADD INDEX i (a, pad)", "ALTER TABLE big FORCE", "ALTER TABLE big MODIFY a bigint",
	} {
		promised, err := tracer.Watch(t.Context(), trace.Run{Setup: small, SQL: text})
		if err != nil || promised.Err != nil || promised.Algorithm < change.NoCopy {
			t.Fatalf("%s: %+v, %v", text, promised, err)
		}
		checkPromise(t, tracer, promised, trace.Run{Setup: setup, SQL: text}, writes)
	}
}

// checkPromise measures again where the clock disagrees: on a busy machine a
// write may wait for other reasons.
func checkPromise(t *testing.T, tracer *trace.Tracer, promised trace.Observation, run trace.Run, writes []string) {
	t.Helper()
	for range 4 {
		got, err := tracer.Stall(t.Context(), run, writes)
		if err != nil {
			t.Fatalf("%s: %v", run.SQL, err)
		}
		t.Logf("%s: %s, took %s, %d writes, the longest waited %s", run.SQL, promised.Algorithm, got.Took, got.Writes, got.Longest)
		if wentOn := got.Longest < got.Took/2; wentOn == promised.ConcurrentDML {
			return
		}
	}
	t.Errorf("%s: LOCK=NONE accepted: %t, but others fared otherwise", run.SQL, promised.ConcurrentDML)
}
