package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/nearest"
)

// backfiller is a command about a job, or about all of them.
type backfiller struct {
	*program
	cli      *cli.Context
	settings *settings
	db       *livedb.DB
	name     string // of the job
	path     string // of its file, where there is one
}

// openBackfill reads the command line of a command about a number of jobs, and
// connects.
func (p *program) openBackfill(c *cli.Context, jobs int) (*backfiller, error) {
	s, err := p.settings(c)
	if err != nil {
		return nil, err
	}
	b := &backfiller{program: p, cli: c, settings: s}
	switch {
	case c.NArg() < jobs:
		return nil, usage(c.Command, "which job? give its file or its name")
	case c.NArg() > jobs:
		return nil, usage(c.Command, "%q is one argument too many", c.Args().Get(jobs))
	case jobs > 0:
		if err := b.locate(c.Args().First()); err != nil {
			return nil, err
		}
	}
	if b.db, err = p.attach(c, flagDSN, envDSN); err != nil {
		return nil, err
	}
	return b, nil
}

// attach reaches the server of a flag, or of the environment.
func (p *program) attach(c *cli.Context, flag, env string) (*livedb.DB, error) {
	dsn, from := c.String(flag), "--"+flag
	if dsn == "" {
		var err error
		from = env
		if dsn, err = p.dsnAt(p.getenv(env), env); err != nil {
			return nil, err
		}
	}
	if dsn == "" {
		return nil, usage(c.Command, "which server? give its --%s, or set %s", flag, env)
	}
	db, err := livedb.Attach(c.Context, dsn)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return db, nil
}

func (b *backfiller) close() error { return b.db.Close() }

// locate finds the file of a job and its name. Only run needs the file.
func (b *backfiller) locate(job string) error {
	job = filepath.FromSlash(job)
	if filepath.Base(job) != job || strings.HasSuffix(job, ".sql") {
		b.path, b.name = job, strings.TrimSuffix(filepath.Base(job), ".sql")
	} else {
		b.name = job
		for _, dir := range b.folders() {
			path := filepath.Join(dir, job+".sql")
			if _, err := os.Stat(path); err == nil {
				b.path = path
				break
			} else if !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("looking for the job %s: %w", job, err)
			}
		}
	}
	if b.name == "" || len(b.name) > 255 {
		return usage(b.cli.Command, "a job's name has 1 to 255 bytes, %q has %d", b.name, len(b.name))
	}
	return nil
}

// folders are where jobs are.
func (b *backfiller) folders() []string {
	return b.settings.beside("backfills", func(fix *config.Fix) string { return fix.Backfills })
}

// beside are folders that fix writes to: the configuration's, and where the project has
// none, those that are called as usual, here and beside the migrations.
func (s *settings) beside(usual string, configured func(*config.Fix) string) []string {
	var out []string
	add := func(dir string) {
		if dir != "" && !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	add(configured(&s.file.Fix))
	for i := range s.file.Overrides {
		add(configured(&s.file.Overrides[i].Own.Fix))
	}
	if configured(&s.file.Fix) != "" {
		return out
	}
	add(usual)
	for _, migrations := range slices.Concat(s.file.Paths, layout.WellKnown()) {
		add(filepath.Join(filepath.Dir(filepath.FromSlash(migrations)), usual))
	}
	return out
}

// read reads the job.
func (b *backfiller) read() (*backfill.Job, error) {
	if b.path == "" {
		return nil, fmt.Errorf("there is no file %s.sql in %s%s", b.name, strings.Join(existing(b.folders()), ", "), nearest.DidYouMean(b.name, b.jobFiles()))
	}
	text, err := os.ReadFile(b.path)
	if err != nil {
		return nil, fmt.Errorf("the job: %w", err)
	}
	d, err := dialect.Open(b.db.Dialect, b.db.Version.String())
	if err != nil {
		return nil, err
	}
	return b.parse(string(text), d)
}

// parse reads the text of the job's file.
func (b *backfiller) parse(text string, d *dialect.Dialect) (*backfill.Job, error) {
	j, err := backfill.Read(b.name, text, d)
	var wrong *backfill.Mistake
	if errors.As(err, &wrong) {
		line, column := position(text, wrong.At)
		return nil, fmt.Errorf("%s:%d:%d: %w", filepath.ToSlash(b.path), line, column, err)
	}
	return j, err
}

// existing are the folders that are there, or the first that is not.
func existing(all []string) []string {
	there := slices.DeleteFunc(slices.Clone(all), func(dir string) bool {
		_, err := os.Stat(dir)
		return err != nil
	})
	if len(there) == 0 {
		there = slices.Clone(all[:1])
	}
	for i := range there {
		there[i] = filepath.ToSlash(there[i]) + "/"
	}
	return there
}

func (b *backfiller) jobFiles() []string {
	var out []string
	for _, dir := range b.folders() {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // a folder that may not be there; this is for a suggestion only
		}
		for _, e := range entries {
			if name, is := strings.CutSuffix(e.Name(), ".sql"); is {
				out = append(out, name)
			}
		}
	}
	return out
}

// position is a byte's line and column, from 1; columns are code points.
func position(text string, at int) (line, column int) {
	before := text[:min(max(at, 0), len(text))]
	begin := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, len([]rune(before[begin:])) + 1
}

// runner says who runs a job.
func (p *program) runner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "a machine without a name"
	}
	user := p.getenv("USER")
	if user != "" {
		user += "@"
	}
	return fmt.Sprintf("%s%s, process %d", user, host, os.Getpid())
}

// suggested adds to an error that there is no such job, which there are.
func suggested(err error) error {
	var no *backfill.NoJobError
	if errors.As(err, &no) {
		return fmt.Errorf("%w%s; safemig backfill list lists them", err, nearest.DidYouMean(no.Name, no.Known))
	}
	return err
}

// about runs a command about one job.
func (p *program) about(c *cli.Context, do func(context.Context, *backfiller) error) error {
	b, err := p.openBackfill(c, 1)
	if err != nil {
		return err
	}
	err = do(c.Context, b)
	return errors.Join(suggested(err), b.close())
}
