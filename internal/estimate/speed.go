package estimate

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// Speed is how fast a server does something, between slow and fast, and how that is known.
type Speed struct {
	Range
	From string
}

// spread is by how much a server may be slower or faster than the speeds that lint
// goes by too. They are of ordinary hardware, for tables that are not in memory.
const spread = 3

// speedOf is bytes of table in a second.
func speedOf(w change.Work) Speed {
	one := float64(rules.Speed(w))
	return Speed{Range: Range{one / spread, one * spread}, From: "a third to three times " + ByteText(one) + "/s"}
}

// The rows in a second between which servers that were measured changed rows, batches by
// themselves and rests left out.
const (
	SlowRate = 20_000
	FastRate = 250_000
)

// A batch asks for its end, changes its rows, notes where it is, and waits for its
// commit to be on disk: between what a fast local disk takes and a distant one. Measured
// with `safemig backfill run` on PostgreSQL 12 to 18, MySQL 9.7 and MariaDB 11.8.
const quickBatch, slowBatch = 0.001, 0.012

func rowSpeed() Speed {
	return Speed{Range: Range{SlowRate, FastRate}, From: "what servers were measured to do"}
}

func batchTime() Speed {
	return Speed{Range: Range{quickBatch, slowBatch}, From: "its commit and the look for its end, as measured"}
}

// Trial is what was measured on the server itself, for one table, job or index. What
// was not measured has no speed.
type Trial struct {
	On      string  // "measured on 20,000 rows of users"
	Scan    float64 // bytes of the table that were read in a second
	Build   float64 // rows in a second that an index was built over
	Rows    float64 // rows in a second that a batch changed
	Share   float64 // of the rows walked along that were changed
	Batch   float64 // seconds of a batch that are not for its rows
	LogRow  float64 // bytes of log for a row that was changed
	LogMost float64 // the same with what a checkpoint adds
}

// doubt is by how much the whole may be slower or faster than what was tried: other
// sessions, a cache that is colder, keys that are not in the order of the rows.
const doubt = 2

func (t *Trial) around(n float64) Speed {
	return Speed{Range: Range{n / doubt, n * doubt}, From: t.On + ", half to twice that"}
}
