package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// The classes of table options.
const (
	classKeys          class = "ENABLE or DISABLE KEYS"
	classRequest       class = "how to run the statement"
	classCatalogue     class = "kept in the catalogue"
	classRebuild       class = "rebuild"
	classEngineChange  class = "other engine"
	classOrderBy       class = "rows sorted"
	classDefaultSet    class = "default character set"
	classSameSet       class = "the default character set that it has"
	classEncryption    class = "encryption"
	classPageCompress  class = "page compression"
	classImport        class = "tablespace read in"
	classVersioning    class = "system versioning"
	classTablespace    class = "tablespace"
	classCharsetCopy   class = "values converted"
	classCharsetWider  class = "values as they are"
	classCharsetNoText class = "no value to convert"
)

// tableOptionClass is empty for options whose effect is not known.
func tableOptionClass(c *fact.Ctx) class {
	op := c.Op.(*change.TableOption)
	t := ownTable(c)
	switch op.Option {
	case "algorithm", "lock", "wait", "nowait", "ignore", "validation":
		return classRequest
	case "engine":
		return engineClass(c, op)
	case "force", "row_format", "key_block_size":
		return rebuildClass(c)
	case "charset", "collate":
		if sameDefaultCharset(c, op) {
			return classSameSet
		}
		return classDefaultSet
	case "order by":
		return classOrderBy
	case "encryption":
		return classEncryption
	case "page_compressed", "page_compression_level":
		return classPageCompress
	case "enable keys", "disable keys":
		return keysClass(t)
	case "tablespace":
		return classTablespace
	case "import tablespace":
		return classImport
	case "system versioning", "drop system versioning":
		return classVersioning
	}
	if inCatalogue(op.Option) && !otherEngine(t) {
		return classCatalogue
	}
	return ""
}

// inCatalogue are the options that InnoDB keeps or ignores without touching a row.
func inCatalogue(option string) bool {
	switch option {
	case "auto_increment", "avg_row_length", "checksum", "table_checksum", "comment", "compression", "connection",
		"delay_key_write", "insert_method", "max_rows", "min_rows", "pack_keys", "password", "stats_auto_recalc",
		"stats_persistent", "stats_sample_pages", "autoextend_size", "discard tablespace":
		return true
	}
	return false
}

// engineClass: ENGINE=InnoDB on a table of InnoDB's own, which a table counts
// as unless it is known to be another's, is a plain rebuild.
func engineClass(c *fact.Ctx, op *change.TableOption) class {
	if !strings.EqualFold(op.Value, "innodb") || otherEngine(ownTable(c)) {
		return classEngineChange
	}
	return rebuildClass(c)
}

// keysClass: only MyISAM can do without its keys for a while, and build them
// again; what other engines do with ENABLE KEYS is not known.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html
func keysClass(t *schema.Table) class {
	if otherEngine(t) {
		return ""
	}
	return classKeys
}

func rebuildClass(c *fact.Ctx) class {
	switch t := ownTable(c); {
	case otherEngine(t):
		return classOtherEngine
	case hiddenDocID(t):
		return classFulltext
	}
	return classRebuild
}

func sameDefaultCharset(c *fact.Ctx, op *change.TableOption) bool {
	t := ownTable(c)
	if t == nil {
		return false
	}
	if op.Option == "collate" {
		return strings.EqualFold(op.Value, t.Collation) || t.Charset != "" && charsetOfCollation(strings.ToLower(op.Value)) == tableCharset(t)
	}
	return schema.CanonicalCharset(op.Value) == tableCharset(t)
}

// importLine is the same on both products. No probe measures it: SQL alone
// cannot put a file in place.
func importLine() line {
	return line{id: "table-import", class: classImport, documented: true, effect: change.Effect{
		Algorithm: change.Inplace, Blocks: everything, Work: change.Scan, Why: "every page of the imported tablespace is read",
	}}
}

