package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func viewFacts() []fact.Row {
	ael := func(page, why string) change.Effect {
		return effect(change.AccessExclusive, change.Metadata, page, why)
	}
	return slices.Concat(refreshFacts(), []fact.Row{
		{ID: "create-view", Kind: change.KindObject, When: both(anyView, both(verb("create"), not(filledView))), On: objectTables,
			Effect: effect(change.AccessShare, change.Metadata, "sql-createview.html", "")},
		{ID: "create-matview", Kind: change.KindObject, When: both(verb("create"), filledView), On: readByView,
			Effect: effect(change.AccessShare, change.Rows, "sql-creatematerializedview.html", "the query reads it")},
		{ID: "replace-view", Kind: change.KindObject, When: both(anyView, replacesView), On: objectName,
			Effect: ael("sql-createview.html", "")},
		{ID: "change-view", Kind: change.KindObject, When: both(anyView, both(verb("alter", "rename", "drop"), not(lightlyAltered))), On: objectName,
			Effect: ael("sql-alterview.html", "")},
		{ID: "drop-view-cascade", Kind: change.KindObject, When: both(anyView, verb("drop")), On: viewsBehind,
			Effect: ael("sql-dropview.html", "it reads the view, and CASCADE drops it")},
		{ID: "alter-matview-option", Kind: change.KindObject, When: both(anyView, lightlyAltered), On: objectName,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, "sql-altermaterializedview.html", "")},
	})
}

func refreshFacts() []fact.Row {
	const page = "sql-refreshmaterializedview.html"
	return []fact.Row{
		{ID: "refresh-matview", Kind: change.KindMaintain, When: both(refreshes(false), not(refreshesEmpty)), On: self,
			Effect: effect(change.AccessExclusive, change.Rewrite, page, "the query runs and its rows are written")},
		{ID: "refresh-matview-concurrently", Kind: change.KindMaintain, When: refreshes(true), On: self,
			Effect: effect(change.Exclusive, change.Scan, page, "the query runs and its rows are compared with the old ones")},
		{ID: "refresh-matview-no-data", Kind: change.KindMaintain, When: both(refreshes(false), refreshesEmpty), On: self,
			Effect: effect(change.AccessExclusive, change.Metadata, page, "its rows are thrown away")},
		{ID: "refresh-matview-source", Kind: change.KindMaintain, When: both(refreshesAny, not(refreshesEmpty)), On: readByMatview,
			Effect: effect(change.AccessShare, change.Rows, page, "the query reads it")},
	}
}

func refreshesAny(c *fact.Ctx) bool   { return c.Op.(*change.Maintain).Action == "refresh" }
func refreshesEmpty(c *fact.Ctx) bool { return c.Op.(*change.Maintain).NoData }

func refreshes(concurrently bool) func(*fact.Ctx) bool {
	return maintains("refresh", false, concurrently)
}

func readByMatview(c *fact.Ctx) []change.Name {
	return read(c, c.State.ViewTables(c.Op.Head().Table))
}

func anyView(c *fact.Ctx) bool { return object("view", "materialized view")(c) }

// filledView is a materialized view whose query runs when it is made.
func filledView(c *fact.Ctx) bool {
	op := c.Op.(*change.Object)
	return op.Class == "materialized view" && !op.NoData && !c.State.IsView(op.Name)
}

func readByView(c *fact.Ctx) []change.Name { return read(c, c.Op.(*change.Object).Tables) }

// replacesView: CREATE OR REPLACE of a view that is there.
func replacesView(c *fact.Ctx) bool {
	op := c.Op.(*change.Object)
	return op.Verb == "create" && op.OrReplace && c.State.IsView(op.Name)
}

func viewsBehind(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.Object)
	if !op.Cascade {
		return nil
	}
	return c.State.ViewsOn(op.Name)
}

// lightlyAltered: a materialized view's storage parameters, clustering and
// statistics are set under a weaker lock, as those of a table are.
func lightlyAltered(c *fact.Ctx) bool {
	op := c.Op.(*change.Object)
	if op.Class != "materialized view" || op.Verb != "alter" {
		return false
	}
	return slices.ContainsFunc([]string{"set (", "reset (", "cluster on", "drop cluster", "set statistics", "set options", "reset options"},
		func(p string) bool { return strings.HasPrefix(op.Action, p) })
}
