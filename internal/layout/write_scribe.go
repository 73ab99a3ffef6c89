package layout

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// scribe is how one tool's files are named and written.
type scribe struct {
	// version is where the version stands in a migration's name.
	version func(rel string) (from, to int)
	// sep stands between the version and the rest of a new name.
	sep string
	// dotted versions have room behind each other: 7 < 7.1 < 8.
	dotted bool
	// onlySQL says that the tool has no migrations that are no SQL, whose numbers
	// would be taken.
	onlySQL bool
	sheets  func(*task) []sheet
	// stack is the migration's file with what runs at once in the migration's place;
	// nil where a file is one migration.
	stack func(own *original, list []Piece) string
	// place names the files behind the first; nil: by their numbers.
	place func(w *Writer, own *original, r *Rewrite, more []Piece) ([]string, error)
	// also writes what the tool keeps beside its files; nil: nothing.
	also func(w *Writer, out *Written, own *original, r *Rewrite, names []string) error
	// settings are the files with a migration's settings.
	settings func(rel string) []string
	// mark knows the comments that mean something to the tool: those of the
	// migration are not taken over.
	mark func(line string) bool
	// cannot says why the tool cannot run a plan.
	cannot func(*Rewrite) string
	// joins says that a further file would not be found: what runs at once and commits
	// by itself stands in the migration's own.
	joins bool
	// way is how the tool takes migrations back.
	way wayBack
}

// wayBack is where the way back stands.
type wayBack uint8

// The places of the way back.
const (
	noWayBack   wayBack = iota // there is none
	inOneFile                  // in a section of the same file
	inPairs                    // in a file beside it, where the project has such files
	alwaysPairs                // in a file beside it
)

// sheet is one file.
type sheet struct{ rel, text string }

// scribeFor is how the tool's files are written.
func (w *Writer) scribeFor(rel string) (scribe, error) {
	l := w.group.Layout
	if l.For != "" {
		return scribe{}, refuse("%s does not load it, so that nothing of a plan would run: give it a name and a place that the tool knows", l.For)
	}
	switch l.Name {
	case "alembic", "django":
		return scribe{}, refuse("the text is what %s prints of a migration, which is no SQL file: put the steps into migrations of the tool, or write them with safemig fix --layout plain", l.Name)
	case "plain":
		if isPop(rel) {
			return w.scribePop(rel), nil
		}
		return scribePlain(), nil
	case "atlas":
		return scribeAtlas(), nil
	case "bun":
		return scribeBun(rel), nil
	case "dbmate":
		return scribeDbmate(), nil
	case "diesel":
		return scribeDiesel(), nil
	case "drizzle":
		return scribeDrizzle(w.dir.Folders), nil
	case "flyway":
		return scribeFlyway(rel), nil
	case "golang-migrate":
		return scribeGolangMigrate(), nil
	case "goose":
		return scribeGoose(), nil
	case "hasura":
		return scribeHasura(), nil
	case "liquibase":
		return scribeLiquibase(), nil
	case "node-pg-migrate":
		return scribeNodePgMigrate(rel, l.Tx), nil
	case "prisma":
		return scribePrisma(), nil
	case "refinery":
		return scribeRefinery(), nil
	case "sqitch":
		return scribeSqitch(), nil
	case "sql-migrate":
		return scribeSQLMigrate(), nil
	case "sqlx":
		return scribeSqlx(), nil
	case "supabase":
		return scribeSupabase(), nil
	case "tern":
		return scribeTern(), nil
	}
	return scribe{}, refuse("the files of %s cannot be written yet", l.Name)
}

// fits finds the tool's scribe, and asks whether the tool can run the plan at all.
func (w *Writer) fits(own *original, r *Rewrite) error {
	if w.dir.anyName(namesDialect) != "" && !namesDialect(own.rel) {
		return refuse("other names in %s say the dialect, and %s does not: it runs on databases of every dialect, which the plan would not. Call it %s first", w.dir.Path, base(own.rel), strings.TrimSuffix(base(own.rel), tailOf(own.rel))+".postgres"+tailOf(own.rel))
	}
	var err error
	if w.scribe, err = w.scribeFor(own.rel); err != nil {
		return err
	}
	if w.scribe.cannot != nil {
		if why := w.scribe.cannot(r); why != "" {
			return refuse("%s", why)
		}
	}
	return w.readRest(own)
}

// readRest reads the file that takes the migration back, and those with its
// settings, and decides whether the new ones get a way back.
func (w *Writer) readRest(own *original) error {
	if w.scribe.settings != nil {
		for _, rel := range w.scribe.settings(own.rel) {
			if err := w.readOwn(own, rel, nil); err != nil {
				return err
			}
		}
	}
	if w.scribe.way == inPairs && !w.pairs(own.rel) {
		w.scribe.way = noWayBack
	}
	if w.scribe.way != inPairs && w.scribe.way != alwaysPairs {
		return nil
	}
	own.downRel = downName(own.rel)
	return w.readOwn(own, own.downRel, &own.down)
}

// readOwn reads a file that belongs to the migration, if it is there.
func (w *Writer) readOwn(own *original, rel string, to *[]byte) error {
	if !w.dir.holds(rel) {
		return nil
	}
	text, err := readLimited(w.dir.file(rel), defaultMaxBytes)
	if err != nil {
		return fmt.Errorf("%s: %w", w.dir.shown(rel), err)
	}
	own.files[rel] = text
	if to != nil {
		*to = text
	}
	return nil
}

// pairs says whether the project has files for the way back of such migrations.
func (w *Writer) pairs(rel string) bool {
	down := downName(rel)
	if down == "" {
		return false
	}
	return slices.ContainsFunc(w.group.Layout.List(w.dir).Entries, func(e Entry) bool { return e.Down })
}

// downName is the name of the file that takes a migration back, or "".
func downName(rel string) string {
	switch {
	case strings.HasPrefix(rel, sqitchDeploy):
		return sqitchRevert + strings.TrimPrefix(rel, sqitchDeploy)
	case base(rel) == "up.sql":
		return path.Join(folder(rel), "down.sql")
	case strings.HasSuffix(rel, ".up.sql"):
		return strings.TrimSuffix(rel, ".up.sql") + ".down.sql"
	case isFlywayVersion(rel):
		return path.Join(folder(rel), "U"+base(rel)[1:])
	}
	return ""
}
