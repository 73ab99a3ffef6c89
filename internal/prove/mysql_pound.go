package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rewrite"
)

// locks runs every step on big tables while others write to them: the server has to
// take the ALGORITHM and LOCK that the step asks for, and the writes have to go on
// while it works. What is slow once may be the machine's doing.
func (m mysql) locks(ctx context.Context, t *trial, o *Outcome) error {
	// Big tables that are built side by side keep each other waiting.
	t.bench.tracing.Lock()
	defer t.bench.tracing.Unlock()
	for try := range 2 {
		var faults, notes []string
		err := t.scratch(ctx, 0, func(d *database) error {
			p := pounding{flavour: m, trial: t, db: d}
			err := p.all(ctx)
			faults, notes = p.faults, p.notes
			return err
		})
		if err != nil {
			return err
		}
		if len(faults) == 0 || try == 1 {
			o.Faults, o.Notes = faults, notes
			return nil
		}
	}
	return nil
}

// pounding is a run of the plan on big tables.
type pounding struct {
	*trial
	flavour       mysql
	db            *database
	big           []string // tables that are
	faults, notes []string
}

func (p *pounding) all(ctx context.Context) error {
	if _, err := p.db.ExecContext(ctx, controlTable); err != nil {
		return fmt.Errorf("the control session's table: %w", err)
	}
	for k := range p.Plan.Steps {
		step := &p.Plan.Steps[k]
		if !step.Commits || step.Backfill != nil {
			if err := p.runStep(ctx, p.db, k, asOne); err != nil {
				return err
			}
			continue
		}
		for n, f := range p.files[k] {
			if err := p.file(ctx, k, slices.Concat(step.Cleanup, step.SQL)[n], f); err != nil {
				return err
			}
		}
	}
	return nil
}

