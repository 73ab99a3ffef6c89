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

// Write has a file filled and given its name; see Begin.
func Write(name string, fill func(io.Writer) error) error {
	d, err := Begin(name, 0o666)
	if err != nil {
		return err
	}
	if err := fill(d); err != nil {
		return errors.Join(err, d.Drop())
	}
	return d.Keep()
}

// Draft is a file that is being written. Keep gives it its name, Drop removes it.
type Draft struct {
	*bufio.Writer
	file *os.File // nil once it is kept or dropped
	name string
	old  fs.FileInfo // the file of that name, if there is one
}

// Begin opens a file beside the one wanted; mode is that of a file which is not there yet.
// A symlink stays and its file is replaced, which keeps its mode; what is no ordinary file
// (a pipe, /dev/null) is written as it is.
func Begin(name string, mode fs.FileMode) (*Draft, error) {
	old, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = nil
	case err != nil:
		return nil, err
	case !old.Mode().IsRegular():
		return open(name, name, os.O_WRONLY, 0)
	default:
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return nil, err
		}
	}
	d, err := open(fmt.Sprintf("%s.safemig-%d", name, os.Getpid()), name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	d.old = old
	return d, nil
}

func open(at, name string, flags int, mode fs.FileMode) (*Draft, error) {
	f, err := os.OpenFile(at, flags, mode)
	if err != nil {
		return nil, err
	}
	return &Draft{Writer: bufio.NewWriter(f), file: f, name: name}, nil
}

// Keep gives the file its name. Where that fails nothing is left of it.
func (d *Draft) Keep() error {
	err := d.Flush()
	if err == nil && d.old != nil {
		err = errors.Join(d.file.Chmod(d.old.Mode().Perm()), d.file.Sync())
	}
	if err != nil {
		return errors.Join(err, d.Drop())
	}
	written := d.file.Name()
	if err = d.file.Close(); err == nil && written != d.name {
		err = os.Rename(written, d.name)
	}
	d.file = nil
	if err != nil {
		return errors.Join(err, d.remove(written))
	}
	return nil
}

// Drop removes what was not kept.
func (d *Draft) Drop() error {
	if d == nil || d.file == nil {
		return nil
	}
	written := d.file.Name()
	_ = d.file.Close() // it is thrown away
	d.file = nil
	return d.remove(written)
}

func (d *Draft) remove(written string) error {
	if written == d.name {
		return nil // it was there before
	}
	if err := os.Remove(written); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
