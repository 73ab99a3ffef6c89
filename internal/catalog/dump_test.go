package catalog_test

import (
	"bytes"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/livedb"
)

// checkDumps: a property that Postgres does not read is missed in both databases.
// pg_dump reads by itself, where one is installed that is as new as the server.
func checkDumps(t *testing.T, first, copied *livedb.DB) {
	t.Helper()
	if newest := dumpVersion(t); newest < first.Version.Major {
		t.Logf("the dumps are not compared: pg_dump %d is too old for this server", newest)
		return
	}
	if diff := cmp.Diff(dump(t, first), dump(t, copied)); diff != "" {
		t.Errorf("pg_dump (-first +copy):\n%s", diff)
	}
}

// dumpVersion is the major version of the pg_dump that is installed, 0 if none is.
func dumpVersion(t *testing.T) int {
	t.Helper()
	out, err := exec.Command("pg_dump", "--version").Output()
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// dump is what pg_dump writes of a database's schema, statement by statement and
// sorted: their order depends on that of creation.
func dump(t *testing.T, db *livedb.DB) []string {
	t.Helper()
	var failed bytes.Buffer
	cmd := exec.Command("pg_dump", "--schema-only", "--dbname="+db.DSN())
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, failed.Bytes())
	}
	key := regexp.MustCompile(`(?m)^\\(un)?restrict .*$`) // of one run of pg_dump
	parts := strings.Split(key.ReplaceAllString(string(out), ""), "\n--\n")
	slices.Sort(parts)
	return parts
}
