package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// The classes of CREATE INDEX.
const (
	classFulltextSeveral class = "several FULLTEXT indexes in one statement"
	classFulltextFirst   class = "first FULLTEXT index"
	classFulltextFurther class = "further FULLTEXT index"
	classSpatial         class = "spatial index"
	classVector          class = "vector index"
	classExpression      class = "index over an expression"
	classNewVirtual      class = "index over a virtual column of the same statement"
)

func createIndexClass(c *fact.Ctx) class {
	op := c.Op.(*change.CreateIndex)
	t := ownTable(c)
	switch {
	case otherEngine(t):
		return classOtherEngine
	case op.Class == change.FulltextIndex:
		return fulltextClass(c)
	case op.Class == change.SpatialIndex:
		return classSpatial
	case op.Class == change.VectorIndex:
		return classVector
	case slices.ContainsFunc(op.Keys, func(k change.IndexKey) bool { return k.Expr != nil }):
		return classExpression
	case overNewVirtual(c, op):
		return classNewVirtual
	}
	return classPlain
}

// fulltextClass: the first FULLTEXT index adds a hidden column FTS_DOC_ID to
// every row unless the table has one. A table that is not known counts as
// having none.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-fulltext-index.html#innodb-fulltext-index-docid
func fulltextClass(c *fact.Ctx) class {
	t := ownTable(c)
	several := hasOp(c, func(op change.Op) bool {
		ix, ok := op.(*change.CreateIndex)
		return ok && ix.Class == change.FulltextIndex
	})
	switch {
	case several:
		return classFulltextSeveral
	case t != nil && (t.Fulltext || t.Column("FTS_DOC_ID") != nil):
		return classFulltextFurther
	}
	return classFulltextFirst
}

// overNewVirtual says whether a key is a VIRTUAL column that the same statement adds.
func overNewVirtual(c *fact.Ctx, ix *change.CreateIndex) bool {
	return hasOp(c, func(op change.Op) bool {
		add, ok := op.(*change.AddColumn)
		return ok && add.Column.Generated != nil && !add.Column.Generated.Stored &&
			slices.ContainsFunc(ix.Keys, func(k change.IndexKey) bool { return k.Column == add.Column.Name })
	})
}

// indexLines are the facts about new indexes that the products share, but for
// the algorithm's name.
func indexLines(algorithm change.Algorithm) []line {
	return []line{
		{id: "add-index", class: classPlain, effect: indexBuild(algorithm, "the index over every row is built")},
		{id: "add-fulltext-index-first", class: classFulltextFirst,
			effect: rebuildLocked("the table's first FULLTEXT index adds a hidden column: the table is rebuilt")},
		{id: "add-fulltext-index", class: classFulltextFurther, effect: indexBuildLocked(algorithm, "the words of every row are indexed")},
		{id: "add-spatial-index", class: classSpatial, effect: indexBuildLocked(algorithm, "the spatial index over every row is built")},
		{id: "add-index-new-virtual", class: classNewVirtual,
			effect: indexBuildLocked(algorithm, "the index over a VIRTUAL column that the same statement adds is built")},
	}
}

func mysqlIndexRows() []fact.Row {
	const same = "only the catalogue changes"
	return slices.Concat(
		classified(change.KindCreateIndex, createIndexClass, indexOperations, append(indexLines(change.Inplace),
			line{id: "add-index-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
			line{id: "add-fulltext-indexes", class: classFulltextSeveral, effect: copying("only one FULLTEXT index is made in place: the server refuses two (error 1795) unless ALGORITHM=COPY is asked for, which copies every row")},
			line{id: "add-index-expression", class: classExpression,
				effect: indexBuildLocked(change.Inplace, "an index over an expression has a hidden VIRTUAL column, and its values are computed for every row")},
		)),
		classified(change.KindDropIndex, dropIndexClass, indexOperations, []line{
			{id: "drop-index-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
			{id: "drop-index", class: classPlain, effect: catalogue(change.Inplace, "the index is dropped")},
		}),
		classified(change.KindRenameIndex, anyClass, indexOperations, []line{
			{id: "rename-index", class: classPlain, effect: catalogue(change.Inplace, same)},
		}),
		classified(change.KindAlterIndex, anyClass, "https://dev.mysql.com/doc/refman/8.4/en/invisible-indexes.html", []line{
			{id: "alter-index", class: classPlain, effect: catalogue(change.Inplace, same)},
		}),
	)
}

func dropIndexClass(c *fact.Ctx) class {
	if otherEngine(ownTable(c)) {
		return classOtherEngine
	}
	return classPlain
}

func mariadbIndexRows() []fact.Row {
	const same = "only the catalogue changes"
	return slices.Concat(
		classified(change.KindCreateIndex, createIndexClass, mariadbNoCopy, indexLines(change.NoCopy)),
		copyLines(change.KindCreateIndex, createIndexClass, mariadbInplace, []line{
			{id: "add-index-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
			{id: "add-fulltext-indexes", class: classFulltextSeveral, effect: copying("only one FULLTEXT index is made in place: every row is copied")},
		}),
		classified(change.KindCreateIndex, createIndexClass, mariadbOnline, []line{
			{id: "add-vector-index", class: classVector, from: fact.V(11, 7), effect: onlineCopying("a vector index is built by copying every row")},
		}),
		copyLines(change.KindDropIndex, dropIndexClass, mariadbInplace, []line{
			{id: "drop-index-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
		}),
		classified(change.KindDropIndex, dropIndexClass, mariadbNoCopy, []line{
			{id: "drop-index", class: classPlain, effect: catalogue(change.NoCopy, "the index is dropped")},
		}),
		classified(change.KindRenameIndex, anyClass, mariadbInstant, []line{
			{id: "rename-index", class: classPlain, effect: instant(same)},
		}),
		classified(change.KindAlterIndex, anyClass, mariadbInstant, []line{
			{id: "alter-index", class: classPlain, effect: instant(same)},
		}),
	)
}
