package rewrite

import (
	"fmt"
	"strings"
)

// guardMat stops the plan where the server knows of something on the materialized
// view that would stay on the old one.
// https://www.postgresql.org/docs/current/catalog-pg-depend.html
func (s *shadow) guardMat(m *shadowMat) string {
	text := s.c.Text
	var indexes, known []string
	for _, name := range m.old {
		indexes = append(indexes, text.Literal(name))
	}
	for _, v := range s.c.State.ViewsOn(m.name) {
		known = append(known, text.Literal("rule _RETURN on "+strings.ReplaceAll(bare(v), `"`, "")))
	}
	body := fmt.Sprintf(`
DECLARE
  was CONSTANT regclass := %[1]s;
  found text;
BEGIN
  SELECT string_agg(what, '; ' ORDER BY what) INTO found FROM (
    SELECT replace(i.type || ' ' || i.identity, '"', '') AS what
      FROM pg_depend d CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i
     WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = was AND d.deptype = 'n'
       AND NOT EXISTS (SELECT FROM pg_rewrite r WHERE d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND r.ev_class = was)
       AND replace(i.type || ' ' || i.identity, '"', '') <> ALL (ARRAY[%[2]s]::text[])
    UNION SELECT 'index ' || indexrelid::regclass FROM pg_index JOIN pg_class c ON c.oid = indexrelid
     WHERE indrelid = was AND c.relname <> ALL (ARRAY[%[3]s]::text[])
    UNION SELECT 'statistics ' || stxname FROM pg_statistic_ext WHERE stxrelid = was
  ) x;
  IF found IS NOT NULL THEN
    RAISE EXCEPTION 'the migrations do not know of the materialized view %% what the server does: %%', %[1]s, found
      USING HINT = 'Make the plan anew with safemig fix --dsn, or give it a dump with --schema.';
  END IF;
END
`, text.Literal(text.QuoteName(m.name)), strings.Join(known, ", "), strings.Join(indexes, ", "))
	return "DO " + text.DollarQuote(body)
}

// takeAlongMat gives the new one the old one's owner, rights and comments. All of it
// is read from the server: rights are mostly given outside of migrations.
func (s *shadow) takeAlongMat(m *shadowMat) string {
	text := s.c.Text
	made := text.QuoteName(m.made)
	comments := fmt.Sprintf(`UNION ALL
    SELECT format('COMMENT ON MATERIALIZED VIEW %[1]s IS %%L', obj_description(was, 'pg_class')) WHERE obj_description(was, 'pg_class') IS NOT NULL
    UNION ALL
    SELECT format('COMMENT ON COLUMN %[1]s.%%I IS %%L', attname, col_description(was, attnum))
      FROM pg_attribute WHERE attrelid = was AND attnum > 0 AND col_description(was, attnum) IS NOT NULL`, formatted(made))
	return rightsLike(text, text.QuoteName(m.name), "MATERIALIZED VIEW", made, "", comments)
}

// fillMat fills the new one where the old one is filled, or the migration says so.
func (s *shadow) fillMat(m *shadowMat) []string {
	text := s.c.Text
	switch {
	case m.empty:
		return nil
	case m.own:
		return []string{"REFRESH MATERIALIZED VIEW " + text.QuoteName(m.made)}
	}
	return []string{"DO " + text.DollarQuote(fmt.Sprintf("\nBEGIN\n  IF (SELECT relispopulated FROM pg_class WHERE oid = %s::regclass) THEN\n    REFRESH MATERIALIZED VIEW %s;\n  END IF;\nEND\n",
		text.Literal(text.QuoteName(m.name)), text.QuoteName(m.made)))}
}

// commentMatIndexes are the comments on the indexes, as the server has them.
func (s *shadow) commentMatIndexes(m *shadowMat) []string {
	if len(m.indexes) == 0 {
		return nil
	}
	text := s.c.Text
	var pairs []string
	for _, ix := range m.indexes {
		name, made := m.name, m.name
		name.Name, made.Name = ix.name, MadeName(ix.name, "new")
		pairs = append(pairs, fmt.Sprintf("(%s::regclass, %s::regclass)", text.Literal(text.QuoteName(name)), text.Literal(text.QuoteName(made))))
	}
	return []string{"DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  command text;
BEGIN
  FOR command IN
    SELECT format('COMMENT ON INDEX %%s IS %%L', now, obj_description(was, 'pg_class'))
      FROM (VALUES %s) p (was, now) WHERE obj_description(was, 'pg_class') IS NOT NULL
  LOOP
    EXECUTE command;
  END LOOP;
END
`, strings.Join(pairs, ", ")))}
}

// guardMade stops where the new one is not what the old one is: something has been
// set that the migrations do not tell of.
// https://www.postgresql.org/docs/current/catalog-pg-class.html
func (s *shadow) guardMade(m *shadowMat) string {
	text := s.c.Text
	properties := "'attname', 'attstattarget', 'attoptions', 'attstorage', 'attcompression', 'atttypid', 'atttypmod', 'attcollation'"
	if s.Swap { // the type is another, and so may be how it is stored
		properties = "'attname', 'attstattarget', 'attoptions'"
	}
	return "DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  was CONSTANT regclass := %[1]s;
  now CONSTANT regclass := %[2]s;
  unlike text;
BEGIN
  SELECT string_agg(key || ' ' || value, '; ') INTO unlike FROM (
    SELECT key, value FROM json_each_text((SELECT row_to_json(c) FROM pg_class c WHERE oid = was)) WHERE key IN ('relowner', 'relam', 'reltablespace', 'reloptions', 'relispopulated')
    UNION ALL SELECT attnum || ' ' || key, value FROM pg_attribute a CROSS JOIN LATERAL json_each_text(row_to_json(a)) WHERE attrelid = was AND attnum > 0 AND key IN (%[3]s)
    EXCEPT (
    SELECT key, value FROM json_each_text((SELECT row_to_json(c) FROM pg_class c WHERE oid = now))
    UNION ALL SELECT attnum || ' ' || key, value FROM pg_attribute a CROSS JOIN LATERAL json_each_text(row_to_json(a)) WHERE attrelid = now AND attnum > 0)
  ) x;
  IF unlike IS NOT NULL THEN
    RAISE EXCEPTION 'the materialized view %% has what the one made for it has not: %%', was, unlike
      USING HINT = 'Go back by the rollback files, and make the plan anew with safemig fix --dsn.';
  END IF;
END
`, text.Literal(text.QuoteName(m.name)), text.Literal(text.QuoteName(m.made)), properties))
}
