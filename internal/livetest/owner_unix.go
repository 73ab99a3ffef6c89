//go:build unix

package livetest

import (
	"os"
	"os/exec"
	"syscall"
)

// runAsOwner makes a command run as the user that a folder belongs to.
func runAsOwner(cmd *exec.Cmd, folder os.FileInfo) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if stat, ok := folder.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}
	}
}
