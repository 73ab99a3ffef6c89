package rewrite

import "fmt"

// Whoever writes the old table has its row locked before the row of the new table,
// and so has whoever puts a row into the new one (INSERT .. ON CONFLICT too). With an
// UPDATE or DELETE of the new table no trigger can see to that: the server locks the
// row before any trigger of the row fires, one FOR EACH STATEMENT does not know the
// rows, and what is locked stays so until the transaction ends. Two transactions that
// each hold one of the two rows and need the other's cannot both go on, in whatever
// way triggers wait. A rule could lock first, but a table with rules takes no INSERT
// .. ON CONFLICT, no MERGE, and no WITH before an UPDATE.
// https://www.postgresql.org/docs/current/rules-update.html
//
// What triggers can do is to tell who gives way, and at once: the version that knows
// of both tables. A session that finds the new table's row locked says so with an
// advisory lock before it waits; one that has that row and sees the mark fails with
// 40P01, so that the old version goes on, and nobody waits for deadlock_timeout.

// mark is the key of the advisory lock that stands for a row.
const mark = "hashtextextended(safemig_row, 0)"

// tellWaiting marks the row where that of the new table is locked by another: few
// rows are, so that a statement that writes many does not fill the lock table.
func (s *split) tellWaiting() string {
	return fmt.Sprintf(`    PERFORM FROM %[1]s s WHERE %[2]s FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND AND EXISTS (SELECT FROM %[1]s s WHERE %[2]s) THEN
      PERFORM pg_advisory_xact_lock_shared(`+mark+`); -- another has the row: it sees that it is waited for
    END IF;
`, s.to, s.same("s.", "OLD."))
}

// tries is how often, every 5 ms, the lock is asked for before the session waits for
// it as any other: the server sees only those who wait.
const tries = 20

// lockOld locks the row of the old table before that of the new one is written. The
// backfill, whose values are those of the row, locks none.
func (s *split) lockOld() string {
	row := s.same("t.", "OLD.") + " AND (TG_OP = 'DELETE' OR " + s.differs(s.columns, "t.", "NEW.") + ")"
	return fmt.Sprintf(`    IF safemig_before <> safemig_row AND TG_OP = 'INSERT' THEN
      PERFORM FROM %[1]s t WHERE %[2]s AND (%[3]s) FOR NO KEY UPDATE;
    ELSIF safemig_before <> safemig_row THEN
      FOR safemig_try IN 1..%[4]d LOOP
        PERFORM FROM %[1]s t WHERE %[5]s FOR NO KEY UPDATE SKIP LOCKED;
        EXIT WHEN FOUND OR NOT EXISTS (SELECT FROM %[1]s t WHERE %[5]s);
        IF EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
            WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
              AND (l.classid::bigint << 32 | l.objid::bigint) = `+mark+`) THEN
          RAISE deadlock_detected USING MESSAGE = %[6]s, HINT = %[7]s;
        END IF;
        PERFORM pg_sleep(0.005);
      END LOOP;
    END IF;
`, s.at, s.same("t.", "NEW."), s.differs(s.columns, "t.", "NEW."), tries, row,
		s.c.Text.Literal("another transaction writes the same row of "+s.at+" and waits for this one"),
		s.c.Text.Literal("Try again; or lock the row of "+s.at+" before that of "+s.to+" (SELECT .. FOR NO KEY UPDATE)."))
}
