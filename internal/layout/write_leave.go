package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Leave removes the files of migrations that waited in a folder, by the stems of their
// names, and folders that are empty then. The folder itself stays.
func Leave(folder string, stems map[string]bool) error {
	var files, dirs []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(folder, path)
		switch {
		case err != nil || path == folder:
		case d.IsDir():
			dirs = append(dirs, path)
		case Stem(filepath.ToSlash(rel)) != "" && stems[Stem(filepath.ToSlash(rel))]:
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("clearing %s: %w", filepath.ToSlash(folder), err)
	}
	var failed []error
	for _, path := range files {
		failed = append(failed, gone(os.Remove(path)))
	}
	for i := len(dirs) - 1; i >= 0; i-- {
		if entries, err := os.ReadDir(dirs[i]); err == nil && len(entries) == 0 {
			failed = append(failed, gone(os.Remove(dirs[i])))
		}
	}
	return errors.Join(failed...)
}
