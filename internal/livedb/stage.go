package livedb

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// stagedName is where a server's program is brought to, in its folder.
const stagedName = "server"

// reachable is a path of the server program that the user may go to. Root's
// home is closed to others: what is installed there is linked, or copied, into
// the server's folder.
func (s Server) reachable(f *folder, who identity) (string, error) {
	if !who.other || openToAll(filepath.Dir(s.Program)) {
		return s.Program, nil
	}
	bin := filepath.Dir(s.Program)
	stage := filepath.Join(f.path, stagedName)
	if err := cloneTree(filepath.Dir(bin), stage, who); err != nil {
		return "", fmt.Errorf("bringing the server where its user may read it: %w", err)
	}
	return filepath.Join(stage, filepath.Base(bin), filepath.Base(s.Program)), nil
}

// openToAll says whether anybody may go down to a folder.
func openToAll(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		up := filepath.Dir(dir)
		if up == dir {
			return true
		}
		dir = up
	}
}

// cloneTree makes a second tree of the same files. The folders of it are the
// user's, who must be able to remove them.
func cloneTree(from, to string, who identity) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			if err := os.Mkdir(target, 0o755); err != nil {
				return err
			}
			return os.Chown(target, int(who.uid), int(who.gid))
		case d.Type()&fs.ModeSymlink != 0:
			return cloneLink(path, target)
		}
		if os.Link(path, target) == nil {
			return nil
		}
		return copyFile(path, target) // another file system
	})
}

func cloneLink(from, to string) error {
	goal, err := os.Readlink(from)
	if err != nil {
		return err
	}
	return os.Symlink(goal, to)
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm()|0o044)
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
