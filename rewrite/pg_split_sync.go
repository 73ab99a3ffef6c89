package rewrite

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
)

// The triggers that keep the tables in step. Writes to the old table go forth,
// those to the new one back. Two things keep them from chasing each other: neither
// writes where the other side has the values already, so that it ends by itself;
// and safemig.syncing names the row that is on its way, for which the other side's
// trigger does nothing. It is set for one row and taken back, so that what other
// triggers do to other rows is kept in step as well.

// forth and back are the functions; the triggers have their names too, with what
// they fire for. AFTER triggers of a row fire in the order of their names: those
// of foreign keys, which begin with RI_, are before them, so that a key that
// changes has taken the other half with it.
// https://www.postgresql.org/docs/current/trigger-definition.html
func (s *split) forth() string { return MadeName("zz_"+s.into.Name, "forth") }
func (s *split) back() string  { return MadeName("zz_"+s.into.Name, "back") }

func (s *split) function(name string) string {
	return s.c.Text.QuoteName(change.Name{Schema: s.into.Schema, Name: name}) + "()"
}

// splitTrigger is one of the triggers.
type splitTrigger struct{ name, on, calls, when, rest string }

func (s *split) triggers() []splitTrigger {
	named := func(what string) string { return s.c.Q(MadeName("zz_"+s.into.Name, what)) }
	forth, back := s.function(s.forth()), s.function(s.back())
	changed := s.differs(append(append([]splitColumn{}, s.key...), s.columns...), "OLD.", "NEW.")
	return []splitTrigger{
		{named("forth_insert"), s.at, forth, "AFTER INSERT", "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"},
		{named("forth_update"), s.at, forth, "AFTER UPDATE", "FOR EACH ROW WHEN (" + changed + ")"},
		{named("forth_delete"), s.at, forth, "AFTER DELETE", "FOR EACH ROW"},
		{named("forth_first"), s.at, forth, "BEFORE DELETE", "FOR EACH ROW"},
		{named("back_first"), s.to, back, "BEFORE INSERT OR UPDATE OR DELETE", "FOR EACH ROW"},
		{named("back_write"), s.to, back, "AFTER INSERT OR UPDATE OR DELETE", "FOR EACH ROW"},
	}
}

