package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// hostileNames are names that try to be more than names, in SQL, in the files of tools,
// in reports and in shells. Each is once a table, and once a column.
func hostileNames(dialect string) []string {
	out := []string{
		"a\"b'c`d\\e'); DROP TABLE sentinel; --",
		"x\n-- a comment?\nDROP TABLE sentinel;\n::error::x",
		"$(touch /tmp/x) `id` $HOME \\",
	}
	if os.Getenv("SAFEMIG_PROVE") != "all" {
		return out
	}
	out = append(out,
		"*/ DROP TABLE sentinel; /* $$ $1 ? %s {job}",
		"Select",
		"ſtraße\u200bünïcode ÄÖ",
	)
	if dialect == "postgres" {
		out = append(out, "trailing blank 🙂 ", "\\! touch x", "\x1b[31m::error::x\n##[error]y")
	}
	for _, one := range []string{"'", `"`, "`", `\`, "--", "/*", "*/", "$$", "$safemig$", "$1", "?", "%s", "%", "{job}", "{{.}}", ";", "#", "a.b", "@x", ":x", "\t", "\r\n", "table", strings.Repeat("n", 40)} {
		out = append(out, one+"x", "x"+one+"y")
	}
	return out
}

// victim is a project whose names are hostile.
type victim struct {
	life
	name  string
	other string // that the column is to have
}

// strangeSettings are settings under which quotes and backslashes mean something else.
func strangeSettings(dialect string) map[string][]string {
	out := map[string][]string{"ANSI_QUOTES and NO_BACKSLASH_ESCAPES": {"sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES"}}
	if dialect == "postgres" {
		out = map[string][]string{"standard_conforming_strings off": {"standard_conforming_strings=off", "backslash_quote=on", "escape_string_warning=off"}}
	}
	if dialect == "mysql" || os.Getenv("SAFEMIG_PROVE") == "all" {
		out["as usual"] = nil
	}
	if dialect == "mysql" && os.Getenv("SAFEMIG_PROVE") != "all" {
		return map[string][]string{"as usual": nil}
	}
	return out
}

// TestHostileNames carries plans through for tables and columns whose names are hostile.
// Another table must still be there in the end, and the rows be right.
func TestHostileNames(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	newest := map[string]livedb.Server{}
	for _, s := range livetest.Few(t, "postgres", "mysql", "mariadb") {
		newest[s.Dialect] = s
	}
	for _, s := range newest {
		for called, settings := range strangeSettings(s.Dialect) {
			t.Run(s.String()+"/"+called, func(t *testing.T) {
				db := livetest.Start(t, s, livedb.Options{Settings: settings})
				for i, name := range hostileNames(s.Dialect) {
					t.Run(fmt.Sprint(i), func(t *testing.T) {
						t.Logf("%q", name)
						newVictim(t, db, name).walk()
					})
				}
			})
		}
	}
}

func newVictim(t *testing.T, db *livedb.DB, name string) *victim {
	if err := db.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	v := &victim{life: life{T: t, db: db}, name: name, other: name + "2"}
	v.write("safemig.yml", fmt.Sprintf("dialect: %s\nserver-version: %q\nlayout: plain\npaths: [migrations]\nfix: {grace: 1s}\ngates: {quiet: 1s, timeout: 2s}\n", db.Dialect, db.Version))
	v.write("migrations/001_users.sql", fmt.Sprintf("CREATE TABLE %s (id bigint PRIMARY KEY, %[1]s varchar(100), n int);\nCREATE TABLE sentinel (id int PRIMARY KEY);\n", v.quote(name)))
	v.migrate()
	execute(t, db, "INSERT INTO sentinel VALUES (1)")
	for i := range 20 {
		execute(t, db, fmt.Sprintf("INSERT INTO %s VALUES (%d, 'v%d', %[2]d)", v.quote(name), i, i))
	}
	return v
}

func (v *victim) quote(name string) string {
	if v.db.Dialect == "postgres" {
		return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func (v *victim) walk() {
	v.Helper()
	table := v.quote(v.name)
	v.write("migrations/002_rename.sql", fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %[1]s TO %s;\n", table, v.quote(v.other)))
	strange := strings.ContainsFunc(v.name, unicode.IsControl)
	if strange {
		v.reports()
		text := v.safemig(exitFailed, "fix", "--write", "migrations/002_rename.sql")
		v.says(text, "a name with a line end, or another control character, does not go into the first line of a job's file")
	}
	v.write("migrations/003_index.sql", fmt.Sprintf("CREATE INDEX %s ON %s (n);\n", v.quote("i"+v.name), table))
	v.write("migrations/004_check.sql", fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s CHECK (n >= 0);\n", table, v.quote("k"+v.name)))
	v.safemig(0, "fix", "--write", "migrations/003_index.sql", "migrations/004_check.sql")
	if !strange {
		v.safemig(0, "fix", "--write", "migrations/002_rename.sql")
	}
	v.migrate()
	if !strange {
		v.rename()
	}
	v.unharmed()
}

// rename carries the first plan through.
func (v *victim) rename() {
	v.Helper()
	v.safemig(0, "status")
	v.safemig(0, "backfill", "run", "002_rename")
	v.safemig(0, "backfill", "verify", "002_rename")
	v.safemig(0, "backfill", "list")
	v.finish()
}

// finish moves all that waits, until nothing does.
func (v *victim) finish() {
	v.Helper()
	for range 6 {
		text := v.safemig(0, "status")
		if !strings.Contains(text, "002_rename") || strings.Contains(text, "finished") {
			return
		}
		v.safemig(0, "contract", "002_rename", "--force", "--reason", "a test")
		v.migrate()
		time.Sleep(10 * time.Millisecond)
	}
}

// reports are read by programs and people: a name ends none of their lines.
func (v *victim) reports() {
	v.Helper()
	for _, format := range []string{"text", "concise", "github", "json", "sarif", "gitlab", "checkstyle", "junit", "rdjson", "markdown"} {
		text := v.safemig(1, "lint", "--format", format, "migrations")
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "::") && format != "github" || strings.HasPrefix(line, "##[") || strings.Contains(line, "\x1b") || strings.HasPrefix(line, "::error::x") {
				v.Errorf("%s: a line obeys the name: %q", format, line)
			}
		}
	}
}

func (v *victim) unharmed() {
	v.Helper()
	c := session(v.T, v.db)
	var n, rows int
	if err := c.QueryRowContext(v.Context(), "SELECT count(*) FROM sentinel").Scan(&n); err != nil || n != 1 {
		v.Errorf("the sentinel: %d, %v", n, err)
	}
	query := fmt.Sprintf("SELECT count(*) FROM %s WHERE %s = concat('v', id) AND n = id", v.quote(v.name), v.quote(v.other))
	if err := c.QueryRowContext(v.Context(), query).Scan(&rows); err != nil || rows != 20 {
		v.Errorf("%d rows are right, %v", rows, err)
	}
}
