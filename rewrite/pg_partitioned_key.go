package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// onPartitioned makes the key on each partition from an index that was built
// concurrently, and then on the whole: the server takes the partitions' keys that
// are there in the place of new ones. Partitioned tables have no USING INDEX.
// https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
func (k *key) onPartitioned() (Result, error) {
	leaves, err := leavesOf(k.c, k.table)
	if err != nil {
		return Result{}, err
	}
	first, made, notes, final := k.lookForTwins(), k.nullable(), []string{partitionsNote(k.c, k.table)}, ""
	proof := k.notNull(made)
	if k.con.Kind == change.PrimaryKey && k.c.Has("not-null-constraints") {
		own := ownNotNull{k: k, leaves: leaves, made: made}
		final = own.settle(&first, &proof)
		notes = append(notes, noteOwnNotNull(k.c))
	}
	steps := append([]Step{first}, proof.all()...)
	var attach []Step
	for _, leaf := range leaves {
		name := k.c.State.ConstraintName(leaf, change.Constraint{Kind: k.con.Kind, Columns: k.con.Columns, Include: k.con.Include})
		steps = append(steps, k.build(leaf, name))
		own := k.attach(leaf, name)
		own.Final, final = final, ""
		if k.con.Kind == change.PrimaryKey {
			own.Accept = []Accept{{Rule: "add-primary-key-not-using-index", Reason: "NOT NULL has come down to the partition from its table: no row is read"}}
		}
		attach = append(attach, own)
	}
	steps = append(append(steps, attach...), k.whole(leaves))
	return Result{
		Clause: TakenOut(), After: steps, Owns: append([]string{k.name}, k.con.Columns...),
		Notes: notes,
	}, nil
}

// whole is the key of the partitioned table, once all its partitions have theirs.
func (k *key) whole(leaves []change.Name) Step {
	shown := k.c.Text.QuoteName(k.table)
	const taken = "every partition has the key already: the server takes those and builds no index"
	rule := "add-unique-not-using-index"
	if k.con.Kind == change.PrimaryKey {
		rule = "add-primary-key-not-using-index"
	}
	return Step{
		Phase: k.phase, Gate: k.gate, Title: "join the partitions' keys to " + k.c.Q(k.name) + " of " + shown, Slug: Slug("add", k.name), InTx: true, keepAll: true,
		SQL:  []string{onlyThese(k.c.Text, k.table, leaves), fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s %s", shown, k.c.Q(k.name), k.parts.whole)},
		Down: []string{"ALTER TABLE IF EXISTS " + shown + " DROP CONSTRAINT IF EXISTS " + k.c.Q(k.name)}, DownInTx: true,
		Accept: []Accept{{Rule: rule, Reason: taken}, {Rule: "statement-after-access-exclusive", Reason: taken}},
	}
}

// leavesOf are the partitions of a table that hold rows, by their whole names.
func leavesOf(c *Case, table change.Name) ([]change.Name, error) {
	var out []change.Name
	for _, part := range c.State.Table(table).Partitions {
		t := c.State.Table(part)
		switch {
		case t == nil || t.Foreign:
			return nil, Refuse("%s, a partition of %s, is a foreign table or not known: it cannot be prepared by itself", c.Text.QuoteName(part), c.Text.QuoteName(table))
		case t.Partitioned:
			below, err := leavesOf(c, part)
			if err != nil {
				return nil, err
			}
			out = append(out, below...)
		default:
			out = append(out, asWritten(c, part))
		}
	}
	return out, nil
}

// asWritten leaves out the schema where the migration leaves it out of the table.
func asWritten(c *Case, n change.Name) change.Name {
	if table := c.Op.Head().Table; table.Schema == "" && c.State.Resolve(table).Schema == n.Schema {
		n.Schema = ""
	}
	return n
}

// onlyThese fails where a table has a partition that the plan does not know: the
// statement behind it would do for that one under a strong lock what the plan has
// done for the others without.
func onlyThese(text Text, table change.Name, leaves []change.Name) string {
	known := make([]string, 0, len(leaves))
	for _, leaf := range leaves {
		known = append(known, text.Literal(text.QuoteName(leaf)))
	}
	shown := text.Literal(text.QuoteName(table))
	return "DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  other text := (SELECT string_agg(relid::text, ', ') FROM pg_partition_tree(%s)
    WHERE isleaf AND relid <> ALL (ARRAY[%s]::regclass[]));
BEGIN
  IF other IS NOT NULL THEN
    RAISE EXCEPTION '%% has partitions that the plan does not know: %%', %s, other
      USING HINT = 'Do for them what the plan did for the others, and take them into this list; safemig fix --dsn finds all partitions.';
  END IF;
END
`, shown, strings.Join(known, ", "), shown))
}

func partitionsNote(c *Case, table change.Name) string {
	return fmt.Sprintf("%s is partitioned: the plan has a step for each partition that the migrations make. Partitions made by a job are found by fix --dsn; the last step fails, and changes nothing, where there is another.", c.Text.QuoteName(table))
}
