package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/rules"
)

// TestEngine runs what fix --engine writes: the migration's file before the engine
// has worked, the engine's script, the file behind it, the same file in a database
// without rows, and the way back.
func TestEngine(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	some := false
	for _, name := range []string{"mysql", "mariadb"} {
		servers, err := livedb.Find(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(servers) == 0 {
			continue
		}
		some = true
		if os.Getenv("SAFEMIG_PROVE") != "all" {
			servers = servers[len(servers)-1:]
		}
		for _, s := range servers {
			t.Run(s.String(), func(t *testing.T) { onEngines(t, s) })
		}
	}
	if !some && os.Getenv("SAFEMIG_LIVE") == "require" {
		t.Fatal("no server found: run .ci/servers")
	}
}

// engineCase is a change that only an engine makes without blocking.
type engineCase struct {
	name, table, migration string
	engines                []string
	back                   bool // an engine takes it back, too
}

func engineCases() []engineCase {
	return []engineCase{
		{"counting key", ordersTable, "ALTER TABLE orders MODIFY id bigint NOT NULL AUTO_INCREMENT, ADD COLUMN twice int AS (total * 2) STORED", []string{"gh-ost", "spirit"}, true},
		{"counting key alone", ordersTable, "ALTER TABLE orders MODIFY id bigint NOT NULL AUTO_INCREMENT", []string{"pt-osc"}, false},
		{"words", ordersTable, "CREATE FULLTEXT INDEX words ON orders (note)", []string{"gh-ost", "pt-osc", "spirit"}, false},
		{"foreign key", ordersTable, "ALTER TABLE orders ADD CONSTRAINT of_buyer FOREIGN KEY (buyer) REFERENCES buyers (id)", []string{"pt-osc"}, false},
		{"character set", codesTable, "ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", []string{"gh-ost", "pt-osc"}, false},
		{"partitions", ordersTable, "ALTER TABLE orders PARTITION BY HASH (id) PARTITIONS 3", []string{"gh-ost", "pt-osc", "spirit"}, false},
		{"row format", ordersTable, "ALTER TABLE orders ROW_FORMAT=COMPRESSED", []string{"gh-ost", "pt-osc", "spirit"}, false},
	}
}

// The plan does not know buyers, else it would need no engine for a foreign key.
const (
	buyersTable = "CREATE TABLE buyers (id int NOT NULL PRIMARY KEY) ENGINE=InnoDB"
	ordersTable = "CREATE TABLE orders (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, buyer int, total int NOT NULL, note varchar(40) NOT NULL, KEY by_buyer (buyer)) " +
		"ENGINE=InnoDB DEFAULT CHARSET=utf8mb3"
	codesTable = "CREATE TABLE orders (id char(8) NOT NULL PRIMARY KEY, buyer int, total int NOT NULL, note varchar(40) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3"
)

// someOrders are rows, more than a small table has.
func (c *engineCase) someOrders() string {
	id := "i"
	if c.table == codesTable {
		id = "concat('c', i)"
	}
	return "INSERT INTO orders (id, buyer, total, note) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT " + id + ", 1 + i % 2, i, concat('é', i) FROM n"
}

// onEngines starts a server that engines can reach: they speak TCP, and read the binlog.
func onEngines(t *testing.T, s livedb.Server) {
	options := livetest.Networked(t, 1)
	port := strings.TrimPrefix(options.Settings[2], "port=")
	options.Settings = append(options.Settings, "binlog-format=ROW", "log-slave-updates=1", "performance-schema=ON")
	db, err := s.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	execute(t, db, "CREATE USER engine@'%' IDENTIFIED BY 'open-sesame'", "GRANT ALL ON *.* TO engine@'%' WITH GRANT OPTION")
	for _, c := range engineCases() {
		for _, engine := range c.engines {
			if engine == "spirit" && s.Dialect == "mariadb" {
				continue // it runs on MySQL alone
			}
			t.Run(c.name+"/"+engine, func(t *testing.T) {
				needsEngine(t, engine)
				r := engineRun{T: t, db: db, c: &c, engine: engine, port: port}
				r.prepare()
				r.forth()
				r.back()
			})
		}
	}
}

// enginePath is where engines are looked for: SAFEMIG_ENGINES first.
func enginePath() string {
	return os.Getenv("SAFEMIG_ENGINES") + string(os.PathListSeparator) + os.Getenv("PATH")
}

func needsEngine(t *testing.T, engine string) {
	t.Helper()
	program := strings.Replace(engine, "pt-osc", "pt-online-schema-change", 1)
	for _, dir := range filepath.SplitList(enginePath()) {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err == nil && dir != "" {
			return
		}
	}
	t.Skipf("%s is not installed: see .ci/engines", program)
}

// engineRun is one case with one engine. shop has rows and gets the plan, plain the
// migration as it was, fresh has no rows and gets the plan's file alone.
type engineRun struct {
	*testing.T
	db           *livedb.DB
	c            *engineCase
	engine, port string

	pending  string // the plan's folder
	up, down string // the migration's files
	plan     *ledger.Plan
	was      string // the tables before
}

func (r *engineRun) prepare() {
	r.Chdir(r.TempDir())
	for _, name := range []string{"shop", "plain", "fresh"} {
		statements := []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name, "USE " + name, buyersTable, r.c.table}
		if name != "fresh" {
			statements = append(statements, "INSERT INTO buyers VALUES (1), (2)", r.c.someOrders())
		}
		execute(r.T, r.db, statements...)
	}
	r.was = r.state("shop")
	for name, text := range map[string]string{
		"db/1_init.up.sql": r.c.table + ";\n", "db/1_init.down.sql": "DROP TABLE orders;\n", "db/2_change.up.sql": "SET SESSION lock_wait_timeout = 5;\n" + r.c.migration + ";\n",
		"db/2_change.down.sql": "SELECT 1;\n", ".my.cnf": "[client]\nuser=engine\npassword=open-sesame\n",
		"safemig.yml": "dialect: " + r.db.Dialect + "\nserver-version: " + r.db.Version.String() + "\nsmall-table: {rows: 500}\n" +
			"engines: {port: " + r.port + ", database: shop, max-sessions: off, max-lag: off}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			r.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			r.Fatal(err)
		}
	}
	code, stdout, stderr := run(r.Context(), rules.All(), "fix", "--engine", r.engine, "--write", "db/2_change.up.sql")
	if code != exitClean {
		r.Fatalf("exit status %d\n%s%s", code, stdout, stderr)
	}
	r.read(stdout)
}

