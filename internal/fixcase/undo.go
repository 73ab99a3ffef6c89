package fixcase

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/rewrite"
)

// anchor is a change that has a recipe, so that there is a plan for those beside it.
const anchor = "CREATE INDEX anchor_n ON anchor (n);\n"

// Undo is a file of testdata/inverse: a history and migrations that plans keep as
// they are.
type Undo struct {
	Name, Before string
	// Unseen says that the history is not known to the plan.
	Unseen     bool
	Migrations []string
	Back       string // the ways back as the file has them
}

// GlobUndo reads the files of testdata/inverse.
func GlobUndo(dir string) (all []*Undo, files []string, err error) {
	files, err = filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		return nil, nil, fmt.Errorf("ways back: no files in %s: %w", dir, err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			return nil, nil, fmt.Errorf("ways back: %w", err)
		}
		u := &Undo{Name: strings.TrimSuffix(filepath.Base(file), ".txtar")}
		for _, f := range ar.Files {
			switch f.Name {
			case "before.sql":
				u.Before = string(f.Data)
			case "unseen":
				u.Unseen = true
			case "migrations.sql":
				u.Migrations = strings.Split(strings.TrimSpace(string(f.Data)), "\n\n")
			case "back":
				u.Back = string(f.Data)
			default:
				return nil, nil, fmt.Errorf("%s: there is no section %s", file, f.Name)
			}
		}
		all = append(all, u)
	}
	return all, files, nil
}

// LeftOut says whether a migration is not for a server: it begins with "-- from 14"
// or "-- before 17".
func LeftOut(migration string, version fact.Version) bool {
	first, _, _ := strings.Cut(migration, "\n")
	if from, is := strings.CutPrefix(first, "-- from "); is {
		v, err := fact.Parse(from)
		return err == nil && version.Less(v)
	}
	if before, is := strings.CutPrefix(first, "-- before "); is {
		v, err := fact.Parse(before)
		return err == nil && !version.Less(v)
	}
	return false
}

// Build makes the plan for one of the migrations, as if nothing were to be said against
// it: what is asked for is the anchor, which is then left out.
func (u *Undo) Build(ctx context.Context, migration, version string) (Built, error) {
	c := Case{Name: u.Name, Dialect: "postgres", Version: version, Options: rewrite.DefaultOptions(), Before: u.Before, Migration: anchor + migration, only: "anchor_n"}
	if u.Unseen {
		c.Before = "CREATE TABLE anchor (n int);\n"
	}
	built, err := c.Build(ctx)
	built.Plan.Steps = slices.DeleteFunc(built.Plan.Steps, func(s rewrite.Step) bool { return strings.Contains(strings.Join(s.SQL, ";"), "anchor_n") })
	return built, err
}
