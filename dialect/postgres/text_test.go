package postgres_test

import (
	"errors"
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
)

func users() change.Name { return change.Name{Name: "users"} }

// TestRenameColumn renames users.email to mail in texts of all kinds. An
// empty want is a text that stays; "!x" is a problem.
func TestRenameColumn(t *testing.T) {
	for _, c := range []struct {
		kind       schema.PieceKind
		text, want string
	}{
		{schema.ExpressionPiece, `lower(email) || 'email' || paid_email`, `lower(mail) || 'email' || paid_email`},
		{schema.ExpressionPiece, `EMAIL /* email */ IS NOT NULL -- email`, `mail /* email */ IS NOT NULL -- email`},
		{schema.ExpressionPiece, `"email"::email COLLATE "email"`, `"mail"::email COLLATE "email"`},
		{schema.ExpressionPiece, `users.email = public.users . email`, `users.mail = public.users . mail`},
		{schema.ExpressionPiece, `other.email`, ``},
		{schema.ExpressionPiece, `(users).email`, `(users).mail`},
		{schema.ExpressionPiece, `(email).email`, `(mail).email`},
		{schema.ExpressionPiece, `email(a)`, ``},
		{schema.ExpressionPiece, `email[1] + a[email]`, `mail[1] + a[mail]`},
		{schema.ExpressionPiece, `to_json(users)`, `!star`},
		{schema.ExpressionPiece, `to_json(users.*)`, `!star`},
		{schema.ExpressionPiece, `(users.*).email`, `!star`},
		{schema.ExpressionPiece, `EXISTS (SELECT 1 FROM users u WHERE u.email = users.email)`, `EXISTS (SELECT 1 FROM users u WHERE u.mail = users.mail)`},
		{schema.ExpressionPiece, `a) + (email`, `!syntax`},
		{schema.ExpressionPiece, `email, b FROM t`, `!syntax`},
		{schema.ExpressionPiece, `"Email"`, ``},
		{schema.ExpressionPiece, `U&"em\0061il" = 1`, `"mail" = 1`},
		{schema.ExpressionPiece, `case when a then"email"end`, `case when a then"mail"end`},
		{schema.ColumnPiece, `email text NOT NULL DEFAULT 'email' CHECK (email <> '')`, `mail text NOT NULL DEFAULT 'email' CHECK (mail <> '')`},
		{schema.ColumnPiece, `up text GENERATED ALWAYS AS (upper(email)) STORED`, `up text GENERATED ALWAYS AS (upper(mail)) STORED`},
		{schema.ColumnPiece, `up text GENERATED ALWAYS AS (upper(email)) VIRTUAL`, `up text GENERATED ALWAYS AS (upper(mail)) VIRTUAL`},
		{schema.ColumnPiece, `a int, email int`, `!syntax`},
		{schema.InlinePiece, `CONSTRAINT email CHECK (email <> '')`, `CONSTRAINT email CHECK (mail <> '')`},
		{schema.InlinePiece, `REFERENCES users (email) ON DELETE CASCADE`, `REFERENCES users (mail) ON DELETE CASCADE`},
		{schema.InlinePiece, `REFERENCES emails (email)`, ``},
		{schema.ConstraintPiece, `CONSTRAINT email UNIQUE (a, email) INCLUDE (b)`, `CONSTRAINT email UNIQUE (a, mail) INCLUDE (b)`},
		{schema.ConstraintPiece, `FOREIGN KEY (email, b) REFERENCES emails (email, b)`, `FOREIGN KEY (mail, b) REFERENCES emails (email, b)`},
		{schema.ConstraintPiece, `FOREIGN KEY (email) REFERENCES users (email)`, `FOREIGN KEY (mail) REFERENCES users (mail)`},
		{schema.ConstraintPiece, `EXCLUDE USING gist (email WITH =, b WITH &&) WHERE (email <> '')`, `EXCLUDE USING gist (mail WITH =, b WITH &&) WHERE (mail <> '')`},
		{schema.ConstraintPiece, `CONSTRAINT n NOT NULL email`, `CONSTRAINT n NOT NULL mail`},
		{schema.ClausePiece, `ALTER COLUMN email SET STATISTICS 100`, `ALTER COLUMN mail SET STATISTICS 100`},
		{schema.ClausePiece, `ALTER email TYPE email USING email::email, ADD email2 int`, `ALTER mail TYPE email USING mail::email, ADD email2 int`},
		{schema.ClausePiece, `CLUSTER ON email`, ``},
		{schema.StatementPiece, `CREATE INDEX email ON users (email DESC NULLS LAST, lower(email) email) INCLUDE (email) WHERE email <> ''`,
			`CREATE INDEX email ON users (mail DESC NULLS LAST, lower(mail) email) INCLUDE (mail) WHERE mail <> ''`},
		{schema.StatementPiece, `CREATE INDEX ON other (email)`, ``},
		{schema.StatementPiece, `CREATE TRIGGER email BEFORE UPDATE OF email, b ON users FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM new.email) EXECUTE FUNCTION email('email')`,
			`CREATE TRIGGER email BEFORE UPDATE OF mail, b ON users FOR EACH ROW WHEN (OLD.mail IS DISTINCT FROM new.mail) EXECUTE FUNCTION email('email')`},
		{schema.StatementPiece, `CREATE TRIGGER x BEFORE UPDATE ON users FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION f()`, `!star`},
		{schema.StatementPiece, `CREATE POLICY email ON users USING (email = current_user) WITH CHECK (EXISTS (SELECT 1 FROM other o WHERE o.email = users.email))`,
			`CREATE POLICY email ON users USING (mail = current_user) WITH CHECK (EXISTS (SELECT 1 FROM other o WHERE o.email = users.mail))`},
		{schema.StatementPiece, `CREATE POLICY p ON users USING (EXISTS (SELECT 1 FROM other WHERE email = a))`, `!ambiguous`},
		{schema.StatementPiece, `CREATE VIEW v AS SELECT id, email FROM users`, `CREATE VIEW v AS SELECT id, mail AS email FROM users`},
		{schema.StatementPiece, `CREATE VIEW v AS SELECT u.email::text, email AS e FROM public.users u ORDER BY email`,
			`CREATE VIEW v AS SELECT u.mail::text AS email, mail AS e FROM public.users u ORDER BY email`},
		{schema.StatementPiece, `CREATE VIEW v (x) AS SELECT email FROM users`, `CREATE VIEW v (x) AS SELECT mail FROM users`},
		{schema.StatementPiece, `CREATE VIEW v AS SELECT * FROM users`, `!star`},
		{schema.StatementPiece, `CREATE VIEW v AS SELECT o.* FROM users u JOIN other o ON o.email = u.email`, `CREATE VIEW v AS SELECT o.* FROM users u JOIN other o ON o.email = u.mail`},
		{schema.StatementPiece, `CREATE VIEW v AS SELECT e.email FROM (SELECT email FROM users) e`, `CREATE VIEW v AS SELECT e.email FROM (SELECT mail AS email FROM users) e`},
		{schema.StatementPiece, `WITH e AS (SELECT (email) FROM users) SELECT email, (SELECT max(email) FROM users) FROM e`,
			`WITH e AS (SELECT (mail) AS email FROM users) SELECT email, (SELECT max(mail) FROM users) FROM e`},
		{schema.StatementPiece, `WITH users AS (SELECT 1 AS email) SELECT email FROM users`, ``},
		{schema.StatementPiece, `SELECT (SELECT email FROM users) FROM other`, `SELECT (SELECT mail FROM users) AS email FROM other`},
		{schema.StatementPiece, `SELECT a FROM users JOIN other USING (email)`, `!join`},
		{schema.StatementPiece, `SELECT a FROM users NATURAL JOIN other`, `!join`},
		{schema.StatementPiece, `SELECT a FROM users u (x, y)`, `!alias`},
		{schema.StatementPiece, `SELECT email FROM users, other`, `SELECT users.mail AS email FROM users, other`},
		{schema.StatementPiece, `SELECT x AS mail FROM users ORDER BY email, lower(email)`, `SELECT x AS mail FROM users ORDER BY users.mail, lower(mail)`},
		{schema.StatementPiece, `SELECT count(*) FROM users GROUP BY email HAVING email > 'a' FOR UPDATE OF users`, `SELECT count(*) FROM users GROUP BY mail HAVING mail > 'a' FOR UPDATE OF users`},
		{schema.StatementPiece, `SELECT email FROM users UNION SELECT email FROM users ORDER BY email`, `SELECT mail AS email FROM users UNION SELECT mail FROM users ORDER BY email`},
		{schema.StatementPiece, `UPDATE users SET email = lower(email), (a, email) = (SELECT email, b FROM other o) WHERE email IS NULL RETURNING email`, `!ambiguous`},
		{schema.StatementPiece, `UPDATE users AS u SET email = lower(u.email), (a, email) = (SELECT o.email, b FROM other o) WHERE email IS NULL RETURNING email`,
			`UPDATE users AS u SET mail = lower(u.mail), (a, mail) = (SELECT o.email, b FROM other o) WHERE mail IS NULL RETURNING mail AS email`},
		{schema.StatementPiece, `INSERT INTO users (id, email) VALUES (1, 'email') ON CONFLICT (email) WHERE email <> '' DO UPDATE SET email = excluded.email || users.email`,
			`INSERT INTO users (id, mail) VALUES (1, 'email') ON CONFLICT (mail) WHERE mail <> '' DO UPDATE SET mail = excluded.mail || users.mail`},
		{schema.StatementPiece, `INSERT INTO other (email) SELECT email FROM users`, `INSERT INTO other (email) SELECT mail FROM users`},
		{schema.StatementPiece, `DELETE FROM users USING other o WHERE users.email = o.email`, `DELETE FROM users USING other o WHERE users.mail = o.email`},
		{schema.StatementPiece, `MERGE INTO users u USING other o ON u.email = o.email WHEN MATCHED THEN UPDATE SET email = o.email WHEN NOT MATCHED THEN INSERT (email) VALUES (o.email)`,
			`MERGE INTO users u USING other o ON u.mail = o.email WHEN MATCHED THEN UPDATE SET mail = o.email WHEN NOT MATCHED THEN INSERT (mail) VALUES (o.email)`},
		{schema.StatementPiece, `GRANT SELECT (email, a), UPDATE (email) ON users TO email`, `GRANT SELECT (mail, a), UPDATE (mail) ON users TO email`},
		{schema.StatementPiece, `GRANT SELECT (email) ON users, other TO x`, `!several`},
		{schema.StatementPiece, `COMMENT ON COLUMN users.email IS 'email'`, `COMMENT ON COLUMN users.mail IS 'email'`},
		{schema.StatementPiece, `COMMENT ON COLUMN other.email IS 'email'`, ``},
		{schema.StatementPiece, `CREATE STATISTICS email ON email, (lower(email)) FROM users`, `CREATE STATISTICS email ON mail, (lower(mail)) FROM users`},
		{schema.StatementPiece, `CREATE PUBLICATION email FOR TABLE users (id, email) WHERE (email <> ''), other (email)`, `CREATE PUBLICATION email FOR TABLE users (id, mail) WHERE (mail <> ''), other (email)`},
		{schema.StatementPiece, `ALTER SEQUENCE s OWNED BY users.email`, `ALTER SEQUENCE s OWNED BY users.mail`},
		{schema.StatementPiece, `CREATE RULE email AS ON UPDATE TO users WHERE new.email <> old.email DO ALSO INSERT INTO log (email) VALUES (new.email)`,
			`CREATE RULE email AS ON UPDATE TO users WHERE new.mail <> old.mail DO ALSO INSERT INTO log (email) VALUES (new.mail)`},
		{schema.StatementPiece, `COPY users (id, email) FROM stdin`, `COPY users (id, mail) FROM stdin`},
		{schema.StatementPiece, `CREATE TABLE users (email text, PRIMARY KEY (email)) PARTITION BY LIST (email)`, `CREATE TABLE users (mail text, PRIMARY KEY (mail)) PARTITION BY LIST (mail)`},
		{schema.StatementPiece, `CREATE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT email FROM users; END`, `CREATE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT mail AS email FROM users; END`},
		{schema.StatementPiece, `CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT email FROM users'`, `!body`},
		{schema.StatementPiece, `CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT email_2 FROM users'`, ``},
		{schema.StatementPiece, `SELECT 1; SELECT 2`, `!syntax`},
		{schema.StatementPiece, `CREATE MATERIALIZED VIEW m AS SELECT upper(email) AS u FROM users WITH NO DATA`, `CREATE MATERIALIZED VIEW m AS SELECT upper(mail) AS u FROM users WITH NO DATA`},
		{schema.StatementPiece, `CREATE MATERIALIZED VIEW m AS SELECT email::timestamp with time zone FROM users WITH NO DATA`, `CREATE MATERIALIZED VIEW m AS SELECT mail::timestamp with time zone AS email FROM users WITH NO DATA`},
	} {
		want := c.want
		if want == "" {
			want = c.text
		}
		got, err := postgres.Text{}.RenameColumn(schema.Piece{Kind: c.kind, Text: c.text, Of: users()}, users(), "email", "mail")
		var problem *schema.PieceError
		if errors.As(err, &problem) {
			got = "!" + problem.Problem
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s (%v)", c.text, got, want, err)
		}
	}
}
