package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hostile is a text that somebody wrote to have safemig fail. It is made of n pieces.
type hostile struct {
	name, head, piece, between, tail, dialects string
	closing                                    string // n times, behind the pieces
	status                                     int
	says                                       string // a pattern
}

// hostiles are the inputs of make hostile. Of text that is not understood, the place
// is an error, which is status 1.
func hostiles() []hostile {
	const deep = "more than 2000 levels deep"
	return []hostile{
		{name: "statements", piece: "SELECT 1;\n"},
		{name: "inserts", piece: "INSERT INTO t (id, a) VALUES (1, 'some text that stands here');\n"},
		{name: "clauses", head: "ALTER TABLE t ", piece: "ADD COLUMN c%d int", between: ",\n", tail: ";\n"},
		{name: "columns", head: "CREATE TABLE t (", piece: "c%d int", between: ",\n", tail: ");\n"},
		{name: "rows of one INSERT", head: "INSERT INTO t VALUES ", piece: "(1, 'text')", between: ",\n", tail: ";\n"},
		{name: "literal", head: "UPDATE t SET a = '", piece: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", tail: "' WHERE id = 1;\n"},
		{name: "comment", head: "/*", piece: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", tail: "*/ SELECT 1;\n"},
		{name: "ignores", piece: "-- safemig:ignore drop-column -- why\nSELECT 1;\n"},
		{name: "savepoints", head: "CREATE TABLE t (a int); BEGIN;", piece: "SAVEPOINT s%d;\n", tail: "ROLLBACK;"},
		{name: "ROLLBACK TO", head: "CREATE TABLE t (a int); BEGIN;", piece: "SAVEPOINT s; ALTER TABLE t ADD COLUMN b int; ROLLBACK TO s;\n", tail: "COMMIT;", status: 1, says: "goes back to savepoints more than 100 times"},
		{name: "indexes", head: "CREATE TABLE t (a int, b int, FOREIGN KEY (b) REFERENCES u (b));\n", piece: "CREATE INDEX i%d ON t (a);\n"},
		{name: "enum values", head: "CREATE TABLE t (a int); BEGIN;", piece: "ALTER TYPE e ADD VALUE 'v%d'; INSERT INTO t VALUES (1);\n", tail: "COMMIT;", dialects: "postgres"},
		{name: "drops", piece: "DROP TABLE t%d;\n", status: 1, says: "drop-table"},
		{name: "ignored drops", piece: "-- safemig:ignore drop-table -- why\nDROP TABLE t%d;\n"},
		{name: "partitions", head: "CREATE TABLE t (a int) PARTITION BY LIST (a);\n", piece: "CREATE TABLE t%d PARTITION OF t FOR VALUES IN (%d);\n", tail: "ALTER TABLE t ADD COLUMN b int;", dialects: "postgres"},
		{name: "checks", head: "CREATE TABLE t (a int", piece: ", CHECK (a > 0)", tail: ");\n"},
		{name: "semicolons", piece: ";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;"},
		{name: "placeholders", head: "SELECT ", piece: "${a%d}", between: ",", tail: ";\n"},
		{name: "AND and OR", head: "DELETE FROM t WHERE a = 1 ", piece: "AND a = 1 OR a = 2 ", tail: ";\n"},
		{name: "parentheses", head: "SELECT ", piece: "(", tail: "1", closing: ")", status: 1, says: deep, dialects: "postgres"},
		{name: "CASE", head: "SELECT ", piece: "CASE WHEN a THEN ", tail: "1", closing: " END", status: 1, says: deep, dialects: "postgres"},
		{name: "subselects", head: "SELECT * FROM ", piece: "(SELECT * FROM ", tail: "t", closing: ") x", status: 1, says: deep, dialects: "postgres"},
		{name: "minus", head: "SELECT ", piece: "- ", tail: "1;\n", status: 1, says: deep, dialects: "postgres"},
		{name: "casts", head: "SELECT 1", piece: "::int", tail: ";\n", status: 1, says: deep, dialects: "postgres"},
		{name: "joins", head: "SELECT * FROM t", piece: " JOIN t ON true", tail: ";\n", status: 1, says: deep, dialects: "postgres"},
		{name: "PL/pgSQL blocks", head: "DO $$ ", piece: "BEGIN ", tail: "PERFORM 1; ", closing: "END; ", dialects: "postgres"},
		{name: "executable comments", piece: "/*!50000 SELECT 1; */\n", dialects: "mysql"},
		{name: "delimiters", piece: "DELIMITER //\nSELECT 1//\nDELIMITER ;\n", dialects: "mysql"},
		{name: "changesets", head: "--liquibase formatted sql\n", piece: "--changeset a:%d endDelimiter:/ rollbackEndDelimiter:/\nSELECT 1\n/\n--rollback SELECT 2\n--rollback /\n"},
		{name: "NULs", piece: "SELECT 1;\x00", status: 2, says: "a NUL byte"},
	}
}

func (h *hostile) write(t *testing.T, name string, n int) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	put := func(text string) {
		if _, err := w.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	put(h.head)
	for i := range n {
		if i > 0 {
			put(h.between)
		}
		put(strings.ReplaceAll(h.piece, "%d", fmt.Sprint(i)))
	}
	put(h.tail)
	if h.closing != "" {
		put(strings.Repeat(h.closing, n) + ";\n")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestHostileInput has an end in bounded time and memory, whatever a file holds. The
// small ones run always; SAFEMIG_HOSTILE=1 has 100,000 pieces of each, and prints the table.
func TestHostileInput(t *testing.T) {
	pieces, commands := 3000, []string{"lint"}
	full := os.Getenv("SAFEMIG_HOSTILE") != ""
	if full {
		pieces, commands = 100_000, []string{"lint", "locks", "fix"}
		fmt.Println("| input | command | dialect | CPU | peak | status | says |\n| --- | --- | --- | --- | --- | --- | --- |")
	}
	for _, h := range hostiles() {
		dir := filepath.Join(t.TempDir(), "m")
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		h.write(t, filepath.Join(dir, "001_a.sql"), pieces)
		for _, dialect := range []string{"postgres", "mysql"} {
			for _, command := range commands {
				if h.dialects == "" || h.dialects == dialect {
					h.run(t, command, dialect, dir, full)
				}
			}
		}
	}
}

// Bounds are generous: machines are slow and busy. What grows with the square of its
// input, or keeps what it need not, is far beyond them.
const (
	mostCPU    = 40 * time.Second
	mostMemory = 2 << 30
)

func (h *hostile) run(t *testing.T, command, dialect, dir string, full bool) {
	t.Helper()
	var out bytes.Buffer
	c := exec.Command("safemig", command, "--dialect", dialect, dir)
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	cpu := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	peak := peakOf(c.ProcessState)
	status := c.ProcessState.ExitCode()
	said := regexp.MustCompile(`\s+`).ReplaceAllString(out.String(), " ")
	if full {
		fmt.Printf("| %s | %s | %s | %.1fs | %d MB | %d | %.90s |\n", h.name, command, dialect, cpu.Seconds(), peak>>20, status, strings.ReplaceAll(said, "|", " "))
	}
	if cpu > mostCPU || peak > mostMemory {
		t.Errorf("%s: %s for %s took %s and %d MB", h.name, command, dialect, cpu, peak>>20)
	}
	if status < exitClean || status > exitFailed || strings.Contains(said, "a bug in safemig") || strings.Contains(said, "goroutine ") {
		t.Errorf("%s: %s for %s: status %d, %.500s", h.name, command, dialect, status, said)
	}
	if command == "lint" && (h.says != "" && (status != h.status || !strings.Contains(said, h.says))) {
		t.Errorf("%s: lint for %s: status %d, %.500s", h.name, dialect, status, said)
	}
}

// peakOf is the most memory that a process had.
func peakOf(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10
}

// TestTooManyStatements: those behind the limit are an error at their place, and those
// before it are judged.
func TestTooManyStatements(t *testing.T) {
	if os.Getenv("SAFEMIG_HOSTILE") == "" {
		t.Skip("takes half a minute: make hostile")
	}
	dir := t.TempDir()
	text := "DROP TABLE a;\n" + strings.Repeat("SELECT 1;\n", 100_000) + "DROP TABLE b;\n"
	if err := os.WriteFile(filepath.Join(dir, "001_a.sql"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, dialect := range []string{"postgres", "mysql"} {
		var out, said bytes.Buffer
		status := Main(t.Context(), []string{"safemig", "lint", "--format", "concise", "--dialect", dialect, dir}, strings.NewReader(""), &out, &said, os.Getenv)
		got := out.String()
		if status != exitFindings || !strings.Contains(got, ":1:1: error[drop-table]") || !strings.Contains(got, ":100001:1: error[syntax-error]") || !strings.Contains(got, "the file has more than 100000 statements") || strings.Contains(got, ":100002:") {
			t.Errorf("%s: status %d\n%s%s", dialect, status, got, said.String())
		}
	}
}

// TestOddFilesAreSaid: what has a migration's name and cannot be read fails the run, and
// is never waited for.
func TestOddFilesAreSaid(t *testing.T) {
	dir := t.TempDir()
	for name, target := range map[string]string{"002_nowhere.sql": "nothing", "003_loop.sql": "003_loop.sql", "004_zero.sql": "/dev/zero"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "005_pipe.sql"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "001_a.sql"), []byte("DROP TABLE a;\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "005_pipe.sql")} {
		var out, said bytes.Buffer
		status := Main(t.Context(), []string{"safemig", "lint", "--dialect", "postgres", path}, strings.NewReader(""), &out, &said, os.Getenv)
		want := []string{"005_pipe.sql: a pipe, not a file"}
		if path == dir {
			want = append(want, "002_nowhere.sql: the symbolic link leads to no file", "003_loop.sql: the symbolic link", "004_zero.sql: a device")
			if !strings.Contains(out.String(), "drop-table") {
				t.Errorf("the migration beside them is not judged:\n%s", out.String())
			}
		}
		for _, w := range want {
			if status != exitFailed || !strings.Contains(said.String(), w) {
				t.Errorf("status %d, no %q in\n%s", status, w, said.String())
			}
		}
	}
}
