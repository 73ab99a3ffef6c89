package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// createStep makes the new table and the triggers in one transaction: there is no
// moment at which it has rows that nothing keeps in step.
func (s *split) createStep() Step {
	sql := []string{s.guard(), s.create()}
	for _, ix := range s.indexes {
		sql = append(sql, ix.create)
	}
	sql = append(sql, s.said...)
	sql = append(sql, s.guardCopied())
	sql = append(sql, s.makeTriggers()...)
	down := s.dropTriggers()[:3]
	down = append(down, "DROP TABLE IF EXISTS "+s.to)
	return Step{
		Phase: Expand, Title: "make " + s.to + " beside " + s.at + ", and triggers that keep them in step", Slug: Slug("create", s.into.Name),
		SQL: sql, InTx: true, Down: append(down, s.dropFunctions()...), DownInTx: true,
		downLocks: []TableLock{{Table: s.table, Lock: change.AccessExclusive}},
	}
}

// create is the new table. Its key follows that of the old one, whose rows take
// theirs with them.
func (s *split) create() string {
	var lines []string
	for _, k := range s.key {
		lines = append(lines, k.q+" "+baseType(k.Type)+collate(k))
	}
	for _, col := range s.columns {
		line := col.q + " " + col.Type + collate(col)
		if col.Default != "" {
			line += " DEFAULT " + col.Default
		}
		if col.NotNull {
			line += " NOT NULL"
		}
		lines = append(lines, line)
	}
	for _, k := range s.constraints {
		lines = append(lines, k.text)
	}
	key := list(s.key, "", "")
	lines = append(lines, "PRIMARY KEY ("+key+")",
		"FOREIGN KEY ("+key+") REFERENCES "+s.at+" ("+key+") ON UPDATE CASCADE ON DELETE CASCADE")
	kind := "TABLE "
	if s.t.Unlogged {
		kind = "UNLOGGED TABLE "
	}
	return "CREATE " + kind + s.to + " (\n  " + strings.Join(lines, ",\n  ") + "\n)"
}

func collate(c splitColumn) string {
	if c.Collation == "" {
		return ""
	}
	return " COLLATE " + c.Collation
}

// foreignSteps hold new rows of the new table to what the columns refer to.
func (s *split) foreignSteps() []Step {
	var out []Step
	for _, f := range s.foreign {
		out = append(out, Step{
			Phase: Expand, Title: "hold new rows of " + s.to + " to " + s.c.Q(f.name), Slug: Slug("add", f.name),
			SQL: []string{"ALTER TABLE " + s.to + " ADD " + f.text + " NOT VALID"}, InTx: true,
			Down: []string{"ALTER TABLE IF EXISTS " + s.to + " DROP CONSTRAINT IF EXISTS " + s.c.Q(f.name)}, DownInTx: true,
		})
	}
	return out
}

// relaxSteps let the new version put a row into the old table without a value for
// columns that must have one. Each going back proves first that no NULL is there.
func (s *split) relaxSteps() []Step {
	var out []Step
	for _, col := range s.required() {
		out = append(out, Step{
			Phase: Expand, Title: "no longer require " + s.at + "." + col.q, Slug: Slug("relax", s.table.Name, col.Name),
			SQL:  []string{ignoring("drop-not-null", "the new table requires it, and a trigger keeps them in step", "ALTER TABLE "+s.at+" ALTER COLUMN "+col.q+" DROP NOT NULL")},
			InTx: true, Down: s.requireAgain(col), Final: "",
		})
		s.note("As long as both tables have the columns, %s.%s takes NULL, so that the new version can leave it out. A row that has none has no row of %s; before going back, give it a value.", s.at, col.q, s.to)
	}
	return out
}

// requireAgain makes a column NOT NULL without a scan under a lock that keeps
// others waiting. https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL
func (s *split) requireAgain(col splitColumn) []string {
	alter, made := "ALTER TABLE "+s.at+" ", s.c.Q(MadeName(col.Name, "not_null"))
	has := func(name string) string {
		return "EXISTS (SELECT FROM pg_constraint WHERE conrelid = " + s.c.Text.Literal(s.at) + "::regclass AND conname = " + s.c.Text.Literal(name) + ")"
	}
	if s.c.Has("not-null-not-valid") {
		name := s.notNullName(col)
		return []string{
			s.c.inShortTries(has(name), alter+"ADD CONSTRAINT "+s.c.Q(name)+" NOT NULL "+col.q+" NOT VALID"),
			alter + "VALIDATE CONSTRAINT " + s.c.Q(name),
		}
	}
	return []string{
		s.c.inShortTries(has(MadeName(col.Name, "not_null")), alter+"ADD CONSTRAINT "+made+" CHECK ("+col.q+" IS NOT NULL) NOT VALID"),
		alter + "VALIDATE CONSTRAINT " + made,
		s.c.inShortTries("", alter+"ALTER COLUMN "+col.q+" SET NOT NULL;\n      "+alter+"DROP CONSTRAINT "+made),
	}
}

// notNullName is what the column's NOT NULL is called, which from 18 on is a constraint.
func (s *split) notNullName(col splitColumn) string {
	for _, con := range s.t.Constraints {
		if con.Kind == change.NotNull && slices.Equal(con.Columns, []string{col.Name}) && con.Name != "" {
			return con.Name
		}
	}
	return s.c.State.ConstraintName(s.table, change.Constraint{Kind: change.NotNull, Columns: []string{col.Name}})
}

