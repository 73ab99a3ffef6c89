package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// alterTable moves over ALTER TABLE, from the word after ALTER.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html, https://mariadb.com/kb/en/alter-table/
func (c *cursor) alterTable() []change.Op {
	flags := c.alterFlags()
	c.expect("TABLE")
	c.accept("IF", "EXISTS")
	table := c.relation()
	for _, op := range flags {
		op.Head().Table = table
	}
	ops := c.waitOps(flags, table)
	for !c.done() {
		alone := c.isStandalone()
		if alone && slices.ContainsFunc(ops, isChange) {
			c.failStandalone()
		}
		clause := c.alterClause(table)
		ops = append(ops, clause...)
		if alone {
			if !c.done() {
				c.failStandalone()
			}
			break
		}
		if !c.nextClause(clause[len(clause)-1]) {
			break
		}
	}
	if len(ops) == 0 {
		ops = append(ops, &change.Opaque{Header: change.Header{Table: table}, Why: "ALTER TABLE without a change"})
	}
	return ops
}

// alterFlags moves over ONLINE, which asks MariaDB for LOCK=NONE, and IGNORE,
// which makes it drop rows that violate a new unique key.
// https://mariadb.com/kb/en/alter-table/#alter-online-table
func (c *cursor) alterFlags() []change.Op {
	var ops []change.Op
	start := c.at
	if c.accept("ONLINE") {
		ops = append(ops, &change.TableOption{Header: change.Header{Span: c.spanFrom(start)}, Option: "lock", Value: "NONE"})
	}
	start = c.at
	if c.accept("IGNORE") {
		ops = append(ops, &change.TableOption{Header: change.Header{Span: c.spanFrom(start)}, Option: "ignore"})
	}
	return ops
}

// isStandalone says whether a clause comes next that allows no other change beside it.
func (c *cursor) isStandalone() bool {
	if c.is("PARTITION", "BY") || c.is("REMOVE", "PARTITIONING") {
		return false
	}
	return c.isAlterPartition() || c.is("DISCARD", "TABLESPACE") || c.is("IMPORT", "TABLESPACE")
}

// failStandalone is final: TiDB's parser does not know the restriction.
func (c *cursor) failStandalone() {
	c.fail(c.unexpected() + ": clauses about partitions and tablespaces must be the only change of an ALTER TABLE")
	c.final = true
}

// isChange tells a change of the table from how the statement is to be run.
func isChange(op change.Op) bool {
	o, ok := op.(*change.TableOption)
	if !ok {
		return true
	}
	switch o.Option {
	case "algorithm", "lock", "wait", "nowait", "ignore", "validation":
		return false
	}
	return true
}

// nextClause moves over the comma before the next clause. Table options need
// none between them, PARTITION BY must not have one before it and ends the statement.
func (c *cursor) nextClause(last change.Op) bool {
	switch last.(type) {
	case *change.PartitionOp:
		return false
	case *change.TableOption:
		if c.isTableOption() {
			c.clauses--
			return true
		}
	}
	if c.is("PARTITION", "BY") || c.is("REMOVE", "PARTITIONING") {
		return true
	}
	if !c.acceptPunct(",") {
		return false
	}
	if c.done() || c.is("PARTITION") || c.is("REMOVE") {
		c.failWant("a clause of ALTER TABLE")
	}
	return true
}

func (c *cursor) isTableOption() bool {
	at := c.at
	op := c.tableOption()
	c.at = at
	return op != nil && c.err == nil
}

// alterClause moves over one clause; its operations get its span and the table.
func (c *cursor) alterClause(table change.Name) []change.Op {
	start := c.at
	c.clauses++
	ops := c.clause()
	span := c.spanFrom(start)
	for _, op := range ops {
		h := op.Head()
		h.Table = table
		if !h.Span.Valid() {
			h.Span = span
		}
	}
	return ops
}

func (c *cursor) clause() []change.Op {
	if c.isAlterPartition() {
		return []change.Op{c.alterPartition()}
	}
	switch c.keyword() {
	case "ADD":
		c.next()
		return c.addClause()
	case "DROP":
		c.next()
		return one(c.dropClause())
	case "MODIFY", "CHANGE":
		return one(c.modifyClause())
	case "ALTER":
		c.next()
		return one(c.alterPart())
	case "RENAME":
		c.next()
		return one(c.renameClause())
	case "CONVERT":
		return one(c.convertCharset())
	case "ALGORITHM", "LOCK":
		return one(c.onlineOption())
	}
	return one(c.tableClause())
}

func one(op change.Op) []change.Op { return []change.Op{op} }

// tableClause moves over a clause about the table as a whole.
func (c *cursor) tableClause() change.Op {
	option := func(name, value string) change.Op { return &change.TableOption{Option: name, Value: value} }
	switch {
	case c.accept("FORCE"):
		return option("force", "")
	case c.accept("ORDER", "BY"):
		return option("order by", c.orderBy())
	case c.accept("ENABLE", "KEYS"):
		return option("enable keys", "")
	case c.accept("DISABLE", "KEYS"):
		return option("disable keys", "")
	case c.accept("DISCARD", "TABLESPACE"):
		return option("discard tablespace", "")
	case c.accept("IMPORT", "TABLESPACE"):
		return option("import tablespace", "")
	case c.accept("WITH", "VALIDATION"), c.accept("WITHOUT", "VALIDATION"):
		return option("validation", c.text(c.toks[c.at-2]))
	case c.acceptOne("SECONDARY_LOAD", "SECONDARY_UNLOAD") != "":
		return option("secondary load", c.text(c.toks[c.at-1]))
	}
	if op := c.tableOption(); op != nil {
		return op
	}
	c.failWant("a clause of ALTER TABLE")
	return &change.Opaque{}
}

// orderBy moves over the columns of ORDER BY and returns them as written.
func (c *cursor) orderBy() string {
	start := c.at
	for {
		c.columnName()
		c.acceptOne("ASC", "DESC")
		if !c.acceptPunct(",") {
			return c.spanFrom(start).Text(c.src)
		}
	}
}

// convertCharset moves over CONVERT TO CHARACTER SET x [COLLATE y].
func (c *cursor) convertCharset() change.Op {
	c.expect("CONVERT", "TO")
	op := &change.ConvertCharset{}
	if !c.isCharset() {
		c.failWant("CHARACTER SET")
		return op
	}
	op.Charset = c.charset()
	if c.accept("COLLATE") {
		c.acceptPunct("=")
		op.Collation = c.literalText()
	}
	return op
}
