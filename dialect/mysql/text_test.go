package mysql_test

import (
	"errors"
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/rewrite"
)

var _ rewrite.Text = mysql.Text{}

func users() change.Name { return change.Name{Name: "users"} }

// textOf is the way with text of a server, which knows no columns.
func textOf(mariadb bool) mysql.Text { return mysql.New(mariadb, [3]int{}).Text(nil) }

// outcome is a text, or "!x" for a problem.
func outcome(text string, err error) string {
	var problem *schema.PieceError
	if errors.As(err, &problem) {
		return "!" + problem.Problem
	}
	return text
}

// TestRenameColumn renames users.email to mail in texts of all kinds. An empty want is
// a text that stays; "!x" is a problem.
func TestRenameColumn(t *testing.T) {
	for _, c := range []struct {
		kind       schema.PieceKind
		text, want string
	}{
		{schema.ExpressionPiece, "concat(lower(email), 'email', paid_email)", "concat(lower(mail), 'email', paid_email)"},
		{schema.ExpressionPiece, "EMAIL /* email */ IS NOT NULL -- email", "mail /* email */ IS NOT NULL -- email"},
		{schema.ExpressionPiece, "`email` = `Email` + \"email\"", "`mail` = `mail` + \"email\""},
		{schema.ExpressionPiece, "users.email = db.users . email", "users.mail = db.users . mail"},
		{schema.ExpressionPiece, "other.email", ""},
		{schema.ExpressionPiece, "email(a)", ""},
		{schema.ExpressionPiece, "json_extract(email, '$.email') OR email->>'$.email' = 1", "json_extract(mail, '$.email') OR mail->>'$.email' = 1"},
		{schema.ExpressionPiece, "EXISTS (SELECT * FROM users u WHERE u.email = users.email)", "EXISTS (SELECT * FROM users u WHERE u.mail = users.mail)"},
		{schema.ExpressionPiece, "a) + (email", "!syntax"},
		{schema.ExpressionPiece, "email, b", "!syntax"},
		{schema.ExpressionPiece, "email AS b", "!syntax"},
		{schema.ExpressionPiece, "email FROM t", "!syntax"},
		{schema.ExpressionPiece, "", "!syntax"},
		{schema.ExpressionPiece, "email -", "!syntax"},
		{schema.ExpressionPiece, "'email", "!syntax"},
		{schema.ExpressionPiece, "case when a then`email`end", "case when a then`mail`end"},
		{schema.ExpressionPiece, "/*!40101 email */ + 1", "/*!40101 mail */ + 1"},
		{schema.ColumnPiece, "email text NOT NULL DEFAULT ('email') COMMENT 'email' CHECK (email <> '')", "mail text NOT NULL DEFAULT ('email') COMMENT 'email' CHECK (mail <> '')"},
		{schema.ColumnPiece, "up text GENERATED ALWAYS AS (upper(email)) STORED", "up text GENERATED ALWAYS AS (upper(mail)) STORED"},
		{schema.ColumnPiece, "up text DEFAULT (concat(email, 1)) REFERENCES users (email)", "up text DEFAULT (concat(mail, 1)) REFERENCES users (mail)"},
		{schema.ColumnPiece, "a int, email int", "!syntax"},
		{schema.InlinePiece, "CONSTRAINT email CHECK (email <> '')", "CONSTRAINT email CHECK (mail <> '')"},
		{schema.InlinePiece, "REFERENCES users (email) ON DELETE CASCADE", "REFERENCES users (mail) ON DELETE CASCADE"},
		{schema.InlinePiece, "REFERENCES emails (email)", ""},
		{schema.ConstraintPiece, "CONSTRAINT email UNIQUE KEY email (a, email(10) DESC)", "CONSTRAINT email UNIQUE KEY email (a, mail(10) DESC)"},
		{schema.ConstraintPiece, "FOREIGN KEY email (email, b) REFERENCES emails (email, b)", "FOREIGN KEY email (mail, b) REFERENCES emails (email, b)"},
		{schema.ConstraintPiece, "FOREIGN KEY (email) REFERENCES db.users (email)", "FOREIGN KEY (mail) REFERENCES db.users (mail)"},
		{schema.ConstraintPiece, "PRIMARY KEY (email)", "PRIMARY KEY (mail)"},
		{schema.ClausePiece, "KEY email (email, (lower(email)))", "KEY email (mail, (lower(mail)))"},
		{schema.ClausePiece, "ADD INDEX email (email), ADD FULLTEXT (email)", "ADD INDEX email (mail), ADD FULLTEXT (mail)"},
		{schema.ClausePiece, "ALTER COLUMN email SET DEFAULT 'email', ADD email2 int AFTER email", "ALTER COLUMN mail SET DEFAULT 'email', ADD email2 int AFTER mail"},
		{schema.ClausePiece, "CHANGE email email2 text", "CHANGE mail email2 text"},
		{schema.ClausePiece, "DROP COLUMN email", "DROP COLUMN mail"},
		{schema.ClausePiece, "DROP INDEX email", ""},
		{schema.ClausePiece, "ORDER BY email DESC", "ORDER BY mail DESC"},
		{schema.ClausePiece, "PARTITION BY RANGE COLUMNS (email) (PARTITION email VALUES LESS THAN ('email'))", "PARTITION BY RANGE COLUMNS (mail) (PARTITION email VALUES LESS THAN ('email'))"},
		{schema.ClausePiece, "PARTITION BY HASH (length(email)) PARTITIONS 4", "PARTITION BY HASH (length(mail)) PARTITIONS 4"},
		{schema.StatementPiece, "CREATE UNIQUE INDEX email ON users (email(20), (upper(email))) COMMENT 'email'", "CREATE UNIQUE INDEX email ON users (mail(20), (upper(mail))) COMMENT 'email'"},
		{schema.StatementPiece, "CREATE INDEX email ON other (email)", ""},
		{schema.StatementPiece, "CREATE TABLE users (email text, PRIMARY KEY (email(10)), KEY email (email)) PARTITION BY KEY (email)", "CREATE TABLE users (mail text, PRIMARY KEY (mail(10)), KEY email (mail)) PARTITION BY KEY (mail)"},
		{schema.StatementPiece, "ALTER TABLE other ADD FOREIGN KEY (email) REFERENCES users (email)", "ALTER TABLE other ADD FOREIGN KEY (email) REFERENCES users (mail)"},
		{schema.StatementPiece, "CREATE VIEW v AS SELECT id, email FROM users", "CREATE VIEW v AS SELECT id, mail AS email FROM users"},
		{schema.StatementPiece, "CREATE VIEW v AS SELECT lower(u.email), (email), email AS e FROM db.users u ORDER BY email",
			"CREATE VIEW v AS SELECT lower(u.mail) AS `lower(u.email)`, (mail) AS email, mail AS e FROM db.users u ORDER BY email"},
		{schema.StatementPiece, "CREATE VIEW v (x) AS SELECT email FROM users WITH CHECK OPTION", "CREATE VIEW v (x) AS SELECT mail FROM users WITH CHECK OPTION"},
		{schema.StatementPiece, "CREATE VIEW v AS SELECT * FROM users", "!star"},
		{schema.StatementPiece, "CREATE VIEW v AS SELECT o.* FROM users u JOIN other o ON o.email = u.email", "CREATE VIEW v AS SELECT o.* FROM users u JOIN other o ON o.email = u.mail"},
		{schema.StatementPiece, "CREATE VIEW v AS SELECT e.email FROM (SELECT email FROM users) e", "CREATE VIEW v AS SELECT e.email FROM (SELECT mail AS email FROM users) e"},
		{schema.StatementPiece, "WITH e AS (SELECT (email) FROM users) SELECT email, (SELECT max(email) FROM users) FROM e",
			"WITH e AS (SELECT (mail) AS email FROM users) SELECT email, (SELECT max(mail) FROM users) AS `(SELECT max(email) FROM users)` FROM e"},
		{schema.StatementPiece, "WITH users AS (SELECT 1 AS email) SELECT email FROM users", ""},
		{schema.StatementPiece, "SELECT a FROM users JOIN other USING (email)", "!join"},
		{schema.StatementPiece, "SELECT a FROM users NATURAL JOIN other", "!join"},
		{schema.StatementPiece, "SELECT email FROM users, other", "SELECT users.mail AS email FROM users, other"},
		{schema.StatementPiece, "SELECT a FROM users WHERE EXISTS (SELECT 1 FROM other WHERE email = a)", "!ambiguous"},
		{schema.StatementPiece, "SELECT x AS mail FROM users ORDER BY email", "!changed"},
		{schema.StatementPiece, "SELECT count(*) FROM users GROUP BY email HAVING email > 'a' FOR UPDATE", "SELECT count(*) FROM users GROUP BY mail HAVING mail > 'a' FOR UPDATE"},
		{schema.StatementPiece, "SELECT email FROM users UNION SELECT email FROM users ORDER BY email", "SELECT mail AS email FROM users UNION SELECT mail FROM users ORDER BY email"},
		{schema.StatementPiece, "SELECT id FROM users WHERE email IN (SELECT email FROM users)", "SELECT id FROM users WHERE mail IN (SELECT mail FROM users)"},
		{schema.StatementPiece, "SELECT row_number() OVER (PARTITION BY email ORDER BY a) FROM users u", "SELECT row_number() OVER (PARTITION BY mail ORDER BY a) AS `row_number() OVER (PARTITION BY email ORDER BY a)` FROM users u"},
		{schema.StatementPiece, "UPDATE users SET email = lower(email), a = 1 WHERE email IS NULL ORDER BY email LIMIT 3", "UPDATE users SET mail = lower(mail), a = 1 WHERE mail IS NULL ORDER BY mail LIMIT 3"},
		{schema.StatementPiece, "UPDATE users u JOIN other o ON o.id = u.id SET u.email = o.email", "UPDATE users u JOIN other o ON o.id = u.id SET u.mail = o.email"},
		{schema.StatementPiece, "INSERT INTO users (id, email) VALUES (1, 'email') ON DUPLICATE KEY UPDATE email = VALUES(email), a = concat(email, users.email)",
			"INSERT INTO users (id, mail) VALUES (1, 'email') ON DUPLICATE KEY UPDATE mail = VALUES(mail), a = concat(mail, users.mail)"},
		{schema.StatementPiece, "INSERT INTO users (id, email) VALUES (1, 2) AS new ON DUPLICATE KEY UPDATE email = new.email", "!ambiguous"},
		{schema.StatementPiece, "INSERT INTO other (email) SELECT email FROM users", "INSERT INTO other (email) SELECT mail FROM users"},
		{schema.StatementPiece, "REPLACE INTO users SET email = 'email', id = 3", "REPLACE INTO users SET mail = 'email', id = 3"},
		{schema.StatementPiece, "DELETE users FROM users JOIN other o WHERE users.email = o.email", "DELETE users FROM users JOIN other o WHERE users.mail = o.email"},
		{schema.StatementPiece, "DELETE FROM users WHERE email = 1", "DELETE FROM users WHERE mail = 1"},
		{schema.StatementPiece, "CREATE TRIGGER email BEFORE UPDATE ON users FOR EACH ROW SET NEW.email = lower(OLD.email), @email = new.`email`",
			"CREATE TRIGGER email BEFORE UPDATE ON users FOR EACH ROW SET NEW.mail = lower(OLD.mail), @email = new.`mail`"},
		{schema.StatementPiece, "CREATE TRIGGER g AFTER INSERT ON users FOR EACH ROW FOLLOWS f BEGIN DECLARE n int DEFAULT length(NEW.email); IF NOT (NEW.email <=> 'email') THEN INSERT INTO log (email) VALUES (NEW.email); ELSE SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = NEW.email; END IF; SELECT count(*) INTO n FROM users WHERE email = NEW.email; WHILE NEW.email > n DO SET n = n + 1; END WHILE; END",
			"CREATE TRIGGER g AFTER INSERT ON users FOR EACH ROW FOLLOWS f BEGIN DECLARE n int DEFAULT length(NEW.mail); IF NOT (NEW.mail <=> 'email') THEN INSERT INTO log (email) VALUES (NEW.mail); ELSE SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = NEW.mail; END IF; SELECT count(*) INTO n FROM users WHERE mail = NEW.mail; WHILE NEW.mail > n DO SET n = n + 1; END WHILE; END"},
		{schema.StatementPiece, "CREATE TRIGGER g BEFORE INSERT ON other FOR EACH ROW UPDATE users SET email = NEW.email", "CREATE TRIGGER g BEFORE INSERT ON other FOR EACH ROW UPDATE users SET mail = NEW.email"},
		{schema.StatementPiece, "CREATE TRIGGER g BEFORE INSERT ON users FOR EACH ROW BEGIN DECLARE email int; SELECT email INTO @a FROM users; END", ""},
		{schema.StatementPiece, "CREATE TRIGGER g BEFORE INSERT ON users FOR EACH ROW BEGIN DECLARE mail int; UPDATE users SET a = email; END",
			"CREATE TRIGGER g BEFORE INSERT ON users FOR EACH ROW BEGIN DECLARE mail int; UPDATE users SET a = users.mail; END"},
		{schema.StatementPiece, "CREATE PROCEDURE p() SELECT email FROM users", "!body"},
		{schema.StatementPiece, "CREATE PROCEDURE p() SELECT email_2 FROM users", ""},
		{schema.StatementPiece, "SELECT 1; SELECT 2", "!syntax"},
		{schema.StatementPiece, "GRANT SELECT (email) ON users TO x", "!unsupported"},
		{schema.StatementPiece, "SELECT a, date_add(day, INTERVAL 1 DAY) FROM users WHERE email = DATE '2020-01-01'", "SELECT a, date_add(day, INTERVAL 1 DAY) FROM users WHERE mail = DATE '2020-01-01'"},
	} {
		want := c.want
		if want == "" {
			want = c.text
		}
		got, err := textOf(true).RenameColumn(schema.Piece{Kind: c.kind, Text: c.text, Of: users()}, users(), "email", "mail")
		if outcome(got, err) != want {
			t.Errorf("%s\n got %s\nwant %s (%v)", c.text, outcome(got, err), want, err)
		}
	}
}

