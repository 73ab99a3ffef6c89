//go:build linux || darwin || freebsd

package backfill

import "syscall"

// freeSpace is the room that is left where a folder is, as far as this machine has it.
func freeSpace(folder string) (bytes int64, known bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(folder, &s) != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true //nolint:unconvert // its type is another on other systems
}
