package backfill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/progress"
)

// mysqlPrivileges: whether the statement may be run its plan tells. Rights on our
// own tables are told by GRANT's texts; where roles give them that is not known here.
func mysqlPrivileges(ctx context.Context, x *exam) error {
	if _, err := x.ask(ctx, "SELECT 1 FROM safemig.backfills, safemig.backfill_lanes, safemig.backfill_errors WHERE 1 = 0"); err == nil {
		return nil
	} else if livedb.ErrorCode(err) == "" {
		return err
	}
	rows, err := x.ask(ctx, "SHOW GRANTS")
	if err != nil {
		return err
	}
	for _, grant := range first(rows) {
		text := strings.ToUpper(grant)
		what, on, given := strings.Cut(text, " ON ")
		everywhere := strings.HasPrefix(on, "*.*") || strings.HasPrefix(on, "`SAFEMIG`.*") || strings.HasPrefix(on, "`%`.*")
		if !given || everywhere && (strings.Contains(what, "ALL PRIVILEGES") || strings.Contains(what, " CREATE,") || strings.HasSuffix(what, " CREATE")) {
			return nil
		}
	}
	x.lacks([]string{"CREATE on safemig.*, to make the database and the tables that keep what is done of a job (with SELECT, INSERT, UPDATE, DELETE)"})
	return nil
}

// mysqlStep is a row of EXPLAIN.
type mysqlStep struct {
	table, kind, key string
	reads, rows      float64 // that are read, and left after its conditions
}

// explainMySQL: the old form of EXPLAIN is the one that all servers have in common.
// https://dev.mysql.com/doc/refman/8.4/en/explain-output.html
func explainMySQL(ctx context.Context, x *exam, statement string) (steps []mysqlStep, shown string, err error) {
	tx, err := x.conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, ignoreDone(tx.Rollback())) }()
	form := "EXPLAIN FORMAT=TRADITIONAL "
	if x.db.Dialect == "mariadb" {
		form = "EXPLAIN EXTENDED " // with its column of what is filtered
	}
	rows, err := livedb.Named(ctx, tx, form+statement)
	if err != nil {
		return nil, "", err
	}
	var lines []string
	for _, row := range rows {
		left, filtered := float(row["rows"]), 100.0
		if row["filtered"] != "" {
			filtered = float(row["filtered"])
		}
		steps = append(steps, mysqlStep{row["table"], row["type"], row["key"], left, left * filtered / 100})
		lines = append(lines, fmt.Sprintf("%s: table %s, type %s, key %s, rows %s; %s", row["select_type"], row["table"], row["type"], orNone(row["key"]), row["rows"], row["Extra"]))
	}
	return steps, strings.Join(lines, "\n"), nil
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func float(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0 // NULL
	}
	return f
}

func mysqlPlan(ctx context.Context, x *exam) error {
	if len(x.table.Parts) == 0 {
		return nil
	}
	steps, _, err := explainMySQL(ctx, x, x.job.SQL)
	if err != nil {
		return x.mysqlRefused(err)
	}
	p := x.largest()
	_, called := x.job.Naming(p)
	at := slices.IndexFunc(steps, func(s mysqlStep) bool { return strings.EqualFold(s.table, plainMySQL(called)) })
	if at >= 0 {
		x.report.Estimate.Changed = int64(steps[at].rows)
	}
	b, err := x.firstBatches(ctx, p, 1)
	if err != nil || len(b) == 0 {
		return err
	}
	steps, shown, err := explainMySQL(ctx, x, b[0])
	if err != nil {
		return x.mysqlRefused(err)
	}
	x.report.Plan = shown
	x.judgeSteps(steps, plainMySQL(called), p)
	return nil
}

// plainMySQL is what EXPLAIN calls a table.
func plainMySQL(called string) string {
	if at := strings.LastIndexByte(called, '.'); at >= 0 && !strings.HasSuffix(called, "`") {
		called = called[at+1:]
	} else if at := strings.LastIndex(called, ".`"); at >= 0 {
		called = called[at+1:]
	}
	return bare(called)
}

