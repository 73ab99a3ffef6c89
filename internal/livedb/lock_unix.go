//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package livedb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const lockName = "lock"

// lockFile makes and locks the file that says that somebody works in a folder.
// The lock is held as long as any process has the file open: ours, the
// server's keeper, the server itself.
func lockFile(folder string) (*os.File, error) {
	name := filepath.Join(folder, lockName)
	f, err := os.OpenFile(name+".new", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the lock of the server's folder: %w", err)
	}
	// It gets its name only when it is locked, so that no other process can
	// take the folder for abandoned before.
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the lock of the server's folder: %w", err), f.Close())
	}
	return f, nil
}

// abandoned says whether nobody holds the lock of a folder. A folder without a
// lock file is being made or removed; where that takes an hour, whoever did it
// is gone.
func abandoned(folder string) bool {
	f, err := os.OpenFile(filepath.Join(folder, lockName), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		info, err := os.Stat(folder)
		return err == nil && time.Since(info.ModTime()) > time.Hour
	}
	if err != nil {
		return false
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return f.Close() == nil && err == nil
}

// runAs makes a command run as another user, in a process group of its own: a
// Ctrl-C in the terminal reaches us alone, and we take the server down.
func runAs(cmd *exec.Cmd, who identity) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if who.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: who.uid, Gid: who.gid}
	}
}
