// Package fixcase reads the cases of testdata/fix: a migration, what was there
// before, and what is needed to prove its plan on a server.
package fixcase

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/engine"
	"github.com/safemig/safemig/rewrite"
)

// Case is one file of testdata/fix.
type Case struct {
	Name             string // "index-concurrently/plain"
	Dialect, Version string
	// Also are other dialects on whose servers the case is proven: "mariadb".
	Also      []string
	Options   rewrite.Options
	Before    string // the history: a schema that is there
	Migration string
	// Scaffold is what safemig scaffold is asked for, in the place of a migration;
	// Original does the same in one go.
	Scaffold, Original string
	Plan               string // the plan as the file has it

	Data string // rows, for the proof
	// Old and New are what the versions of the application do, each statement again
	// and again: {i} is a number that grows, {r} the number of a row that is there.
	Old, New string
	// Dual is a script with its results, for when both versions may run.
	Dual string
	// Volatile are columns ("users.token") whose values differ from run to run.
	Volatile []string
	// Filled are columns in which the plan puts a value in the place of NULL, also of
	// one that a version of the application writes, as its notes say.
	Filled []string
	// Role is whom the versions of the application log in as, Migrator who runs the
	// migration; none: a superuser.
	Role, Migrator string
	// OriginalFails says that the migration as it is fails on the data.
	OriginalFails bool
	// Unproven says why the live proof leaves the case out; where it begins with
	// "from 18:", on servers from that version on, with "before 15:" on older ones (see
	// LeftOut).
	Unproven string
	// Differs are differences from the original's end that the plan's notes tell of,
	// by the version from which on they are there ("" for all).
	Differs map[string][]string
	// Allowed are SQLSTATEs that a side's statements may fail with.
	Allowed map[string][]string

	only string // what a change must name to be asked for; empty: all are
}

// LeftOut is why the live proof leaves the case out on a server, or "".
func (c *Case) LeftOut(version fact.Version) string {
	if until, reason, some := strings.Cut(strings.TrimPrefix(c.Unproven, "before "), ":"); some && strings.HasPrefix(c.Unproven, "before ") {
		if first, err := fact.Parse(until); err == nil && !version.Less(first) {
			return ""
		}
		return strings.TrimSpace(reason)
	}
	since, reason, some := strings.Cut(strings.TrimPrefix(c.Unproven, "from "), ":")
	if !some || !strings.HasPrefix(c.Unproven, "from ") {
		return c.Unproven
	}
	from, err := fact.Parse(since)
	if err == nil && version.Less(from) {
		return ""
	}
	return strings.TrimSpace(reason)
}

// DiffersOn are the differences that are there on a server.
func (c *Case) DiffersOn(version fact.Version) []string {
	var out []string
	for since, lines := range c.Differs {
		if from, err := fact.Parse(since); err != nil || !version.Less(from) {
			out = append(out, lines...)
		}
	}
	return out
}

// Glob reads all cases below a folder.
func Glob(dir string) ([]*Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.txtar"))
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	var out []*Case
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			return nil, fmt.Errorf("case: %w", err)
		}
		c, err := Read(NameOf(file), ar)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// NameOf is a case's name: its folder's, which is the recipe's, and its own.
func NameOf(file string) string {
	folder, name := filepath.Split(file)
	return filepath.Base(folder) + "/" + strings.TrimSuffix(name, ".txtar")
}

// Read reads a case. A section that it does not know is an error.
func Read(name string, ar *txtar.Archive) (*Case, error) {
	c := &Case{Name: name, Dialect: "postgres", Version: "16", Options: rewrite.DefaultOptions(), Allowed: map[string][]string{}, Differs: map[string][]string{}}
	for _, f := range ar.Files {
		if err := c.section(f.Name, string(f.Data)); err != nil {
			return nil, fmt.Errorf("%s: section %s: %w", name, f.Name, err)
		}
	}
	return c, nil
}

func (c *Case) section(name, text string) error {
	switch name {
	case "target":
		c.target(strings.TrimSpace(text))
	case "before.sql":
		c.Before = text
	case "migration.sql":
		c.Migration = text
	case "scaffold":
		c.Scaffold = strings.TrimSpace(text)
	case "original.sql":
		c.Original = text
	case "plan":
		c.Plan = text
	case "data.sql":
		c.Data = text
	case "old.sql":
		c.Old = text
	case "new.sql":
		c.New = text
	case "dual.sql":
		c.Dual = text
	case "options":
		return c.options(text)
	case "volatile":
		c.Volatile = strings.Fields(text)
	case "filled":
		c.Filled = strings.Fields(text)
	case "role":
		c.Role = strings.TrimSpace(text)
	case "migrator":
		c.Migrator = strings.TrimSpace(text)
	case "unproven":
		c.Unproven = strings.TrimSpace(text)
	case "differs":
		c.differs(text)
	case "original-fails":
		c.OriginalFails = true
	case "errors":
		return c.errors(text)
	default:
		return fmt.Errorf("there is no such section")
	}
	return nil
}

// target reads "mysql 8.0.36 and mariadb": what the plan in the file is for, and on
// whose servers the case is proven besides.
func (c *Case) target(text string) {
	targets := strings.Split(text, " and ")
	c.Dialect, c.Version, _ = strings.Cut(targets[0], " ")
	c.Also = targets[1:]
}

// On says whether the case is proven on servers of a dialect.
func (c *Case) On(dialect string) bool {
	return dialect == c.Dialect || slices.Contains(c.Also, dialect)
}

// options reads the wishes of a project: "rename-by-view",
// "inverse:people.mood=mood::text::mood", "engine:gh-ost".
func (c *Case) options(text string) error {
	for _, word := range strings.Fields(text) {
		if inverse, is := strings.CutPrefix(word, "inverse:"); is {
			column, expr, _ := strings.Cut(inverse, "=")
			c.Options.Inverses = map[string]string{column: expr}
			continue
		}
		if name, is := strings.CutPrefix(word, "engine:"); is {
			var err error
			if c.Options.Engine, err = (engine.Settings{Database: "shop"}).For(name); err != nil {
				return err
			}
			continue
		}
		if word != "rename-by-view" {
			return fmt.Errorf("there is no option %q", word)
		}
		c.Options.RenameByView = true
	}
	return nil
}

// differs reads lines like "from 18: constraint a b: inherited is 1, was 2".
func (c *Case) differs(text string) {
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		since := ""
		if rest, is := strings.CutPrefix(line, "from "); is {
			since, line, _ = strings.Cut(rest, ": ")
		}
		c.Differs[since] = append(c.Differs[since], line)
	}
}

// errors reads lines like "old 23514".
func (c *Case) errors(text string) error {
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		side, codes, _ := strings.Cut(line, " ")
		if side != "old" && side != "new" {
			return fmt.Errorf("%q begins with neither old nor new", line)
		}
		c.Allowed[side] = append(c.Allowed[side], strings.Fields(codes)...)
	}
	return nil
}
