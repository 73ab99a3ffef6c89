package backfill_test

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// preflightCase is a concern, raised and not raised. A case's files, each for all
// servers or with ".postgres", ".mariadb", or ".mysql" for both of
// that kind, behind its name:
//
//	setup    statements, with an empty line between them
//	job      the job that the concern is raised for
//	want     a line "note|refusal|final ID: what the message matches" for every concern
//	user     who looks; empty: who made the tables
//	mend     statements after which the concern is no longer raised
//	mended   the job that it is no longer raised for
//	cleanup  statements that undo what resetting the server does not
type preflightCase struct {
	id    string
	files map[string]string
}

func (c preflightCase) file(name, dialect string) string {
	if text, ok := c.files[name+"."+dialect]; ok {
		return strings.TrimSpace(text)
	}
	if text, ok := c.files[name+".mysql"]; ok && dialect == "mariadb" {
		return strings.TrimSpace(text)
	}
	return strings.TrimSpace(c.files[name])
}

func preflightCases(t *testing.T) []preflightCase {
	t.Helper()
	paths, err := filepath.Glob("testdata/preflight/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var out []preflightCase
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c := preflightCase{id: strings.TrimSuffix(filepath.Base(path), ".txtar"), files: map[string]string{}}
		for _, f := range archive.Files {
			c.files[f.Name] = string(f.Data)
		}
		out = append(out, c)
	}
	return out
}

// TestPreflight raises every concern on real servers, and has it mended.
func TestPreflight(t *testing.T) {
	cases := preflightCases(t)
	perServerWith(t, inUse, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		for _, c := range cases {
			if c.file("want", db.Dialect) == "" {
				continue
			}
			t.Run(c.id, func(t *testing.T) { c.test(t, db, d) })
		}
	})
}

// inUse are the settings of servers as they are in use.
func inUse(s livedb.Server) livedb.Options {
	if s.Dialect == "postgres" {
		return livedb.Options{Settings: []string{"autovacuum=on"}}
	}
	return livedb.Options{Settings: []string{"log-bin", "server-id=1"}}
}

func closeDB(t *testing.T, db *livedb.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func (c preflightCase) test(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
	if err := db.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	execAll(t, db, paragraphs(c.file("setup", db.Dialect))...)
	defer execAll(t, db, paragraphs(c.file("cleanup", db.Dialect))...)
	as := db
	if user := c.file("user", db.Dialect); user != "" {
		as = attachAs(t, db, user)
		defer closeDB(t, as)
	}
	job := c.file("job", db.Dialect)
	c.compare(t, as, d, job)
	mend, mended := paragraphs(c.file("mend", db.Dialect)), c.file("mended", db.Dialect)
	if len(mend) == 0 && mended == "" {
		t.Fatal("nothing says how the concern is mended")
	}
	execAll(t, db, mend...)
	if mended == "" {
		mended = job
	}
	eventually(t, func() string {
		if r := preflight(t, as, d, mended); r.Has(c.id) {
			return fmt.Sprintf("still raised where all is well: %s", strings.Join(shown(r), "\n"))
		}
		return ""
	})
}

// compare holds what is raised against what is wanted. The server's statistics may
// take a moment.
func (c preflightCase) compare(t *testing.T, db *livedb.DB, d *dialect.Dialect, job string) {
	t.Helper()
	eventually(t, func() string {
		var wrong []string
		got := shown(preflight(t, db, d, job))
		for _, want := range strings.Split(c.file("want", db.Dialect), "\n") {
			head, text, _ := strings.Cut(want, ":")
			text = strings.TrimSpace(text)
			at := slices.IndexFunc(got, func(g string) bool {
				return strings.HasPrefix(g, head+": ") && regexp.MustCompile(text).MatchString(g)
			})
			if at < 0 {
				wrong = append(wrong, "not raised: "+want)
				continue
			}
			got = slices.Delete(got, at, at+1)
		}
		for _, g := range got {
			wrong = append(wrong, "not wanted: "+g)
		}
		return strings.Join(wrong, "\n")
	})
}

func eventually(t *testing.T, try func() string) {
	t.Helper()
	until := time.Now().Add(1500 * time.Millisecond)
	for {
		wrong := try()
		if wrong == "" {
			return
		}
		if time.Now().After(until) {
			t.Fatal(wrong)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func preflight(t *testing.T, db *livedb.DB, d *dialect.Dialect, job string) *backfill.Report {
	t.Helper()
	j, err := backfill.Read("job", job, d)
	if err != nil {
		t.Fatal(err)
	}
	r, err := backfill.Preflight(t.Context(), db, j, backfill.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func shown(r *backfill.Report) []string {
	var out []string
	for _, c := range r.Concerns {
		weight := "note"
		switch {
		case c.Final:
			weight = "final"
		case c.Refuses:
			weight = "refusal"
		}
		out = append(out, fmt.Sprintf("%s %s: %s", weight, c.ID, c.Message))
	}
	return out
}

func paragraphs(text string) []string {
	var out []string
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// attachAs reaches a throw-away server as another user.
func attachAs(t *testing.T, db *livedb.DB, user string) *livedb.DB {
	t.Helper()
	dsn := strings.Replace(db.DSN(), "user=postgres", "user="+user, 1)
	if db.Dialect != "postgres" {
		dsn = strings.Replace(db.DSN(), "root@", user+"@", 1)
	}
	other, err := livedb.Attach(context.WithoutCancel(t.Context()), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return other
}

// TestConcernsHaveCases: every concern has a case, or a test that says its name.
func TestConcernsHaveCases(t *testing.T) {
	elsewhere := map[string]func(*testing.T){
		"transaction-pooling": TestPooler, "proxy": TestPooler, "galera": backfill.TestGalera,
		"history-list": TestUndo, "old-transaction": TestUndo, "purge-lag": TestUndo, "purge-not-known": TestUndo, "undo-space": TestUndo,
	}
	known := map[string]bool{}
	for _, k := range backfill.ConcernKinds() {
		known[k.ID] = true
	}
	seen := map[string]bool{}
	for _, c := range preflightCases(t) {
		seen[c.id] = true
		for name, text := range c.files {
			if strings.HasPrefix(name, "want") && !strings.Contains(text, " "+c.id+":") {
				t.Errorf("%s: %s does not want the concern itself", c.id, name)
			}
		}
		if !known[c.id] {
			t.Errorf("there is a case for %s, which is no concern", c.id)
		}
	}
	for id := range known {
		if elsewhere[id] == nil && !seen[id] {
			t.Errorf("no case raises %s: write testdata/preflight/%[1]s.txtar", id)
		}
	}
}
