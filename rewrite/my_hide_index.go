package rewrite

import "github.com/safemig/safemig/dialect/change"

func hideIndex() Recipe {
	return Recipe{
		ID: "hide-index", Dialect: "mysql",
		Summary: "the index hidden from queries, and dropped when none has missed it for a while",
		Build:   buildHideIndex,
	}
}

// buildHideIndex hides an index before it goes: it is kept up to date, and serves
// again at once if a query has missed it.
// https://dev.mysql.com/doc/refman/8.4/en/invisible-indexes.html
// https://mariadb.com/kb/en/ignored-indexes/
func buildHideIndex(c *Case) (Result, error) {
	op, ok := c.Op.(*change.DropIndex)
	switch {
	case !ok:
		return refused("only DROP INDEX has this recipe")
	case !c.Has("invisible-index"):
		return refused("%s %s cannot hide an index: look into sys.schema_unused_indexes before it is dropped", c.Target.Name(), c.Target.Version)
	}
	hide, show := "INVISIBLE", "VISIBLE"
	if c.Target.Dialect == "mariadb" {
		hide, show = "IGNORED", "NOT IGNORED"
	}
	q, shown := c.Q(op.Index.Name), c.Q(op.Index.Name)+" on "+c.Table()
	alter := "ALTER TABLE " + c.Table() + " ALTER INDEX " + q + " "
	d := newDDL(c)
	first, err := d.step(Step{Phase: Expand, Title: "hide the index " + shown + " from queries", Slug: Slug("hide", op.Index.Name)}, "", alter+hide, back{sql: alter + show})
	if err != nil {
		return Result{}, err
	}
	is := inspector{c.Text, op.Table}
	drop, err := d.step(Step{
		Phase: Contract, Title: "drop the index " + shown, Slug: Slug("drop", op.Index.Name), Gate: &Gate{Grace: c.Options.Grace},
		Final: "To have the index back it must be built again.",
	}, not(is.index(op.Index.Name)), "ALTER TABLE "+c.Table()+" DROP INDEX "+q)
	return Result{Clause: TakenOut(), After: []Step{first, drop}, Frees: []string{op.Index.Name}}, err
}
