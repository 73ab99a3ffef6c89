package scaffold_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/scaffold"
	"github.com/safemig/safemig/rewrite"
)

// home is a history for MySQL.
func home(t *testing.T) (rewrite.Text, *schema.State) {
	t.Helper()
	d, err := dialect.Open("mysql", "8.4.0")
	if err != nil {
		t.Fatal(err)
	}
	sql := []byte("CREATE TABLE users (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, " +
		"email varchar(50) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT '' COMMENT 'where', age int NULL)")
	script := &change.Script{Src: sql, Raw: sql, Section: change.Span{End: len(sql)}}
	d.Parse(script)
	state := schema.New("mysql")
	state.BeginFile(script)
	for _, stmt := range script.Stmts {
		if stmt.Err != nil {
			t.Fatal(stmt.Err)
		}
		state.BeginStmt(stmt)
		for _, op := range stmt.Ops {
			state.Apply(script, op)
		}
	}
	return d.Text(nil).(rewrite.Text), state
}

// TestWriteMySQL: MODIFY says all that the column has.
func TestWriteMySQL(t *testing.T) {
	text, state := home(t)
	for line, want := range map[string]string{
		"rename-column --table users --from email --to order":           "ALTER TABLE users RENAME COLUMN email TO `order`",
		"rename-table --table app.users --to people":                    "RENAME TABLE app.users TO app.people",
		"change-type --table users --column email --type varchar(100)":  "ALTER TABLE users MODIFY COLUMN email varchar(100) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT '' COMMENT 'where'",
		"change-type --table users --column email --type varbinary(90)": "ALTER TABLE users MODIFY COLUMN email varbinary(90) NOT NULL DEFAULT '' COMMENT 'where'",
		"change-type --table users --column id --type bigint unsigned":  "ALTER TABLE users MODIFY COLUMN id bigint unsigned NOT NULL AUTO_INCREMENT",
		"not-null --table users --column age --default 0":               "ALTER TABLE users MODIFY COLUMN age int NOT NULL DEFAULT 0",
		"not-null --table users --column age":                           "ALTER TABLE users MODIFY COLUMN age int NOT NULL",
		"not-null --table users --column age --default 1 + 1":           "ALTER TABLE users MODIFY COLUMN age int NOT NULL DEFAULT (1 + 1)",
	} {
		ask, err := scaffold.Read(line)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ask.Write(text, state)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if diff := cmp.Diff([]string{want}, got.SQL); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", line, diff)
		}
	}
}

func TestMistakesMySQL(t *testing.T) {
	text, state := home(t)
	for line, want := range map[string]string{
		"split-table --table users --columns age --into ages":              "split-table is for PostgreSQL only",
		"change-type --table users --column email --type int --using (1)":  "--using: MySQL and MariaDB convert",
		"change-type --table people --column email --type int":             "what columns people has is not known",
		"change-type --table users --column mail --type int":               "--column mail",
		"change-type --table users --column email --type int, DROP COLUMN": "no SQL that can stand by itself",
		"rename-table --table app.users --to other.users":                  "within its schema",
	} {
		ask, err := scaffold.Read(line)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ask.Write(text, state); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
