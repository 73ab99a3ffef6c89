package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// undoAttach makes the partition a table of its own again, without the indexes, the
// keys and the foreign keys that ATTACH has made on it.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-ATTACH-PARTITION
func (b *builder) undoAttach(c *Case, op *change.AttachPartition) (sql []string, final string) {
	part := c.Text.QuoteName(op.Partition)
	t := b.state.Table(op.Partition)
	if t == nil || !t.Complete {
		return []string{detachIfAttached(c, part)}, "Which indexes and constraints " + part + " had before is not known: going back it keeps those that ATTACH has made."
	}
	had := []string{}
	for _, ix := range b.state.IndexesOf(op.Partition) {
		had = appendNew(had, c.Text.Literal(ix.Name))
	}
	for _, k := range t.Constraints {
		had = appendNew(had, c.Text.Literal(k.Name))
	}
	return []string{"DO " + c.Text.DollarQuote(fmt.Sprintf(`
DECLARE
  part regclass := to_regclass(%[1]s);
  had name[] := ARRAY[%[2]s]::name[];
  keys name[];
  made regclass[];
  k name;
  i regclass;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = part AND inhparent = to_regclass(%[3]s)) THEN
    RETURN;
  END IF;
  keys := ARRAY(SELECT conname FROM pg_constraint WHERE conrelid = part AND conparentid <> 0 AND contype <> 'n' AND conname <> ALL (had));
  made := ARRAY(SELECT indexrelid::regclass FROM pg_index JOIN pg_class ON oid = indexrelid JOIN pg_inherits ON inhrelid = indexrelid WHERE indrelid = part AND relname <> ALL (had || keys));
  ALTER TABLE %[4]s DETACH PARTITION %[5]s;
  FOREACH k IN ARRAY keys LOOP
    EXECUTE format('ALTER TABLE %%s DROP CONSTRAINT %%I', part, k);
  END LOOP;
  FOREACH i IN ARRAY made LOOP
    EXECUTE format('DROP INDEX %%s', i);
  END LOOP;
END
`, c.Text.Literal(part), strings.Join(had, ", "), c.Text.Literal(c.Table()), c.Table(), part))}, ""
}

// undoDetach attaches the partition again where it was made with its bounds.
func (b *builder) undoDetach(c *Case, op *change.DetachPartition) (sql []string, final string) {
	again, note := c.attachAgain(op)
	if again == "" {
		return nil, "To attach " + c.Text.QuoteName(op.Partition) + " again takes its bounds, which the migrations do not show."
	}
	b.plan.Notes = appendNew(b.plan.Notes, note)
	return []string{again}, ""
}

// attachAgain takes a DETACH PARTITION back, and may run again; empty where the
// bounds are not known.
func (c *Case) attachAgain(op *change.DetachPartition) (sql, note string) {
	part := c.Text.QuoteName(op.Partition)
	for _, d := range c.State.DefsOf(op.Partition) {
		text, err := c.Text.Current(d)
		if d.Class != "table" || err != nil || !wordsOf(text)["partition"] {
			continue
		}
		from, to, err := boundSpan(c.Text, text)
		if err != nil {
			continue
		}
		alone := fmt.Sprintf("pg_class WHERE oid = to_regclass(%s) AND NOT relispartition", c.Text.Literal(part))
		return whereThereIs(c.Text, alone, "ALTER TABLE "+c.Table()+" ATTACH PARTITION "+part+" "+text[from:to]),
			"Going back attaches " + part + " to " + c.Table() + " again, which reads all its rows under ACCESS EXCLUSIVE on it. It fails where rows have come in that are not within its bounds."
	}
	return "", ""
}
