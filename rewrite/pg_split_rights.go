package rewrite

import "fmt"

// rightsLikeOld gives the new table the owner of the old one and the rights on it:
// those on the whole table, and those on the columns that the new one has. Who may
// give a value of a column that moves to a new row may make the other half of a row.
func (s *split) rightsLikeOld() string {
	text := s.c.Text
	to := text.Literal(s.to)
	both := s.texts(append(namesOf(s.key), namesOf(s.columns)...))
	rights := granted{was: "was", columns: " AND attname = ANY (" + both + ")"}
	return "DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  was CONSTANT regclass := %[1]s;
  command text;
BEGIN
  FOR command IN
    %[2]s
    UNION ALL
    SELECT format('ALTER TABLE %[3]s OWNER TO %%s', c.relowner::regrole)
      FROM pg_class c JOIN pg_class w ON w.oid = %[4]s::regclass AND w.relowner <> c.relowner
     WHERE c.oid = was
  LOOP
    EXECUTE command;
  END LOOP;
  FOR command IN
    %[5]s
    UNION
    SELECT format('GRANT INSERT (%[6]s) ON %[3]s TO %%s', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
      FROM pg_attribute CROSS JOIN LATERAL aclexplode(attacl) a
     WHERE attrelid = was AND NOT attisdropped AND attname = ANY (%[7]s) AND a.privilege_type = 'INSERT'
  LOOP
    EXECUTE command;
  END LOOP;
END
`, text.Literal(s.at), revokes(s.to, to), formatted(s.to), to, rights.grants(s.to), formatted(list(s.key, "")), s.texts(namesOf(s.columns))))
}
