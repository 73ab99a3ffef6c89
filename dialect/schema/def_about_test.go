package schema_test

import (
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

const aboutThings = `CREATE EXTENSION citext; CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'a'; ALTER SCHEMA app RENAME TO main;
	CREATE TABLE t (a int, b int); CREATE FUNCTION g() RETURNS trigger LANGUAGE c AS 'g'; CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION g();
	ALTER TABLE t ENABLE ALWAYS TRIGGER x; COMMENT ON TRIGGER x ON t IS 'x'; COMMENT ON COLUMN t.a IS 'one'; COMMENT ON TABLE t IS 't'; COMMENT ON TABLE t IS NULL;
	ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r;
	CREATE FUNCTION f(a int) RETURNS int LANGUAGE c AS 'f1'; CREATE FUNCTION f(a text) RETURNS int LANGUAGE c AS 'f2'; CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE c AS 'f3'`

// TestDefsAbout tells what was said of things by their class.
func TestDefsAbout(t *testing.T) {
	s := replaySQL(aboutThings)
	for _, c := range []struct{ class, name, want string }{
		{"extension", "citext", "CREATE EXTENSION citext"},
		{"schema", "main", "CREATE SCHEMA app|COMMENT ON SCHEMA app IS 'a'"},
		{"schema", "app", ""},
		{"default privileges", "", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r"},
		{"function", "f", "CREATE FUNCTION f(a text) RETURNS int LANGUAGE c AS 'f2'|CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE c AS 'f3'"},
		{"index", "f", ""},
	} {
		var texts []string
		for _, d := range s.DefsAbout(c.class, change.Name{Name: c.name}) {
			texts = append(texts, d.Text)
		}
		if got := strings.Join(texts, "|"); got != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.class, c.name, got, c.want)
		}
	}
	if n := len(s.DefsOfMember("trigger", change.Name{Name: "t"}, "x")); n != 3 {
		t.Errorf("%d texts about the trigger, not 3", n)
	}
}

// TestCommentBefore tells the comment that another takes the place of.
func TestCommentBefore(t *testing.T) {
	s, table := replaySQL(aboutThings), change.Name{Name: "t"}
	for _, c := range []struct {
		class string
		name  string
		want  string
	}{
		{"column", "a", "COMMENT ON COLUMN t.a IS 'one'"}, {"column", "b", ""}, {"table", "t", ""}, {"trigger", "x", "COMMENT ON TRIGGER x ON t IS 'x'"},
	} {
		d, said := s.CommentBefore(&change.Object{Header: change.Header{Table: table}, Class: "comment", Verb: "comment", Action: c.class, Name: change.Name{Name: c.name}})
		if d.Text != c.want || said != (c.want != "") {
			t.Errorf("%s %s: %q, not %q", c.class, c.name, d.Text, c.want)
		}
	}
}

// TestSeen tells what was made from what was only mentioned.
func TestSeen(t *testing.T) {
	s := replaySQL(aboutThings + "; ALTER TABLE other ADD COLUMN a int; COMMENT ON VIEW v IS 'v'; CREATE TABLE n (id serial); CREATE INDEX i ON t (a); CREATE DOMAIN d AS int")
	table := change.Name{Name: "t"}
	for _, c := range []struct {
		class, name string
		of          change.Name
		want        bool
	}{
		{"table", "t", change.Name{}, true}, {"table", "other", change.Name{}, false}, {"view", "v", change.Name{}, false},
		{"column", "a", table, true}, {"column", "c", table, false}, {"trigger", "x", table, true}, {"trigger", "y", table, false},
		{"sequence", "n_id_seq", change.Name{}, true}, {"sequence", "s", change.Name{}, false}, {"index", "i", change.Name{}, true},
		{"domain", "d", change.Name{}, true}, {"extension", "citext", change.Name{}, true}, {"schema", "app", change.Name{}, false},
	} {
		if got := s.Seen(c.class, change.Name{Name: c.name}, c.of); got != c.want {
			t.Errorf("%s %s: %v", c.class, c.name, got)
		}
	}
}
