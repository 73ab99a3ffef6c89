package cli

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/stats"
)

// result estimates everything that was gathered.
func (e *estimator) result(ctx context.Context) (*report.Estimate, error) {
	out := &report.Estimate{Targets: e.work.targets()}
	given, err := e.given()
	if err != nil {
		return nil, err
	}
	for _, a := range e.asked {
		c, from, err := e.facts(ctx, a, given)
		if err != nil {
			return nil, err
		}
		if err := e.try(ctx, a, c); err != nil {
			return nil, err
		}
		one := report.Estimated{Name: a.name, Path: a.path, Dialect: a.dialect, From: from, NoPlan: a.noPlan, Tried: a.tried}
		if a.original != nil {
			one.Original = c.Of(a.original)
		}
		if a.plan != nil {
			one.Plan = c.Of(a.plan)
		}
		one.Tables = tablesOfCase(c, tablesIn(a.original, a.plan))
		out.Estimates = append(out.Estimates, one)
	}
	out.Problems = e.work.problems
	return out, nil
}

func tablesOfCase(c *estimate.Case, names []change.Name) []*estimate.Table {
	var out []*estimate.Table
	for _, n := range names {
		if t := c.Tables.Of(n); t != nil && !t.Absent && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// facts are what is known of the tables of one thing, and where it comes from.
func (e *estimator) facts(ctx context.Context, a *asked, given []*estimate.Table) (*estimate.Case, string, error) {
	c := &estimate.Case{Server: estimate.Server{Dialect: a.dialect, Major: e.majorOf(a.dialect)}, Trials: map[string]*estimate.Trial{}}
	known, from := e.fromStats(a.dialect), "figures that were given"
	if e.db != nil {
		if (e.db.Dialect == "postgres") != (a.dialect == "postgres") {
			return nil, "", fmt.Errorf("--%s: %s is a migration for %s, and the server is %s", flagDSN, a.path, fact.DialectName(a.dialect), e.db)
		}
		d, err := stats.Examine(ctx, e.db, tablesIn(a.original, a.plan))
		if err != nil {
			return nil, "", fmt.Errorf("--%s: %w", flagDSN, err)
		}
		c.Server, known, from = d.Server, d.Tables, "the statistics of "+e.db.String()
	}
	for _, t := range given {
		known = override(known, t, a.dialect)
	}
	c.Tables = estimate.NewTables(a.dialect, known)
	e.guess(ctx, a, c)
	return c, from, nil
}

func (e *estimator) majorOf(dialect string) int {
	for _, t := range e.work.targets() {
		if t.Dialect == dialect {
			return t.Version.Major
		}
	}
	return 0
}

// guess asks the server's planner how many rows the condition of each job takes.
func (e *estimator) guess(ctx context.Context, a *asked, c *estimate.Case) {
	for _, t := range a.trials {
		if t.job == nil || e.db == nil || t.job.From != "" || t.job.Where == "" || len(t.types) > 0 || !guessable(c, t.job) {
			continue
		}
		rows, known := stats.Guess(ctx, e.db, t.job.Written()+called(t), t.job.Where)
		if !known {
			continue
		}
		for i := range a.plan.Steps {
			if j := a.plan.Steps[i].Job; j != nil && j.Name == t.job.Name {
				j.Owed, j.OwedFrom = estimate.Range{Low: rows / 2, High: rows * 2}, "half to twice the "+estimate.Number(rows)+" that the planner guesses for its WHERE"
			}
		}
	}
}

// guessable says whether the planner knows the columns that a job sets: of one that was
// never analyzed it takes half a percent of the rows to be NULL, and MySQL, which keeps no
// statistics of columns by itself, a tenth.
// https://www.postgresql.org/docs/current/row-estimation-examples.html
func guessable(c *estimate.Case, j *backfill.Job) bool {
	t := c.Tables.Of(j.Table)
	if t == nil || c.Server.InnoDB() {
		return false
	}
	return !slices.ContainsFunc(j.Columns, func(name string) bool {
		_, known := t.Widths[strings.ToLower(name)]
		return !known
	})
}

func called(t trial) string {
	if t.job.Alias != "" {
		return " AS " + t.job.Alias
	}
	return ""
}

// given reads --stats and the configuration's stats; --rows and --row-bytes count above them.
func (e *estimator) given() ([]*estimate.Table, error) {
	var out []*estimate.Table
	c := e.settings.cli
	for _, flag := range []string{flagRows, flagRowBytes} {
		for _, value := range c.StringSlice(flag) {
			name, number, is := strings.Cut(value, "=")
			n, err := strconv.ParseFloat(strings.NewReplacer(",", "", "_", "").Replace(number), 64)
			if !is || name == "" || err != nil || n < 0 || n != math.Trunc(n) || n > math.MaxInt64 {
				return nil, usage(c.Command, "--%s %q is not TABLE=NUMBER, such as users=12000000", flag, value)
			}
			out = giveFigure(out, tableNamed(name), flag, n)
		}
	}
	return out, nil
}

// giveFigure notes a figure of the command line. What a row takes is kept in Bytes
// until the rows are known.
func giveFigure(list []*estimate.Table, n change.Name, flag string, figure float64) []*estimate.Table {
	at := slices.IndexFunc(list, func(t *estimate.Table) bool { return t.Name == n })
	if at < 0 {
		at = len(list)
		list = append(list, &estimate.Table{Name: n, Rows: -1, Bytes: -1, IndexBytes: -1})
	}
	if flag == flagRows {
		list[at].Rows, list[at].RowsFrom = figure, "--"+flagRows
	} else {
		list[at].Bytes, list[at].BytesFrom = figure, "--"+flagRowBytes
	}
	return list
}

// tableNamed is a table's name as a flag has it: schema.name, or name.
func tableNamed(text string) change.Name {
	if schema, name, has := strings.Cut(text, "."); has {
		return change.Name{Schema: schema, Name: name}
	}
	return change.Name{Name: text}
}

// override puts what was given above what else is known of a table.
func override(known []*estimate.Table, given *estimate.Table, dialect string) []*estimate.Table {
	t := estimate.NewTables(dialect, known).Of(given.Name)
	if t == nil {
		t = &estimate.Table{Name: given.Name, Rows: -1, Bytes: -1, IndexBytes: -1}
		known = append(known, t)
	}
	width := t.RowBytes()
	widthFrom := fmt.Sprintf("%.0f bytes a row by %s", width, t.BytesFrom)
	if t.Bytes <= 0 || t.Rows <= 0 {
		widthFrom = fmt.Sprintf("%.0f bytes a row assumed; --%s says better", width, flagRowBytes)
	}
	if given.Bytes >= 0 {
		width, widthFrom = given.Bytes, fmt.Sprintf("%.0f bytes a row by --%s", given.Bytes, flagRowBytes)
	}
	if given.Rows >= 0 {
		if t.IndexBytes > 0 && t.Rows > 0 {
			t.IndexBytes *= given.Rows / t.Rows
		}
		t.Rows, t.RowsFrom, t.Absent = given.Rows, given.RowsFrom, false
	}
	if t.Rows >= 0 {
		t.Bytes, t.BytesFrom = t.Rows*width, estimate.Number(t.Rows)+" rows by "+t.RowsFrom+" x "+widthFrom
	}
	return known
}

// fromStats are the tables of a file of sizes.
func (e *estimator) fromStats(dialect string) []*estimate.Table {
	var out []*estimate.Table
	if e.sizes == nil || !e.sizes.For(dialect) {
		return nil
	}
	file := filepath.Base(e.settings.text(flagStats))
	for name, size := range e.sizes.Tables {
		t := &estimate.Table{Name: tableNamed(name), Rows: -1, Bytes: -1, IndexBytes: -1, RowsFrom: file, BytesFrom: file}
		if size.Rows != nil {
			t.Rows = float64(*size.Rows)
		}
		if size.Bytes != nil {
			t.Bytes = float64(*size.Bytes)
		}
		out = append(out, t)
	}
	return out
}

// readStats reads the file of sizes, where there is one.
func (e *estimator) readStats() (err error) {
	name := e.settings.text(flagStats)
	if name == "" || e.db != nil {
		return nil
	}
	if e.sizes, err = stats.Read(name); err != nil {
		return e.settings.wrong(flagStats, err)
	}
	return nil
}
