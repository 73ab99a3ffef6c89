package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// A partition's part of an index, a key or a foreign key has a name of its own,
// which only the server knows for sure. It is noted before the old column goes, and
// given to what was made for the new one.

// noteNames notes what the partitions' parts of the old column's things are called.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-PARTITION
func (s *shadow) noteNames() []string {
	text := s.c.Text
	var parts []string
	for _, ix := range s.indexes {
		if !s.t.Partitioned {
			break
		}
		root := text.Literal(text.QuoteName(ix.name))
		parts = append(parts, fmt.Sprintf("SELECT '' AS of, %[1]s AS root, i.indrelid AS part, c.relname AS name FROM pg_partition_tree(%[1]s) t\n      JOIN pg_index i ON i.indexrelid = t.relid JOIN pg_class c ON c.oid = t.relid WHERE t.level > 0", root))
	}
	for _, con := range s.constraints {
		if s.inParts(con) {
			of := text.Literal(text.QuoteName(s.c.State.Resolve(con.on)))
			parts = append(parts, fmt.Sprintf("SELECT %[2]s AS of, %[1]s AS root, c.conrelid AS part, c.conname AS name FROM pg_partition_tree(%[2]s) t\n      JOIN pg_constraint c ON c.conrelid = t.relid AND c.contype = 'f' WHERE t.level > 0 AND %[3]s",
				text.Literal(con.name), of, descends(of, text.Literal(con.name))))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{"DO " + text.DollarQuote(fmt.Sprintf(`
BEGIN
  PERFORM set_config('safemig.names', coalesce((SELECT json_agg(n) FROM (
    %s
  ) n)::text, '[]'), true);
END
`, strings.Join(parts, "\n    UNION ALL ")))}
}

// inParts says whether a constraint is a foreign key of a partitioned table.
func (s *shadow) inParts(con shadowConstraint) bool {
	t := s.c.State.Table(con.on)
	return con.kind == change.ForeignKey && t != nil && t.Partitioned
}

// descends is true for a constraint c of a partition that comes of a table's one of a
// name. Both are given as SQL. Between the two are the partition's parents, each with
// one of its own: rows of the same table stand for partitions of what it refers to.
// https://www.postgresql.org/docs/current/catalog-pg-constraint.html
func descends(of, name string) string {
	return fmt.Sprintf(`EXISTS (
        WITH RECURSIVE up AS (SELECT c.conparentid AS oid, c.conrelid AS below
          UNION ALL SELECT k.conparentid, k.conrelid FROM up JOIN pg_constraint k ON k.oid = up.oid AND k.conrelid <> up.below)
        SELECT FROM up JOIN pg_constraint k ON k.oid = up.oid AND k.conrelid <> up.below WHERE k.conrelid = to_regclass(%s) AND k.conname = %s)`, of, name)
}

// guardReferring leaves those out of what hangs on the column that a foreign key has
// for partitions, of its table or of what it refers to: they come and go with it.
func (s *shadow) guardReferring() string {
	partitioned := func(n change.Name) bool {
		t := s.c.State.Table(n)
		return t != nil && t.Partitioned
	}
	for _, d := range s.c.State.Defs(s.Table) {
		of := s.c.State.Table(d.Of)
		if d.Class != "constraint" || of == nil {
			continue
		}
		con := of.Constraint(d.Name.Name)
		if con != nil && con.Kind == change.ForeignKey && (partitioned(con.Ref) || of != s.t && of.Partitioned) {
			return "\n       AND NOT EXISTS (SELECT FROM pg_constraint k WHERE d.classid = 'pg_constraint'::regclass AND k.oid = d.objid AND k.contype = 'f' AND k.conparentid <> 0)"
		}
	}
	return ""
}

// giveNames gives the partitions' parts the names that were noted.
func (s *shadow) giveNames() []string {
	if len(s.noteNames()) == 0 {
		return nil
	}
	text := s.c.Text
	return []string{"DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  rename text;
BEGIN
  FOR rename IN
    SELECT format('ALTER INDEX %%s RENAME TO %%I', c.oid::regclass, n.name)
      FROM json_to_recordset(current_setting('safemig.names')::json) n (of text, root text, part oid, name text)
     CROSS JOIN LATERAL pg_partition_tree(to_regclass(n.root)) t
      JOIN pg_index i ON i.indexrelid = t.relid AND i.indrelid = n.part
      JOIN pg_class c ON c.oid = t.relid
     WHERE c.relname <> n.name AND n.of = ''
    UNION ALL
    SELECT format('ALTER TABLE %%s RENAME CONSTRAINT %%I TO %%I', c.conrelid::regclass, c.conname, n.name)
      FROM json_to_recordset(current_setting('safemig.names')::json) n (of text, root text, part oid, name text)
      JOIN pg_constraint c ON c.conrelid = n.part AND c.contype = 'f'
     WHERE c.conname <> n.name AND n.of <> '' AND %s
  LOOP
    EXECUTE rename;
  END LOOP;
END
`, descends("n.of", "n.root")))}
}

// guardSaid finds what a partition's part of an index has of its own, which the new
// one would not have: a comment, options, a tablespace, REPLICA IDENTITY, CLUSTER.
// https://www.postgresql.org/docs/current/catalog-pg-index.html
func (s *shadow) guardSaid() string {
	text := s.c.Text
	roots := make([]string, 0, len(s.indexes))
	for _, ix := range s.indexes {
		roots = append(roots, "("+text.Literal(text.QuoteName(ix.name))+"::regclass)")
	}
	if len(roots) == 0 {
		return ""
	}
	return fmt.Sprintf(`
    UNION SELECT 'index ' || replace(x.oid::regclass::text, '"', '') || ', which is not as that of its table'
      FROM (VALUES %s) v (root) JOIN pg_class r ON r.oid = v.root CROSS JOIN LATERAL pg_partition_tree(v.root) t
      JOIN pg_class x ON x.oid = t.relid JOIN pg_index i ON i.indexrelid = x.oid
     WHERE t.level > 0 AND (obj_description(x.oid, 'pg_class') IS NOT NULL OR x.reloptions IS DISTINCT FROM r.reloptions
       OR x.reltablespace <> r.reltablespace OR i.indisreplident OR i.indisclustered)`, strings.Join(roots, ", "))
}
