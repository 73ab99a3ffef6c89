package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rules"
)

// TestSizesOfARunningServer: what stats writes, and what lint asks the server
// for, say the same.
func TestSizesOfARunningServer(t *testing.T) {
	servers, err := livedb.Find(t.Context(), "postgres")
	if err != nil {
		t.Fatal(err)
	}
	if len(servers) == 0 {
		t.Skip("no PostgreSQL found")
	}
	db, err := servers[0].Start(t.Context(), livedb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE flags (name text); ANALYZE flags"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file, sql := filepath.Join(dir, "stats.json"), filepath.Join(dir, "1.sql")
	if err := os.WriteFile(sql, []byte("CREATE INDEX i ON flags (name);"), 0o666); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := run(t.Context(), rules.All(), "stats", "--dsn", db.DSN(), "-o", file)
	if code != exitClean || stdout != "" || !strings.HasPrefix(stderr, "safemig: the sizes of 1 table of PostgreSQL are in ") {
		t.Fatalf("exit status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, stdout, _ := run(t.Context(), rules.All(), "stats", "--dsn", db.DSN()); withoutTime(stdout) != withoutTime(string(written)) {
		t.Errorf("stdout %s\nfile %s", stdout, written)
	}
	for _, from := range [][]string{{"--stats", file}, {"--dsn", db.DSN()}} {
		_, stdout, stderr := run(t.Context(), rules.All(), "lint", from[0], from[1], "--dialect", "postgres", "--format", "concise", sql)
		if !strings.Contains(stdout, "info[index-not-concurrent] CREATE INDEX blocks writes to flags until the index is built (flags has 0 rows)") {
			t.Errorf("%s: %s%s", from[0], stdout, stderr)
		}
	}
}

// withoutTime leaves out when the sizes were taken.
func withoutTime(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, `"taken"`) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}
