package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// buildPartitionedIndex makes the index on the partitioned table alone, where it
// holds nothing and is INVALID, then on each partition concurrently, and joins
// them: the last to be joined makes the whole valid.
// https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
func buildPartitionedIndex(c *Case, op *change.CreateIndex) (Result, error) {
	name := change.Name{Schema: c.State.Resolve(op.Table).Schema, Name: c.State.IndexName(op)}
	p := partitionedIndex{c: c, text: c.Source(c.Stmt.Span), schema: name.Schema, table: op.Table, nameOn: func(part change.Name) change.Name {
		named := *op
		named.Name, named.Table = "", part
		return change.Name{Schema: part.Schema, Name: c.State.IndexName(&named)}
	}}
	steps, err := p.steps(name)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Clause: TakenOut(), After: steps, Owns: []string{name.Name},
		Notes: []string{fmt.Sprintf("%s is partitioned: the plan has a step for each partition that the migrations make. Partitions made by a job are found by fix --dsn; the last step fails, and changes nothing, where one has no index.", c.Table())},
	}, nil
}

// partitionedIndex gathers the statements for a tree of partitions.
type partitionedIndex struct {
	c      *Case
	text   string // CREATE INDEX on the partitioned table
	schema string // where its names without one are looked up
	table  change.Name
	nameOn func(part change.Name) change.Name
	top    Step
	builds []Step
	attach []string
	all    []TableLock // what dropping the whole index locks
}

// steps are all of them, for an index of that name.
func (p *partitionedIndex) steps(name change.Name) ([]Step, error) {
	text, shown := p.c.Text, p.c.Text.QuoteName(name)
	only, err := p.statement(p.table, name.Name, true)
	if err != nil {
		return nil, err
	}
	p.top = Step{
		Phase: Expand, Title: "make " + text.Quote(name.Name) + " on " + text.QuoteName(p.table) + " alone, without its partitions", Slug: Slug("index", name.Name),
		SQL: []string{only}, InTx: true, DownInTx: true, Down: []string{"DROP INDEX IF EXISTS " + shown},
	}
	p.all = []TableLock{{Table: p.c.State.Resolve(p.table), Lock: change.AccessExclusive}}
	if err := p.below(p.table, name); err != nil {
		return nil, err
	}
	return append(append([]Step{p.top}, p.builds...), Step{
		Phase: Expand, Title: "join the partitions' indexes to " + text.Quote(name.Name), Slug: Slug("attach", name.Name),
		SQL: []string{p.join(), p.assertValid(name)}, InTx: true, LockTimeout: p.c.Options.LockTimeout,
		Down: []string{"DROP INDEX IF EXISTS " + shown}, DownInTx: true, downLocks: p.all,
	}), nil
}

// below goes through the partitions of a table whose index is there.
func (p *partitionedIndex) below(table, index change.Name) error {
	t := p.c.State.Table(table)
	if t == nil || !t.Partitioned {
		return nil
	}
	for _, part := range t.Partitions {
		if err := p.partition(part, index); err != nil {
			return err
		}
	}
	return nil
}

func (p *partitionedIndex) partition(part, parentIndex change.Name) error {
	t := p.c.State.Table(part)
	p.all = append(p.all, TableLock{Table: p.c.State.Resolve(part), Lock: change.AccessExclusive})
	index := p.nameOn(part)
	switch {
	case t == nil || t.Foreign:
		return Refuse("%s, a partition of %s, is a foreign table or not known: an index cannot be built on it", p.c.Text.QuoteName(part), p.c.Table())
	case t.Partitioned:
		sql, err := p.statement(part, index.Name, true)
		if err != nil {
			return err
		}
		p.top.SQL = append(p.top.SQL, sql)
		p.top.Down = append(p.top.Down, "DROP INDEX IF EXISTS "+p.c.Text.QuoteName(index))
		if err := p.below(part, index); err != nil {
			return err
		}
	default:
		sql, err := p.statement(part, index.Name, false)
		if err != nil {
			return err
		}
		p.builds = append(p.builds, concurrentIndexStep(p.c, part, index, sql))
	}
	p.attach = append(p.attach, fmt.Sprintf("ALTER INDEX %s ATTACH PARTITION %s", p.c.Text.QuoteName(parentIndex), p.c.Text.QuoteName(index)))
	return nil
}

// statement is the user's own, on another table and under another name.
func (p *partitionedIndex) statement(table change.Name, name string, only bool) (string, error) {
	piece := schema.Piece{Kind: schema.StatementPiece, Text: p.text, Schema: p.schema}
	var err error
	if table != p.table {
		if piece.Text, err = p.c.Text.RenameTable(piece, p.table, table); err != nil {
			return "", asRefusal(err)
		}
	}
	if piece.Text, err = p.c.Text.WithName(piece, name); err != nil {
		return "", asRefusal(err)
	}
	word, add := "INDEX", " CONCURRENTLY"
	if only {
		word, add = "ON", " ONLY"
	}
	at, err := afterWord(p.c.Text, piece.Text, word)
	if err != nil {
		return "", err
	}
	return piece.Text[:at] + add + piece.Text[at:], nil
}

// join attaches the indexes in short tries: it waits for whoever reads by way of
// the index, and others queue behind it.
func (p *partitionedIndex) join() string {
	return inTries(p.c.Text, "", lines(p.attach), max(1, p.c.Options.Tries))
}

// assertValid fails where a partition has no index that is joined.
func (p *partitionedIndex) assertValid(index change.Name) string {
	shown := p.c.Text.QuoteName(index)
	return "DO " + p.c.Text.DollarQuote(fmt.Sprintf(`
BEGIN
  IF EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid) THEN
    RAISE EXCEPTION '%% is not valid: a partition has no index that is attached to it', %s
      USING HINT = 'Build it there concurrently and ALTER INDEX .. ATTACH PARTITION; safemig fix --dsn finds all partitions.';
  END IF;
END
`, p.c.Text.Literal(shown), p.c.Text.Literal(shown)))
}

// asRefusal turns what could not be followed in a text into a reason that users read.
func asRefusal(err error) error {
	return Refuse("%s", strings.TrimSpace(err.Error()))
}
