package prove

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/rewrite"
)

// endState runs the plan with nobody else there, and compares what comes out
// with what the original migration makes.
func (t *trial) endState(ctx context.Context, o *Outcome, _ *Result) error {
	t.after = map[[2]int][]catalog.Object{}
	d, err := t.copyOf(ctx, t.origin)
	if err != nil {
		return err
	}
	t.final = d
	for k := range t.Plan.Steps {
		if err := t.firstRun(ctx, k); err != nil {
			o.Faults = append(o.Faults, oneLine(err.Error()))
			t.broken = fmt.Sprintf("step %d does not run", k+1)
			return nil
		}
	}
	if len(t.new) == 0 && len(t.New) > 0 { // the original left no rows to learn from
		if err := t.learnFromPlan(ctx); err != nil {
			return err
		}
	}
	if t.start, err = t.take(ctx, t.origin); err != nil {
		return err
	}
	if t.end, err = t.take(ctx, t.final); err != nil {
		return err
	}
	want, err := t.take(ctx, t.target)
	if err != nil {
		return err
	}
	o.Faults = t.unexpected(t.leavingOrder(catalog.Differences(want.objects, t.end.objects)), o)
	if t.OriginalFails {
		o.Notes = append(o.Notes, "the original fails on the rows, so that only the catalogue is compared")
		return nil
	}
	o.Faults = append(o.Faults, dataDifferences(want.tables, t.end.tables)...)
	behind, err := t.sequences(ctx)
	o.Faults = append(o.Faults, behind...)
	return err
}

// leavingOrder: a column that takes another's place stands where it was made.
func (t *trial) leavingOrder(found []string) []string {
	if !slices.ContainsFunc(t.Plan.Steps, func(s rewrite.Step) bool { return s.Backfill != nil }) {
		return found
	}
	return slices.DeleteFunc(found, func(d string) bool { return strings.HasPrefix(d, "column order ") })
}

// unexpected are the differences that the plan does not tell of.
func (t *trial) unexpected(found []string, o *Outcome) (faults []string) {
	for _, d := range found {
		if !slices.Contains(t.Differs, d) {
			faults = append(faults, d)
			continue
		}
		o.Left, o.Notes = true, append(o.Notes, "as the plan says: "+d)
	}
	for _, d := range t.Differs {
		if !slices.Contains(found, d) {
			faults = append(faults, "no longer so: "+d)
		}
	}
	return faults
}

// sequences are those that are behind after the plan, but not after the original.
func (t *trial) sequences(ctx context.Context) (faults []string, err error) {
	byPlan, err := t.bench.flavour.behind(ctx, t.final)
	if err != nil {
		return nil, err
	}
	byOriginal, err := t.bench.flavour.behind(ctx, t.target)
	for name, fault := range byPlan {
		if byOriginal[name] == "" {
			faults = append(faults, fault)
		}
	}
	return faults, err
}

func (t *trial) learnFromPlan(ctx context.Context) error {
	return t.final.as(ctx, t.Role, func(s *sql.Conn) (err error) {
		t.new, err = t.calibrate(ctx, s, New, t.New)
		return err
	})
}

// firstRun runs a step and notes how long it takes, and what the catalogue is
// after each of its files that no transaction holds together.
func (t *trial) firstRun(ctx context.Context, k int) error {
	began := time.Now()
	defer func() { t.took = append(t.took, time.Since(began)) }()
	if t.Plan.Steps[k].InTx || t.Plan.Steps[k].Backfill != nil {
		return t.runStep(ctx, t.final, k, asOne)
	}
	var err error
	if t.after[[2]int{k, -1}], err = t.bench.flavour.catalogue(ctx, t.final); err != nil {
		return err
	}
	for i, f := range t.files[k] {
		if err := t.final.as(ctx, t.Migrator, func(s *sql.Conn) error { return t.bench.flavour.send(ctx, s, f, asOne) }); err != nil {
			return fmt.Errorf("step %d (%s): %w", k+1, t.Plan.Steps[k].Title, err)
		}
		if t.after[[2]int{k, i}], err = t.bench.flavour.catalogue(ctx, t.final); err != nil {
			return err
		}
	}
	return nil
}

// sequencesBehind are the sequences of columns that will hand out a number that
// is there already.
func sequencesBehind(ctx context.Context, d *database) (map[string]string, error) {
	faults := map[string]string{}
	err := d.session(ctx, func(s *sql.Conn) error {
		owned, err := table(ctx, s, `
			SELECT format('%I.%I', sn.nspname, q.relname), format('%I.%I', tn.nspname, c.relname), quote_ident(a.attname)
			FROM pg_class q JOIN pg_namespace sn ON sn.oid = q.relnamespace
			JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = q.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
			JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
			JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = c.relnamespace
			WHERE q.relkind = 'S' AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)`)
		if err != nil {
			return err
		}
		for _, row := range owned {
			sequence, of, column := text(row[0]), text(row[1]), text(row[2])
			found, err := table(ctx, s, fmt.Sprintf(
				"SELECT m::text, last_value::text FROM %s, (SELECT max(%s) FROM %s) x(m) WHERE m >= last_value + is_called::int",
				sequence, column, of))
			if err != nil {
				return err
			}
			if len(found) > 0 {
				faults[sequence] = fmt.Sprintf("sequence %s stands at %s, and %s.%s holds %s already", sequence, text(found[0][1]), of, column, text(found[0][0]))
			}
		}
		return nil
	})
	return faults, err
}
