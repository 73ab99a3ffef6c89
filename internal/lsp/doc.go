// Package lsp is the language server: it speaks the Language Server Protocol
// over a pair of streams, keeps what editors have open, and asks Migrations for
// all that is about SQL.
// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
package lsp

import (
	"context"

	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

// Migrations knows migrations. Its methods are never called at the same time,
// and fail only when the context ends.
type Migrations interface {
	// Judge is what lint says of a file.
	Judge(ctx context.Context, ask Ask) (Verdict, error)
	// Locks is what the statements of a file do, in their order.
	Locks(ctx context.Context, ask Ask) ([]report.Statement, error)
	// Plan is what fix would make of a file.
	Plan(ctx context.Context, ask Ask) (Plan, error)
	// Rule is the rule of that name as the file's project has it, or nil.
	Rule(ask Ask, id string) *rules.Rule
	// Mistakes is what is wrong with the text of a configuration.
	Mistakes(path string, text []byte) []Mistake
	// IsConfiguration says whether a file of that name is a configuration.
	IsConfiguration(path string) bool
}

// Ask names a file, and what the editor knows better than the disk.
type Ask struct {
	Path string            // absolute
	Root string            // the folder of the workspace that it is in, or ""
	Open map[string][]byte // texts of open files, by absolute path; that of Path is one of them
}

// Verdict is what there is to say of one file.
type Verdict struct {
	// Left is why the file is left alone, and nothing said of it.
	Left     string
	Findings []report.Finding
	Unknown  []report.Finding // statements whose effect is not known
	// Problems are reasons why there is no verdict on the file; Earlier are files that
	// come before it and cannot be read, so that what they make is not known.
	Problems []string
	Earlier  []Earlier
	// Config is the configuration in force, if any: its path, and its text as Old.
	Config File
	// Mistakes is what is wrong with a configuration that cannot be used.
	Mistakes []Mistake
}

// Earlier is a file that cannot be read, and why.
type Earlier struct{ Path, Message string }

// Mistake is something wrong with a configuration, at its place.
type Mistake struct {
	File         string
	Line, Column int // from 1; columns count characters
	Message      string
}

// Plan is what fix makes of a migration.
type Plan struct {
	Title string   // what it does, in words; empty where there is no plan
	Rules []string // what it cures
	Files []File
	// Applied says that somebody may have run the migration: it must not change.
	Applied bool
	// Unfixed are the findings that it does not cure.
	Unfixed []Unfixed
}

// File is a file that a plan makes or changes.
type File struct {
	Path string // absolute
	Old  []byte // nil: it is not there yet
	Text []byte
}

// Unfixed is a finding that no plan cures, and why.
type Unfixed struct {
	Rule   string
	Offset int // where the finding begins
	Reason string
}