// tableCopyLines are the options that both products carry out by copying.
func tableCopyLines() []line {
	return []line{
		{id: "table-rebuild-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
		{id: "table-engine", class: classEngineChange, effect: copying("the storage engine changes: every row is copied")},
	}
}

// orderLine is the same on both products. MariaDB from 11.2 on accepts LOCK=NONE
// beside ORDER BY, and keeps writes out all the same (measured).
func orderLine() line {
	return line{id: "table-order", class: classOrderBy, effect: copying("ORDER BY sorts the table once: every row is copied")}
}

func mysqlTableRows() []fact.Row {
	const same = "only the catalogue changes"
	return slices.Concat(
		requestRows(),
		classified(change.KindTableOption, tableOptionClass, tableOperations, append(tableCopyLines(),
			importLine(), orderLine(),
			line{id: "table-rebuild", class: classRebuild, effect: rebuild("the table is rebuilt")},
			line{id: "table-option", class: classCatalogue, effect: catalogue(change.Inplace, same)},
			line{id: "table-keys-inplace", class: classKeys, before: fact.V(8, 0, 12), documented: true, effect: catalogue(change.Inplace, "InnoDB's keys are always enabled")},
			line{id: "table-keys", class: classKeys, from: fact.V(8, 0, 12), effect: instant("InnoDB's keys are always enabled")},
			line{id: "table-fulltext", class: classFulltext, effect: copying("a table with a FULLTEXT index is not rebuilt in place: every row is copied")},
			line{id: "table-default-charset-locked", class: classDefaultSet, before: fact.V(8), documented: true,
				effect: rebuildLocked("before 8.0 a new default character set rebuilds the table without writes")},
			line{id: "table-default-charset-rebuild", class: classDefaultSet, from: fact.V(8), before: fact.V(9), documented: true,
				effect: rebuild("by the manual a new default character set rebuilds the table")},
			line{id: "table-default-charset", class: classDefaultSet, from: fact.V(9), effect: catalogue(change.Inplace, "only later columns get it")},
			line{id: "table-same-charset", class: classSameSet, effect: catalogue(change.Inplace, same)},
			line{id: "table-encryption", class: classEncryption, documented: true, effect: copying("every page is written again, encrypted or not")},
			line{id: "table-tablespace", class: classTablespace, effect: rebuild("the table moves to another tablespace: it is rebuilt")},
		)),
		mysqlConvertRows(),
	)
}

func mariadbTableRows() []fact.Row {
	const same = "only the catalogue changes"
	return slices.Concat(
		requestRows(),
		copyLines(change.KindTableOption, tableOptionClass, mariadbInplace, append(tableCopyLines(),
			line{id: "table-versioning", class: classVersioning, effect: copying("every row gets its period of validity: it is copied")},
		)),
		classified(change.KindTableOption, tableOptionClass, mariadbInplace, []line{
			{id: "table-rebuild", class: classRebuild, effect: rebuild("the table is rebuilt")},
			{id: "table-fulltext", class: classFulltext, effect: rebuildLocked("a table with a FULLTEXT index allows no writes while it is rebuilt")},
			{id: "table-page-compression-rebuild", class: classPageCompress, before: fact.V(11, 8), effect: rebuild("page compression changes: the table is rebuilt")},
			{id: "table-page-compression", class: classPageCompress, from: fact.V(11, 8), effect: instant("only pages written later are compressed")},
		}),
		classified(change.KindTableOption, tableOptionClass, mariadbInstant, []line{
			{id: "table-option", class: classCatalogue, effect: instant(same)},
			{id: "table-keys", class: classKeys, effect: instant("InnoDB's keys are always enabled")},
			{id: "table-default-charset", class: classDefaultSet, effect: instant("only later columns get it")},
			{id: "table-same-charset", class: classSameSet, effect: instant(same)},
			{id: "table-tablespace", class: classTablespace, effect: instant("the clause is ignored")},
		}),
		classified(change.KindTableOption, tableOptionClass, mariadbAlter, []line{importLine(), orderLine()}),
		mariadbConvertRows(),
	)
}

// requestRows are the clauses that say how to run the statement. What they do
// to it is settled where its changes are combined.
func requestRows() []fact.Row {
	return []fact.Row{{
		ID: requestFact, Kind: change.KindTableOption, On: noTable, Source: fact.Measured,
		When: func(c *fact.Ctx) bool { return tableOptionClass(c) == classRequest },
	}}
}
