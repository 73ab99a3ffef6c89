package mysql

import (
	"strconv"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// createIndex moves over CREATE INDEX, from the word after CREATE [OR REPLACE].
// https://dev.mysql.com/doc/refman/8.4/en/create-index.html
func (c *cursor) createIndex(orReplace bool) []change.Op {
	ix := &change.CreateIndex{OrReplace: orReplace}
	ix.Unique = c.accept("UNIQUE")
	ix.Class = c.indexClass()
	c.expect("INDEX")
	ix.IfNotExists = c.accept("IF", "NOT", "EXISTS")
	ix.Name = c.ident()
	c.met(anOwnName)
	ix.Method = c.indexMethod()
	c.expect("ON")
	ix.Table = c.relation()
	c.keyParts(ix)
	ops := c.waitOps([]change.Op{ix}, ix.Table)
	c.indexOptions(ix)
	ops = append(ops, c.onlineOptions(ix.Table)...)
	if c.is("WHERE") { // TiDB has partial indexes, the servers have not
		c.failHere()
		c.final = true
	}
	return ops
}

func (c *cursor) indexClass() change.IndexClass {
	switch {
	case c.accept("FULLTEXT"):
		return change.FulltextIndex
	case c.accept("SPATIAL"):
		return change.SpatialIndex
	case (c.is("VECTOR", "INDEX") || c.is("VECTOR", "KEY")) && c.accept("VECTOR"):
		return change.VectorIndex
	}
	return change.PlainIndex
}

// onlineOptions moves over ALGORITHM [=] x and LOCK [=] x behind CREATE INDEX
// and DROP INDEX.
func (c *cursor) onlineOptions(table change.Name) []change.Op {
	var ops []change.Op
	for c.is("ALGORITHM") || c.is("LOCK") {
		op := c.onlineOption()
		op.Table = table
		ops = append(ops, op)
	}
	return ops
}

// onlineOption moves over one ALGORITHM [=] x or LOCK [=] x.
func (c *cursor) onlineOption() *change.TableOption {
	start := c.at
	op := &change.TableOption{Option: "lock"}
	if c.next().Is(c.src, "ALGORITHM") {
		op.Option = "algorithm"
	}
	c.acceptPunct("=")
	op.Value = c.keyword()
	if !isOnlineValue(op.Option, op.Value) {
		c.fail(c.unexpected() + ", which is no " + op.Option + " of ALTER TABLE")
	}
	c.next()
	op.Span = c.spanFrom(start)
	return op
}

func isOnlineValue(option, value string) bool {
	switch value {
	case "DEFAULT":
		return true
	case "INSTANT", "NOCOPY", "INPLACE", "COPY":
		return option == "algorithm"
	case "NONE", "SHARED", "EXCLUSIVE":
		return option == "lock"
	}
	return false
}

// indexElement moves over [IF NOT EXISTS] [name] [USING m] (keys) options: what
// follows INDEX or KEY in CREATE TABLE and ALTER TABLE.
func (c *cursor) indexElement(ix *change.CreateIndex) {
	ix.IfNotExists = c.accept("IF", "NOT", "EXISTS")
	if !c.isPunct("(") && !c.is("USING") && !c.is("TYPE") {
		ix.Name = c.ident()
		c.met(anOwnName)
	}
	ix.Method = c.indexMethod()
	c.keyParts(ix)
	c.indexOptions(ix)
}

// indexMethod moves over USING BTREE, or TYPE BTREE of old.
func (c *cursor) indexMethod() string {
	if c.acceptOne("USING", "TYPE") == "" {
		return ""
	}
	switch m := c.acceptOne("BTREE", "HASH", "RTREE"); m {
	case "BTREE":
		return "btree"
	case "HASH":
		return "hash"
	case "RTREE":
		return "rtree"
	}
	c.failWant("BTREE, HASH or RTREE")
	return ""
}

func (c *cursor) keyParts(ix *change.CreateIndex) {
	c.list(func() {
		if k, ok := c.keyPart(); ok {
			ix.Keys = append(ix.Keys, k)
		}
	})
}

// keyPart moves over col[(length)] [ASC|DESC], (expr) [ASC|DESC], or
// period WITHOUT OVERLAPS, which is no key of its own.
func (c *cursor) keyPart() (change.IndexKey, bool) {
	var k change.IndexKey
	if c.isPunct("(") {
		e := c.bracketed()
		k.Expr = &e
	} else {
		k.Column = c.column()
		if c.acceptPunct("(") {
			k.Prefix = c.number()
			c.expectPunct(")")
		}
		if c.accept("WITHOUT", "OVERLAPS") {
			return k, false
		}
	}
	k.Desc = c.acceptOne("ASC", "DESC") == "DESC"
	return k, true
}

func (c *cursor) number() int {
	n, err := strconv.Atoi(c.text(c.peek()))
	if err != nil || c.peek().Kind != token.Number {
		c.failWant("a number")
		return 0
	}
	c.next()
	return n
}

// indexOptions moves over what may follow an index's keys.
func (c *cursor) indexOptions(ix *change.CreateIndex) {
	for c.err == nil {
		switch {
		case c.is("USING"), c.is("TYPE"):
			ix.Method = c.indexMethod()
		case c.accept("INVISIBLE"), c.accept("IGNORED"):
			ix.Invisible = true
		case c.accept("VISIBLE"), c.accept("NOT", "IGNORED"):
		case c.accept("WITH", "PARSER"):
			c.ident()
		case c.is("ALGORITHM"), c.is("LOCK"):
			return
		case c.accept("COMMENT"):
			c.stringExpr()
		case c.acceptOne("KEY_BLOCK_SIZE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE") != "":
			c.acceptPunct("=")
			c.literalText()
		case c.isName() && c.peekAt(1).IsPunct(c.src, "="): // MariaDB: DISTANCE=cosine, CLUSTERING=yes
			c.at += 2
			c.literalText()
		default:
			return
		}
	}
}

// dropIndex moves over DROP INDEX [IF EXISTS] i ON t, from the word INDEX.
func (c *cursor) dropIndex() []change.Op {
	c.expect("INDEX")
	op := &change.DropIndex{IfExists: c.accept("IF", "EXISTS")}
	op.Index.Name = c.ident()
	c.expect("ON")
	op.Table = c.relation()
	ops := c.waitOps([]change.Op{op}, op.Table)
	return append(ops, c.onlineOptions(op.Table)...)
}

// waitOps moves over MariaDB's WAIT n or NOWAIT, a lock_wait_timeout for one
// statement, and adds it to the operations.
// https://mariadb.com/kb/en/wait-and-nowait/
func (c *cursor) waitOps(ops []change.Op, table change.Name) []change.Op {
	start := c.at
	op := &change.TableOption{Header: change.Header{Table: table}}
	switch {
	case c.accept("NOWAIT"):
		op.Option = "nowait"
	case c.is("WAIT") && c.peekAt(1).Kind == token.Number:
		c.next()
		op.Option, op.Value = "wait", c.text(c.next())
	default:
		return ops
	}
	op.Span = c.spanFrom(start)
	return append(ops, op)
}
