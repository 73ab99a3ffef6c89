package mysql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/schema"
)

// replayed is the state that some statements leave.
func replayed(t *testing.T, mariadb bool, sql string) *schema.State {
	t.Helper()
	dialect := "mysql"
	if mariadb {
		dialect = "mariadb"
	}
	script := &change.Script{Path: "a.sql", Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}}
	mysql.New(mariadb, [3]int{}).Parse(script)
	s := schema.New(dialect)
	for _, st := range script.Stmts {
		if st.Err != nil {
			t.Fatalf("%s: %v", st.Span.Text(script.Src), st.Err)
		}
		for _, op := range st.Ops {
			s.Apply(script, op)
		}
	}
	return s
}

// TestColumnDefinition: column c of table t, after what the files say. "!" begins an error.
func TestColumnDefinition(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"CREATE TABLE t (c int)", "c int"},
		{"CREATE TABLE t (`c` INT(11) unsigned zerofill NOT NULL DEFAULT '0' COMMENT 'it''s')", "c INT(11) unsigned zerofill NOT NULL DEFAULT '0' COMMENT 'it''s'"},
		{"CREATE TABLE t (c int PRIMARY KEY AUTO_INCREMENT)", "c int NOT NULL AUTO_INCREMENT"},
		{"CREATE TABLE t (c int AUTO_INCREMENT, PRIMARY KEY (c))", "c int NOT NULL AUTO_INCREMENT"},
		{"CREATE TABLE t (c SERIAL)", "c BIGINT UNSIGNED NOT NULL AUTO_INCREMENT"},
		{"CREATE TABLE t (c int SERIAL DEFAULT VALUE)", "c int NOT NULL AUTO_INCREMENT"},
		{"CREATE TABLE t (c int UNIQUE KEY REFERENCES u (id) ON DELETE CASCADE)", "c int"},
		{"CREATE TABLE t (c int, d int); ALTER TABLE t MODIFY c bigint /* wide */ NOT NULL FIRST", "c bigint NOT NULL"},
		{"CREATE TABLE t (b int); ALTER TABLE t CHANGE b c bigint AFTER d", "c bigint"},
		{"CREATE TABLE t (b int NOT NULL DEFAULT 1); ALTER TABLE t RENAME COLUMN b TO c", "c int NOT NULL DEFAULT 1"},
		{"CREATE TABLE t (c int NOT NULL DEFAULT 1); ALTER TABLE t ALTER c SET DEFAULT -2", "c int NOT NULL DEFAULT -2"},
		{"CREATE TABLE t (c int NOT NULL DEFAULT 1); ALTER TABLE t ALTER c DROP DEFAULT", "c int NOT NULL"},
		{"CREATE TABLE t (c int); ALTER TABLE t ALTER c DROP DEFAULT", "c int (no default)"},
		{"CREATE TABLE t (c int); ALTER TABLE t ALTER c DROP DEFAULT, MODIFY c int", "c int"},
		{"CREATE TABLE t (c int); ALTER TABLE t ALTER c SET DEFAULT 1, ALTER c SET DEFAULT NULL", "c int DEFAULT NULL"},
		{"CREATE TABLE t (c int DEFAULT 1); ALTER TABLE t ALTER c SET DEFAULT (1 + 1)", "c int DEFAULT (1 + 1)"},
		{"CREATE TABLE t (c int DEFAULT NULL, PRIMARY KEY (c))", "c int NOT NULL"},
		{"CREATE TABLE t (c timestamp NULL ON UPDATE CURRENT_TIMESTAMP)", "c timestamp NULL ON UPDATE CURRENT_TIMESTAMP"},
		{"CREATE TABLE t (c timestamp(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE NOW(3))", "c timestamp(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE NOW(3)"},
		{"CREATE TABLE t (c int INVISIBLE)", "c int INVISIBLE"},
		{"CREATE TABLE t (c int); ALTER TABLE t ALTER c SET INVISIBLE", "c int INVISIBLE"},
		{"CREATE TABLE t (c int INVISIBLE); ALTER TABLE t ALTER c SET VISIBLE", "c int"},
		{"CREATE TABLE t (a int, c int GENERATED ALWAYS AS (a + 1) STORED NOT NULL COMMENT 'x')", "c int GENERATED ALWAYS AS (a + 1) STORED NOT NULL COMMENT 'x'"},
		{"CREATE TABLE t (a int, c int AS (a + 1)); ALTER TABLE t RENAME COLUMN a TO b", "c int AS (b + 1)"},
		{"CREATE TABLE u (c int DEFAULT (1)); RENAME TABLE u TO t", "c int DEFAULT (1)"},
		{"CREATE TABLE t (c varchar(9) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL)", "c varchar(9) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL"},
		{"CREATE TABLE t (c varchar(9) NOT NULL COLLATE utf8mb4_bin)", "c varchar(9) NOT NULL COLLATE utf8mb4_bin"},
		{"CREATE TABLE t (c char(9) BINARY) CHARSET latin1", "c char(9) BINARY"},
		{"CREATE TABLE t (c char(9) BINARY) CHARSET latin1; ALTER TABLE t CHARSET utf8mb4", "c char(9) CHARACTER SET latin1 BINARY"},
		{"CREATE TABLE t (c text) CHARSET latin1; ALTER TABLE t DEFAULT CHARSET utf8mb4", "c text CHARACTER SET latin1"},
		{"CREATE TABLE t (c text) CHARSET latin1 COLLATE latin1_bin; ALTER TABLE t DEFAULT CHARSET utf8mb4", "c text CHARACTER SET latin1 COLLATE latin1_bin"},
		{"CREATE TABLE t (c text) CHARSET latin1; ALTER TABLE t DEFAULT CHARSET utf8mb4; ALTER TABLE t CHARSET latin1", "c text"},
		{"CREATE TABLE t (c text) CHARSET latin1; ALTER TABLE t COLLATE utf8mb4_bin", "c text CHARACTER SET latin1"},
		{"CREATE TABLE t (c text); ALTER TABLE t DEFAULT CHARSET utf8mb4", "!which character set"},
		{"CREATE TABLE t (c int); ALTER TABLE t DEFAULT CHARSET utf8mb4", "c int"},
		{"CREATE TABLE t (c varchar(9) CHARACTER SET latin1); ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4", "c varchar(9)"},
		{"CREATE TABLE t (c varchar(9)); ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4; ALTER TABLE t CHARSET latin1", "c varchar(9) CHARACTER SET utf8mb4"},
		{"CREATE TABLE t (c text CHARACTER SET latin1); ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4", "!longer one"},
		{"CREATE TABLE t (c text CHARACTER SET utf8mb4); ALTER TABLE t CONVERT TO CHARACTER SET latin1", "c text"},
		{"CREATE TABLE t (c int COLUMN_FORMAT FIXED STORAGE DISK)", "c int COLUMN_FORMAT FIXED STORAGE DISK"},
		{"CREATE TABLE t (c point NOT NULL SRID 4326)", "c point NOT NULL SRID 4326"},
		{"CREATE TABLE t (c enum('a', 'b') DEFAULT 'b')", "c enum('a', 'b') DEFAULT 'b'"},
		{"CREATE TABLE t (c int CHECK (c > 0))", "c int"},
		{"CREATE TABLE t (c int /*!80023 INVISIBLE */)", "c int INVISIBLE"},
		{"CREATE TABLE u (c int NOT NULL DEFAULT 3); CREATE TABLE t LIKE u", "c int NOT NULL DEFAULT 3"},
		{"ALTER TABLE t ADD COLUMN c int DEFAULT 3 FIRST", "c int DEFAULT 3"},
		{"ALTER TABLE t ALTER c SET DEFAULT 3", "!do not say how"},
		{"CREATE TABLE t (b int)", "!do not say how"},
		{"CREATE TABLE t (c int); ALTER TABLE t DROP COLUMN c", "!do not say how"},
	} {
		d, err := textOf(false).ColumnDefinition(replayed(t, false, c.sql), change.Name{Name: "t"}, "c")
		got := d.Text()
		if d.NoDefault {
			got += " (no default)"
		}
		if err != nil {
			got = "!" + err.Error()
		}
		if got != c.want && (err == nil || c.want[0] != '!' || !strings.Contains(got, c.want[1:])) {
			t.Errorf("%s\n got %s\nwant %s", c.sql, got, c.want)
		}
	}
}

