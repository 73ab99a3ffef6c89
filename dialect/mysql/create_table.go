package mysql

import (
	"github.com/safemig/safemig/dialect/change"
)

// createTable moves over CREATE TABLE, from the word after CREATE [OR REPLACE].
// The span returned is that of the query behind it, which is read elsewhere.
// https://dev.mysql.com/doc/refman/8.4/en/create-table.html
func (c *cursor) createTable(orReplace bool) (*change.CreateTable, change.Span) {
	op := &change.CreateTable{OrReplace: orReplace, Temp: c.accept("TEMPORARY")}
	c.expect("TABLE")
	op.IfNotExists = c.accept("IF", "NOT", "EXISTS")
	op.Table = c.relation()
	switch {
	case c.accept("LIKE"):
		op.Like = []change.Name{c.relation()}
		return op, change.Span{}
	case c.isPunct("(") && c.peekAt(1).Is(c.src, "LIKE"):
		c.at += 2
		op.Like = []change.Name{c.relation()}
		c.expectPunct(")")
		return op, change.Span{}
	case c.isPunct("(") && !c.isQuery(0):
		c.list(func() { c.createElement(op) })
	}
	c.createOptions(op)
	if c.is("PARTITION", "BY") {
		c.partitionBy()
		op.Partitioned = true
	}
	return op, c.queryBehind(op)
}

// createElement adds an entry of the list to the table.
func (c *cursor) createElement(op *change.CreateTable) {
	c.clauses++
	switch e := c.tableElement(); {
	case e.column != nil:
		op.Columns = append(op.Columns, *e.column)
	case e.constraint != nil:
		op.Constraints = append(op.Constraints, *e.constraint)
	case e.index != nil:
		e.index.Table = op.Table
		op.Indexes = append(op.Indexes, *e.index)
	}
}

func (c *cursor) createOptions(op *change.CreateTable) {
	for c.err == nil {
		c.acceptPunct(",")
		o := c.tableOption()
		if o == nil {
			return
		}
		switch o.Option {
		case "engine":
			op.Engine = o.Value
		case "charset":
			op.Charset = o.Value
		case "collate":
			op.Collation = o.Value
		case "row_format":
			op.RowFormat = o.Value
		}
	}
}

// queryBehind moves over [IGNORE|REPLACE] [AS] query.
func (c *cursor) queryBehind(op *change.CreateTable) change.Span {
	if c.done() {
		return change.Span{}
	}
	c.acceptOne("IGNORE", "REPLACE")
	c.accept("AS")
	if !c.isQuery(0) {
		c.failHere()
		return change.Span{}
	}
	op.As = true
	start := c.at
	c.at = len(c.toks)
	return c.spanFrom(start)
}

// isQuery says whether a query begins n tokens ahead, in brackets perhaps.
func (c *cursor) isQuery(n int) bool {
	for c.peekAt(n).IsPunct(c.src, "(") {
		n++
	}
	switch c.keywordAt(n) {
	case "SELECT", "WITH", "VALUES", "TABLE":
		return true
	}
	return false
}

// dropTables moves over DROP [TEMPORARY] TABLE, from the word after DROP.
func (c *cursor) dropTables() []change.Op {
	temp := c.accept("TEMPORARY")
	if c.acceptOne("TABLE", "TABLES") == "" {
		c.failWant("TABLE")
	}
	ifExists := c.accept("IF", "EXISTS")
	var ops []change.Op
	c.each(func(span func() change.Span) {
		op := &change.DropTable{Temp: temp, IfExists: ifExists}
		op.Table = c.relation()
		op.Span = span()
		ops = append(ops, op)
	})
	ops = c.waitOps(ops, change.Name{})
	cascade := c.acceptOne("RESTRICT", "CASCADE") == "CASCADE"
	for _, op := range ops {
		if d, ok := op.(*change.DropTable); ok {
			d.Cascade = cascade
		}
	}
	return onlyOne(ops)
}

// each reads items parted by commas; the item asks for its span when it is read.
func (c *cursor) each(item func(span func() change.Span)) {
	for c.err == nil {
		start := c.at
		item(func() change.Span { return c.spanFrom(start) })
		if !c.acceptPunct(",") {
			return
		}
	}
}

// onlyOne drops the span of a single operation: it is the statement's.
func onlyOne(ops []change.Op) []change.Op {
	if len(ops) == 1 {
		ops[0].Head().Span = change.Span{}
	}
	return ops
}

// renameTables moves over RENAME TABLE a TO b, c TO d, from the word after RENAME.
func (c *cursor) renameTables() []change.Op {
	if c.acceptOne("TABLE", "TABLES") == "" {
		c.failWant("TABLE")
	}
	c.accept("IF", "EXISTS")
	var ops []change.Op
	c.each(func(span func() change.Span) {
		op := &change.RenameTable{}
		op.Table = c.relation()
		wait := c.waitOps(nil, op.Table)
		c.expect("TO")
		op.To = c.relation()
		op.Span = span()
		ops = append(append(ops, op), wait...)
	})
	return onlyOne(ops)
}

// truncate moves over TRUNCATE [TABLE] t.
func (c *cursor) truncate() []change.Op {
	c.expect("TRUNCATE")
	c.accept("TABLE")
	op := &change.Truncate{}
	op.Table = c.relation()
	return c.waitOps([]change.Op{op}, op.Table)
}

// lockTables moves over LOCK TABLES t [AS x] READ|WRITE, ..
func (c *cursor) lockTables() []change.Op {
	c.expect("LOCK")
	if c.acceptOne("TABLE", "TABLES") == "" {
		c.failWant("TABLES")
	}
	var ops []change.Op
	c.each(func(span func() change.Span) {
		op := &change.LockTable{}
		op.Table = c.relation()
		if c.accept("AS") || !c.is("READ") && !c.is("WRITE") && !c.is("LOW_PRIORITY") {
			c.ident()
		}
		c.lockMode(op)
		op.Span = span()
		ops = append(ops, op)
	})
	return onlyOne(c.waitOps(ops, change.Name{}))
}

func (c *cursor) lockMode(op *change.LockTable) {
	c.accept("LOW_PRIORITY")
	switch c.acceptOne("READ", "WRITE") {
	case "READ":
		c.accept("LOCAL")
	case "WRITE":
		op.Write = true
		c.accept("CONCURRENT")
	default:
		c.failWant("READ or WRITE")
	}
}
