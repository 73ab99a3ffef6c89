package gate

import (
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

func TestMention(t *testing.T) {
	column := target{change.Name{Schema: "public", Name: "users"}, "email"}
	for _, c := range []struct {
		sql  string
		want mention
	}{
		{"SELECT email FROM users WHERE id = $1", plainly},
		{`SELECT "email" FROM "public"."users"`, plainly},
		{"select u.EMAIL from Users as u", plainly},
		{"UPDATE users SET email = $1 WHERE id = $2", plainly},
		{"INSERT INTO public.users (id, email) VALUES ($1, $2)", plainly},
		{"DELETE FROM users WHERE email = $1", plainly},
		{"WITH u AS (SELECT * FROM users) SELECT u.email FROM u", plainly},
		{"SELECT x.email FROM (SELECT * FROM users) x", plainly},
		{"INSERT INTO users (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET email = excluded.email", plainly},
		{"SELECT count(*) FROM orders o JOIN users u ON u.id = o.user_id WHERE o.email = $1", none},
		{"SELECT orders.email FROM orders JOIN users ON users.id = orders.user_id", none},
		{"SELECT o.email, u.email FROM orders o JOIN users u ON u.id = o.user_id", plainly},
		{"SELECT email FROM orders", none},
		{"SELECT mail FROM users", none},
		{"SELECT count(*) FROM users", none},
		{"SELECT email FROM auth.users", none},
		{"SELECT users.email FROM auth.users", plainly}, // may be either's: strict
		{`SELECT "Email" FROM users`, none},
		{"SELECT emails FROM users", none},
		{"SELECT * FROM users", star},
		{"SELECT u.* FROM users u", star},
		{"SELECT mail FROM users -- email", none},
		{"SELECT mail /* email */ FROM users", none},
		{"SELECT mail FROM users WHERE mail <> 'email'", perhaps},
		{"SELECT dynamic('SELECT email FROM users')", perhaps},
		{"SELECT mail FROM users WHERE mail = 'nobody'", none},
		{"MERGE INTO users USING new n ON n.id = users.id WHEN MATCHED THEN UPDATE SET email = n.email", plainly},
		{"SELECT e.email FROM emails e, users u WHERE u.id = e.id", none},
		{"", none},
		{"SELECT 'unterminated email FROM users", perhaps},
	} {
		if got := (text{dialect: "postgres", sql: c.sql}).names(column, []string{"users"}); got != c.want {
			t.Errorf("%s: %d, want %d", c.sql, got, c.want)
		}
	}
}

func TestMentionInDigests(t *testing.T) {
	column := target{change.Name{Name: "Users"}, "Email"}
	for _, c := range []struct {
		sql  string
		cut  bool
		want mention
	}{
		{"SELECT `email` FROM `users` WHERE `id` = ?", false, plainly},
		{"SELECT `u` . `EMAIL` FROM `shop` . `USERS` `u`", false, plainly},
		{"SELECT `o` . `email` FROM `orders` `o` JOIN `users` `u` ON `o` . `id` = `u` . `id`", false, none},
		{"SELECT `mail` FROM `users` WHERE `id` IN (...)", false, none},
		{"SELECT `a` , `b` , `c` FROM `users` WHERE ...", true, perhaps},
		{"SELECT `email` , `b` , ...", true, perhaps},
		{"SELECT `id` FROM `orders` ...", true, none},
		{"REPLACE INTO `users` ( `id` , `email` ) VALUES (...)", false, plainly},
	} {
		if got := (text{dialect: "mysql", sql: c.sql, cut: c.cut}).names(column, []string{"Users"}); got != c.want {
			t.Errorf("%s: %d, want %d", c.sql, got, c.want)
		}
	}
}

func TestMentionOfATable(t *testing.T) {
	table := target{Table: change.Name{Schema: "app", Name: "Old Orders"}}
	for sql, want := range map[string]mention{
		`SELECT 1 FROM app."Old Orders"`:           plainly,
		`SELECT 1 FROM "Old Orders" o`:             plainly,
		`SELECT 1 FROM "old orders"`:               none,
		`SELECT 1 FROM other."Old Orders"`:         none,
		`SELECT 'app."Old Orders"'::regclass`:      perhaps,
		`INSERT INTO app."Old Orders" VALUES ($1)`: plainly,
	} {
		if got := (text{dialect: "postgres", sql: sql}).names(table, []string{"Old Orders"}); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
}

func TestMentionInATriggersFunction(t *testing.T) {
	column := target{change.Name{Name: "users"}, "email"}
	for sql, want := range map[string]mention{
		"BEGIN NEW.email := lower(NEW.email); RETURN NEW; END": plainly,
		"BEGIN NEW.mail := 1; RETURN NEW; END":                 none,
		"BEGIN EXECUTE 'SELECT ($1).email' USING NEW; END":     perhaps,
	} {
		if got := (text{dialect: "postgres", sql: sql, of: true}).names(column, []string{"users"}); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
}
