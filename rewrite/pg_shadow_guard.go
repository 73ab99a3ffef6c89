package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// knowColumn lists what hangs on the old column without a definition of its own.
func (s *shadow) knowColumn() {
	if s.parts.Default != "" || s.isSerial() {
		s.known = append(s.known, "default value for "+bare(s.Table)+"."+s.Old)
	}
	for _, sequence := range s.c.State.OwnedBy(s.Table, s.Old) {
		s.known = append(s.known, "sequence "+bare(sequence))
	}
	if s.notNull && s.namedNotNull() {
		s.notNullName = s.notNullNow()
		s.known = append(s.known, "table constraint "+s.notNullName+" on "+bare(s.Table))
	}
}

// notNullNow is what the column's NOT NULL is called.
func (s *shadow) notNullNow() string {
	for _, con := range s.t.Constraints {
		if con.Kind == change.NotNull && slices.Equal(con.Columns, []string{s.Old}) {
			return con.Name
		}
	}
	return s.c.State.ConstraintName(s.Table, change.Constraint{Kind: change.NotNull, Columns: []string{s.Old}})
}

// guard stops the plan where the server knows of more than the migrations, or of
// less: what hangs on the old column and is not taken along would be lost with it.
// https://www.postgresql.org/docs/current/catalog-pg-depend.html
func (s *shadow) guard() string {
	text := s.c.Text
	slices.Sort(s.known)
	s.known = slices.Compact(s.known)
	known := make([]string, len(s.known))
	for i, k := range s.known {
		known[i] = text.Literal(strings.ReplaceAll(k, `"`, ""))
	}
	list := "ARRAY[]::text[]"
	if len(known) > 0 {
		list = "ARRAY[\n      " + strings.Join(known, ",\n      ") + "]"
	}
	functions := ""
	for _, f := range s.knownFunctions {
		functions += "\n      AND what NOT LIKE " + text.Literal("function "+likeLiteral(f)+"(%")
	}
	missing := "\n    UNION ALL SELECT 'no ' || what FROM known WHERE what NOT IN (SELECT what FROM hangs)"
	if s.Swap { // views of views are known as well
		missing = ""
	}
	body := fmt.Sprintf(`
DECLARE
  found text;
BEGIN
  WITH known AS (SELECT unnest(%[6]s) AS what), hangs AS (
    SELECT replace(i.type || ' ' || i.identity, '"', '') AS what
      FROM pg_attribute a
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype <> 'p'
     CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i
     WHERE a.attrelid = %[1]s::regclass AND a.attname = %[2]s%[12]s
%[9]s
    UNION SELECT 'trigger ' || tgname || ', which fires behind ' || %[3]s FROM pg_trigger
     WHERE tgrelid %[11]s AND tgtype::int & 3 = 3 AND tgname >= %[3]s AND tgname NOT LIKE '%%\_safemig\_sync'
    UNION SELECT 'NOT NULL' FROM pg_attribute WHERE attrelid = %[1]s::regclass AND attname = %[2]s AND attnotnull <> %[4]v
    UNION SELECT 'identity' FROM pg_attribute WHERE attrelid = %[1]s::regclass AND attname = %[2]s AND (attidentity <> '') <> %[5]v
  )
  SELECT string_agg(what, '; ' ORDER BY what) INTO found FROM (
    SELECT what FROM hangs WHERE what NOT IN (SELECT what FROM known)%[7]s%[10]s
  ) x;
  IF found IS NOT NULL THEN
    RAISE EXCEPTION 'the migrations do not know of %% what the server does: %%', %[8]s, found
      USING HINT = 'Make the plan anew with safemig fix --dsn, or give it a dump with --schema.';
  END IF;
END
`, text.Literal(s.at), text.Literal(s.Old), text.Literal(s.sync), s.notNull, s.parts.Identity != "", list, functions, text.Literal(s.at+"."+s.old), s.guardTree(), missing, s.tree(), s.guardReferring())
	return "DO " + text.DollarQuote(body)
}

