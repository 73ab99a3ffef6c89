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
// pauses they get through. An exception block gives back what a try has locked.
// https://www.postgresql.org/docs/current/plpgsql-control-structures.html#PLPGSQL-ERROR-TRAPPING
//
// Views that the step drops come first: a query locks the view before what it
// reads, and LOCK TABLE on a view does the same.
func takeLocks(text Text, s *Step, tries int) string {
	var list strings.Builder
	for _, v := range s.views {
		name := text.QuoteName(v)
		fmt.Fprintf(&list, "      IF to_regclass(%s) IS NOT NULL THEN\n        LOCK TABLE %s IN ACCESS EXCLUSIVE MODE;\n      END IF;\n", text.Literal(name), name)
	}
	for _, l := range s.Locks {
		name, mode := text.QuoteName(l.Table), atLeastShareRow(l.Lock)
		if s.perhaps {
			fmt.Fprintf(&list, "      IF to_regclass(%s) IS NOT NULL THEN\n        LOCK TABLE ONLY %s IN %s MODE;\n      END IF;\n", text.Literal(name), name, mode)
			continue
		}
		fmt.Fprintf(&list, "      LOCK TABLE ONLY %s IN %s MODE;\n", name, mode)
	}
	body := fmt.Sprintf(`
BEGIN
  FOR try IN 1..%d LOOP
    BEGIN
%s      RETURN;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      IF try = %d THEN RAISE; END IF;
    END;
    PERFORM pg_sleep(least(try, 5));
  END LOOP;
END
`, tries, list.String(), tries)
	return "DO " + text.DollarQuote(body)
}

// atLeastShareRow asks for a lock that conflicts with itself, so that two
// migrations never wait for each other's upgrade.
func atLeastShareRow(l change.Lock) change.Lock { return max(l, change.ShareRowExclusive) }
