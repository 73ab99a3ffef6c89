package mysql_test

import (
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/livedb"
)

// servers are the MySQL and MariaDB servers that are there.
func servers(t *testing.T) []livedb.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts servers")
	}
	var all []livedb.Server
	for _, dialect := range []string{"mysql", "mariadb"} {
		found, err := livedb.Find(t.Context(), dialect)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	switch {
	case len(all) == 0 && os.Getenv("SAFEMIG_LIVE") == "require":
		t.Fatal("no server found: run .ci/servers")
	case len(all) == 0:
		t.Skip("no server found")
	}
	return all
}

// onServers runs a test in a session on each server.
func onServers(t *testing.T, test func(t *testing.T, mariadb bool, c *sql.Conn)) {
	for _, s := range servers(t) {
		t.Run(s.String(), func(t *testing.T) {
			db, err := s.Start(t.Context(), livedb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			c, err := db.Session(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			test(t, s.Dialect == "mariadb", c)
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// history is what a table t went through; the dialect is empty where both take it.
type history struct{ dialect, sql string }

func histories() []history {
	return []history{
		{"", `CREATE TABLE t (
			id bigint unsigned NOT NULL AUTO_INCREMENT COMMENT 'it''s the \\ key', a int, b int(5) unsigned zerofill DEFAULT 7, c decimal(10, 2) NOT NULL DEFAULT -1.5,
			d double precision, e bit(3) DEFAULT b'101', f tinyint(1) NOT NULL DEFAULT TRUE, g numeric, h real NULL, i year,
			s1 varchar(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'x''y' COMMENT "quoted", s2 varchar(20) COLLATE utf8mb4_bin, s3 char(3) BINARY,
			s4 text, s5 tinytext CHARSET latin1, s6 enum('a', 'b''c') NOT NULL DEFAULT 'a', s7 set('x', 'y') CHARACTER SET latin1, s8 national varchar(4), s9 char(2) ASCII,
			x1 binary(4), x2 varbinary(9) NOT NULL DEFAULT 0x6162, x3 blob, x4 longblob NOT NULL, j json,
			t1 timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, t2 timestamp(3) NULL DEFAULT NULL, t3 datetime(6) DEFAULT NOW(6) ON UPDATE NOW(6),
			t4 date DEFAULT '2020-01-01', t5 time(2), t6 timestamp NULL, q1 int DEFAULT (1 + 2), q2 varchar(40) DEFAULT (uuid()) COMMENT 'made',
			v1 int GENERATED ALWAYS AS (a + 1) VIRTUAL COMMENT 'v', v2 int AS (a * 2) STORED, v3 varchar(30) GENERATED ALWAYS AS (concat(s4, '-', 'a')),
			z1 int INVISIBLE, z2 int NOT NULL DEFAULT 3 INVISIBLE COMMENT 'hidden', g1 point, g2 geometry,
			u1 int UNIQUE, u2 int UNIQUE KEY COMMENT 'u', k1 int NOT NULL, PRIMARY KEY (id), KEY k (k1, s1(5)), CHECK (k1 > 0)
		) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`},
		{"", "CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, a text, b varchar(3) CHARACTER SET latin1, d date, UNIQUE (b)) CHARSET utf8mb4; ALTER TABLE t DEFAULT CHARSET latin1"},
		{"", "CREATE TABLE t (a varchar(9), b varchar(9) COLLATE latin1_bin, c char(2) BINARY, e enum('x')) CHARSET latin1 COLLATE latin1_general_ci; ALTER TABLE t CHARSET utf8mb4"},
		{"", "CREATE TABLE t (a varchar(9), b varchar(9) COLLATE latin1_bin, c mediumtext, e enum('x'), n int, x varbinary(3)) CHARSET utf8mb4; ALTER TABLE t CONVERT TO CHARACTER SET latin1 COLLATE latin1_bin; ALTER TABLE t COLLATE utf8mb4_unicode_ci"},
		{"", "CREATE TABLE t (a int NOT NULL DEFAULT 1, b int, c int DEFAULT 3, d int, e varchar(9) DEFAULT 'x'); ALTER TABLE t ALTER a DROP DEFAULT, ALTER b SET DEFAULT 5, ALTER c DROP DEFAULT, ALTER d SET DEFAULT NULL; ALTER TABLE t ALTER e SET DEFAULT 'y'"},
		{"", "CREATE TABLE t (a int, b int NOT NULL COMMENT 'b'); ALTER TABLE t CHANGE a c bigint NOT NULL DEFAULT 0 AFTER b; ALTER TABLE t RENAME COLUMN b TO `order`; ALTER TABLE t ADD COLUMN (x int DEFAULT 1, y text NOT NULL); ALTER TABLE t ADD z int FIRST; ALTER TABLE t ADD PRIMARY KEY (z); ALTER TABLE t DROP PRIMARY KEY"},
		{"", "CREATE TABLE t (id SERIAL, b varchar(20) DEFAULT (concat('a', 1)), c bool, d int AS (c + 1)); ALTER TABLE t ADD INDEX (b)"},
		{"", "CREATE TABLE u (id int NOT NULL, `a b` varchar(3) COMMENT 'x', v int AS (id + 1)); CREATE TABLE t LIKE u; ALTER TABLE t ADD w int AS (v + 1) STORED"},
		{"mysql", "CREATE TABLE t (a int DEFAULT (b + 1), b int, p point NOT NULL SRID 4326, f int COLUMN_FORMAT DYNAMIC, i int CHECK (i > 0), c int CONSTRAINT cc CHECK (c > 1) NOT ENFORCED, e varchar(3) CHARACTER SET utf8mb3); ALTER TABLE t ALTER b SET INVISIBLE; ALTER TABLE t ALTER i SET INVISIBLE; ALTER TABLE t ALTER i SET VISIBLE"},
		{"mariadb", "CREATE TABLE t (a int CHECK (a > 0), b int DEFAULT (a + 1) CHECK (b < 10 OR a > 3), c text COMPRESSED, p point REF_SYSTEM_ID=101 NOT NULL, u uuid DEFAULT uuid(), i inet6, d int AS (a + 1) PERSISTENT) CHARSET utf8mb4; ALTER TABLE t RENAME COLUMN a TO x"},
		{"mariadb", "CREATE TABLE t (a int WITHOUT SYSTEM VERSIONING, b varchar(3)) WITH SYSTEM VERSIONING"},
		{"mariadb", "CREATE TABLE t (a varchar(10) COLLATE uca1400_ai_ci, j json NOT NULL, k longtext COMMENT 'j' CHECK (json_valid(k))) CHARSET utf8mb4"},
	}
}

// TestModifyAsTold: MODIFY with the definition that is told of a column leaves the
// table as it is, to the byte, and gives back all that MODIFY with its type alone takes.
func TestModifyAsTold(t *testing.T) {
	onServers(t, func(t *testing.T, mariadb bool, c *sql.Conn) {
		exec := func(s string) error {
			_, err := c.ExecContext(t.Context(), s)
			return err
		}
		if err := exec("SET SESSION system_versioning_alter_history = KEEP"); mariadb && err != nil {
			t.Fatal(err)
		}
		for _, h := range histories() {
			if h.dialect != "" && (h.dialect == "mariadb") != mariadb {
				continue
			}
			modifyAll(t, mariadb, c, h.sql, exec)
			for _, table := range []string{"t", "u"} {
				if err := exec("DROP TABLE IF EXISTS " + table); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func modifyAll(t *testing.T, mariadb bool, c *sql.Conn, history string, exec func(string) error) {
	for s := range strings.SplitSeq(history, "; ") {
		if err := exec(s); err != nil {
			t.Errorf("%s: %v", s, err)
			return
		}
	}
	text, state := textOf(mariadb), replayed(t, mariadb, history)
	table := change.Name{Name: "t"}
	columns, known := state.ColumnsOf(table)
	before, stripped := shown(t, c), 0
	if !known || len(columns) == 0 {
		t.Errorf("%s: the columns are not known", history)
	}
	for _, column := range slices.Backward(columns) {
		d, err := text.ColumnDefinition(state, table, column)
		if err != nil {
			t.Errorf("%s: %v", history, err)
			continue
		}
		modify(t, d, exec)
		if after := shown(t, c); after != before {
			t.Errorf("MODIFY %s of\n%s\nmade\n%s", d.Text(), before, after)
			return
		}
		if exec("ALTER TABLE t MODIFY COLUMN "+d.Name+" "+d.Get(schema.TypeAttribute)) != nil {
			continue // a generated column cannot become another one, nor a key lose its numbers
		}
		stripped++
		modify(t, d, exec)
		if after := shown(t, c); after != before {
			t.Errorf("once all was taken from it, MODIFY %s of\n%s\nmade\n%s", d.Text(), before, after)
			return
		}
	}
	if stripped == 0 {
		t.Errorf("%s: MODIFY could not take anything from any column", history)
	}
}

func modify(t *testing.T, d schema.Definition, exec func(string) error) {
	t.Helper()
	if err := exec("ALTER TABLE t MODIFY COLUMN " + d.Text()); err != nil {
		t.Errorf("%s: %v", d.Text(), err)
	}
	if d.NoDefault {
		if err := exec(fmt.Sprintf("ALTER TABLE t ALTER COLUMN %s DROP DEFAULT", d.Name)); err != nil {
			t.Error(err)
		}
	}
}

// shown is what SHOW CREATE TABLE t shows.
func shown(t *testing.T, c *sql.Conn) string {
	t.Helper()
	var name, create string
	if err := c.QueryRowContext(t.Context(), "SHOW CREATE TABLE t").Scan(&name, &create); err != nil {
		t.Fatal(err)
	}
	return create
}
