package rewrite

import "fmt"

// rightsLikeOld gives the new table the owner of the old one and the rights on it:
// those on the whole table, and those on the columns that the new one has. Who may
// give a value of a column that moves to a new row may make the other half of a row.
func (s *split) rightsLikeOld() string {
	both := s.texts(append(namesOf(s.key), namesOf(s.columns)...))
	halves := fmt.Sprintf(`UNION
    SELECT format('GRANT INSERT (%s) ON %s TO %%s', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
      FROM pg_attribute CROSS JOIN LATERAL aclexplode(attacl) a
     WHERE attrelid = was AND NOT attisdropped AND attname = ANY (%s) AND a.privilege_type = 'INSERT'`,
		formatted(list(s.key, "")), formatted(s.to), s.texts(namesOf(s.columns)))
	return rightsLike(s.c.Text, s.at, "TABLE", s.to, " AND attname = ANY ("+both+")", halves)
}
