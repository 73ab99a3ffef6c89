package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
)

// DoneFolder is where plans are put that are over, in the folder of what waits.
const DoneFolder = "done"

// Found is a plan's folder with its plan, or with what is wrong with it.
type Found struct {
	Folder   string
	Manifest *Manifest // nil where Err says why
	Err      error
}

// ErrNoManifest says that a folder of what waits has files and no plan.yml.
var ErrNoManifest = errors.New("there is no " + FileName + " beside its files, so that nobody knows what they wait for")

// Find are the plans in folders of what waits, in the order of their names. A folder
// that is not there has none.
func Find(pending []string) ([]Found, error) {
	var out []Found
	for _, dir := range pending {
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("looking for plans: %w", err)
		}
		for _, e := range entries {
			if found, is := look(filepath.Join(dir, e.Name())); is {
				out = append(out, found)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Found) int { return cmp.Compare(filepath.Base(a.Folder), filepath.Base(b.Folder)) })
	return out, nil
}

// look reads the plan of a folder. One without files of steps, or for the plans that are over, is none.
func look(folder string) (Found, bool) {
	file := filepath.Join(folder, FileName)
	_, err := os.Stat(file)
	switch {
	case err == nil:
		m, err := Open(file)
		return Found{Folder: folder, Manifest: m, Err: err}, true
	case !errors.Is(err, fs.ErrNotExist):
		return Found{Folder: folder, Err: err}, isDir(folder)
	case filepath.Base(folder) == DoneFolder || !hasSteps(folder):
		return Found{}, false
	}
	return Found{Folder: folder, Err: ErrNoManifest}, true
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// hasSteps says whether a folder has what fix calls the files of steps that wait.
func hasSteps(folder string) bool {
	entries, err := os.ReadDir(folder)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return regexp.MustCompile(`^[0-9]{2}_`).MatchString(e.Name())
	})
}

// In is the plan of a folder; nil where there is no plan.yml in it, and of what is no folder.
func In(folder string) (*Found, error) {
	file := filepath.Join(folder, FileName)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("looking for the plan: %w", err)
	}
	found, _ := look(folder)
	return &found, nil
}