// identified is what a row d of pg_depend is about. It stands among what a query
// returns, so that no row is asked for that its conditions rule out: before 14 some
// are about nothing.
const identified = `(SELECT replace(i.type || ' ' || i.identity, '"', '') FROM pg_identify_object(d.classid, d.objid, d.objsubid) i)`

// guardTree finds tables that inherit from the table, or, of one that is
// partitioned, what its partitions have of their own.
func (s *shadow) guardTree() string {
	at := s.c.Text.Literal(s.at)
	if !s.t.Partitioned {
		return s.guardHeirs()
	}
	return fmt.Sprintf(`    UNION SELECT %[6]s
      FROM pg_partition_tree(%[1]s) p
      JOIN pg_attribute a ON a.attrelid = p.relid AND a.attname = %[2]s
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
      LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
      LEFT JOIN pg_trigger g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid
      LEFT JOIN pg_class x ON d.classid = 'pg_class'::regclass AND x.oid = d.objid
     WHERE p.level > 0 AND coalesce(k.coninhcount, 0) = 0 AND %[4]s AND x.relispartition IS NOT TRUE AND (d.classid <> 'pg_attrdef'::regclass OR NOT %[3]v)%[5]s`,
		at, s.c.Text.Literal(s.Old), s.parts.Default != "" || s.isSerial(), s.ownTrigger(), s.guardSaid(), identified)
}

// likeLiteral is a text that LIKE takes for itself.
func likeLiteral(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ReplaceAll(s, `"`, ""))
}

// tree is a condition for the table, with its partitions and heirs where it has some.
func (s *shadow) tree() string {
	if s.t.Partitioned {
		return "IN (SELECT relid FROM pg_partition_tree(" + s.c.Text.Literal(s.at) + "))"
	}
	all := s.tables()
	for i := range all {
		all[i] = s.c.Text.Literal(all[i]) + "::regclass"
	}
	if len(all) == 1 {
		return "= " + all[0]
	}
	return "IN (" + strings.Join(all, ", ") + ")"
}

// guardCopied stops the plan where the old column has a property that the new one
// was not given.
// https://www.postgresql.org/docs/current/catalog-pg-attribute.html
func (s *shadow) guardCopied() string {
	text := s.c.Text
	properties := "'atttypid', 'atttypmod', 'attcollation', 'attstorage', 'attcompression', 'attstattarget', 'attoptions'"
	if s.Swap {
		properties = "'attstattarget', 'attoptions'"
	}
	body := fmt.Sprintf(`
DECLARE
  lost text;
BEGIN
  SELECT string_agg(o.key || ' ' || o.value, '; ') INTO lost
    FROM pg_attribute a
    JOIN pg_attribute b ON b.attrelid = a.attrelid AND b.attname = %[3]s
   CROSS JOIN LATERAL (
     SELECT key, value FROM json_each_text(row_to_json(a)) WHERE key IN (%[4]s)
     UNION ALL SELECT 'right', acl::text FROM unnest(a.attacl) acl
     UNION ALL SELECT 'comment', col_description(a.attrelid, a.attnum)
     EXCEPT
     SELECT key, value FROM json_each_text(row_to_json(b))
     EXCEPT SELECT 'right', acl::text FROM unnest(b.attacl) acl
     EXCEPT SELECT 'comment', col_description(b.attrelid, b.attnum)
   ) o
   WHERE a.attrelid %[7]s AND a.attname = %[2]s;
  IF lost IS NOT NULL THEN
    RAISE EXCEPTION '%% has what the migrations do not give to %%: %%', %[5]s, %[6]s, lost
      USING HINT = 'Make the plan anew with safemig fix --dsn, or give it a dump with --schema.';
  END IF;
END
`, text.Literal(s.at), text.Literal(s.Old), text.Literal(s.New), properties, text.Literal(s.at+"."+s.old), text.Literal(s.new), s.tree())
	return "DO " + text.DollarQuote(body)
}