// guard stops the plan where the server knows of more than the migrations: what
// hangs on the columns and is not taken along would be lost with them.
// https://www.postgresql.org/docs/current/catalog-pg-depend.html
func (s *split) guard() string {
	text := s.c.Text
	body := fmt.Sprintf(`
DECLARE
  found text;
BEGIN
  SELECT string_agg(what, '; ' ORDER BY what) INTO found FROM (
    SELECT replace(i.type || ' ' || i.identity, '"', '') AS what
      FROM pg_attribute a
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
     CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i
     WHERE a.attrelid = %[1]s::regclass AND a.attname = ANY (%[2]s)
       AND i.type IN ('index', 'table constraint', 'statistics object', 'default value', 'sequence')%[5]s
    UNION SELECT 'trigger ' || tgname FROM pg_trigger
     WHERE tgrelid = %[1]s::regclass AND tgtype::int & 3 = 3 AND tgname <> ALL (%[3]s)
    UNION SELECT 'table ' || inhrelid::regclass FROM pg_inherits WHERE inhparent = %[1]s::regclass
    UNION SELECT 'row level security' FROM pg_class WHERE oid = %[1]s::regclass AND relrowsecurity
    UNION SELECT 'NOT NULL ' || attname FROM pg_attribute
     WHERE attrelid = %[1]s::regclass AND attname = ANY (%[2]s) AND attnotnull <> (attname = ANY (%[6]s))
  ) hangs
  WHERE what <> ALL (%[4]s);
  IF found IS NOT NULL THEN
    RAISE EXCEPTION 'the migrations do not know all that %% has: %%', %[7]s, found
      USING HINT = 'Make the plan anew with safemig scaffold --dsn, or give it a dump with --schema.';
  END IF;
END
`, text.Literal(s.at), s.texts(namesOf(s.columns)), s.texts(s.before), s.texts(s.known), s.notNullsAside(), s.texts(namesOf(s.notNulls())), text.Literal(s.at))
	return "DO " + text.DollarQuote(body)
}

// notNullsAside: from 18 on a NOT NULL is a constraint, which is compared by the column.
func (s *split) notNullsAside() string {
	if !s.c.Has("not-null-not-valid") {
		return ""
	}
	return "\n       AND NOT EXISTS (SELECT FROM pg_constraint n WHERE d.classid = 'pg_constraint'::regclass AND n.oid = d.objid AND n.contype = 'n')"
}

func (s *split) notNulls() []splitColumn {
	return slices.DeleteFunc(slices.Clone(s.columns), func(c splitColumn) bool { return !c.NotNull })
}

func namesOf(columns []splitColumn) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.Name)
	}
	return out
}

// texts is an array of strings.
func (s *split) texts(values []string) string {
	if len(values) == 0 {
		return "ARRAY[]::text[]"
	}
	sorted := slices.Sorted(slices.Values(values))
	for i, v := range sorted {
		sorted[i] = s.c.Text.Literal(strings.ReplaceAll(v, `"`, ""))
	}
	return "ARRAY[" + strings.Join(slices.Compact(sorted), ", ") + "]"
}

// guardCopied stops the plan where a column has a property that the one in the
// new table was not given. https://www.postgresql.org/docs/current/catalog-pg-attribute.html
func (s *split) guardCopied() string {
	text := s.c.Text
	body := fmt.Sprintf(`
DECLARE
  lost text;
BEGIN
  SELECT string_agg(a.attname || ' ' || o.key || ' ' || o.value, '; ') INTO lost
    FROM pg_attribute a
    JOIN pg_attribute b ON b.attrelid = %[2]s::regclass AND b.attname = a.attname
   CROSS JOIN LATERAL (
     SELECT key, value FROM json_each_text(row_to_json(a))
      WHERE key IN ('atttypid', 'atttypmod', 'attcollation', 'attstorage', 'attcompression', 'attstattarget', 'attoptions', 'attnotnull')
     UNION ALL SELECT 'comment', col_description(a.attrelid, a.attnum)
     EXCEPT
     SELECT key, value FROM json_each_text(row_to_json(b))
     EXCEPT SELECT 'comment', col_description(b.attrelid, b.attnum)
   ) o
   WHERE a.attrelid = %[1]s::regclass AND a.attname = ANY (%[3]s);
  IF lost IS NOT NULL THEN
    RAISE EXCEPTION '%% has what the migrations do not give to %%: %%', %[4]s, %[5]s, lost
      USING HINT = 'Make the plan anew with safemig scaffold --dsn, or give it a dump with --schema.';
  END IF;
END
`, text.Literal(s.at), text.Literal(s.to), s.texts(namesOf(s.columns)), text.Literal(s.at), text.Literal(s.to))
	return "DO " + text.DollarQuote(body)
}

// verify stops the plan where a row of the old table has no row of the new one
// that is the same.
func (s *split) verify() string {
	owed := "s." + s.key[0].q + " IS NULL OR " + s.differs(s.columns, "t.", "s.")
	if full := s.complete("t."); full != "" {
		owed = full + " AND (" + owed + ")"
	}
	body := fmt.Sprintf(`
DECLARE
  owed bigint;
BEGIN
  SELECT count(*) INTO owed FROM %s t LEFT JOIN %s s ON %s WHERE %s;
  IF owed > 0 THEN
    RAISE EXCEPTION '%% rows of %% are not the same in %%', owed, %s, %s
      USING HINT = 'Run the backfill again.';
  END IF;
END
`, s.at, s.to, s.same("s.", "t."), owed, s.c.Text.Literal(s.at), s.c.Text.Literal(s.to))
	return "DO " + s.c.Text.DollarQuote(body)
}
