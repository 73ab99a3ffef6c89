package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// provenBound says whether valid CHECKs prove that every row of the table to be
// attached is within the bound, so that the server need not look. Constants are
// compared as they are written: what is not equal so is not taken as proven.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-ATTACH-PARTITION
func provenBound(c *fact.Ctx) bool {
	op := c.Op.(*change.AttachPartition)
	column, t := partColumn(c, op.Table, op.Bound), c.State.Table(op.Partition)
	if column == "" || t == nil || !neverNull(t, column) {
		return false
	}
	if op.Bound.In != nil {
		return checksThat(t, false, func(k change.Comparison) bool {
			return k.Column == column && (k.Op == "in" || k.Op == "=") && isSubset(k.Values, op.Bound.In)
		})
	}
	return checksThat(t, false, atLeast(column, op.Bound.From)) && checksThat(t, false, lessThan(column, op.Bound.To))
}

func provenOutside(c *fact.Ctx) bool {
	op := c.Op.(*change.AttachPartition)
	return outsideDefault(c, op.Table, op.Bound)
}

// outsideDefault says whether valid CHECKs prove that no row of the default
// partition is within the bound of a new one.
func outsideDefault(c *fact.Ctx, parent change.Name, bound change.Bound) bool {
	column := partColumn(c, parent, bound)
	if column == "" || bound.In != nil {
		return false
	}
	part := c.State.Table(c.State.Table(parent).DefaultPart)
	if part == nil {
		return false
	}
	under := func(k change.Comparison) bool { return bound.From != nil && lessThan(column, bound.From)(k) }
	over := func(k change.Comparison) bool { return bound.To != nil && atLeast(column, bound.To)(k) }
	return checksThat(part, false, under) || checksThat(part, false, over) ||
		checksThat(part, true, func(k change.Comparison) bool { return under(k) || over(k) })
}

// partColumn is the one column that rows are parted by, where the bound is of
// one and written in constants.
func partColumn(c *fact.Ctx, parent change.Name, bound change.Bound) string {
	t := c.State.Table(parent)
	if parent.IsZero() || t == nil || len(t.PartKey) != 1 || !bound.Known {
		return ""
	}
	return t.PartKey[0]
}

func neverNull(t *schema.Table, column string) bool {
	col := t.Column(column)
	return t.ProvenNotNull(column) || col != nil && col.NotNull && !isNotValid(t, column)
}

// checksThat looks at the valid CHECKs: whether one of a conjunction's
// comparisons fits, or all of an alternative's do.
func checksThat(t *schema.Table, either bool, fits func(change.Comparison) bool) bool {
	return slices.ContainsFunc(t.Constraints, func(k *schema.Constraint) bool {
		if k.Kind != change.Check || !k.Validated || !k.Enforced || k.Either != either || len(k.Compares) == 0 {
			return false
		}
		if either {
			return !slices.ContainsFunc(k.Compares, func(o change.Comparison) bool { return !fits(o) })
		}
		return slices.ContainsFunc(k.Compares, fits)
	})
}

// atLeast is c >= from.
func atLeast(column string, from *string) func(change.Comparison) bool {
	return func(k change.Comparison) bool {
		return from == nil || k.Column == column && (k.Op == ">=" || k.Op == ">" || k.Op == "=") && k.Values[0] == *from
	}
}

// lessThan is c < to.
func lessThan(column string, to *string) func(change.Comparison) bool {
	return func(k change.Comparison) bool {
		return to == nil || k.Column == column && k.Op == "<" && k.Values[0] == *to
	}
}

func isSubset(part, of []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(of, s) })
}

// hasIndexLike says whether a table has an index with the same plain keys.
func hasIndexLike(c *fact.Ctx, table change.Name, like *schema.Index) bool {
	return slices.ContainsFunc(c.State.IndexesOf(table), func(ix *schema.Index) bool {
		return slices.Equal(ix.Columns, like.Columns) && (ix.Unique || !like.Unique) && !ix.Exprs && !ix.Partial
	})
}
