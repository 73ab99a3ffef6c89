package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/wording"
)

// brokenPlan is a plan that cannot be read, as the report has it.
func brokenPlan(f *ledger.Found) report.BrokenPlan {
	out := report.BrokenPlan{Path: shownPath(filepath.Join(f.Folder, ledger.FileName)), Message: f.Err.Error(), Remedy: remedyOf(f)}
	var at *ledger.Mistake
	if errors.As(f.Err, &at) {
		out.Line, out.Column, out.Message = at.Line, at.Column, at.Err.Error()
	}
	return out
}

// remedyOf is what to do about a plan that cannot be read.
func remedyOf(f *ledger.Found) string {
	file := wording.ShellWord(shownPath(filepath.Join(f.Folder, ledger.FileName)))
	if errors.Is(f.Err, ledger.ErrNoManifest) {
		return "bring it back (git log --diff-filter=D -- " + file + " says who removed it), or remove the folder when its plan is over"
	}
	return "correct it, or bring it back as safemig wrote it: git checkout -- " + file
}

// faultsOfFiles are files that the plan names and that are not there, and files in its
// folder that it does not name.
func faultsOfFiles(m *ledger.Manifest) []string {
	var out []string
	for i := range m.Steps {
		if m.RolledBack(i + 1) {
			continue
		}
		for _, f := range stepFiles(&m.Steps[i]) {
			shown := shownPath(m.Abs(f))
			if _, err := os.Stat(m.Abs(f)); errors.Is(err, fs.ErrNotExist) {
				out = append(out, fmt.Sprintf("%s is not there, and step %d is in it: bring it back (git checkout -- %s), or where it was renamed, correct %s", shown, i+1, wording.ShellWord(shown), shownPath(m.File)))
			} else if err != nil {
				out = append(out, shown+" cannot be read: "+err.Error())
			}
		}
	}
	for _, name := range strays(m) {
		out = append(out, shownPath(filepath.Join(m.Folder(), name))+" belongs to no step that waits: safemig contract "+wording.ShellWord(m.Name)+
			" removes what it moved and was interrupted over; else remove it yourself")
	}
	return out
}

// stepFiles are all files of a step that are named.
func stepFiles(s *ledger.Step) []string {
	if s.Engine == nil {
		return s.Files
	}
	return slices.Concat(s.Files, []string{s.Engine.Script}, s.Engine.Files)
}

// strays are what is in a plan's folder and belongs to no step that waits there.
func strays(m *ledger.Manifest) []string {
	var out []string
	err := filepath.WalkDir(m.Folder(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(m.Folder(), path)
		if err == nil && !belongs(m, filepath.ToSlash(rel)) {
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		return []string{err.Error()}
	}
	return out
}

// belongs says whether a file of the folder is the plan's: its own, an engine's, or one
// of a step that waits there, with what stands beside that (its way back, its settings).
func belongs(m *ledger.Manifest, rel string) bool {
	if rel == ledger.FileName || rel == ledger.StoryName || !isMigrationFile(rel) {
		return true
	}
	for i := range m.Steps {
		s := &m.Steps[i]
		if s.Engine != nil && slices.Contains(append([]string{s.Engine.Script}, s.Engine.Files...), rel) {
			return true
		}
		if !s.Waits || m.InPlace(i+1) || m.RolledBack(i+1) {
			continue
		}
		if slices.ContainsFunc(s.Files, func(f string) bool { return layout.Stem(f) == layout.Stem(rel) }) {
			return true
		}
	}
	return false
}

// isMigrationFile says whether a file is one that fix writes for a step: numbered, in
// a folder of its own, or in one of Sqitch's.
func isMigrationFile(rel string) bool {
	return strings.Contains(rel, ".sql") || strings.HasSuffix(rel, "metadata.toml")
}
