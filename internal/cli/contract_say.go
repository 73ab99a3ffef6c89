package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/wording"
)

// faultsError is a plan whose files are not as plan.yml says.
func faultsError(name string, faults []string) error {
	return fmt.Errorf("%s: %s", name, strings.Join(faults, "\n"))
}

// seenFrom is a path, as reports print it, from a plan's folder, with slashes.
func seenFrom(folder, shown string) (string, error) {
	from, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("the path of %s: %w", shown, err)
	}
	to, err := filepath.Abs(filepath.FromSlash(shown))
	if err != nil {
		return "", fmt.Errorf("the path of %s: %w", shown, err)
	}
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return "", fmt.Errorf("the path of %s: %w", shown, err)
	}
	return filepath.ToSlash(rel), nil
}

// relink has plan.md name files by where they are now. It is for people: one that is
// gone, or was written anew, stays so.
func relink(folder string, links [][2]string) error {
	file := filepath.Join(folder, ledger.StoryName)
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", shownPath(file), err)
	}
	for _, l := range links {
		from := "[`" + path.Base(l[0]) + "`](" + l[0] + ")"
		to := "[`" + path.Base(l[1]) + "`](" + l[1] + ")"
		text = bytes.ReplaceAll(text, []byte(from), []byte(to))
	}
	if err := ledger.Replace(file, text); err != nil {
		return fmt.Errorf("%s: %w", shownPath(file), err)
	}
	return nil
}

// say says what was moved, or would be, and what to do next.
func (k *contracting) say(written *layout.Written, files []string, of []int) error {
	word := "is now"
	if k.cli.Bool(flagDryRun) {
		word = "would be"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", k.Name)
	for i, f := range files {
		fmt.Fprintf(&out, "  step %d: %s %s %s\n", of[i], shownPath(filepath.Join(k.Folder(), filepath.FromSlash(f))), word, written.Pieces[i])
	}
	for _, o := range written.Files {
		if !o.New() {
			fmt.Fprintf(&out, "  with it: %s\n", o.Path)
		}
	}
	for _, r := range k.closed {
		fmt.Fprintf(&out, "  step %d, although not known to be true: %s\n", r.Step, ledger.InWords(r.Requirement))
	}
	if k.cli.Bool(flagDryRun) {
		return k.sayf("%s", strings.TrimSuffix(out.String(), "\n"))
	}
	last := k.steps[len(k.steps)-1]
	fmt.Fprintf(&out, "commit these, let the migrations run, and then: safemig status confirm %s --plan %s", ledger.StepRan(last), wording.ShellWord(k.Name))
	return k.sayf("%s", out.String())
}
