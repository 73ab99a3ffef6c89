package rewrite

import "fmt"

// keepRights puts the owner of a view, and the rights on it, into a setting of the
// transaction, as the statements that give them: they are mostly given outside of
// migrations.
func (s *shadow) keepRights(view, setting string) string {
	text := s.c.Text
	return "DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  was CONSTANT regclass := to_regclass(%[1]s);
BEGIN
  PERFORM set_config(%[2]s, (SELECT string_agg(command, '; ' ORDER BY n) FROM (
    SELECT 1 AS n, format('ALTER VIEW %[3]s OWNER TO %%s', relowner::regrole) AS command FROM pg_class WHERE oid = was
    UNION ALL
    SELECT 2, format('GRANT %%s%%s ON %[3]s TO %%s%%s', a.privilege_type, ' (' || quote_ident(attname) || ')',
                     CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
      FROM (SELECT relacl AS acl, NULL AS attname FROM pg_class WHERE oid = was
            UNION ALL SELECT attacl, attname FROM pg_attribute WHERE attrelid = was AND attnum > 0 AND NOT attisdropped) o
     CROSS JOIN LATERAL aclexplode(o.acl) a
     WHERE a.grantee <> (SELECT relowner FROM pg_class WHERE oid = was)
  ) x), true);
END
`, text.Literal(view), text.Literal(setting), formatted(view)))
}

// giveRights gives them to the view that was made again, and takes away all others.
func (s *shadow) giveRights(view, setting string) string {
	text := s.c.Text
	return "DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  command text;
BEGIN
  FOR command IN
    SELECT format('REVOKE ALL ON %[3]s FROM %%s', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
      FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
     WHERE c.oid = %[1]s::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE command;
  END LOOP;
  EXECUTE current_setting(%[2]s);
END
`, text.Literal(view), text.Literal(setting), formatted(view)))
}