// makeTriggers makes functions that run with the rights of whoever runs the
// migration: who may write to one table need not be let into the other. Nobody
// else may hang them on a table.
// https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
func (s *split) makeTriggers() []string {
	var out []string
	for _, f := range []struct{ name, body string }{{s.forth(), s.forthBody()}, {s.back(), s.backBody()}} {
		out = append(out,
			"CREATE OR REPLACE FUNCTION "+s.function(f.name)+" RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS "+s.c.Text.DollarQuote(f.body),
			ignoring("revoke", "the function is new", "REVOKE ALL ON FUNCTION "+s.function(f.name)+" FROM PUBLIC"))
	}
	for i, t := range s.triggers() {
		kind := "TRIGGER"
		if i == 0 {
			kind = "CONSTRAINT TRIGGER" // none else waits for the end of the transaction
		}
		out = append(out,
			fmt.Sprintf("CREATE %s %s %s ON %s %s EXECUTE FUNCTION %s", kind, t.name, t.when, t.on, t.rest, t.calls),
			// Rows that come by replication are kept in step too.
			fmt.Sprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", t.on, t.name))
	}
	return out
}

func (s *split) dropTriggers() []string {
	var out []string
	for _, t := range s.triggers() {
		out = append(out, fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", t.name, t.on))
	}
	return append(out, s.dropFunctions()...)
}

func (s *split) dropFunctions() []string {
	return []string{"DROP FUNCTION IF EXISTS " + s.function(s.forth()), "DROP FUNCTION IF EXISTS " + s.function(s.back())}
}

// declared is what both functions begin with. The names are none of a column's.
func (s *split) declared() string {
	return fmt.Sprintf(`
DECLARE
  safemig_before text := coalesce(current_setting('safemig.syncing', true), '');
  safemig_row text := %s || CASE TG_OP WHEN 'DELETE' THEN row(%s)::text ELSE row(%s)::text END;
`, s.c.Text.Literal(s.to+" "), list(s.key, "OLD."), list(s.key, "NEW."))
}

// forthBody brings a write to the old table to the new one. A row that was put
// into the old table waits for the end of the transaction, because the new version
// puts its other half in by itself; what the row holds by then is read anew.
func (s *split) forthBody() string {
	key, columns := list(s.key, ""), list(s.columns, "")
	onlyComplete := ""
	if full := s.complete(""); full != "" {
		onlyComplete = " AND " + full
	}
	return fmt.Sprintf(`%[1]sBEGIN
  IF TG_WHEN = 'BEFORE' THEN
%[14]s    RETURN OLD;
  ELSIF safemig_before = safemig_row THEN
    RETURN NULL; -- it comes from %[2]s
  END IF;
%[11]s  IF TG_OP = 'UPDATE' THEN
%[14]s  END IF;
  PERFORM set_config('safemig.syncing', safemig_row, true);
  IF TG_OP = 'INSERT' THEN
    INSERT INTO %[2]s (%[3]s, %[4]s)
    SELECT %[3]s, %[4]s FROM %[5]s WHERE (%[3]s) = (%[6]s)%[12]s
    ON CONFLICT (%[3]s) DO NOTHING;
  ELSIF TG_OP = 'UPDATE' THEN
    UPDATE %[2]s SET %[7]s WHERE (%[3]s) = (%[8]s) AND (%[3]s) <> (%[6]s);
    INSERT INTO %[2]s AS s (%[3]s, %[4]s) VALUES (%[6]s, %[9]s)
    ON CONFLICT (%[3]s) DO UPDATE SET %[10]s
    WHERE %[13]s;
  ELSE
    DELETE FROM %[2]s WHERE (%[3]s) = (%[8]s);
  END IF;
  PERFORM set_config('safemig.syncing', safemig_before, true);
  RETURN NULL;
END
`, s.declared(), s.to, key, columns, s.at, list(s.key, "NEW."), assign(s.key, "NEW."), list(s.key, "OLD."), list(s.columns, "NEW."),
		assign(s.columns, "EXCLUDED."), s.refuseNull(), onlyComplete, s.differs(s.columns, "s.", "EXCLUDED."), s.tellWaiting())
}

func assign(columns []splitColumn, from string) string {
	return joinColumns(columns, ", ", func(c splitColumn) string { return c.q + " = " + from + c.q })
}

// refuseNull is what the old table's NOT NULL was there for, as far as it can be
// told from the new version's leaving the column out.
func (s *split) refuseNull() string {
	required := s.required()
	if len(required) == 0 {
		return ""
	}
	lost := joinColumns(required, " OR ", func(c splitColumn) string { return "NEW." + c.q + " IS NULL AND OLD." + c.q + " IS NOT NULL" })
	return fmt.Sprintf(`  IF TG_OP = 'UPDATE' THEN
    IF %s THEN
      RAISE not_null_violation USING MESSAGE = %s, SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
    END IF;
    IF %s THEN
      RETURN NULL; -- its other half is still to come
    END IF;
  END IF;
`, lost, s.c.Text.Literal("null value in "+list(required, "")+" of "+s.at), joinColumns(required, " OR ", func(c splitColumn) string { return "NEW." + c.q + " IS NULL" }))
}

// backBody brings a write to the new table to the old one, whose row it locks
// before: see pg_split_order.go.
func (s *split) backBody() string {
	emptied := joinColumns(s.columns, ", ", func(c splitColumn) string {
		if c.NotNull && c.Default != "" {
			return c.q + " = DEFAULT"
		}
		return c.q + " = NULL"
	})
	other := s.differs(s.columns, "t.", "NEW.")
	return fmt.Sprintf(`%[1]sBEGIN
  IF TG_WHEN = 'BEFORE' THEN
%[8]s    IF TG_OP = 'DELETE' THEN
      RETURN OLD;
    END IF;
    RETURN NEW;
  END IF;
  IF safemig_before = safemig_row THEN
    RETURN NULL; -- it comes from %[2]s
  END IF;
  PERFORM set_config('safemig.syncing', safemig_row, true);
  IF TG_OP = 'DELETE' THEN
    UPDATE %[2]s t SET %[5]s WHERE %[6]s;
  ELSE
    UPDATE %[2]s t SET %[7]s WHERE %[3]s AND (%[4]s);
  END IF;
  PERFORM set_config('safemig.syncing', safemig_before, true);
  RETURN NULL;
END
`, s.declared(), s.at, s.same("t.", "NEW."), other, emptied, s.same("t.", "OLD."), assign(s.columns, "NEW."), s.lockOld())
}
