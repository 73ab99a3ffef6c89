package rewrite

import (
	"fmt"
	"slices"
	"strings"
)

// guard stops the plan where the server knows of more than the migrations: what
// hangs on the columns and is not taken along would be lost with them. Before 14
// rows of the type p are about no object, and asking for its name is an error.
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
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype <> 'p'
     CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i
     WHERE a.attrelid = %[1]s::regclass AND a.attname = ANY (%[2]s)
       AND i.type IN ('index', 'table constraint', 'statistics object', 'default value', 'sequence')%[5]s
    UNION SELECT 'trigger ' || tgname FROM pg_trigger
     WHERE tgrelid = %[1]s::regclass AND tgtype::int & 3 = 3 AND tgname <> ALL (%[3]s)
    UNION SELECT 'table ' || inhrelid::regclass FROM pg_inherits WHERE inhparent = %[1]s::regclass
    UNION SELECT 'REPLICA IDENTITY USING INDEX ' || i.indexrelid::regclass FROM pg_index i
     WHERE i.indrelid = %[1]s::regclass AND i.indisreplident
       AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = %[1]s::regclass AND attnum = ANY (i.indkey::int2[]) AND attname = ANY (%[2]s))
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
`, text.Literal(s.at), s.texts(namesOf(s.columns)), s.texts(s.before), s.texts(unquoted(s.known)), s.notNullsAside(), s.texts(namesOf(s.notNulls())), text.Literal(s.at))
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

// unquoted are names as the guard compares them.
func unquoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.ReplaceAll(n, `"`, "")
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
		sorted[i] = s.c.Text.Literal(v)
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
