package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// leftoverMigrations leave two things over of which the server has one: the other was
// put right by hand. A third only the server knows of, and a fourth a plan.
func leftoverMigrations() map[string][2]string {
	return map[string][2]string{
		"postgres": {
			`CREATE TABLE users (id bigint PRIMARY KEY, email text, nick text);
ALTER TABLE users ADD CONSTRAINT email_ok CHECK (email <> '') NOT VALID;
ALTER TABLE users ADD CONSTRAINT nick_ok CHECK (nick <> '') NOT VALID;
ALTER TABLE users ADD CONSTRAINT id_ok CHECK (id > 0) NOT VALID`,
			"ALTER TABLE users VALIDATE CONSTRAINT nick_ok; CREATE TABLE users_old (id int)",
		},
		"mysql": {
			`CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20), nick varchar(20));
ALTER TABLE users ADD CONSTRAINT email_ok CHECK (email <> '') NOT ENFORCED;
ALTER TABLE users ADD CONSTRAINT nick_ok CHECK (nick <> '') NOT ENFORCED;
ALTER TABLE users ADD CONSTRAINT id_ok CHECK (id > 0) NOT ENFORCED`,
			"ALTER TABLE users ALTER CHECK nick_ok ENFORCED; CREATE TABLE users_old (id int)",
		},
	}
}

// TestStatusAsksTheServerWhatIsLeftOver: the server knows what is there, the
// migrations since when.
func TestStatusAsksTheServerWhatIsLeftOver(t *testing.T) {
	if testing.Short() {
		t.Skip("no servers are started in a short run")
	}
	for kind, sql := range leftoverMigrations() {
		t.Run(kind, func(t *testing.T) {
			list := livetest.Few(t, kind)
			db := livetest.Start(t, list[len(list)-1], livedb.Options{})
			livetest.Do(t, livetest.Session(t, db), strings.Split(sql[0]+"; "+sql[1], ";")...)
			t.Chdir(t.TempDir())
			for name, text := range map[string]string{"migrations/1.sql": sql[0] + ";\n", "pending/x/01_x.sql": "ALTER TABLE users VALIDATE CONSTRAINT id_ok;"} {
				if err := writeBelow(name, text); err != nil {
					t.Fatal(err)
				}
			}
			code, out, stderr := run(t.Context(), nil, "status", "--dsn", db.DSN())
			if code != 2 || stderr != "" { // the folder of pending/ has no plan.yml
				t.Errorf("status %d, stderr %s", code, stderr)
			}
			for _, want := range []string{"users.email_ok (constraint-not-", "), since migrations/1.sql:2\n", "users_old (twin-table, a guess)"} {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
			for _, not := range []string{"nick_ok", "id_ok", "not looked at"} {
				if strings.Contains(out, not) {
					t.Errorf("%s is in\n%s", not, out)
				}
			}
		})
	}
}

// writeBelow writes a file and makes its folders.
func writeBelow(name, text string) error {
	if err := os.MkdirAll(name[:strings.LastIndexByte(name, '/')], 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o600)
}
