package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// isAlterPartition says whether a clause about partitions comes next.
func (c *cursor) isAlterPartition() bool {
	switch c.keyword() {
	case "ADD", "DROP", "TRUNCATE", "REORGANIZE", "COALESCE", "EXCHANGE", "REBUILD", "ANALYZE", "CHECK", "OPTIMIZE", "REPAIR":
		return c.keywordAt(1) == "PARTITION"
	case "CONVERT":
		return c.keywordAt(1) == "PARTITION" || c.keywordAt(1) == "TABLE"
	case "DISCARD", "IMPORT":
		return c.keywordAt(1) == "PARTITION"
	case "PARTITION":
		return c.keywordAt(1) == "BY"
	case "REMOVE":
		return c.keywordAt(1) == "PARTITIONING"
	}
	return false
}

// addPartition moves over ADD PARTITION (defs) or ADD PARTITION PARTITIONS n.
func (c *cursor) addPartition(op *change.PartitionOp) {
	c.expect("ADD", "PARTITION")
	op.Action = "add partition"
	c.accept("IF", "NOT", "EXISTS")
	c.binlogWord()
	if c.accept("PARTITIONS") {
		c.number()
		return
	}
	op.Parts = c.partitionDefs()
}

func (c *cursor) binlogWord() { c.acceptOne("NO_WRITE_TO_BINLOG", "LOCAL") }

// reorganize moves over REORGANIZE PARTITION [p, .. INTO (defs)].
func (c *cursor) reorganize(op *change.PartitionOp) {
	c.expect("REORGANIZE", "PARTITION")
	op.Action = "reorganize"
	c.binlogWord()
	if c.done() {
		return
	}
	op.Parts = c.partitionNames()
	c.expect("INTO")
	c.partitionDefs()
}

// exchange moves over EXCHANGE PARTITION p WITH TABLE t [WITH|WITHOUT VALIDATION].
func (c *cursor) exchange(op *change.PartitionOp) {
	c.expect("EXCHANGE", "PARTITION")
	op.Action = "exchange"
	op.Parts = []string{c.ident()}
	c.expect("WITH", "TABLE")
	op.With = c.relation()
	c.validation(op)
}

// validation moves over WITH or WITHOUT VALIDATION; what reads no row is told apart.
func (c *cursor) validation(op *change.PartitionOp) {
	if c.accept("WITHOUT", "VALIDATION") {
		op.Action += " without validation"
		return
	}
	c.accept("WITH", "VALIDATION")
}

// convertPartition moves over CONVERT PARTITION p TO TABLE t or CONVERT TABLE
// t TO PARTITION p VALUES ..
// https://mariadb.com/kb/en/alter-table/#convert-partition-table
func (c *cursor) convertPartition(op *change.PartitionOp) {
	c.expect("CONVERT")
	if c.accept("PARTITION") {
		op.Action = "convert partition"
		op.Parts = []string{c.ident()}
		c.expect("TO", "TABLE")
		op.With = c.relation()
		return
	}
	op.Action = "convert table"
	c.expect("TABLE")
	op.With = c.relation()
	c.expect("TO")
	op.Parts = []string{c.partitionDef("PARTITION")}
	c.validation(op)
}

// maintainPartition moves over TRUNCATE, REBUILD, ANALYZE, CHECK, OPTIMIZE,
// REPAIR, DISCARD or IMPORT PARTITION p, .. | ALL.
func (c *cursor) maintainPartition(op *change.PartitionOp) {
	verb := strings.ToLower(c.text(c.next()))
	c.expect("PARTITION")
	c.binlogWord()
	op.Action, op.Parts = verb+" partition", c.partitionNames()
	if verb == "rebuild" {
		op.Action = verb
	}
	if verb == "discard" || verb == "import" {
		c.expect("TABLESPACE")
		return
	}
	for more := true; more; {
		more = c.acceptOne("QUICK", "FAST", "MEDIUM", "EXTENDED", "CHANGED", "USE_FRM") != ""
	}
	c.accept("FOR", "UPGRADE")
}
