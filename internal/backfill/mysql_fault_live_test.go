package backfill

import (
	"fmt"
	"testing"

	"github.com/safemig/safemig/internal/livedb"
)

// TestMySQLFaults: errors as the servers give them.
func TestMySQLFaults(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		c := session(t, db,
			"CREATE TABLE p (id int PRIMARY KEY)", "INSERT INTO p VALUES (1), (2)",
			"CREATE TABLE t (id int PRIMARY KEY, i tinyint, s varchar(3), d date, e enum('a', 'b'), n int NOT NULL, p int, j json, FOREIGN KEY (p) REFERENCES p (id), CHECK (n <> 99))",
			"CREATE TRIGGER no BEFORE UPDATE ON t FOR EACH ROW IF NEW.n = 66 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF",
			"INSERT INTO t (id, n, p) VALUES (1, 1, 1), (2, 2, 1)",
			"CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))", "INSERT INTO parts VALUES (1)")
		o := DefaultOptions()
		if err := f.settle(t.Context(), c, &o); err != nil {
			t.Fatal(err)
		}
		for statement, want := range map[string]Fault{
			"UPDATE t SET id = 1": Data, "UPDATE t SET i = 300": Data, "UPDATE t SET s = 'long'": Data, "UPDATE t SET d = '2024-02-30'": Data, "UPDATE t SET e = 'c'": Data,
			"UPDATE t SET n = NULL WHERE id > 0": Data, "UPDATE t SET p = 9": Data, "DELETE FROM p WHERE id = 1": Data, "UPDATE t SET n = 99": Data, "UPDATE t SET n = 66": Data,
			"UPDATE t SET i = 'x'": Data, "UPDATE t SET n = (SELECT id FROM p)": Data, "UPDATE t SET n = 9223372036854775807 + id": Data, "UPDATE t SET j = '{'": Data,
			"UPDATE parts SET id = 20": Data, "UPDATE t SET n = CAST('1x' AS SIGNED)": Data, "UPDATE t SET n = 1 / 0": Data,
			"UPDATE t SET n = nothing": Fatal, "UPDATE nothing SET n = 1": Fatal, "UPDATE t JOIN p ON p.id = t.p SET n = 1 WHERE id = 1": Fatal, "UPDATE t SET": Fatal,
			"KILL QUERY CONNECTION_ID()":            Timeout,
			signal(1114, "The table ''t'' is full"): Full, signal(1021, "Disk full (/tmp/x); waiting for someone to free some space..."): Full,
			signal(1030, `Got error 28 "No space left on device" from storage engine InnoDB`): Full, signal(1030, "Got error 122 - ''Disk quota exceeded'' from storage engine"): Full,
			signal(1030, "Got error 135 from storage engine"): Full, signal(1030, "Got error 128 from storage engine"): Fatal,
			signal(1026, `Error writing file ''bin.000002'' (errno: 28 "No space left on device")`): Full, signal(1026, `Error writing file ''x'' (errno: 5 "Input/output error")`): Fatal,
		} {
			err := execute(t.Context(), c, statement)
			if err == nil {
				t.Errorf("%s: no error", statement)
			} else if got := f.fault(err); got != want {
				t.Errorf("%s: a %s, not a %s: %v", statement, got, want, err)
			}
		}
		if err := execute(t.Context(), c, "DO 1", "KILL CONNECTION_ID()"); err == nil || f.fault(err) != Lost && f.fault(err) != Timeout {
			t.Errorf("a session that ends itself: %v", err)
		}
		if err := execute(t.Context(), c, "DO 1"); err == nil || f.fault(err) != Lost {
			t.Errorf("a session that is gone: %v", err)
		}
	})
}

// signal is a statement that fails as the server does.
func signal(number int, text string) string {
	return fmt.Sprintf("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = %d, MESSAGE_TEXT = '%s'", number, text)
}

// TestDeadlock: of two sessions that wait for each other one collides.
func TestDeadlock(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		a := session(t, db, "CREATE TABLE t (id int PRIMARY KEY, n int)", "INSERT INTO t VALUES (1, 1), (2, 2)", "START TRANSACTION", "UPDATE t SET n = 9 WHERE id = 1")
		b := session(t, db, "START TRANSACTION", "UPDATE t SET n = 9 WHERE id = 2")
		first := make(chan error, 1)
		go func() { first <- execute(t.Context(), a, "UPDATE t SET n = 8 WHERE id = 2", "COMMIT") }()
		second := execute(t.Context(), b, "UPDATE t SET n = 8 WHERE id = 1", "COMMIT")
		errs := []error{<-first, second}
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatal(errs)
		}
		for _, err := range errs {
			if err != nil && f.fault(err) != Collision {
				t.Errorf("a %s: %v", f.fault(err), err)
			}
		}
	})
}
