package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// dropLeft drops the old tables that engines leave.
func (r *engineRun) dropLeft() {
	for {
		name := r.value("shop", "SELECT COALESCE(MIN(TABLE_NAME), '') FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '\\_%'")
		if name == "" {
			return
		}
		execute(r.T, r.db, "USE shop", "DROP TABLE `"+name+"`")
	}
}

// refuses runs a file that must fail, and say what to do.
func (r *engineRun) refuses(path string) {
	r.Helper()
	err := r.send("shop", path)
	if err == nil || livedb.ErrorNumber(err) != 1054 || !strings.Contains(err.Error(), r.plan.Steps[0].Engine.Script) {
		r.Errorf("%s before the engine has worked: %v", path, err)
	}
}

func (r *engineRun) file(database, path string) {
	r.Helper()
	if err := r.send(database, path); err != nil {
		r.Errorf("%s: %v", path, err)
	}
}

// send runs a file's statements in one session.
func (r *engineRun) send(database, path string) (err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	c, err := r.db.Session(r.Context())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	for _, sql := range append([]string{"USE " + database}, split(string(text))...) {
		if _, err := c.ExecContext(r.Context(), sql); err != nil {
			return err
		}
	}
	return nil
}

// split cuts a text at the semicolons that end lines.
func split(text string) []string {
	var out []string
	for sql := range strings.SplitSeq(strings.TrimSpace(text), ";\n") {
		out = append(out, strings.TrimSuffix(sql, ";"))
	}
	return out
}

func (r *engineRun) value(database, query string) (value string) {
	r.Helper()
	c, err := r.db.Session(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ExecContext(r.Context(), "USE "+database); err != nil {
		r.Fatal(err)
	}
	if err := c.QueryRowContext(r.Context(), query).Scan(&value); err != nil {
		r.Fatalf("%s: %v", query, err)
	}
	return value
}

// state is how the table is made.
func (r *engineRun) state(database string) string {
	r.Helper()
	c, err := r.db.Session(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	var name, text string
	if err := c.QueryRowContext(r.Context(), "SHOW CREATE TABLE "+database+".orders").Scan(&name, &text); err != nil {
		r.Fatal(err)
	}
	return regexp.MustCompile(` AUTO_INCREMENT=\d+`).ReplaceAllString(text, "")
}

// script runs the engine's script as somebody would who has read it.
func (r *engineRun) script(verb string) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Minute)
	defer cancel()
	home, err := os.Getwd()
	if err != nil {
		r.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "sh", filepath.Join(r.pending, r.plan.Steps[0].Engine.Script), verb)
	cmd.Env = append(os.Environ(), "PATH="+enginePath(), "HOME="+home, "MYSQL_USER=engine", "MYSQL_PASSWORD=open-sesame")
	cmd.WaitDelay = 5 * time.Second
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.Fatalf("%s: %v\n%s", verb, err, out)
	}
	r.Logf("%s took %s", verb, time.Since(began).Round(time.Millisecond))
}