// file runs a file of a step, whose statement is given.
func (p *pounding) file(ctx context.Context, k int, statement string, f rewrite.File) error {
	r, parents, err := p.subject(ctx, statement)
	if err != nil {
		return err
	}
	if r == nil || p.leaves(k, statement) { // it makes what it is about, or takes it away
		return p.db.session(ctx, func(s *sql.Conn) error { return p.flavour.send(ctx, s, f, asOne) })
	}
	if !slices.Contains(p.big, r.name.Name) {
		p.big = append(p.big, r.name.Name)
		err := p.db.session(ctx, func(s *sql.Conn) error {
			unique, err := p.uniqueAtEnd(ctx, r.name)
			if err != nil {
				return err
			}
			why, err := crowd(ctx, s, *r, unique)
			if why != "" {
				p.notes = append(p.notes, fmt.Sprintf("%s is as big as its rows in data.sql make it: %s", r.name, why))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	seen, err := p.under(ctx, k, *r, parents, f)
	if err != nil {
		return fmt.Errorf("step %d (%s): %w", k+1, p.Plan.Steps[k].Title, err)
	}
	limit := p.flavour.waits(p.trial, &p.Plan.Steps[k]) + p.Load.Margin
	if fault := seen.fault(strings.Contains(strings.ToUpper(statement), "ALGORITHM=INSTANT"), limit); fault != "" {
		p.faults = append(p.faults, fmt.Sprintf("step %d (%s): %s", k+1, p.Plan.Steps[k].Title, fault))
	}
	return nil
}

// leaves says whether the table goes when no version of the application uses it.
func (p *pounding) leaves(k int, statement string) bool {
	sql := strings.ToUpper(statement)
	return p.Plan.Steps[k].Phase == rewrite.Contract && (strings.Contains(sql, "RENAME TABLE") || strings.Contains(sql, "DROP TABLE"))
}

// uniqueAtEnd are the columns that are in a unique index when the plan is through.
func (p *pounding) uniqueAtEnd(ctx context.Context, name change.Name) (out []string, err error) {
	err = p.final.session(ctx, func(s *sql.Conn) error {
		found, err := table(ctx, s, "SELECT DISTINCT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = database() AND NON_UNIQUE = 0 AND COLUMN_NAME IS NOT NULL AND TABLE_NAME = "+constant(name.Name))
		for _, row := range found {
			out = append(out, text(row[0]))
		}
		return err
	})
	return out, err
}

// subject is the table that a statement changes, where it is there, with the tables
// that new foreign keys of it refer to.
func (p *pounding) subject(ctx context.Context, statement string) (out *relation, parents []relation, err error) {
	var name string
	var refs []string
	for _, stmt := range parse(p.Dialect, []byte(statement)).Stmts {
		for _, op := range stmt.Ops {
			name = op.Head().Table.Name
			if add, is := op.(*change.AddConstraint); is && add.Constraint.Ref != nil {
				refs = append(refs, add.Constraint.Ref.Table.Name)
			}
		}
	}
	err = p.db.session(ctx, func(s *sql.Conn) error {
		relations, err := p.flavour.relations(ctx, s)
		for i := range relations {
			switch r := &relations[i]; {
			case r.name.Name == name:
				out = r
			case slices.Contains(refs, r.name.Name):
				parents = append(parents, *r)
			}
		}
		return err
	})
	return out, parents, err
}

// pounded is what was seen while a statement ran.
type pounded struct {
	took, longest, machine time.Duration // machine: of the session that waits for nobody
	writes                 int
	sql                    string // the write that took longest
}

// longEnough is a time that a write does not take unless it is kept waiting.
const longEnough = 300 * time.Millisecond

// fault: a write had to wait for most of a statement that takes its time. What is
// INSTANT does nothing but to wait for its lock, which the limit is for.
func (p pounded) fault(instant bool, limit time.Duration) string {
	waited := p.longest - p.machine
	if instant && waited < limit || !instant && (waited < longEnough || waited < p.took*6/10) {
		return ""
	}
	return fmt.Sprintf("a write had to wait %s while it ran for %s: %s", p.longest.Round(time.Millisecond), p.took.Round(time.Millisecond), p.sql)
}

// under runs a file while a session writes to its table without a pause.
func (p *pounding) under(ctx context.Context, k int, r relation, parents []relation, f rewrite.File) (seen pounded, err error) {
	until := make(chan struct{})
	wrote, idle := make(chan error, 1), make(chan error, 1)
	var control pounded
	writes := p.writesTo(k, r)
	for _, parent := range parents {
		writes = append(writes, idleWrite(parent))
	}
	go func() { wrote <- p.write(ctx, writes, until, &seen) }()
	go func() { idle <- p.write(ctx, []string{controlStatement}, until, &control) }()
	time.Sleep(breath)
	began := time.Now()
	err = p.db.session(ctx, func(s *sql.Conn) error { return p.flavour.send(ctx, s, f, asOne) })
	took := time.Since(began)
	close(until)
	err = errors.Join(err, <-wrote, <-idle)
	seen.took, seen.machine = took, control.longest
	return seen, err
}

// idleWrite changes nothing, and needs the locks of one that does.
func idleWrite(r relation) string {
	c := backquote(slices.Concat(r.key, r.columns)[0])
	return "UPDATE " + backquote(r.name.Name) + " SET " + c + " = " + c + " LIMIT 1"
}

// writesTo are what the applications write to a table by then, or an idle write.
func (p *pounding) writesTo(k int, r relation) []string {
	var from []tracked
	if k < p.oldUntil() {
		from = append(from, p.old...)
	}
	if k >= p.newFrom() {
		from = append(from, p.new...)
	}
	var out []string
	for _, st := range from {
		if st.table == r.name && !st.Deletes {
			out = append(out, st.SQL)
		}
	}
	if len(out) == 0 {
		out = []string{idleWrite(r)}
	}
	return out
}

func (p *pounding) write(ctx context.Context, statements []string, until <-chan struct{}, seen *pounded) error {
	return p.db.session(ctx, func(s *sql.Conn) error {
		for n := 0; ; n++ {
			select {
			case <-until:
				return nil
			default:
			}
			text := statements[n%len(statements)]
			began := time.Now()
			err := p.flavour.exec(ctx, s, fill(text, p.next(), p.some()))
			if took := time.Since(began); took > seen.longest {
				seen.longest, seen.sql = took, strings.TrimSpace(text)
			}
			seen.writes++
			// What the case allows, and values that the many rows have by now.
			if code := livedb.ErrorCode(err); err != nil && code != duplicateEntry && !p.flavour.again(err) &&
				!slices.Contains(slices.Concat(p.Allowed[Old], p.Allowed[New]), code) {
				return err
			}
		}
	})
}
