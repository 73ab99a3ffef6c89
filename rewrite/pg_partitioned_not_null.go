package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// ownNotNull deals with what a partition's PRIMARY KEY that is made of an index
// leaves behind from 18 on: NOT NULL of its columns is the partition's own as well
// as inherited, and nothing but DETACH and ATTACH makes it inherited alone.
// https://www.postgresql.org/docs/18/catalog-pg-constraint.html (conislocal)
type ownNotNull struct {
	k      *key
	leaves []change.Name
	made   []string // columns that the plan itself makes NOT NULL
}

// settle gives the way back from it to the steps: for columns that were nullable,
// to the one that makes them NOT NULL; for the others, to the first of all.
func (o *ownNotNull) settle(first *Step, proof *notNull) (final string) {
	steps := proof.set
	if len(steps) == 0 {
		steps = proof.add
	}
	for i := range steps {
		steps[i].Down = append(slices.Clone(steps[i].Down), o.nullable()...)
	}
	var had, identity []string
	t := o.k.c.State.Table(o.k.table)
	for _, n := range o.k.con.Columns {
		switch {
		case slices.Contains(o.made, n):
		case t.Column(n).Identity != "":
			identity = append(identity, o.k.c.Q(n))
		default:
			had = append(had, n)
		}
	}
	if len(had) > 0 {
		first.Down, first.DownInTx = o.inheritedAgain(had), false
	}
	if len(identity) > 0 {
		return "Going back leaves NOT NULL of " + strings.Join(identity, ", ") + " each partition's own as well as inherited: an identity column never lets it go."
	}
	return ""
}

// nullable drops what partitions keep of a NOT NULL that came with the plan.
func (o *ownNotNull) nullable() []string {
	var out []string
	for _, leaf := range o.leaves {
		var clauses []string
		for _, n := range o.made {
			if col := o.k.c.State.Table(leaf).Column(n); col == nil || !col.NotNull {
				clauses = append(clauses, "ALTER COLUMN "+o.k.c.Q(n)+" DROP NOT NULL")
			}
		}
		if len(clauses) > 0 {
			out = append(out, "ALTER TABLE IF EXISTS "+o.k.c.Text.QuoteName(leaf)+" "+strings.Join(clauses, ", "))
		}
	}
	return out
}

// inheritedAgain drops NOT NULL of the whole and of the partitions, and adds that of
// the whole, in one moment. A CHECK that was validated before saves it from reading
// the rows, and keeps NULL out in between.
func (o *ownNotNull) inheritedAgain(columns []string) []string {
	text, shown := o.k.c.Text, o.k.c.Text.QuoteName(o.k.table)
	limit := fmt.Sprintf("  PERFORM set_config('lock_timeout', %s, true);\n", text.Literal(duration(o.k.c.Options.LockTimeout)))
	var out []string
	for _, n := range columns {
		check := MadeName(n, "not_null")
		there := fmt.Sprintf("EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass(%s) AND conname = %s", text.Literal(shown), text.Literal(check))
		drop := fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s", shown, text.Quote(check))
		add := fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID", shown, text.Quote(check), text.Quote(n))
		out = append(out,
			inTries(text, limit+fmt.Sprintf("  IF NOT EXISTS (%s) THEN\n    RETURN;\n  END IF;\n", o.owned(n, "k.coninhcount > 0 AND k.conname IN (SELECT conname FROM pg_constraint WHERE conrelid = to_regclass("+text.Literal(shown)+") AND contype = 'n')")), lines([]string{drop, add}), o.k.c.Options.Tries),
			"DO "+text.DollarQuote(fmt.Sprintf("\nBEGIN\n  IF %s AND NOT convalidated) THEN\n    ALTER TABLE %s VALIDATE CONSTRAINT %s;\n  END IF;\nEND\n", there, shown, text.Quote(check))),
			inTries(text, limit+fmt.Sprintf("  IF NOT %s AND convalidated) THEN\n    RETURN;\n  END IF;\n", there), o.swap(n)+lines([]string{drop}), o.k.c.Options.Tries),
		)
	}
	return out
}

// owned finds NOT NULL constraints of a column that are the partitions' own. One with
// another name than the whole's stays as it is: its name would be lost.
func (o *ownNotNull) owned(column, which string) string {
	text := o.k.c.Text
	return fmt.Sprintf(`SELECT k.conrelid::regclass AS partition, k.conname AS name
          FROM pg_partition_tree(to_regclass(%s)) p JOIN pg_constraint k ON k.conrelid = p.relid AND p.level > 0
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND a.attname = %s
          WHERE k.contype = 'n' AND k.conislocal AND %s`, text.Literal(text.QuoteName(o.k.table)), text.Literal(column), which)
}

func (o *ownNotNull) swap(column string) string {
	text, shown := o.k.c.Text, o.k.c.Text.QuoteName(o.k.table)
	return fmt.Sprintf(`      DECLARE
        whole name;
        own record;
      BEGIN
        LOCK TABLE %[1]s IN ACCESS EXCLUSIVE MODE;
        SELECT k.conname INTO STRICT whole FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
          WHERE k.conrelid = %[2]s::regclass AND k.contype = 'n' AND a.attname = %[3]s;
        EXECUTE format('ALTER TABLE %%s DROP CONSTRAINT %%I', %[2]s, whole);
        FOR own IN %[4]s LOOP
          EXECUTE format('ALTER TABLE %%s DROP CONSTRAINT %%I', own.partition, own.name);
        END LOOP;
        EXECUTE format('ALTER TABLE %%s ADD CONSTRAINT %%I NOT NULL %%I', %[2]s, whole, %[3]s);
      END;
`, shown, text.Literal(shown), text.Literal(column), o.owned(column, "k.coninhcount = 0 AND k.conname = whole"))
}
