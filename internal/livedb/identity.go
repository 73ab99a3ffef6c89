package livedb

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// identity is the user that a server runs as; zero: our own.
type identity struct {
	uid, gid uint32
	other    bool
}

// serverIdentity is an ordinary user where we are root: PostgreSQL refuses to
// run as root, and the others had better not.
// https://www.postgresql.org/docs/current/postgres-user.html
func serverIdentity(dialect string) (identity, error) {
	if os.Geteuid() != 0 {
		return identity{}, nil
	}
	names := []string{"mysql", "nobody"}
	if dialect == "postgres" {
		names[0] = "postgres"
	}
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue // a distribution without that user
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return identity{}, fmt.Errorf("user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return identity{}, fmt.Errorf("user %s: %w", name, err)
		}
		return identity{uid: uint32(uid), gid: uint32(gid), other: true}, nil
	}
	return identity{}, fmt.Errorf("no ordinary user to run a server as: none of %v is known", names)
}

// inRoot is a command line that runs within a root folder, where there is one.
func inRoot(root string, who identity, argv ...string) []string {
	if root == "" {
		return argv
	}
	line := []string{"chroot"}
	if who.other {
		line = append(line, fmt.Sprintf("--userspec=%d:%d", who.uid, who.gid))
	}
	return append(append(line, root), argv...)
}
