package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/rules"
)

// proved is what the tests look at of a proof.
type proved struct {
	Holds   bool
	Verdict []string
	NoPlan  *string `json:"no_plan"`
	Plan    struct {
		FailedStatements int `json:"failed_statements"`
		Writes           int
		WritesChecked    int `json:"writes_checked"`
		Lost             []string
		Stopped          string
		Steps            []struct{ Title string }
	}
	End struct {
		Compared    bool
		Rows        int
		Differences []string
		UnderLoad   []string `json:"under_load_differences"`
	}
	WayBack struct {
		Tried   bool
		Steps   int
		Base    int // steps before them that nothing undoes
		Faults  []string
		Forward bool
	} `json:"way_back"`
	Remarks []string
}

// proveCase is a migration behind a schema.
type proveCase struct {
	name, schema, migration string
	args                    []string
	files                   map[string]string
	status                  int
	more                    bool   // shows little that others do not
	steps                   int    // of the plan, at least
	want                    string // in what is said, where it does not hold
}

const pgOrders = `CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, name text);
CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), total int, note varchar(20), "order" int);
`

const myOrders = "CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(190) NOT NULL UNIQUE, name varchar(50));\n" +
	"CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, user_id bigint NOT NULL, total int, `order` int, updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, FOREIGN KEY (user_id) REFERENCES users (id));\n"

// touching sets a column whenever a row is written.
const touching = `ALTER TABLE orders ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
`

// forbidding is a rule of the house that a plan meets and the original does not.
const forbidding = `CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no triggers in this house'; END $$;
CREATE EVENT TRIGGER forbid ON ddl_command_end WHEN TAG IN ('CREATE TRIGGER') EXECUTE FUNCTION forbid();
`

func proveCases(dialect string) []proveCase {
	if dialect != "postgres" {
		return []proveCase{
			{name: "modify", schema: myOrders, migration: "ALTER TABLE orders MODIFY total bigint;", steps: 1},
			{name: "rename", more: true, schema: myOrders, migration: "ALTER TABLE users RENAME COLUMN name TO full_name;", steps: 2},
		}
	}
	return []proveCase{
		{name: "index", schema: pgOrders, migration: "CREATE INDEX ON orders (user_id);", steps: 1},
		{name: "not null", schema: pgOrders + touching, migration: "ALTER TABLE orders ALTER COLUMN updated_at SET NOT NULL, ALTER COLUMN total SET NOT NULL;", steps: 2},
		{name: "rename", schema: pgOrders, migration: "ALTER TABLE users RENAME COLUMN email TO mail;", steps: 3},
		{name: "type of a key", schema: pgOrders, migration: "ALTER TABLE orders ALTER COLUMN id TYPE numeric;", steps: 3},
		{name: "removed rows", more: true, schema: pgOrders, migration: "DELETE FROM orders WHERE id % 2 = 0;\nCREATE INDEX ON orders (note);", steps: 1},
		{name: "rows of one's own", schema: pgOrders, migration: "ALTER TABLE users RENAME TO people;", steps: 2, args: []string{"--data", "data.sql"}, // whose numbers others must not get
			files: map[string]string{"data.sql": "INSERT INTO users (email) SELECT i || '@x' FROM generate_series(1, 2000) i;\nUPDATE users SET name = 'x';\n"}},
		{name: "a statement that the plan refuses", schema: pgOrders, migration: "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;", steps: 3, status: exitFindings,
			args: []string{"--workload", "w.sql"}, files: map[string]string{"w.sql": "SELECT * FROM orders WHERE id = {r};\n-- safemig:workload old name=careless\nINSERT INTO orders (user_id) VALUES ({r});\n"},
			want: "null value in column"},
		{name: "a step that fails", schema: pgOrders + forbidding, migration: "ALTER TABLE orders ALTER COLUMN total TYPE bigint;", status: exitFindings, want: "no triggers in this house"},
		{name: "no plan at all", more: true, schema: pgOrders, migration: "CREATE TABLE fresh (id bigint PRIMARY KEY);", status: exitFindings, want: "there is no plan"},
	}
}

