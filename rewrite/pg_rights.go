package rewrite

import (
	"fmt"
	"strings"
)

// Rights are mostly given outside of migrations: what gives one relation those of
// another is read from the server. Both queries give statements.

// revokes take away what others than the owner may do with a relation; literal is
// its name as a constant.
func revokes(name, literal string) string {
	return fmt.Sprintf(`SELECT format('REVOKE ALL ON %s FROM %%s', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
      FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
     WHERE c.oid = %s::regclass AND a.grantee <> c.relowner`, formatted(name), literal)
}

// granted is which rights are given on: those of the relation that the variable was
// has. before is what the query has in front of the statement; columns and
// privileges are further conditions.
type granted struct{ was, before, columns, privileges string }

func (g granted) grants(name string) string {
	return fmt.Sprintf(`SELECT %[2]sformat('GRANT %%s%%s ON %[1]s TO %%s%%s', a.privilege_type, ' (' || quote_ident(attname) || ')',
                  %[3]sCASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
      FROM (SELECT relacl AS acl, NULL AS attname FROM pg_class WHERE oid = %[4]s
            UNION ALL SELECT attacl, attname FROM pg_attribute WHERE attrelid = %[4]s AND attnum > 0 AND NOT attisdropped%[5]s) o
     CROSS JOIN LATERAL aclexplode(o.acl) a
     WHERE %[6]sa.grantee <> (SELECT relowner FROM pg_class WHERE oid = %[4]s)`,
		formatted(name), g.before, strings.Repeat(" ", len(g.before)), g.was, g.columns, g.privileges)
}

// rightsLike gives a relation of a kind, "TABLE", the owner and the rights of another
// one, and what else a query behind UNION finds of it.
func rightsLike(text Text, old, kind, made, columns, more string) string {
	literal := text.Literal(made)
	return "DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  was CONSTANT regclass := %[1]s;
  command text;
BEGIN
  FOR command IN
    %[2]s
    UNION ALL
    SELECT format('ALTER %[3]s %[4]s OWNER TO %%s', c.relowner::regrole)
      FROM pg_class c JOIN pg_class w ON w.oid = %[5]s::regclass AND w.relowner <> c.relowner
     WHERE c.oid = was
  LOOP
    EXECUTE command;
  END LOOP;
  FOR command IN
    %[6]s
    %[7]s
  LOOP
    EXECUTE command;
  END LOOP;
END
`, text.Literal(old), revokes(made, literal), kind, formatted(made), literal, granted{was: "was", columns: columns}.grants(made), more))
}
