package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/safemig/safemig/internal/compare"
)

// repairFile is the file of --write-repair while it is written.
type repairFile struct {
	name string
	file *os.File
	w    *bufio.Writer
}

func beginRepair(name, dialect string) (*repairFile, error) {
	f, err := os.OpenFile(name+".safemig-"+fmt.Sprint(os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagWriteRepair, err)
	}
	r := &repairFile{name: name, file: f, w: bufio.NewWriter(f)}
	head := "-- Written by safemig verify: what would make the second side like the first, as it was read.\n-- Nothing has run it. Read it first, and run it in batches.\n"
	if dialect != "postgres" {
		head += "SET NAMES utf8mb4;\nSET time_zone = '+00:00';\n"
	}
	_, err = r.w.WriteString(head)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("--%s: %w", flagWriteRepair, err), r.drop())
	}
	return r, nil
}

func (r *repairFile) add(fix compare.Repair) error {
	if _, err := r.w.WriteString(fix.SQL + ";\n"); err != nil {
		return fmt.Errorf("--%s: %w", flagWriteRepair, err)
	}
	return nil
}

// finish gives the file its name.
func (r *repairFile) finish() error {
	err := errors.Join(r.w.Flush(), r.file.Close())
	if err == nil {
		err = os.Rename(r.file.Name(), r.name)
	}
	if err != nil {
		return fmt.Errorf("--%s: %w", flagWriteRepair, err)
	}
	r.file = nil
	return nil
}

// drop removes what was not finished.
func (r *repairFile) drop() error {
	if r == nil || r.file == nil {
		return nil
	}
	_ = r.file.Close() // it is thrown away
	return removeIfThere(r.file.Name())
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
