package calibrate

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/livedb"
)

// measured is what batches took.
type measured struct {
	rows, bytes float64
	work        float64   // seconds
	looks       []float64 // seconds, of each look for the end of a batch
}

// job runs batches on the copy, as the runner does: the look for the end, then the
// statement for the range.
func (t *trying) job(j Job) error {
	if j.Kind == backfill.Insert || j.From != "" {
		t.result.tell("%s reads other tables: it is not tried", j.Name)
		return nil
	}
	for _, c := range j.Added {
		if err := t.do("ALTER TABLE " + t.name + " ADD COLUMN " + quote(t.db.Dialect, c.Name) + " " + c.Type); err != nil {
			return err
		}
	}
	key := t.quoted(t.key)
	if len(j.Key) > 0 {
		key = j.Key // as it is written, for SQL
	}
	if len(key) == 0 {
		t.result.tell("%s has no primary key: %s is not tried", shown(t.work.Table), j.Name)
		return nil
	}
	m, err := t.batches(j, key)
	if err != nil || m.rows == 0 {
		return err
	}
	walked := min(float64(len(m.looks))*float64(t.options.Batch), float64(t.rows))
	trial := &estimate.Trial{On: t.on(), Rows: m.rows / max(m.work, 1e-6), Share: min(m.rows/max(walked, 1), 1)}
	if t.commit > 0 {
		trial.Batch = 2*median(m.looks) + t.commit // it notes where it is too, in one statement more
	}
	if m.bytes > 0 {
		table := t.work.Table
		trial.LogRow = m.bytes / m.rows
		trial.LogMost = trial.LogRow + estimate.Images*(table.Bytes+max(table.IndexBytes, 0))/max(table.Rows, 1)
	}
	t.result.Trials[j.Name] = trial
	return nil
}

// batches runs along the key until the copy ends, or there are enough.
func (t *trying) batches(j Job, key []string) (m measured, err error) {
	const enough = 100
	columns := strings.Join(key, ", ")
	at := ""
	for range enough {
		var to string
		took, err := timed(func() (err error) { to, err = t.next(columns, at); return err })
		if err != nil {
			return m, err
		}
		m.looks = append(m.looks, took)
		condition := "true"
		if at != "" {
			condition = "(" + columns + ") > (" + at + ")"
		}
		if to != "" {
			condition += " AND (" + columns + ") <= (" + to + ")"
		}
		if err := t.batch(j, condition, &m); err != nil {
			return m, err
		}
		if at = to; to == "" {
			return m, nil
		}
	}
	return m, nil
}

// next is the key of the last row of a batch, as literals; "" at the end.
func (t *trying) next(columns, at string) (string, error) {
	where := ""
	if at != "" {
		where = " WHERE (" + columns + ") > (" + at + ")"
	}
	rows, err := t.texts(fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s LIMIT 1 OFFSET %d", columns, t.name, where, columns, max(t.options.Batch-1, 0)))
	if err != nil || len(rows) == 0 {
		return "", err
	}
	var values []string
	for _, v := range rows[0] {
		text := strings.ReplaceAll(v.String, "'", "''")
		if t.db.Dialect != "postgres" {
			text = strings.ReplaceAll(text, `\`, `\\`)
		}
		values = append(values, "'"+text+"'")
	}
	return strings.Join(values, ", "), nil
}

// batch changes the rows of one range. The statement has the copy's name where the
// table's own stood.
func (t *trying) batch(j Job, condition string, m *measured) error {
	statement := j.Statement(t.named(j), "", condition)
	if !strings.Contains(statement, t.name) {
		return fmt.Errorf("a bug in safemig: the batch %q would not be the copy's", statement)
	}
	if t.db.Dialect == "postgres" && t.db.Version.Major >= walSince {
		return t.explained(statement, m)
	}
	took, err := timed(func() error {
		result, err := t.c.ExecContext(t.ctx, statement)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		m.rows += float64(n)
		return err
	})
	m.work += took
	return err
}

// named is the copy under the name that the statement has for the table.
func (t *trying) named(j Job) string {
	if j.Alias != "" || t.db.Dialect != "postgres" && j.Kind == backfill.Delete {
		return t.name
	}
	return t.name + " AS " + quote(t.db.Dialect, t.work.Table.Name.Name)
}

// walSince is the version from which on EXPLAIN tells how much WAL a statement writes.
// https://www.postgresql.org/docs/13/sql-explain.html
const walSince = 13

// explained runs a batch and is told what it wrote.
func (t *trying) explained(statement string, m *measured) error {
	var rows []map[string]string
	took, err := timed(func() (err error) {
		rows, err = livedb.Named(t.ctx, t.c, "EXPLAIN (ANALYZE, WAL, TIMING OFF, FORMAT JSON) "+statement)
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	var plans []struct {
		Plan struct {
			Bytes float64 `json:"WAL Bytes"`
			Plans []struct {
				Rows float64 `json:"Actual Rows"`
			}
		}
	}
	if err := json.Unmarshal([]byte(rows[0]["QUERY PLAN"]), &plans); err != nil {
		return fmt.Errorf("the plan of %s: %w", statement, err)
	}
	if len(plans) == 0 || len(plans[0].Plan.Plans) == 0 {
		return fmt.Errorf("the plan of %s has no part that finds the rows", statement)
	}
	m.rows, m.bytes, m.work = m.rows+plans[0].Plan.Plans[0].Rows, m.bytes+plans[0].Plan.Bytes, m.work+took
	return nil
}