// manyReads is how many rows of a joined table may be read for each row of the first batch.
const manyReads = 50

func (x *exam) judgeSteps(steps []mysqlStep, called string, p *Part) {
	var named []string
	var walk []mysqlStep
	for _, s := range steps {
		switch {
		case s.table == "" || strings.EqualFold(s.table, called):
			walk = append(walk, s)
			if s.table != "" && p.Bytes > smallTable && (s.kind == "ALL" || s.kind == "index" || s.key != x.table.Index) {
				x.mysqlNotByKey()
			}
		case s.kind == "ALL" && s.reads > manyReads*float64(x.firstRows()):
			named = append(named, fmt.Sprintf("%s (about %s rows)", s.table, progress.Number(int64(s.reads))))
		}
	}
	if len(walk) == 0 && len(steps) > 0 {
		x.mysqlNotByKey()
	}
	if len(named) > 0 {
		x.raise("plan-reads-whole-table", refusal, "Each batch reads all of "+strings.Join(named, ", ")+":\n"+x.report.Plan, "Create an index on the columns that it is joined by, and ANALYZE it.")
	}
}

func (x *exam) mysqlNotByKey() {
	x.raise("plan-not-by-key", refusal, fmt.Sprintf("The server does not use the index %s of %s for a batch:\n%s", x.table.Index, x.table.Name, x.report.Plan), "ANALYZE the table; see whether the statement's own conditions lead the planner elsewhere.")
}

// mysqlRefused is a statement that the server does not take, as it tells before running it.
func (x *exam) mysqlRefused(err error) error {
	switch code := livedb.ErrorCode(err); {
	case code == "":
		return err
	case slices.Contains([]string{"1044", "1142", "1143", "1227", "1370"}, code):
		x.raise("privileges", final, "The user may not run the statement: "+cause(err)+".", "GRANT what is missing, or use another user.")
	case !x.report.Has("generated-column-set") && !x.report.Has("binlog-format"):
		x.raise("statement-fails", final, "The server does not take the statement: "+cause(err)+".", "Correct the job; it was not begun.")
	}
	return nil
}

// mysqlSize estimates what the job writes.
func mysqlSize(ctx context.Context, x *exam) error {
	x.weigh()
	where := myTable(x.job.Target, "table_schema", "table_name")
	rows, err := x.ask(ctx, "SELECT COALESCE(avg_row_length, 0), COALESCE(index_length, 0), (SELECT COUNT(DISTINCT index_name) FROM information_schema.statistics WHERE "+where+
		"), @@datadir, (SELECT COUNT(*) FROM information_schema.columns WHERE "+where+") FROM information_schema.tables WHERE "+where)
	if err != nil || len(rows) == 0 {
		return err
	}
	v := volume{width: number(rows[0][0]), indexBytes: number(rows[0][1]), indexes: number(rows[0][2]), columns: number(rows[0][4])}
	if x.job.Kind == Update {
		indexed, err := x.ask(ctx, "SELECT DISTINCT index_name FROM information_schema.statistics WHERE "+where+" AND column_name IN "+myTexts(x.target.columns)+" ORDER BY 1")
		if err != nil {
			return err
		}
		v.indexed = first(indexed)
	}
	x.report.Estimate = x.report.Estimate.of(x, v)
	if len(v.indexed) > 0 {
		x.raise("index-on-changed-column", note, fmt.Sprintf("The job sets columns of %s: each row is taken out of these indexes and put in again.", strings.Join(v.indexed, ", ")), "Where the index is new, create it after the job.")
	}
	if !strings.Contains(x.db.DSN(), "unix(") {
		return nil // the server's disk may be another machine's
	}
	if free, known := freeSpace(rows[0][3]); known {
		x.diskSpace(free, x.report.Estimate.Disk+x.report.Estimate.WALMost, rows[0][3])
	}
	return nil
}
