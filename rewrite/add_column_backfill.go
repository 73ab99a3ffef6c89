package rewrite

import "github.com/safemig/safemig/dialect/change"

func addColumnBackfill() Recipe {
	return Recipe{
		ID:      "add-column-backfill",
		Summary: "a nullable column; its default for new rows; a backfill in batches; NOT NULL at the end",
		Build:   buildAddColumnBackfill,
	}
}

func buildAddColumnBackfill(c *Case) (Result, error) {
	op, ok := c.Op.(*change.AddColumn)
	switch {
	case c.commitsDDL():
		return buildMyAddColumn(c)
	case !ok:
		return Result{}, Refuse("only ADD COLUMN can be a nullable column first")
	}
	return buildAddColumn(c, op)
}
