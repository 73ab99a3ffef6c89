package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/calibrate"
	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/rules"
)

// trial is work that can be tried on the server: a job, or an index.
type trial struct {
	job   *backfill.Job
	text  *ledger.Job
	types []calibrate.Column // that a plan adds before the job
	// table is that of an index, or of a check of all rows where it has no name.
	table change.Name
	index calibrate.Index
}

// try has the work tried, where --calibrate asks for it.
func (e *estimator) try(ctx context.Context, a *asked, c *estimate.Case) error {
	most := e.settings.cli.Duration(flagCalibrate) / time.Duration(len(e.asked))
	if most == 0 || e.db == nil {
		return nil
	}
	works := worksOf(a, c)
	if len(works) == 0 {
		e.logf("calibrate: %s has nothing whose time grows with a table that is there", a.name)
		return nil
	}
	r, err := calibrate.Run(ctx, e.db, works, calibrate.Options{
		For: most, Batch: e.pace.MostRows, Say: func(text string) { e.logf("%s", text) },
	})
	if err != nil {
		return fmt.Errorf("--%s: %w", flagCalibrate, err)
	}
	c.Trials, a.tried = r.Trials, r.Told
	for _, failed := range r.Failed {
		e.work.problem(a.path, failed)
	}
	return nil
}

// worksOf is the work by the tables that it is on, in the order in which it comes.
func worksOf(a *asked, c *estimate.Case) []calibrate.Work {
	var out []calibrate.Work
	of := func(n change.Name) *calibrate.Work {
		t := c.Tables.Of(n)
		if t == nil || t.Absent || t.Rows < 0 || t.Bytes < 0 {
			return nil
		}
		i := slices.IndexFunc(out, func(w calibrate.Work) bool { return w.Table == t })
		if i < 0 {
			i, out = len(out), append(out, calibrate.Work{Table: t})
		}
		return &out[i]
	}
	for _, t := range a.trials {
		switch {
		case t.job != nil:
			if w := of(t.job.Table); w != nil {
				w.Jobs = append(w.Jobs, calibrate.Job{Job: t.job, Added: t.types})
			}
		default:
			w := of(t.table)
			if w == nil || t.index.Name == "" || slices.ContainsFunc(w.Indexes, func(i calibrate.Index) bool { return i.Name == t.index.Name }) {
				continue // it tells how fast the table is read
			}
			w.Indexes = append(w.Indexes, t.index)
		}
	}
	return out
}

// buildsOf are the indexes that statements build on plain columns, and the tables that
// they read whole.
func buildsOf(statements []estimate.Statement) []trial {
	var out []trial
	for _, s := range statements {
		for _, p := range s.Parts {
			for _, effect := range p.Effects {
				if !effect.Work.Grows() {
					continue
				}
				t := trial{table: effect.Table}
				if i, is := indexOf(p.Op); is && effect.Work == change.IndexBuild {
					t.index = i
				}
				out = append(out, t)
			}
		}
	}
	return out
}

// indexOf is the index that a change builds; false where it has other keys than columns.
func indexOf(op change.Op) (calibrate.Index, bool) {
	switch op := op.(type) {
	case *change.CreateIndex:
		columns, plain := op.PlainColumns()
		plain = plain && (op.Method == "" || strings.EqualFold(op.Method, "btree"))
		return calibrate.Index{Name: op.Name, Unique: op.Unique, Columns: columns}, plain && op.Where == nil && op.Name != "" && len(columns) > 0
	case *change.AddConstraint:
		k := op.Constraint
		return calibrate.Index{Name: k.Name, Columns: k.Columns, Unique: true}, k.Name != "" && len(k.Columns) > 0
	}
	return calibrate.Index{}, false
}

// typesOf are the columns that a job sets and that a plan has added by then.
func typesOf(before, after *rules.Checker, j *backfill.Job) []calibrate.Column {
	then, now := before.State().Table(j.Table), after.State().Table(j.Table)
	if then == nil || now == nil {
		return nil
	}
	var out []calibrate.Column
	for _, name := range j.Columns {
		if c := now.Column(name); c != nil && then.Column(name) == nil && c.TypeKnown {
			out = append(out, calibrate.Column{Name: name, Type: typeText(c.Type())})
		}
	}
	return out
}

// typeText is a type as SQL has it.
func typeText(t change.Type) string {
	out := t.Name
	if t.Schema != "" && t.Schema != "pg_catalog" {
		out = t.Schema + "." + out
	}
	if len(t.Args) > 0 {
		out += "(" + strings.Join(t.Args, ", ") + ")"
	}
	if t.Unsigned {
		out += " unsigned"
	}
	return out + strings.Repeat("[]", t.Dims)
}
