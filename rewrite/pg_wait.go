package rewrite

import (
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// prelude sets the limits of a transaction and takes its strong locks, all of
// them first and in one order, so that it waits for each only as long as others
// can bear to queue behind it.
func prelude(text Text, s *Step, opt Options) []string {
	var out []string
	if s.LockTimeout > 0 {
		out = append(out, "SET LOCAL lock_timeout = "+text.Literal(duration(s.LockTimeout)))
	}
	if s.StatementTimeout != 0 {
		out = append(out, "SET LOCAL statement_timeout = "+text.Literal(duration(max(0, s.StatementTimeout))))
	}
	if len(s.Locks) > 0 && opt.Tries > 1 {
		out = append(out, takeLocks(text, s, opt.Tries))
	}
	return out
}

// NoLimit is a StatementTimeout that lifts what the connection has set.
const NoLimit time.Duration = -1

// duration is a time as PostgreSQL's settings take it.
func duration(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d%time.Minute == 0:
		return fmt.Sprintf("%dmin", d/time.Minute)
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return fmt.Sprintf("%dms", d/time.Millisecond)
}

// takeLocks waits for locks in short tries with pauses in between: while a
// statement waits for a strong lock everybody else queues behind it, and in the
// pauses they get through.
//
// Views that the step drops come first: a query locks the view before what it
// reads. LOCK TABLE would lock all that the view reads as well, with the rights of
// the view's owner, who may have none but SELECT; an owner that stays takes the same
// lock on the view alone.
// https://www.postgresql.org/docs/current/sql-lock.html
func takeLocks(text Text, s *Step, tries int) string {
	var list strings.Builder
	for _, v := range s.views {
		name := text.QuoteName(v)
		alter := text.Literal("ALTER VIEW " + strings.ReplaceAll(name, "%", "%%") + " OWNER TO %s")
		fmt.Fprintf(&list, "      IF EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(%[1]s) AND relkind = 'v') THEN\n        EXECUTE format(%[2]s, (SELECT relowner::regrole FROM pg_class WHERE oid = to_regclass(%[1]s)));\n      END IF;\n", text.Literal(name), alter)
	}
	for _, l := range s.Locks {
		name, mode := text.QuoteName(l.Table), atLeastShareRow(l.Lock)
		if s.perhaps {
			fmt.Fprintf(&list, "      IF to_regclass(%s) IS NOT NULL THEN\n        LOCK TABLE ONLY %s IN %s MODE;\n      END IF;\n", text.Literal(name), name, mode)
			continue
		}
		fmt.Fprintf(&list, "      LOCK TABLE ONLY %s IN %s MODE;\n", name, mode)
	}
	return inTries(text, "", list.String(), tries)
}

// inTries runs lines of PL/pgSQL until they get their locks, with a pause between
// one try and the next. An exception block gives back what a try has locked or
// changed. first are lines to run before, once.
// https://www.postgresql.org/docs/current/plpgsql-control-structures.html#PLPGSQL-ERROR-TRAPPING
func inTries(text Text, first, lines string, tries int) string {
	return "DO " + text.DollarQuote(fmt.Sprintf(`
BEGIN
%[1]s  FOR try IN 1..%[3]d LOOP
    BEGIN
%[2]s      RETURN;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      IF try = %[3]d THEN RAISE; END IF;
    END;
    PERFORM pg_sleep(least(try, 5));
  END LOOP;
END
`, first, lines, tries))
}

// lines are statements as inTries runs them.
func lines(sql []string) string {
	var out strings.Builder
	for _, s := range sql {
		out.WriteString("      " + s + ";\n")
	}
	return out.String()
}

// atLeastShareRow asks for a lock that conflicts with itself, so that two
// migrations never wait for each other's upgrade.
func atLeastShareRow(l change.Lock) change.Lock { return max(l, change.ShareRowExclusive) }
