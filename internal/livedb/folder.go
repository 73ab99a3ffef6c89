package livedb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const folderPattern = "safemig-live-"

// folder is a server's temporary folder: its data and its socket.
type folder struct {
	path string
	lock *os.File // held by every process that works in it
}

// newFolder makes a folder below a directory that the user owns and nobody
// else can enter. Folders that a killed process left there are removed first.
func newFolder(dir string, who identity) (*folder, error) {
	if err := sweep(dir); err != nil {
		return nil, err
	}
	path, err := os.MkdirTemp(dir, folderPattern)
	if err != nil {
		return nil, fmt.Errorf("a folder for the server: %w", err)
	}
	f := &folder{path: path}
	if f.lock, err = lockFile(path); err != nil {
		return nil, errors.Join(err, f.remove())
	}
	if who.other {
		if err := os.Chown(path, int(who.uid), int(who.gid)); err != nil {
			return nil, errors.Join(fmt.Errorf("a folder for the server: %w", err), f.remove())
		}
	}
	return f, nil
}

func (f *folder) remove() error {
	var closed error
	if f.lock != nil {
		closed = f.lock.Close()
		f.lock = nil
	}
	if err := os.RemoveAll(f.path); err != nil {
		return errors.Join(closed, fmt.Errorf("the server's folder: %w", err))
	}
	return closed
}

// sweep removes the folders in which nobody works any more.
func sweep(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, folderPattern+"*"))
	if err != nil {
		return fmt.Errorf("looking for old folders: %w", err)
	}
	var failed error
	for _, path := range paths {
		if !abandoned(path) {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			failed = errors.Join(failed, fmt.Errorf("removing an old server's folder: %w", err))
		}
	}
	return failed
}