func TestSubstituteColumn(t *testing.T) {
	for _, c := range []struct {
		kind       schema.PieceKind
		text, want string
	}{
		{schema.ExpressionPiece, "id > 0 AND 'id' <> paid_id", "(a + users.b) > 0 AND 'id' <> paid_id"},
		{schema.ExpressionPiece, "users.id", "(users.a + users.b)"},
		{schema.ConstraintPiece, "CHECK (id > 0)", "CHECK ((a + users.b) > 0)"},
		{schema.ConstraintPiece, "UNIQUE (id)", "!list"},
		{schema.ClausePiece, "KEY (id, (id + 1))", "!list"},
		{schema.StatementPiece, "CREATE VIEW v AS SELECT id, u.id AS x FROM users u", "CREATE VIEW v AS SELECT (a + users.b) AS id, (u.a + users.b) AS x FROM users u"},
		{schema.StatementPiece, "SELECT id FROM users, other", "SELECT (users.a + users.b) AS id FROM users, other"},
		{schema.StatementPiece, "SELECT a FROM users ORDER BY lower(id)", "SELECT a FROM users ORDER BY lower((a + users.b))"},
		{schema.StatementPiece, "UPDATE users SET x = id WHERE id = 1", "UPDATE users SET x = (a + users.b) WHERE (a + users.b) = 1"},
		{schema.StatementPiece, "UPDATE users SET id = 1", "!list"},
		{schema.StatementPiece, "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW SET @x = NEW.id", "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW SET @x = (NEW.a + users.b)"},
		{schema.StatementPiece, "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW SET NEW.id = 1", "!list"},
	} {
		got := outcome(textOf(false).SubstituteColumn(schema.Piece{Kind: c.kind, Text: c.text, Of: users()}, users(), "id", "a + users.b"))
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestRenameTable(t *testing.T) {
	people, other := change.Name{Name: "people"}, change.Name{Schema: "s", Name: "people"}
	for _, c := range []struct {
		kind       schema.PieceKind
		text, want string
		to         change.Name
	}{
		{schema.ExpressionPiece, "users.id + (SELECT users.id FROM users) + users", "people.id + (SELECT people.id FROM people) + users", people},
		{schema.ExpressionPiece, "db.users.id = 'users'", "s.people.id = 'users'", other},
		{schema.ConstraintPiece, "CONSTRAINT users FOREIGN KEY users (users) REFERENCES users (users)", "CONSTRAINT users FOREIGN KEY users (users) REFERENCES people (users)", people},
		{schema.ConstraintPiece, "FOREIGN KEY (users) REFERENCES `users` (users)", "FOREIGN KEY (users) REFERENCES `people` (users)", people},
		{schema.StatementPiece, "CREATE INDEX users ON db.users (users)", "CREATE INDEX users ON db.people (users)", people},
		{schema.StatementPiece, "CREATE VIEW users_v AS SELECT users.id, u.a, max(users.a) FROM users, db.users u", "CREATE VIEW users_v AS SELECT people.id, u.a, max(people.a) AS `max(users.a)` FROM people, db.people u", people},
		{schema.StatementPiece, "SELECT users.* FROM users", "SELECT people.* FROM people", people},
		{schema.StatementPiece, "WITH users AS (SELECT * FROM db.users) SELECT * FROM users", "WITH users AS (SELECT * FROM db.people) SELECT * FROM users", people},
		{schema.StatementPiece, "WITH users AS (SELECT * FROM users) SELECT * FROM users", "WITH users AS (SELECT * FROM people) SELECT * FROM users", people},
		{schema.StatementPiece, "ALTER TABLE users ADD FOREIGN KEY (a) REFERENCES users (id), RENAME INDEX users TO u", "ALTER TABLE people ADD FOREIGN KEY (a) REFERENCES people (id), RENAME INDEX users TO u", people},
		{schema.StatementPiece, "CREATE TRIGGER users AFTER INSERT ON users FOR EACH ROW INSERT INTO log (users) SELECT NEW.users FROM users", "CREATE TRIGGER users AFTER INSERT ON people FOR EACH ROW INSERT INTO log (users) SELECT NEW.users FROM people", people},
		{schema.StatementPiece, "DELETE users, o FROM users JOIN o", "DELETE people, o FROM people JOIN o", people},
		{schema.StatementPiece, "INSERT INTO users (a) VALUES (1) ON DUPLICATE KEY UPDATE a = users.a + 1", "INSERT INTO people (a) VALUES (1) ON DUPLICATE KEY UPDATE a = people.a + 1", people},
		{schema.StatementPiece, "SELECT users FROM people", "SELECT users FROM people", people},
		{schema.StatementPiece, "CREATE TABLE x LIKE users", "CREATE TABLE x LIKE s.people", other},
		{schema.StatementPiece, "RENAME TABLE users TO users_old, users_new TO users", "RENAME TABLE people TO users_old, users_new TO people", people},
	} {
		from := change.Name{Schema: "db", Name: "users"}
		got := outcome(textOf(true).RenameTable(schema.Piece{Kind: c.kind, Text: c.text, Of: from}, from, c.to))
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestWithName(t *testing.T) {
	for _, c := range []struct {
		kind       schema.PieceKind
		text, want string
	}{
		{schema.ConstraintPiece, "CHECK (a > 0)", "CONSTRAINT n CHECK (a > 0)"},
		{schema.ConstraintPiece, "/* a */ constraint `A` CHECK (a > 0)", "/* a */ constraint `n` CHECK (a > 0)"},
		{schema.ConstraintPiece, "CONSTRAINT CHECK (a > 0)", "CONSTRAINT n CHECK (a > 0)"},
		{schema.ConstraintPiece, "CONSTRAINT c UNIQUE KEY u (a)", "CONSTRAINT c UNIQUE KEY n (a)"},
		{schema.ConstraintPiece, "CONSTRAINT c FOREIGN KEY i (a) REFERENCES b (c)", "CONSTRAINT n FOREIGN KEY i (a) REFERENCES b (c)"},
		{schema.ConstraintPiece, "PRIMARY KEY (a)", "!unsupported"},
		{schema.InlinePiece, "CHECK (a > 0)", "CONSTRAINT n CHECK (a > 0)"},
		{schema.InlinePiece, "UNIQUE", "!unsupported"},
		{schema.ClausePiece, "ADD UNIQUE (a)", "ADD CONSTRAINT n UNIQUE (a)"},
		{schema.ClausePiece, "ADD INDEX USING BTREE (a)", "ADD INDEX n USING BTREE (a)"},
		{schema.ClausePiece, "FULLTEXT KEY(a)", "FULLTEXT KEY n(a)"},
		{schema.ClausePiece, "KEY x (a)", "KEY n (a)"},
		{schema.StatementPiece, "CREATE UNIQUE INDEX t ON t (t)", "CREATE UNIQUE INDEX n ON t (t)"},
		{schema.StatementPiece, "CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW SET NEW.t = 1", "CREATE TRIGGER n BEFORE INSERT ON t FOR EACH ROW SET NEW.t = 1"},
		{schema.StatementPiece, "CREATE OR REPLACE VIEW s.t AS SELECT * FROM t", "CREATE OR REPLACE VIEW s.n AS SELECT * FROM t"},
		{schema.StatementPiece, "CREATE TABLE t (t int)", "CREATE TABLE n (t int)"},
		{schema.StatementPiece, "SELECT 1", "!unsupported"},
	} {
		got := outcome(textOf(false).WithName(schema.Piece{Kind: c.kind, Text: c.text}, "n"))
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestTableConstraint(t *testing.T) {
	for _, c := range [][2]string{
		{"REFERENCES u (id) ON DELETE CASCADE", "FOREIGN KEY (`order`) REFERENCES u (id) ON DELETE CASCADE"},
		{"CONSTRAINT x REFERENCES u (id)", "CONSTRAINT x FOREIGN KEY (`order`) REFERENCES u (id)"},
		{"primary key", "primary key (`order`)"},
		{"KEY", "PRIMARY KEY (`order`)"},
		{"UNIQUE", "UNIQUE (`order`)"},
		{"UNIQUE KEY", "UNIQUE KEY (`order`)"},
		{"CHECK (`order` > 0) NOT ENFORCED", "CHECK (`order` > 0) NOT ENFORCED"},
		{"", "!syntax"},
		{"UNIQUE, b int", "!syntax"},
	} {
		if got := outcome(textOf(false).TableConstraint(c[0], "order")); got != c[1] {
			t.Errorf("%s\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}

// TestCurrent applies renames in their order.
func TestCurrent(t *testing.T) {
	d := schema.Def{
		Class: "index", Name: change.Name{Name: "c"}, Of: change.Name{Name: "people"}, Text: "CREATE INDEX a ON users (a, b)",
		Renamed: []schema.Rename{
			{Class: "column", Table: users(), From: change.Name{Name: "a"}, To: change.Name{Name: "x"}},
			{Class: "table", From: users(), To: change.Name{Name: "people"}},
			{Class: "index", From: change.Name{Name: "a"}, To: change.Name{Name: "c"}},
			{Class: "column", Table: change.Name{Name: "people"}, From: change.Name{Name: "b"}, To: change.Name{Name: "a"}},
		},
	}
	if got, want := outcome(textOf(false).Current(d)), "CREATE INDEX c ON people (x, a)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
