package layout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Tool is the migration tool that the files are for.
func (l Layout) Tool() string {
	if l.For != "" {
		return l.For
	}
	return l.Name
}

// Checksums says whether the tool keeps a checksum of what it ran and complains, in
// most cases by refusing to go on, when a file is another one now, or gone. Sqitch
// keeps one, and goes on.
func (l Layout) Checksums() bool {
	// https://documentation.red-gate.com/flyway/reference/commands/validate
	// https://docs.liquibase.com/secure/user-guide-5-1-1/what-are-checksums
	// https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories
	// https://docs.rs/sqlx/latest/sqlx/migrate/enum.MigrateError.html
	// https://docs.rs/refinery/latest/refinery/
	// https://atlasgo.io/concepts/migration-directory-integrity
	return slices.Contains([]string{"atlas", "flyway", "liquibase", "prisma", "refinery", "sqlx"}, l.Tool())
}

// Forward are the parts of a file of the group that lead forward, as its text was
// before.
func (g *Group) Forward(rel string, text []byte) ([]*change.Script, error) {
	raw, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s as it was: %w", g.dir.shown(rel), err)
	}
	files, err := g.Layout.scripts(&Source{Entry: g.entry(rel), Dir: g.dir, Text: raw}, g.dir.shown(rel))
	if err != nil {
		return nil, fmt.Errorf("%s as it was: %w", g.dir.shown(rel), err)
	}
	var out []*change.Script
	for _, f := range files {
		if !f.Down {
			out = append(out, f.Script)
		}
	}
	return out, nil
}

// Ran says whether the tool would run a file of that name, if it were there, once and
// for all.
func (g *Group) Ran(rel string) bool {
	e := g.entry(rel)
	return e.Rel != "" && !e.Late && !e.Down
}

// entry is what the tool sees in a file of that name; the zero Entry where it does not load it.
func (g *Group) entry(rel string) Entry {
	d := *g.dir
	d.Names = insertName(slices.Clone(d.Names), rel)
	for _, e := range g.Layout.List(&d).Entries {
		if e.Rel == rel {
			return e
		}
	}
	return Entry{}
}

// runsAgain says whether a part of a file runs again when it changes.
func (j *job) runsAgain(f *File) bool {
	if j.layout.Name == "liquibase" {
		mark, _, _ := strings.Cut(f.Script.Section.Text(f.Script.Raw), "\n")
		for _, name := range []string{"runAlways", "runOnChange"} {
			if value := changesetAttribute(mark, name); strings.EqualFold(value, "true") {
				return true
			}
		}
	}
	return j.entry.Late
}
