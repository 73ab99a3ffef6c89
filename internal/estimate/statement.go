package estimate

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// statement estimates one statement: each table that it works on as a whole, and the
// rows that it changes.
func (c *Case) statement(cost *Cost, s *Statement) {
	if s.Unknown {
		cost.miss("what it does is not understood, and so not what it costs")
	}
	for _, e := range s.Effects {
		if e.Work != change.Rows && !e.Work.Grows() {
			continue
		}
		if ofServer(e.Table) && c.Tables.Of(e.Table) == nil {
			continue
		}
		t := c.sized(cost, e.Table)
		if t == nil || t.Absent {
			continue
		}
		switch e.Work {
		case change.Scan:
			c.scan(cost, t, s)
		case change.IndexBuild:
			c.builds(cost, t, s)
		case change.Rewrite:
			c.rewrite(cost, t, e)
		case change.Rows:
			c.rows(cost, t, s)
		}
	}
}

// ofServer says whether a table is the server's own catalogue, which is small.
func ofServer(n change.Name) bool {
	switch n.Schema {
	case "pg_catalog", "information_schema", "mysql", "performance_schema", "sys":
		return true
	}
	return (n.Schema == "" || n.Schema == "public") && strings.HasPrefix(n.Name, "pg_")
}

// sized is a table whose rows are known; else that is noted.
func (c *Case) sized(cost *Cost, n change.Name) *Table {
	t := c.Tables.Of(n)
	if t == nil || t.Rows < 0 && t.Bytes < 0 {
		cost.miss(fmt.Sprintf("how large %[1]s is: give --dsn, --stats or --rows %[1]s=N", shown(n)))
		return nil
	}
	if t.Absent {
		return t
	}
	if t.Rows < 0 || t.Bytes < 0 {
		full := *t
		full.complete()
		return &full
	}
	return t
}

// complete fills in rows by bytes, or bytes by rows.
func (t *Table) complete() {
	if t.Bytes < 0 {
		t.Bytes, t.BytesFrom = t.Rows*assumedRow, fmt.Sprintf("%d bytes a row assumed; --row-bytes says better", assumedRow)
		return
	}
	t.Rows, t.RowsFrom = t.Bytes/assumedRow, fmt.Sprintf("%d bytes a row assumed; --rows says better", assumedRow)
}

// shown leaves out the schema that everybody leaves out.
func shown(n change.Name) string {
	if n.Schema == "public" {
		return n.Name
	}
	return n.String()
}

// scan reads every row once.
func (c *Case) scan(cost *Cost, t *Table, s *Statement) {
	size, others := Exactly(t.Bytes), ""
	for _, p := range s.Parts {
		other := c.referenced(p.Op, t)
		if other != nil {
			size.High += other.Bytes
			others = fmt.Sprintf(", and at most all %s of %s, whose keys are looked up", ByteText(other.Bytes), shown(other.Name))
		}
	}
	read := c.sizeOf(t) + " once"
	if s.samples() && !c.Server.InnoDB() && t.Bytes > analyzed {
		size, read = Exactly(analyzed), fmt.Sprintf("ANALYZE reads at most %s pages of %s", Number(analyzed/pageSize), shown(t.Name))
	}
	speed, formula := c.scanSpeed(t)
	cost.figure(Figure{Name: "reads", Amount: size, Unit: Bytes, Formula: read + others})
	cost.figure(Figure{
		Name: "duration", Amount: size.At(speed.Range), Unit: Seconds, Measured: formula != "",
		Formula: fmt.Sprintf("%s at %s/s (%s)", size.Text(Bytes), speed.Range.Text(Bytes), speed.From),
	})
}

// analyzed is what ANALYZE reads: a page for each row of its sample, which is 300 rows for
// each step of default_statistics_target (100).
// https://www.postgresql.org/docs/current/sql-analyze.html
const analyzed = 300 * 100 * pageSize

// samples says whether the statement only gathers statistics.
func (s *Statement) samples() bool {
	if len(s.Parts) != 1 {
		return false
	}
	m, is := s.Parts[0].Op.(*change.Maintain)
	return is && m.Action == "analyze"
}

func (c *Case) scanSpeed(t *Table) (Speed, string) {
	if trial := c.Trials[shown(t.Name)]; trial != nil && trial.Scan > 0 {
		return trial.around(trial.Scan), trial.On
	}
	return speedOf(change.Scan), ""
}

// referenced is the table that a foreign key names, where that is known.
func (c *Case) referenced(op change.Op, t *Table) *Table {
	var ref *change.Reference
	switch op := op.(type) {
	case *change.AddConstraint:
		ref = op.Constraint.Ref
	case *change.AddColumn:
		if fk := op.Column.Inline(change.ForeignKey); fk != nil {
			ref = fk.Ref
		}
	}
	if ref == nil {
		return nil
	}
	other := c.Tables.Of(ref.Table)
	if other == nil || other == t || other.Bytes < 0 {
		return nil
	}
	return other
}

// sizeOf is "users, 2.1 GB (12,000,000 rows by --rows x 180 bytes by --row-bytes)".
func (c *Case) sizeOf(t *Table) string {
	return fmt.Sprintf("%s, %s (%s)", shown(t.Name), ByteText(t.Bytes), t.BytesFrom)
}

// rewrite writes every row and all indexes anew beside what is there.
func (c *Case) rewrite(cost *Cost, t *Table, e change.Effect) {
	copied, indexes := Exactly(t.Bytes+t.IndexBytes), ByteText(t.IndexBytes)+" of indexes"
	if t.IndexBytes < 0 {
		copied, indexes = Range{t.Bytes, t.Bytes * unknownIndexes}, "its indexes, which are not known, as large again at most"
	}
	cost.figure(Figure{Name: "reads", Amount: Exactly(t.Bytes), Unit: Bytes, Formula: c.sizeOf(t) + " once"})
	speed := speedOf(change.Rewrite)
	cost.figure(Figure{
		Name: "duration", Amount: Exactly(t.Bytes).At(speed.Range), Unit: Seconds,
		Formula: fmt.Sprintf("%s written anew, indexes too, at %s/s (%s)", ByteText(t.Bytes), speed.Range.Text(Bytes), speed.From),
	})
	cost.figure(Figure{Name: "disk", Amount: copied, Unit: Bytes, Formula: fmt.Sprintf("a second %s beside the first until it is done: %s of rows and %s", shown(t.Name), ByteText(t.Bytes), indexes)})
	log, why := copied, "every page that is written"
	switch {
	case c.Server.InnoDB() && e.Algorithm != change.Copy:
		log, why = Range{0, copied.High}, "rows that are rebuilt in place need no redo on MySQL, and up to all pages on MariaDB; the binary log has the statement alone"
	case c.Server.Minimal:
		log, why = Range{0, copied.High}, "wal_level = minimal: a table that is written anew need not be logged"
	}
	cost.figure(Figure{Name: c.Server.log(), Amount: log, Unit: Bytes, Formula: why})
}

// unknownIndexes is how many times the rows' size a table has at most with its indexes,
// where nobody says how large those are.
const unknownIndexes = 2
