package engine_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/engine"
)

// command is the engine's command, forced where the case is one that it cannot make.
func (r *trial) command() *engine.Run {
	q := request(r.t, r.server.Dialect+" "+r.server.Version.String(), r.c.before, r.c.migration)
	q.Settings = r.settings()
	choice, err := q.Choose(r.engine)
	var refused *engine.Refused
	switch {
	case errors.As(err, &refused):
		if r.c.stops[r.engine] == "" && !r.c.loses {
			r.t.Fatal(err)
		}
		run, err := q.Force(r.engine)
		if err != nil {
			r.t.Fatal(err)
		}
		return run
	case err != nil:
		r.t.Fatal(err)
	case r.c.loses:
		r.t.Fatal("an engine that loses data is not refused")
	}
	return choice.Run
}

// settings are those of a project that has something to say about everything but
// replicas.
func (r *trial) settings() engine.Settings {
	calm := httptest.NewServer(http.NotFoundHandler())
	calm.Config.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	r.t.Cleanup(calm.Close)
	out := engine.Settings{
		Host: "127.0.0.1", Port: r.port, Database: "shop", MaxSessions: 1000, LockTimeout: 3 * time.Second,
		File: filepath.Join(r.home, "a file that is not there"), Query: "SELECT 0", HTTP: calm.URL,
	}
	if r.c.name != "wider" { // there the file is the one that is suggested
		out.OptionFile = filepath.Join(r.home, "an option file.cnf")
		r.file(out.OptionFile, "[client]\nuser=\npassword=\n")
	}
	// Before 3.7.0 the toolkit asks for replicas in words that MySQL 8.4 no longer has.
	if r.engine == engine.PtOsc && r.server.Dialect == "mysql" && regexp.MustCompile(` 3\.[0-6]\.`).MatchString(r.version) {
		out.MaxLag = -1
	}
	return out
}

// file writes an option file, with the user and the password filled in.
func (r *trial) file(path, text string) {
	text = strings.Replace(strings.Replace(text, "user=\n", "user=engine\n", 1), "password=\n", "password=open-sesame\n", 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// prepare does what comes before the command: it writes the file that is needed, asks
// for the rows that are in the way, and tries the change.
func (r *trial) prepare(run *engine.Run, before string) {
	if run.Config.Path != "" {
		path := strings.Replace(run.Config.Path, "~", r.home, 1)
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.home, path)
		}
		r.file(path, run.Config.Text)
	}
	for _, q := range run.Before {
		if found := len(r.query(q, "USE shop")); (found > 0) != r.c.inTheWay {
			r.t.Errorf("%s gives %d rows (in the way: %v)", q, found, r.c.inTheWay)
		}
	}
	if run.Try == "" || r.c.stops[r.engine] != "" {
		return
	}
	if out, err := r.shell(run.Try); err != nil {
		r.t.Errorf("%v\n%s\n%s", err, run.Try, out)
	}
	if diff := cmp.Diff(before, r.state("shop")); diff != "" {
		r.t.Errorf("to try it changed something (-before +after):\n%s", diff)
	}
}

func (r *trial) shell(command string) (string, error) {
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir = r.home
	cmd.Env = append(os.Environ(), "PATH="+searchPath(), "HOME="+r.home, "MYSQL_USER=engine", "MYSQL_PASSWORD=open-sesame")
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}
