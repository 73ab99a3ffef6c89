package tooltest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
)

// script is what one script has: a database of its own, and what it noted of it.
type script struct {
	t       testscript.T
	servers map[string]*server
	states  map[string]state

	server  *server
	dialect string
	name    string // of its database
	db      *livedb.DB
	history []string // the tables that the tool keeps its books in
}

// state is what a database was at one time.
type state struct {
	objects []catalog.Object
	rows    string
}

// commands are what the scripts can do beside testscript's own commands:
//
//	needs PROGRAM...         skips the script where one is not installed
//	slow                     skips it unless SAFEMIG_TOOLS=all
//	database KIND [TABLE...] gives it an empty database; the tables are the tool's own
//	empty                    empties the database
//	sql FILE                 runs the statements of a file, each up to a blank line
//	note NAME                notes what the database is
//	same NAME [CLASS...]     it is again what was noted, but for classes of the catalogue
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	out := map[string]func(*testscript.TestScript, bool, []string){}
	for name, do := range map[string]func(*script, *testscript.TestScript, []string) error{
		"needs": (*script).needs, "slow": (*script).slow, "database": (*script).database, "empty": (*script).empty,
		"sql": (*script).sql, "note": (*script).note, "same": (*script).same,
	} {
		out[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("! %s makes no sense", name)
			}
			ts.Check(do(ts.Value(scriptKey{}).(*script), ts, args))
		}
	}
	return out
}

func (s *script) needs(ts *testscript.TestScript, programs []string) error {
	for _, name := range programs {
		missing := !slices.ContainsFunc(filepath.SplitList(ts.Getenv("PATH")), func(dir string) bool {
			_, err := exec.LookPath(filepath.Join(dir, name))
			return err == nil
		})
		switch {
		case missing && os.Getenv("SAFEMIG_TOOLS") == "all":
			return fmt.Errorf("%s is not installed: run SAFEMIG_TOOLS=all .ci/tools", name)
		case missing:
			s.t.Skip(name + " is not installed: see .ci/tools")
		}
	}
	return nil
}

func (s *script) slow(*testscript.TestScript, []string) error {
	if os.Getenv("SAFEMIG_TOOLS") != "all" {
		s.t.Skip("takes its time: runs with SAFEMIG_TOOLS=all")
	}
	return nil
}

func (s *script) database(ts *testscript.TestScript, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: database postgres|mysql|mariadb [TABLE...]")
	}
	s.dialect, s.history, s.name = args[0], args[1:], strings.ReplaceAll(ts.Name(), "-", "_")
	if s.server = s.servers[s.dialect]; s.server == nil {
		s.t.Skip("no server of " + s.dialect + " is found: see .ci/servers")
	}
	if err := s.empty(ts, nil); err != nil {
		return err
	}
	for name, value := range map[string]string{
		"DSN": s.server.dsn(s.dialect, s.name), "PORT": fmt.Sprint(s.server.port), "DATABASE": s.name, "VERSION": s.db.Version.String(),
		"PGHOST": "127.0.0.1", "PGPORT": fmt.Sprint(s.server.port), "PGUSER": "postgres", "PGDATABASE": s.name, "PGSSLMODE": "disable",
	} {
		ts.Setenv(name, value)
	}
	return nil
}

func (s *script) empty(ts *testscript.TestScript, _ []string) error {
	ctx := context.Background()
	whole, err := s.server.start()
	if err != nil {
		return err
	}
	if s.db != nil {
		if err := s.db.Close(); err != nil {
			return err
		}
	}
	force := ""
	if s.dialect == "postgres" && whole.Version.Major >= 13 {
		force = " WITH (FORCE)"
	}
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + s.name + force, "CREATE DATABASE " + s.name} {
		if _, err := whole.ExecContext(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	if s.db, err = livedb.Attach(ctx, s.server.dsn(s.dialect, s.name)); err != nil {
		return err
	}
	db := s.db
	ts.Defer(func() { _ = db.Close() }) // a second time is no matter
	return nil
}

func (s *script) sql(ts *testscript.TestScript, args []string) error {
	for _, file := range args {
		for text := range strings.SplitSeq(ts.ReadFile(file), "\n\n") {
			if strings.TrimSpace(text) == "" {
				continue
			}
			if _, err := s.db.ExecContext(context.Background(), text); err != nil {
				return fmt.Errorf("%w in\n%s", err, text)
			}
		}
	}
	return nil
}

func (s *script) note(_ *testscript.TestScript, args []string) (err error) {
	s.states[args[0]], err = s.look()
	return err
}

// same compares the database with what was noted.
func (s *script) same(_ *testscript.TestScript, args []string) error {
	want, noted := s.states[args[0]]
	if !noted {
		return fmt.Errorf("nothing was noted as %s", args[0])
	}
	got, err := s.look()
	if err != nil {
		return err
	}
	var ignore []catalog.Ignore
	for _, class := range args[1:] {
		ignore = append(ignore, catalog.Ignore{Class: class})
	}
	var faults []string
	for _, d := range catalog.Diff(want.objects, got.objects, ignore...) {
		faults = append(faults, d.String())
	}
	if d := cmp.Diff(want.rows, got.rows); d != "" {
		faults = append(faults, "rows (- was, + is):\n"+d)
	}
	if len(faults) > 0 {
		return fmt.Errorf("not the same as %s:\n%s", args[0], strings.Join(faults, "\n"))
	}
	return nil
}

// look reads the catalogue and the rows, without what the tool keeps for itself.
func (s *script) look() (out state, err error) {
	ctx := context.Background()
	read := catalog.MySQL
	if s.dialect == "postgres" {
		read = catalog.Postgres
	}
	if out.objects, err = read(ctx, s.db); err != nil {
		return out, err
	}
	out.objects = slices.DeleteFunc(out.objects, s.isBook)
	var tables []string
	for _, o := range out.objects {
		if o.Class == "table" {
			tables = append(tables, o.Name)
		}
	}
	slices.Sort(tables)
	for _, table := range tables {
		rows, err := s.rows(ctx, table)
		if err != nil {
			return out, err
		}
		out.rows += table + "\n" + rows
	}
	return out, nil
}

// isBook knows what the tool keeps its books in, and what safemig backfill does.
func (s *script) isBook(o catalog.Object) bool {
	return slices.ContainsFunc(strings.Fields(o.Name), func(word string) bool {
		return slices.ContainsFunc(append([]string{"safemig"}, s.history...), func(name string) bool {
			rest, is := strings.CutPrefix(strings.TrimPrefix(word, "public."), name)
			return is && (rest == "" || rest[0] == '.' || rest[0] == '_')
		})
	})
}

// rows are those of a table, by the names of their columns.
func (s *script) rows(ctx context.Context, table string) (string, error) {
	found, err := livedb.Named(ctx, s.db, "SELECT * FROM "+table)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", table, err)
	}
	var lines []string
	for _, row := range found {
		lines = append(lines, fmt.Sprintf("  %v\n", row)) // by name: fmt sorts the keys of maps
	}
	slices.Sort(lines)
	return strings.Join(lines, ""), nil
}
