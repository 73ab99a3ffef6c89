// Package wholefile writes files whole or not at all: nobody reads half of one.
package wholefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write has a file filled beside the one wanted and renamed. A symlink stays and its
// file is replaced, which keeps its mode; what is no ordinary file (a pipe, /dev/null)
// is written as it is.
func Write(name string, fill func(io.Writer) error) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return replace(name, fill, func(*os.File) error { return nil })
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return open(name, os.O_WRONLY, fill, func(*os.File) error { return nil })
	}
	if name, err = filepath.EvalSymlinks(name); err != nil {
		return err
	}
	return replace(name, fill, func(f *os.File) error { return errors.Join(f.Chmod(info.Mode().Perm()), f.Sync()) })
}

func replace(name string, fill func(io.Writer) error, finish func(*os.File) error) error {
	draft := fmt.Sprintf("%s.safemig-%d", name, os.Getpid())
	err := open(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fill, finish)
	if errors.Is(err, fs.ErrExist) {
		return err // it is somebody else's
	}
	if err == nil {
		err = os.Rename(draft, name)
	}
	if err == nil {
		return nil
	}
	if gone := os.Remove(draft); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

func open(name string, flags int, fill func(io.Writer) error, finish func(*os.File) error) (err error) {
	f, err := os.OpenFile(name, flags, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	if err := errors.Join(fill(w), w.Flush()); err != nil {
		return err
	}
	return finish(f)
}
