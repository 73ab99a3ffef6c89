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
    %[4]s
  ) x), true);
END
`, text.Literal(view), text.Literal(setting), formatted(view), granted{was: "was", before: "2, "}.grants(view)))
}

// giveRights gives them to the view that was made again, and takes away all others.
func (s *shadow) giveRights(view, setting string) string {
	text := s.c.Text
	return "DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  command text;
BEGIN
  FOR command IN
    %[3]s
  LOOP
    EXECUTE command;
  END LOOP;
  EXECUTE current_setting(%[2]s);
END
`, text.Literal(view), text.Literal(setting), revokes(view, text.Literal(view))))
}
