package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func partitionOf() Recipe {
	return Recipe{
		ID: "partition-of", Dialect: "postgres",
		Summary: "CREATE TABLE like the partitioned one; ATTACH PARTITION",
		Build:   buildPartitionOf,
	}
}

// buildPartitionOf makes the partition as a table of its own and attaches it:
// PARTITION OF takes ACCESS EXCLUSIVE on the partitioned table, ATTACH PARTITION
// only SHARE UPDATE EXCLUSIVE.
func buildPartitionOf(c *Case) (Result, error) {
	op, ok := c.Op.(*change.CreateTable)
	if !ok || op.PartitionOf.IsZero() {
		return Result{}, Refuse("only a CREATE TABLE .. PARTITION OF has this recipe")
	}
	part, parent := c.Text.QuoteName(op.Table), c.Text.QuoteName(op.PartitionOf)
	t := c.State.Table(op.PartitionOf)
	switch {
	case op.Partitioned || op.IfNotExists || len(op.Columns) > 0 || len(op.Constraints) > 0 || op.Temp || op.Foreign:
		return Result{}, Refuse("%s says more than its bound (partitions of its own, columns, IF NOT EXISTS): make it LIKE %s by hand and attach it", part, parent)
	case t != nil && !t.DefaultPart.IsZero():
		return Result{}, Refuse("%s has a DEFAULT partition, which is read and locked: attach the new partition after a CHECK on the DEFAULT partition", parent)
	}
	text := c.Source(c.Stmt.Span)
	from, to, err := boundSpan(c.Text, text)
	if err != nil {
		return Result{}, err
	}
	create := "CREATE TABLE " + part + " (LIKE " + parent + " " + c.likeOptions() + ")" + text[to:]
	attach := "ALTER TABLE " + parent + " ATTACH PARTITION " + part + " " + text[from:to]
	s := Step{
		Phase: Expand, Title: "make " + part + " and attach it to " + parent, Slug: Slug("partition", op.Table.Name),
		SQL: []string{create, attach}, InTx: true, DownInTx: true, Down: []string{"DROP TABLE IF EXISTS " + part},
	}
	return Result{Clause: TakenOut(), After: []Step{s}}, nil
}

// likeOptions are what a partition takes from its table, as PARTITION OF does.
func (c *Case) likeOptions() string {
	options := []string{"INCLUDING DEFAULTS", "INCLUDING CONSTRAINTS", "INCLUDING GENERATED", "INCLUDING STORAGE"}
	if c.Has("column-compression") {
		options = append(options, "INCLUDING COMPRESSION")
	}
	return strings.Join(options, " ")
}

// boundSpan is the text of FOR VALUES .. or DEFAULT in CREATE TABLE .. PARTITION OF.
func boundSpan(t Text, text string) (from, to int, err error) {
	src, toks := []byte(text), t.Tokens(text)
	of := slices.IndexFunc(toks, func(k tokenOf) bool { return k.Is(src, "OF") })
	for i := of + 1; i > 0 && i < len(toks); i++ {
		switch {
		case toks[i].Is(src, "DEFAULT"):
			return toks[i].Span.Start, toks[i].Span.End, nil
		case toks[i].Is(src, "FOR"):
			return toks[i].Span.Start, boundEnd(src, toks[i:]), nil
		}
	}
	return 0, 0, Refuse("the bound of the partition was not found in the statement")
}

// boundEnd is the end of the last bracket of FOR VALUES IN (..), FROM (..) TO (..)
// or WITH (..).
func boundEnd(src []byte, toks []tokenOf) int {
	depth, end := 0, toks[0].Span.End
	for i, k := range toks {
		switch {
		case k.IsPunct(src, "("):
			depth++
		case k.IsPunct(src, ")"):
			depth--
			end = k.Span.End
			if depth == 0 && (i+1 >= len(toks) || !toks[i+1].Is(src, "TO")) {
				return end
			}
		}
	}
	return end
}