// read finds the plan's files.
func (r *engineRun) read(said string) {
	r.pending = "pending/2_change"
	m, err := ledger.Open(r.pending + "/plan.yml")
	if err != nil {
		r.Fatalf("%v\n%s", err, said)
	}
	r.plan = m.Plan
	ups, err := filepath.Glob(r.pending + "/*.up.sql")
	if err != nil || len(ups) != 1 || len(r.plan.Steps) != 1 || r.plan.Steps[0].Engine == nil {
		r.Fatalf("%v, %v\n%s", ups, err, said)
	}
	r.up, r.down = ups[0], strings.Replace(ups[0], ".up.", ".down.", 1)
}

// forth: the file refuses, the engine works, the file does nothing.
func (r *engineRun) forth() {
	e := r.plan.Steps[0].Engine
	r.refuses(r.up)
	if diff := cmp.Diff(r.was, r.state("shop")); diff != "" {
		r.Errorf("the file that refused changed something (-before +after):\n%s", diff)
	}
	if got := r.value("shop", "SELECT "+e.Done); got != "0" {
		r.Errorf("it shows as done before it is: %s", got)
	}
	for _, verb := range e.Verbs {
		if verb != "back" {
			r.script(verb)
		}
	}
	if got := r.value("shop", "SELECT "+e.Done); got != "1" {
		r.Fatalf("what the engine has done does not show: %s\n%s\n%s", got, e.Done, r.state("shop"))
	}
	after := r.state("shop")
	r.file("shop", r.up)
	if diff := cmp.Diff(after, r.state("shop")); diff != "" {
		r.Errorf("the file changed something behind the engine (-before +after):\n%s", diff)
	}
	r.file("fresh", r.up)
	execute(r.T, r.db, "USE plain", r.c.migration)
	for _, name := range []string{"shop", "fresh"} {
		if diff := cmp.Diff(r.state("plain"), r.state(name)); diff != "" {
			r.Errorf("%s is not what the migration makes (-migration +plan):\n%s", name, diff)
		}
	}
	const rows = "SELECT CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT_WS('|', id, buyer, total, HEX(CONVERT(note USING utf8mb4)))))) FROM orders"
	if want, got := r.value("plain", rows), r.value("shop", rows); want != got {
		r.Errorf("the rows are %s, and by the migration %s", got, want)
	}
}

// back: the file takes back what is quick, the engine the rest.
func (r *engineRun) back() {
	e := r.plan.Steps[0].Engine
	if slices.Contains(e.Verbs, "back") != r.c.back {
		r.Fatalf("the script can %v", e.Verbs)
	}
	if r.c.back {
		r.refuses(r.down)
		r.dropLeft()
		r.script("back")
	}
	if len(r.plan.Steps[0].Rollback) == 0 {
		return
	}
	r.file("shop", r.down)
	r.file("fresh", r.down)
	for _, name := range []string{"shop", "fresh"} {
		if diff := cmp.Diff(r.was, r.state(name)); diff != "" {
			r.Errorf("%s, taken back (-before +after):\n%s", name, diff)
		}
	}
}
