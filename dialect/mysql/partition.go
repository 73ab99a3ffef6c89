package mysql

import (
	"github.com/safemig/safemig/dialect/change"
)

// partitionBy moves over PARTITION BY with all that belongs to it.
// https://dev.mysql.com/doc/refman/8.4/en/create-table.html#create-table-partitioning
func (c *cursor) partitionBy() *change.PartitionOp {
	start := c.at
	c.expect("PARTITION", "BY")
	c.partitionScheme()
	c.partitionCount("PARTITIONS")
	if c.accept("SUBPARTITION", "BY") {
		c.partitionScheme()
		c.partitionCount("SUBPARTITIONS")
	}
	op := &change.PartitionOp{Action: "partition by"}
	if c.isPunct("(") {
		op.Parts = c.partitionDefs()
	}
	op.Span = c.spanFrom(start)
	return op
}

// partitionScheme moves over [LINEAR] HASH(expr), KEY [ALGORITHM=n] (cols), RANGE ..,
// LIST .. and MariaDB's SYSTEM_TIME.
func (c *cursor) partitionScheme() {
	c.accept("LINEAR")
	switch c.keyword() {
	case "HASH":
		c.next()
		c.bracketed()
	case "KEY":
		c.next()
		if c.accept("ALGORITHM") {
			c.expectPunct("=")
			c.number()
		}
		c.partitionKey()
	case "RANGE", "LIST":
		c.next()
		if c.accept("COLUMNS") {
			c.columnNames()
			return
		}
		c.bracketed()
	case "SYSTEM_TIME":
		c.next()
		c.systemTime()
	default:
		c.failWant("HASH, KEY, RANGE or LIST")
	}
}

// partitionKey moves over the columns of KEY (..); none stand for the primary key's.
func (c *cursor) partitionKey() {
	if c.isPunct("(") && c.peekAt(1).IsPunct(c.src, ")") {
		c.at += 2
		return
	}
	c.columnNames()
}

// systemTime moves over INTERVAL n unit [STARTS ..] [AUTO] or LIMIT n.
// https://mariadb.com/kb/en/system-versioned-tables/#storing-the-history-separately
func (c *cursor) systemTime() {
	for c.err == nil {
		switch {
		case c.accept("INTERVAL"), c.acceptOne("LIMIT", "STARTS", "TIMESTAMP") != "":
			c.literalText()
		case c.acceptOne("AUTO", "MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR") != "":
		default:
			return
		}
	}
}

func (c *cursor) partitionCount(word string) {
	if c.accept(word) {
		c.number()
	}
}

// partitionDefs moves over (PARTITION p VALUES .., ..) and returns the names.
func (c *cursor) partitionDefs() []string {
	var names []string
	c.list(func() { names = append(names, c.partitionDef("PARTITION")) })
	return names
}

func (c *cursor) partitionDef(word string) string {
	c.expect(word)
	name := c.ident()
	if c.accept("VALUES") {
		c.partitionValues()
	}
	for c.partitionOption() {
	}
	if c.isPunct("(") {
		c.list(func() { c.partitionDef("SUBPARTITION") })
	}
	return name
}

// partitionValues moves over LESS THAN (..) | MAXVALUE, IN (..), or MariaDB's
// bare list.
func (c *cursor) partitionValues() {
	switch {
	case c.accept("LESS", "THAN"):
		if !c.accept("MAXVALUE") {
			c.group()
		}
	case c.accept("IN"):
		c.group()
	default:
		c.failWant("LESS THAN or IN")
	}
}

func (c *cursor) partitionOption() bool {
	switch {
	case c.err != nil:
		return false
	case c.acceptOne("DEFAULT", "CURRENT", "HISTORY") != "":
	case c.accept("DATA", "DIRECTORY"), c.accept("INDEX", "DIRECTORY"):
		c.acceptPunct("=")
		c.literalText()
	case c.is("STORAGE", "ENGINE"):
		c.next()
		c.tableOption()
	case c.acceptOne("ENGINE", "COMMENT", "MAX_ROWS", "MIN_ROWS", "TABLESPACE", "NODEGROUP") != "":
		c.acceptPunct("=")
		c.literalText()
	default:
		return false
	}
	return true
}

// partitionNames moves over ALL or p0, p1, ..
func (c *cursor) partitionNames() []string {
	if c.accept("ALL") {
		return nil
	}
	names := []string{c.ident()}
	for c.acceptPunct(",") {
		names = append(names, c.ident())
	}
	return names
}

// alterPartition moves over the clauses of ALTER TABLE that change partitions,
// from the words that isAlterPartition has seen.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table-partition-operations.html
func (c *cursor) alterPartition() *change.PartitionOp {
	start := c.at
	op := &change.PartitionOp{}
	switch c.keyword() {
	case "ADD":
		c.addPartition(op)
	case "DROP":
		c.expect("DROP", "PARTITION")
		c.accept("IF", "EXISTS")
		op.Action, op.Parts = "drop partition", c.partitionNames()
	case "REORGANIZE":
		c.reorganize(op)
	case "COALESCE":
		c.expect("COALESCE", "PARTITION")
		c.binlogWord()
		c.number()
		op.Action = "coalesce"
	case "EXCHANGE":
		c.exchange(op)
	case "CONVERT":
		c.convertPartition(op)
	case "PARTITION":
		op = c.partitionBy()
	case "REMOVE":
		c.expect("REMOVE", "PARTITIONING")
		op.Action = "remove partitioning"
	default:
		c.maintainPartition(op)
	}
	op.Span = c.spanFrom(start)
	return op
}
