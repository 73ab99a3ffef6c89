package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/nearest"
)

// notThere says why a path cannot be had, and what may have been meant.
func (p *picker) notThere(name string, err error) error {
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return reason(err)
	case strings.ContainsAny(name, "*?["):
		return fmt.Errorf("%w; a pattern in quotes, or one that nothing matches, stays as it is: give the directory, all of it is read", reason(err))
	}
	in := filepath.Dir(p.abs(name))
	entries, _ := os.ReadDir(in) // where it cannot be read there is nothing to suggest
	var known []string
	for _, e := range entries {
		known = append(known, path.Join(path.Dir(filepath.ToSlash(name)), e.Name()))
	}
	return fmt.Errorf("%w%s", reason(err), nearest.DidYouMean(filepath.ToSlash(name), known))
}

// isProgram says whether a file is a migration of a tool that has them in a language
// of programs: a comment to a parser of SQL, it would be found free of mistakes.
func isProgram(name string) bool {
	return hasEnd(name, ".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".rb", ".php", ".go", ".java", ".kt", ".cs", ".ex", ".exs", ".rs")
}

// isText says whether a file is one that nobody runs as SQL.
func isText(name string) bool {
	return hasEnd(name, ".md", ".json", ".yml", ".yaml", ".xml", ".toml", ".html", ".lock")
}

func hasEnd(name string, ends ...string) bool {
	return slices.Contains(ends, strings.ToLower(filepath.Ext(name)))
}

// noSQL is what to do with a file that is a program or a text.
func noSQL(name string) string {
	end := strings.ToLower(filepath.Ext(name))
	switch {
	case end == ".py":
		return "this is Python, no SQL: have it printed, and pipe it in: python manage.py sqlmigrate APP NAME | safemig lint --dialect postgres - (Alembic: alembic upgrade FROM:TO --sql)"
	case isProgram(name):
		return "this is a program (" + end + "), no SQL: have the tool print the SQL of it, and pipe that in: .. | safemig lint --dialect postgres -"
	}
	return "this is no SQL, but a " + end + " file"
}

// noSQLIn says what a directory has in place of SQL.
func (p *picker) noSQLIn(dir string) error {
	none := errors.New("no .sql file in this directory")
	program := ""
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && at != dir && skipsDir(d.Name()):
			return fs.SkipDir
		case !d.IsDir() && isProgram(at):
			program = at
			return fs.SkipAll
		}
		return nil
	})
	if err != nil || program == "" {
		return none // what cannot be read has nothing to suggest
	}
	return fmt.Errorf("%w, but %s: %s", none, p.tree.shown(program, false), noSQL(program))
}

// nowhere says that no path was given and the usual directories have nothing, and where
// there is something.
func (p *picker) nowhere() error {
	const none = "no path given, and none of the usual directories (migrations, db/migrate, db/migrations, prisma/migrations, ..) has a .sql file: "
	d := &directories{tree: p.tree, root: p.tree.cwd}
	d.walk("", deepest)
	switch n := len(d.found); {
	case n == 0:
		return errors.New(none + "give the directory, or write it into paths: of a safemig.yml")
	case n > 3:
		return fmt.Errorf("%sthere are migrations in %s and %d more: give paths, or let safemig init write them down", none, strings.Join(d.found[:3], ", "), n-3)
	}
	return fmt.Errorf("%sthere are migrations in %s: give that path, or let safemig init write it down", none, strings.Join(d.found, ", "))
}