// TestColumnCheckOfMariaDB: there an inline CHECK is the column's own.
func TestColumnCheckOfMariaDB(t *testing.T) {
	s := replayed(t, true, "CREATE TABLE t (a int, c int NOT NULL COMMENT 'x' CHECK (c > a)); ALTER TABLE t RENAME COLUMN a TO b")
	d, err := textOf(true).ColumnDefinition(s, change.Name{Name: "t"}, "C")
	if got, want := d.Text(), "c int NOT NULL COMMENT 'x' CHECK (c > b)"; err != nil || got != want {
		t.Errorf("got %s, want %s (%v)", got, want, err)
	}
}

func TestDefinitionWith(t *testing.T) {
	d, err := textOf(false).ReadColumn("c varchar(9) CHARACTER SET latin1 NULL DEFAULT NULL COMMENT 'x' COLUMN_FORMAT FIXED")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{d.WithNotNull(true).Text(), "c varchar(9) CHARACTER SET latin1 NOT NULL COMMENT 'x' COLUMN_FORMAT FIXED"},
		{d.WithNotNull(true).WithNotNull(false).Text(), "c varchar(9) CHARACTER SET latin1 NULL COMMENT 'x' COLUMN_FORMAT FIXED"},
		{d.WithType("text", true).Text(), "c text CHARACTER SET latin1 NULL DEFAULT NULL COMMENT 'x' COLUMN_FORMAT FIXED"},
		{d.WithType("int", false).Text(), "c int NULL DEFAULT NULL COMMENT 'x' COLUMN_FORMAT FIXED"},
		{d.WithDefault("'a'").Text(), "c varchar(9) CHARACTER SET latin1 NULL DEFAULT 'a' COMMENT 'x' COLUMN_FORMAT FIXED"},
		{d.WithDefault("").Text(), "c varchar(9) CHARACTER SET latin1 NULL COMMENT 'x' COLUMN_FORMAT FIXED"},
		{d.WithName("`new c`").Text(), "`new c` varchar(9) CHARACTER SET latin1 NULL DEFAULT NULL COMMENT 'x' COLUMN_FORMAT FIXED"},
		{d.With(schema.CollationAttribute, "COLLATE latin1_bin").Text(), "c varchar(9) CHARACTER SET latin1 COLLATE latin1_bin NULL DEFAULT NULL COMMENT 'x' COLUMN_FORMAT FIXED"},
		{d.With(schema.VisibilityAttribute, "INVISIBLE").Text(), "c varchar(9) CHARACTER SET latin1 NULL DEFAULT NULL INVISIBLE COMMENT 'x' COLUMN_FORMAT FIXED"},
		{d.Text(), "c varchar(9) CHARACTER SET latin1 NULL DEFAULT NULL COMMENT 'x' COLUMN_FORMAT FIXED"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %s, want %s", c[0], c[1])
		}
	}
}

func TestDefinitionLacks(t *testing.T) {
	now, err := textOf(false).ReadColumn("c varchar(9) NOT NULL DEFAULT 'a' COMMENT 'x' COLUMN_FORMAT FIXED STORAGE DISK")
	if err != nil {
		t.Fatal(err)
	}
	asked, err := textOf(false).ReadColumn("c varchar(20) NULL COLUMN_FORMAT DYNAMIC")
	if err != nil {
		t.Fatal(err)
	}
	want := []schema.DefinitionPart{
		{Attribute: schema.DefaultAttribute, Text: "DEFAULT 'a'"}, {Attribute: schema.CommentAttribute, Text: "COMMENT 'x'"},
		{Attribute: schema.OtherAttribute, Text: "STORAGE DISK"},
	}
	if diff := cmp.Diff(want, now.Lacks(asked)); diff != "" {
		t.Error(diff)
	}
}
