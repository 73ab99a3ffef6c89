package prove

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/trace"
	"github.com/safemig/safemig/rewrite"
)

// locks is property (c).
func (t *trial) locks(ctx context.Context, o *Outcome, _ *Result) error {
	return t.bench.flavour.locks(ctx, t, o)
}

// watchLocks watches every file of the plan. Nobody else uses the tracing server
// meanwhile.
func (t *trial) watchLocks(ctx context.Context, o *Outcome) error {
	t.bench.tracing.Lock()
	defer t.bench.tracing.Unlock()
	setup := append(append([]string{}, t.Before...), t.Data...)
	for k := range t.Plan.Steps {
		for _, f := range t.files[k] {
			faults, err := t.watchFile(ctx, setup, f)
			if err != nil {
				return err
			}
			for _, fault := range faults {
				o.Faults = append(o.Faults, fmt.Sprintf("step %d (%s): %s", k+1, t.Plan.Steps[k].Title, fault))
			}
			setup = append(append(append(setup, t.asMigrator()...), f.SQL), "RESET SESSION AUTHORIZATION")
		}
		if b := t.Plan.Steps[k].Backfill; b != nil {
			setup = append(setup, wholeBackfill(t.Case, k))
		}
	}
	return nil
}

// asMigrator has a session go on as the one who runs the plan.
func (t *trial) asMigrator() []string {
	if t.Migrator == "" {
		return nil
	}
	return []string{"SET SESSION AUTHORIZATION " + quote(t.Migrator)}
}

// wholeBackfill is a backfill as one statement, for where nobody waits.
func wholeBackfill(c *Case, k int) string {
	b := c.Plan.Steps[k].Backfill
	if b.SQL != "" {
		return b.SQL
	}
	return fmt.Sprintf("UPDATE %s SET %s WHERE %s", c.Text.QuoteName(b.Table), b.Set, b.Where)
}

// watchFile says where a file holds a lock that keeps others waiting over work
// that grows with the table. A file of several statements holds the locks of all:
// which comes first is found by leaving out the last ones.
func (t *trial) watchFile(ctx context.Context, setup []string, f rewrite.File) ([]string, error) {
	run := trace.Run{Setup: setup, Session: t.asMigrator(), SQL: f.SQL}
	seen, err := t.bench.tracer.Watch(ctx, run)
	if err != nil || seen.Err != nil {
		return nil, errors.Join(err, seen.Err)
	}
	suspects := harmful(seen, seen.Tables)
	if len(suspects) == 0 || !f.InTx {
		return inWords(seen, suspects), nil
	}
	statements := Split(t.Dialect, f.SQL)
	if len(statements) == 1 {
		return inWords(seen, suspects), nil
	}
	worked := map[change.Name]bool{} // before the lock
	var faults []string
	for n := 1; n <= len(statements); n++ {
		run.SQL = strings.Join(statements[:n], ";\n")
		seen, err := t.bench.tracer.Watch(ctx, run)
		if err != nil || seen.Err != nil {
			return nil, errors.Join(err, seen.Err)
		}
		for _, o := range seen.Tables {
			if o.Work().Grows() && !worked[o.Name] {
				worked[o.Name] = true
				faults = append(faults, inWords(seen, harmful(seen, []trace.Observed{o}))...)
			}
		}
	}
	return faults, nil
}

// held is the strongest lock on a table or its indexes. A statement that runs
// outside of a transaction is seen as a whole, and one that rebuilds an index
// drops the old one at its end, when nobody uses that any more: there only the
// table's own lock counts.
// https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
func held(seen trace.Observation, o trace.Observed) change.Lock {
	if !seen.TxAllowed {
		return o.Lock
	}
	return max(o.Lock, o.IndexLock)
}

func harmful(seen trace.Observation, tables []trace.Observed) []trace.Observed {
	var out []trace.Observed
	for _, o := range tables {
		if o.Work().Grows() && held(seen, o).Blocks().Has(change.Writes) {
			out = append(out, o)
		}
	}
	return out
}

func inWords(seen trace.Observation, tables []trace.Observed) []string {
	var out []string
	for _, o := range tables {
		out = append(out, fmt.Sprintf("it holds %s on %s over work of the kind %s", held(seen, o), o.Name, o.Work()))
	}
	return out
}
