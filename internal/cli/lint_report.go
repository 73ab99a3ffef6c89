package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

const formatText = "text"

// formatRDJSON carries suggestions, which somebody must make first.
const formatRDJSON = "rdjson"

func lintFormats() []format[*report.Lint] {
	return []format[*report.Lint]{
		{formatText, report.Text},
		{"concise", report.Concise},
		{"json", unstyled(report.JSON)},
		{"jsonl", unstyled(report.JSONL)},
		{"sarif", unstyled(report.SARIF)},
		{"github", report.GitHub},
		{"gitlab", unstyled(report.GitLab)},
		{"checkstyle", unstyled(report.Checkstyle)},
		{"junit", unstyled(report.JUnit)},
		{formatRDJSON, unstyled(report.RDJSON)},
		{"markdown", report.Markdown},
	}
}

// unstyled is a format for programs.
func unstyled[T any](write func(io.Writer, T) error) func(io.Writer, T, report.Style) error {
	return func(w io.Writer, result T, _ report.Style) error { return write(w, result) }
}

// describe fills in what a report says of the run as a whole.
func (l *linter) describe(w *work) error {
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("where are we: %w", err)
	}
	root, err := config.Root(dir)
	if err != nil {
		return err
	}
	every, err := rules.Configure(w.everyRule(w.settings), w.file.Choices)
	if err != nil {
		return err
	}
	info, _ := debug.ReadBuildInfo() // nil in a binary built without modules
	r := &l.report
	r.Targets, r.Problems, r.Rules, r.FailOn = w.targets(), w.unjudged, every, l.least
	r.Place = report.Place{Root: filepath.ToSlash(root), Dir: filepath.ToSlash(dir)}
	r.Safemig = versionOf(info, version).Safemig
	return nil
}
