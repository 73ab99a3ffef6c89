package estimate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// What an entry of a B-tree takes besides its key, in bytes: PostgreSQL's IndexTupleData
// and the line pointer, InnoDB's record header with its pointer; and how full pages are
// when an index is built. PostgreSQL 13 keeps rows of one key together, with 6 bytes each.
// https://www.postgresql.org/docs/current/btree.html#BTREE-DEDUPLICATION
// https://dev.mysql.com/doc/refman/8.4/en/sorted-index-builds.html
const (
	entryPostgres, fullPostgres = 8 + 4, 0.9
	entryInnoDB, fullInnoDB     = 5 + 1, 15.0 / 16
	postedRow                   = 6
	postingSince                = 13
)

// narrow and wide are a key's column of which nothing is known.
const narrow, wide = 4, 64

// builds estimates the indexes that a statement builds on a table.
func (c *Case) builds(cost *Cost, t *Table, s *Statement) {
	found := false
	for _, p := range s.Parts {
		if !slices.ContainsFunc(p.Effects, func(e change.Effect) bool {
			return e.Work == change.IndexBuild && c.Tables.Of(e.Table) == c.Tables.Of(t.Name)
		}) {
			continue
		}
		found = true
		c.build(cost, t, built(p.Op))
	}
	if !found {
		c.build(cost, t, index{name: "an index"})
	}
}

// index is one that is built.
type index struct {
	name         string
	columns      []string
	unique       bool
	concurrently bool
	some         bool // only the rows of a WHERE
	other        bool // no B-tree
}

func built(op change.Op) index {
	switch op := op.(type) {
	case *change.CreateIndex:
		i := index{name: op.Name, unique: op.Unique, concurrently: op.Concurrently, some: op.Where != nil, columns: slices.Clone(op.Include)}
		for _, k := range op.Keys {
			i.columns = append(i.columns, k.Column)
		}
		i.other = op.Method != "" && !strings.EqualFold(op.Method, "btree")
		return i
	case *change.AddConstraint:
		return index{name: op.Constraint.Name, columns: op.Constraint.Columns, unique: true}
	case *change.Reindex:
		return index{name: op.Name.String(), concurrently: op.Concurrently}
	case *change.AddColumn:
		return index{columns: []string{op.Column.Name}, unique: true}
	}
	return index{}
}

func (c *Case) build(cost *Cost, t *Table, i index) {
	if i.name == "" {
		i.name = "the index on " + shown(t.Name)
	}
	size, formula := c.indexSize(t, i)
	scans, twice := 1.0, "once"
	if i.concurrently {
		scans, twice = 2, "twice, as CONCURRENTLY does"
	}
	cost.figure(Figure{Name: "reads", Amount: Exactly(t.Bytes * scans), Unit: Bytes, Formula: c.sizeOf(t) + " " + twice})
	cost.figure(c.buildTime(t, i, scans))
	cost.figure(Figure{Name: "disk", Amount: Range{size.Low, 2 * size.High}, Unit: Bytes, Formula: i.name + ": " + formula + "; twice that while it is sorted on disk"})
	log, why := size, "every page of the index"
	switch {
	case c.Server.Dialect == "mysql":
		log, why = Range{0, size.High * 0.01}, "MySQL builds a sorted index without redo; the binary log has the statement alone"
	case c.Server.InnoDB():
		why = "redo of every page of the index; the binary log has the statement alone"
	case c.Server.Minimal:
		log.Low = 0
	}
	cost.figure(Figure{Name: c.Server.log(), Amount: log, Unit: Bytes, Formula: why})
}

// buildTime is for reading and sorting; a second look at the table reads only.
func (c *Case) buildTime(t *Table, i index, scans float64) Figure {
	if trial := c.Trials[shown(t.Name)+"."+i.name]; trial != nil && trial.Build > 0 {
		speed := trial.around(trial.Build)
		took := Exactly(t.Rows).At(speed.Range)
		formula := fmt.Sprintf("%s rows at %s a second (%s)", Number(t.Rows), speed.Range.Text(Rows), speed.From)
		if scans > 1 {
			again, _ := c.scanSpeed(t)
			took = took.Plus(Exactly(t.Bytes).At(again.Range))
			formula += fmt.Sprintf(" + %s read again at %s/s", ByteText(t.Bytes), again.Range.Text(Bytes))
		}
		return Figure{Name: "duration", Amount: took, Unit: Seconds, Formula: formula, Measured: true}
	}
	speed := speedOf(change.IndexBuild)
	took := Exactly(t.Bytes).At(speed.Range)
	formula := fmt.Sprintf("%s of rows sorted and written at %s/s (%s)", ByteText(t.Bytes), speed.Range.Text(Bytes), speed.From)
	if scans > 1 {
		again, _ := c.scanSpeed(t)
		took = took.Plus(Exactly(t.Bytes).At(again.Range))
		formula += fmt.Sprintf(" + read again at %s/s (%s)", again.Range.Text(Bytes), again.From)
	}
	return Figure{Name: "duration", Amount: took, Unit: Seconds, Formula: formula}
}

// indexSize is rows times what an entry takes.
func (c *Case) indexSize(t *Table, i index) (Range, string) {
	if i.other || len(i.columns) == 0 {
		size := Range{0, t.Bytes}
		return size, fmt.Sprintf("up to as large as the rows, %s: no B-tree on known columns", ByteText(t.Bytes))
	}
	key, how := t.keyWidth(i.columns)
	head, full := float64(entryPostgres), fullPostgres
	if c.Server.InnoDB() {
		head, full = entryInnoDB+narrow, fullInnoDB // the primary key stands in each entry
		key.High += narrow
	} else {
		key = Range{roundUp(key.Low), roundUp(key.High)} // keys are aligned
	}
	entry := key.Plus(Exactly(head)).By(1 / full)
	formula := fmt.Sprintf("%s rows x (%s of key%s + %s) / %.2g full", Number(t.Rows), key.Text(Bytes), how, ByteText(head), full)
	alike := !i.unique && !slices.ContainsFunc(i.columns, func(name string) bool { return t.Distinct[strings.ToLower(name)] })
	if alike && !c.Server.InnoDB() && c.Server.Major >= postingSince {
		entry.Low = min(entry.Low, postedRow/full)
		formula += fmt.Sprintf(", or %d bytes where many rows have the same", postedRow)
	}
	if i.some {
		entry.Low = 0
		formula += ", of those rows that its WHERE takes"
	}
	return entry.By(t.Rows), formula
}

// keyWidth is what the columns of a key take.
func (t *Table) keyWidth(columns []string) (sum Range, how string) {
	for _, column := range columns {
		w, known := t.Widths[strings.ToLower(column)]
		if !known {
			sum = sum.Plus(Range{narrow, wide})
			how = fmt.Sprintf(" (%d to %d for a column of unknown width)", narrow, wide)
			continue
		}
		sum = sum.Plus(Exactly(w))
	}
	return sum, how
}

// roundUp aligns to 8 bytes. https://www.postgresql.org/docs/current/storage-page-layout.html
func roundUp(n float64) float64 { return float64((int64(n) + 7) / 8 * 8) }
