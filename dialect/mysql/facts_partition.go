package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// The classes of changes of partitions.
const (
	classScheme      class = "all rows sorted into partitions"
	classAddNamed    class = "new partitions by name"
	classAddNumber   class = "more hash partitions"
	classDropPart    class = "rows dropped with their partition"
	classMoveRows    class = "rows written into other partitions"
	classExchange    class = "exchange, rows validated"
	classExchangeRaw class = "exchange, rows not validated"
	classOptimize    class = "optimize"
	classAnalyze     class = "analyze"
	classReadRows    class = "check"
	classRepair      class = "repair"
)

func partitionClass(c *fact.Ctx) class {
	op := c.Op.(*change.PartitionOp)
	switch op.Action {
	case "partition by", "remove partitioning":
		return classScheme
	case "add partition":
		if len(op.Parts) == 0 {
			return classAddNumber
		}
		return classAddNamed
	case "drop partition", "truncate partition", "discard partition", "import partition":
		return classDropPart
	case "coalesce", "coalesce partition", "reorganize", "reorganize partition", "rebuild", "rebuild partition":
		return classMoveRows
	case "exchange", "convert table":
		return classExchange
	case "exchange without validation", "convert table without validation", "convert partition":
		return classExchangeRaw
	case "optimize partition":
		return classOptimize
	case "analyze partition":
		return classAnalyze
	case "check partition":
		return classReadRows
	case "repair partition":
		return classRepair
	}
	return ""
}

// partitionRows are the facts of one product; both tables of an exchange are held.
func partitionRows(ref string, lines []line) []fact.Row {
	return bothTables(classified(change.KindPartitionOp, partitionClass, ref, lines))
}

func bothTables(rows []fact.Row) []fact.Row {
	for i := range rows {
		rows[i].On = func(c *fact.Ctx) []change.Name {
			names := alteredTable(c)
			op := c.Op.(*change.PartitionOp)
			if !op.With.IsZero() && op.Action != "convert partition" { // that one makes a new table
				names = append(names, op.With)
			}
			return names
		}
	}
	return rows
}

// partitionLines are the facts that hold on every version of both products.
// MySQL reads ALGORITHM and LOCK before EXCHANGE, ANALYZE, CHECK, OPTIMIZE,
// REPAIR and TRUNCATE PARTITION, and disregards them (measured on 9.7).
func partitionLines() []line {
	validated := change.Effect{Algorithm: change.Inplace, Blocks: change.Writes | change.DDL, Work: change.Scan,
		Why: "every row is checked against the partition's bounds"}
	return []line{
		{id: "add-partition", class: classAddNamed, effect: catalogue(change.Inplace, "the new partition is empty")},
		{id: "drop-partition", class: classDropPart, effect: catalogue(change.Inplace, "the partition's file is dropped, with its rows")},
		{id: "exchange-partition", class: classExchange, effect: validated},
		{id: "exchange-partition-unvalidated", class: classExchangeRaw, effect: catalogue(change.Inplace, "the files change places, no row is read")},
		{id: "optimize-partition", class: classOptimize, effect: rebuild("the WHOLE table is rebuilt: InnoDB knows no OPTIMIZE of one partition")},
		{id: "analyze-partition", class: classAnalyze, effect: sampled()},
		{id: "check-partition", class: classReadRows, effect: readThrough("every row of the partition is read")},
	}
}

func mysqlPartitionRows() []fact.Row {
	return partitionRows(partOperations, append(partitionLines(),
		line{id: "repair-partition", class: classRepair, effect: exclusive("InnoDB repairs no partition: it only locks the table for a moment")},
		line{id: "partition-table", class: classScheme, effect: copying("every row is copied into its partition")},
		line{id: "add-hash-partition-copy", class: classAddNumber, before: fact.V(8), documented: true, effect: copying("every row is copied into its new partition")},
		line{id: "add-hash-partition", class: classAddNumber, from: fact.V(8), effect: rebuildLocked("every row is written into its new partition")},
		line{id: "move-partition-rows", class: classMoveRows, effect: rebuildLocked("every row of the partitions is written again")},
	))
}

// mariadbPartitionRows: MariaDB takes neither ALGORITHM nor LOCK here.
func mariadbPartitionRows() []fact.Row {
	return slices.Concat(
		partitionRows(mariadbAlter, append(partitionLines(),
			line{id: "repair-partition", class: classRepair, effect: change.Effect{
				ConcurrentDML: true, Blocks: change.DDL, Work: change.Metadata, Why: "InnoDB repairs no partition"}},
			line{id: "add-hash-partition", class: classAddNumber, effect: copying("every row is copied into its new partition")},
			line{id: "move-partition-rows", class: classMoveRows, effect: rebuildLocked("every row of the partitions is written again")},
		)),
		bothTables(copyLines(change.KindPartitionOp, partitionClass, mariadbAlter, []line{
			{id: "partition-table", class: classScheme, effect: copying("every row is copied into its partition")},
		})),
	)
}
