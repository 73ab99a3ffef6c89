package layout

import (
	"io"

	"github.com/safemig/safemig/dialect/change"
)

// Options say what to load and how.
type Options struct {
	// Layout is a layout's name; empty means that it is detected.
	Layout string
	// LayoutIn, where it is set, names the layout of each migration directory in
	// place of Layout; the directory is as Group.Dir has it.
	LayoutIn func(dir string) string
	// VersionIn, where it is set, is the version of each directory's migration tool;
	// empty where it is not known.
	VersionIn func(dir string) string
	// Down asks for the way back to be judged too.
	Down bool
	// Stdin is what the path "-" reads; StdinName is the path it stands for,
	// which decides on the layout and on the files that came before.
	Stdin     io.Reader
	StdinName string
	// Open are texts that count in place of what is on disk, by absolute path: what
	// an editor holds, saved or not.
	Open map[string][]byte
	// Hides says of an absolute path that what is on disk does not count; nil: all does.
	Hides func(abs string) bool
	// Loaded leaves out a file that is named and that the tool of its directory does
	// not load: it is skipped, as one in a directory that is named.
	Loaded bool
	// MaxBytes is the size of the largest file that is read; zero means 256 MiB.
	MaxBytes int64
}

// Set is what Load found.
type Set struct {
	Groups   []Group
	Problems []Problem
}

// Group is the files of one migration directory, in the order they run.
type Group struct {
	Dir     string // as reports print it
	Layout  Layout
	Why     string // what the layout was recognised by
	Files   []File
	Skipped []Skipped

	dir   *Dir
	draft string // a migration that is not there yet
	// placeholders are those of the files.
	placeholders Placeholders
}

// File is one part of a migration file to judge, or to know because it came before.
type File struct {
	Script *change.Script
	// Judge is false for files that only came before those asked for.
	Judge bool
	// Down marks the way back: it follows what it undoes, and is not part of
	// the history of the files behind it.
	Down bool
	// Again says that it runs again when it changes, so that it may be edited.
	Again bool
	// DBMS are the databases that it is for, in the tool's words; empty: all.
	DBMS string
}

// Skipped is a file that was asked for but is not judged.
type Skipped struct{ Path, Why string }

// Problem is a file that could not be read.
type Problem struct {
	Path string
	Err  error
}

// Error is the problem with its path.
func (p Problem) Error() string { return p.Path + ": " + p.Err.Error() }

// Unwrap is the error without its path.
func (p Problem) Unwrap() error { return p.Err }
