// Package layout knows how migration tools name, order, cut and send their SQL
// files. It finds migration directories, tells which tool they belong to, and
// reads each file into a change.Script that says in which transaction and in
// what pieces its text will reach the server.
package layout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Layout is how one migration tool lays out its files.
type Layout struct {
	Name string
	// For is the tool of the directory that does not load the file, which is read as if
	// it belonged to none; empty otherwise.
	For string

	// Marker, Content and Shape recognise the tool, in the order in which
	// Load asks them; each may be nil. Marker and Shape return why they think
	// so, or "". Content is asked for each of the first lines of a file.
	Marker  func(*Dir) string
	Content func(line string) bool
	Shape   func(*Dir) string

	// List names the files that the tool loads, in the tool's order.
	List func(*Dir) Listing
	// Cut finds the up and down parts of one file; nil means that a file is
	// one part, whose direction its name tells.
	Cut func(*Source) ([]Part, error)

	// Tx and Send say how a part runs when the file asks for nothing else.
	Tx   change.TxScope
	Send change.SendUnit
	// OptOut says whether the file renounces the tool's transaction; nil means
	// that an SQL file cannot. OptOutSend is how a part is sent then.
	OptOut     func(*Source, Part) (bool, error)
	OptOutSend change.SendUnit

	// Tune changes the layout to what the tool's version, and the project's settings of
	// it, make of the files; it says so in words that go behind why it was recognised.
	Tune func(l *Layout, d *Dir, version string) string
	// Versions says that Tune asks for the version.
	Versions bool

	// Again is what to know of the tool where DDL commits by itself.
	Again Again

	// Unbreak replaces marks between statements that are no comments to the server by
	// text of the same length; nil means that the tool has none.
	Unbreak func([]byte) []byte
	// Mask replaces the tool's placeholders by text of the same length that a
	// parser takes; nil means that the tool has none.
	Mask func([]byte) []byte
}

// Listing is the files of a migration directory as a tool sees them.
type Listing struct {
	Entries  []Entry
	Skipped  []Skipped // the tool does not load them
	Problems []Problem
	// NoMigrations says that the tool keeps other files there, which is no mistake.
	NoMigrations bool
	// OptedOut says that the tool's configuration renounces its transaction for all files.
	OptedOut bool
}

// Entry is one file that a tool loads.
type Entry struct {
	Rel     string // below the migration directory, with slashes
	Version string // what the tool orders by
	Late    bool   // after all versions: Flyway's repeatable migrations
	Down    bool   // the file is the way back
}

// Source is one file that is being read.
type Source struct {
	Entry
	Dir  *Dir
	Text []byte // UTF-8
	// OptedOut is what the listing says.
	OptedOut bool
}

// Part is a piece of a file that runs in one direction.
type Part struct {
	Down    bool
	Section change.Span
	Chunks  []change.Span // what the tool sends one by one, where that is not for the parser to say
	// Whole says that the tool sends the part at once, whatever it does with others.
	Whole bool
	// DBMS are the databases that the part is for, in the tool's words; empty: all.
	DBMS string
	// View is the text to read in place of the file's, in UTF-8 and of the same length. All
	// parts of a file share one.
	View []byte
}

// All is every layout that can be read, in the order of their names except for
// plain, which comes first because it is what an unknown directory gets.
func All() []Layout {
	return []Layout{
		plain(), alembic(), atlas(), bun(), dbmate(), diesel(), django(), drizzle(), flyway(), golangMigrate(), goose(), hasura(), liquibase(), nodePgMigrate(), prisma(), refinery(), sqitch(), sqlMigrate(), sqlx(), supabase(), tern(),
	}
}

// Versioned are the layouts for which the version of the tool makes a difference.
func Versioned() []string {
	var out []string
	for _, l := range All() {
		if l.Versions {
			out = append(out, l.Name)
		}
	}
	return out
}

// Named is the layout of that name. The error for an unknown name lists the known ones.
func Named(name string) (Layout, error) {
	var known []string
	for _, l := range All() {
		if l.Name == name {
			return l, nil
		}
		known = append(known, l.Name)
	}
	slices.Sort(known)
	return Layout{}, fmt.Errorf("unknown layout %q; known are %s", name, strings.Join(known, ", "))
}