// proveServers are the newest of each kind.
func proveServers(t *testing.T) []livedb.Server {
	t.Helper()
	var out []livedb.Server
	for _, kind := range []string{"postgres", "mysql"} {
		list := traceServers(t, kind)
		if kind == "postgres" && !everywhere() {
			list = list[len(list)-1:]
		}
		out = append(out, list...)
	}
	return out
}

// TestProve proves small migrations on a server that is not ours, which is then as it was.
func TestProve(t *testing.T) {
	for _, s := range proveServers(t) {
		t.Run(s.String(), func(t *testing.T) {
			db := livetest.Start(t, s, livedb.Options{})
			before := databases(t, db)
			t.Run("cases", func(t *testing.T) {
				for i, c := range proveCases(s.Dialect) {
					if (c.more || s.Dialect == "mariadb" && i > 0) && !everywhere() {
						continue
					}
					t.Run(c.name, func(t *testing.T) {
						c.prove(t, db)
					})
				}
			})
			if after := databases(t, db); !slices.Equal(before, after) {
				t.Fatalf("databases were %v, are %v", before, after)
			}
			if s.Dialect != "mariadb" {
				proveInterrupted(t, db, before)
			}
		})
	}
}

// write puts the case's files into a new folder.
func (c *proveCase) write(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	files := map[string]string{"001_schema.sql": c.schema, "002_change.sql": c.migration}
	for name, text := range c.files {
		files[filepath.Join("given", name)] = text
	}
	if err := os.Mkdir(filepath.Join(folder, "given"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// command is how the case is proven.
func (c *proveCase) command(t *testing.T, more ...string) []string {
	t.Helper()
	folder := c.write(t)
	args := []string{"prove", filepath.Join(folder, "002_change.sql"), "--settle", "300ms", "--max-stall", "30s", "--format", "json"}
	if !slices.Contains(c.args, "--data") {
		args = append(args, "--rows", "2000")
	}
	for _, a := range c.args {
		if _, is := c.files[a]; is {
			a = filepath.Join(folder, "given", a)
		}
		args = append(args, a)
	}
	return append(args, more...)
}

func (c *proveCase) prove(t *testing.T, db *livedb.DB) {
	code, stdout, stderr := run(t.Context(), rules.All(), c.command(t, "--dsn", db.DSN())...)
	if code != c.status {
		t.Fatalf("exit status %d, want %d\n%s%s", code, c.status, stdout, stderr)
	}
	var got proved
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatalf("%v in\n%s", err, stdout)
	}
	if c.status != exitClean {
		if all := strings.Join(got.Verdict, "\n"); got.Holds || !strings.Contains(all, "DOES NOT HOLD") || !strings.Contains(all, c.want) {
			t.Errorf("%s\nwant %s", all, c.want)
		}
		return
	}
	switch {
	case !got.Holds || len(got.Plan.Steps) < c.steps || got.Plan.Stopped != "":
		t.Errorf("%+v", got)
	case got.Plan.FailedStatements > 0 || len(got.Plan.Lost) > 0 || got.Plan.Writes == 0 || got.Plan.WritesChecked == 0:
		t.Errorf("the applications: %+v", got.Plan)
	case !got.End.Compared || len(got.End.Differences)+len(got.End.UnderLoad) > 0 || got.End.Rows < 2000:
		t.Errorf("the end: %+v", got.End)
	case got.WayBack.Tried && (len(got.WayBack.Faults) > 0 || got.WayBack.Steps == 0 || got.WayBack.Base == 0 && !got.WayBack.Forward):
		t.Errorf("the way back: %+v", got.WayBack)
	}
}

// proveInterrupted ends runs in the middle, in several phases.
func proveInterrupted(t *testing.T, db *livedb.DB, before []string) {
	t.Helper()
	c := proveCases(db.Dialect)[0]
	delays := []time.Duration{150 * time.Millisecond, 700 * time.Millisecond, 2500 * time.Millisecond}
	if db.Dialect != "postgres" && !everywhere() {
		delays = delays[2:]
	}
	for _, delay := range delays {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(delay, cancel)
		began := time.Now()
		code, stdout, stderr := run(ctx, rules.All(), c.command(t, "--settle", "30s", "--dsn", db.DSN())...)
		if code != exitFailed || stdout != "" || !strings.Contains(stderr, "interrupted") || time.Since(began) > 30*time.Second {
			t.Errorf("after %s: exit status %d after %s\n%s%s", delay, code, time.Since(began), stdout, stderr)
		}
		if after := databases(t, db); !slices.Equal(before, after) {
			t.Errorf("interrupted after %s: databases were %v, are %v", delay, before, after)
		}
	}
	code, _, stderr := run(t.Context(), rules.All(), c.command(t, "--settle", "30s", "--timeout", "1s", "--dsn", db.DSN())...)
	if after := databases(t, db); code != exitFailed || !strings.Contains(stderr, "stopped after 1s (--timeout)") || !slices.Equal(before, after) {
		t.Errorf("too slow: exit status %d, databases %v\n%s", code, after, stderr)
	}
	code, _, stderr = run(t.Context(), rules.All(), c.command(t, "--max-disk", "1KB", "--settle", "5s", "--dsn", db.DSN())...)
	if after := databases(t, db); code != exitFailed || !strings.Contains(stderr, "more than 1KB are taken on disk (--max-disk)") || !slices.Equal(before, after) {
		t.Errorf("too large: exit status %d, databases %v\n%s", code, after, stderr)
	}
}

// TestProveRefuses: what cannot be proven is said with its place, before anything is run.
func TestProveRefuses(t *testing.T) {
	newest := proveServers(t)[0]
	if newest.Dialect != "postgres" {
		t.Skip("no PostgreSQL found")
	}
	db := livetest.Start(t, newest, livedb.Options{})
	before := databases(t, db)
	for _, c := range []proveCase{
		{name: "a role", schema: pgOrders, migration: "SELECT 1;\nCREATE ROLE reader;", want: "002_change.sql:2: CREATE ROLE is about the whole server"},
		{name: "a role before", schema: pgOrders + "CREATE ROLE reader;", migration: "SELECT 1;", want: "001_schema.sql:3: CREATE ROLE is about the whole server"},
		{name: "the original fails", schema: pgOrders, migration: "ALTER TABLE orders ADD CONSTRAINT none CHECK (id < 0);", want: "002_change.sql:1: the server refuses the original on these rows: check constraint"},
		{name: "what comes before fails", schema: pgOrders + "SELECT nothing();", migration: "SELECT 1;", want: "what comes before does not run: "},
		{name: "a workload that begins transactions", schema: pgOrders, migration: "CREATE INDEX ON orders (note);", args: []string{"--workload", "w.sql"},
			files: map[string]string{"w.sql": "SELECT 1;\nBEGIN;"}, want: "w.sql:2: each statement is sent by itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := run(t.Context(), rules.All(), c.command(t, "--rows", "50", "--dsn", db.DSN())...)
			if code != exitFailed || stdout != "" || !strings.Contains(stderr, c.want) {
				t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
			}
			if after := databases(t, db); !slices.Equal(before, after) {
				t.Errorf("databases were %v, are %v", before, after)
			}
		})
	}
	_, rows, err := livedb.Texts(t.Context(), db, "SELECT rolname FROM pg_roles WHERE rolname = 'reader'")
	if err != nil || len(rows) > 0 {
		t.Errorf("roles: %v, %v", rows, err)
	}
}

// TestProveLeavesNoFolder: a server of our own goes with the run that was interrupted.
func TestProveLeavesNoFolder(t *testing.T) {
	newest := proveServers(t)[0]
	temporary := serversFolder(t)
	c := proveCases(newest.Dialect)[0]
	for _, delay := range []time.Duration{300 * time.Millisecond, 3 * time.Second} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(delay, cancel)
		code, stdout, stderr := run(ctx, rules.All(), c.command(t, "--settle", "30s", "--dialect", newest.Dialect, "--server-version", newest.Version.String())...)
		if code != exitFailed || !strings.Contains(stderr, "interrupted") {
			t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
		}
		if left, err := filepath.Glob(filepath.Join(temporary, "safemig-*")); err != nil || len(left) > 0 {
			t.Errorf("left behind after %s: %v, %v", delay, left, err)
		}
	}
}
