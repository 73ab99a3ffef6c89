package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// tableOption moves over one table option; it returns nil where none comes next.
// https://dev.mysql.com/doc/refman/8.4/en/create-table.html#create-table-options
func (c *cursor) tableOption() *change.TableOption {
	start := c.at
	op := c.optionNameValue()
	if op != nil {
		op.Span = c.spanFrom(start)
	}
	return op
}

func (c *cursor) optionNameValue() *change.TableOption {
	switch {
	case c.isDefaultCharset():
		c.accept("DEFAULT")
		c.charsetWords()
		c.acceptPunct("=")
		return &change.TableOption{Option: "charset", Value: c.literalText()}
	case c.is("COLLATE") || c.is("DEFAULT", "COLLATE"):
		c.accept("DEFAULT")
		c.next()
		return c.optionValue("collate")
	case c.accept("WITH", "SYSTEM", "VERSIONING"):
		return &change.TableOption{Option: "system versioning"}
	case c.accept("START", "TRANSACTION"):
		return &change.TableOption{Option: "start transaction"}
	case c.is("DATA", "DIRECTORY"), c.is("INDEX", "DIRECTORY"):
		name := strings.ToLower(c.text(c.next())) + " directory"
		c.next()
		return c.optionValue(name)
	case c.accept("UNION"):
		c.acceptPunct("=")
		return &change.TableOption{Option: "union", Value: c.group().Text(c.src)}
	case c.accept("TABLESPACE"):
		op := c.optionValue("tablespace")
		if c.accept("STORAGE") {
			c.ident()
		}
		return op
	case isTableOption(c.keyword()) || c.opt.MariaDB && c.isName() && !c.is("TYPE") && c.peekAt(1).IsPunct(c.src, "="):
		return c.optionValue(strings.ToLower(c.ident()))
	}
	return nil
}

func (c *cursor) isDefaultCharset() bool {
	if c.isCharset() {
		return true
	}
	return c.is("DEFAULT", "CHARACTER") || c.is("DEFAULT", "CHARSET") || c.is("DEFAULT", "CHAR")
}

// optionValue moves over [=] value. The words of ROW_FORMAT and the like are
// given in upper case, as the server shows them.
func (c *cursor) optionValue(name string) *change.TableOption {
	c.acceptPunct("=")
	upper := c.peek().Kind == token.Word && name != "engine" && name != "collate" && name != "tablespace"
	v := c.literalText()
	if upper {
		v = strings.ToUpper(v)
	}
	return &change.TableOption{Option: name, Value: v}
}

func isTableOption(keyword string) bool {
	switch keyword {
	case "ENGINE", "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHECKSUM", "TABLE_CHECKSUM", "COMMENT", "COMPRESSION",
		"CONNECTION", "DELAY_KEY_WRITE", "ENCRYPTION", "ENCRYPTED", "ENCRYPTION_KEY_ID", "ENGINE_ATTRIBUTE",
		"IETF_QUOTES", "INSERT_METHOD", "KEY_BLOCK_SIZE", "MAX_ROWS", "MIN_ROWS", "PACK_KEYS", "PAGE_CHECKSUM",
		"PAGE_COMPRESSED", "PAGE_COMPRESSION_LEVEL", "PASSWORD", "ROW_FORMAT", "SECONDARY_ENGINE",
		"SECONDARY_ENGINE_ATTRIBUTE", "SEQUENCE", "STATS_AUTO_RECALC", "STATS_PERSISTENT", "STATS_SAMPLE_PAGES",
		"STORAGE", "TRANSACTIONAL", "AUTOEXTEND_SIZE", "NODEGROUP":
		return true
	}
	return false
}
