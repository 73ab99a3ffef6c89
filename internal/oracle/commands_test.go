package oracle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCommands holds the reports and the plans of whole projects against each other.
func TestCommands(t *testing.T) {
	folder := t.TempDir()
	var programs []string
	for _, b := range builds() {
		programs = append(programs, b.program(t, folder))
	}
	own := filepath.Join(folder, "testdata")
	for _, from := range testFolders() {
		unpack(t, from, own)
	}
	versions := []string{"18"}
	if len(corpora(t)) > 0 {
		versions = append(versions, "12")
	}
	for _, version := range versions {
		side(t, programs, own, commands("--dialect", "postgres", "--server-version", version))
	}
	for _, project := range corpora(t) {
		side(t, programs, project, commands())
	}
}

// side runs commands with both programs in a project.
func side(t *testing.T, programs []string, project string, commands [][]string) {
	for _, args := range commands {
		cgo, pure := output(t, programs[0], project, args), output(t, programs[1], project, args)
		if !bytes.Equal(cgo, pure) {
			t.Errorf("%s: safemig %s (-cgo +purego)\n%s", project, strings.Join(args, " "), diff(cgo, pure))
		}
		t.Logf("%s: safemig %s: %d bytes", project, strings.Join(args, " "), len(cgo))
	}
}

// TestVersion checks that a program says which parser it has, and has no other.
func TestVersion(t *testing.T) {
	folder := t.TempDir()
	parsers := [2]string{"PostgreSQL 16 grammar: github.com/pganalyze/pg_query_go/", "PostgreSQL 18 grammar: github.com/sqlc-dev/oliphant "}
	for i, b := range builds() {
		said := string(output(t, b.program(t, folder), folder, []string{"version"}))
		if !strings.Contains(said, parsers[i]) || strings.Contains(said, parsers[1-i]) {
			t.Errorf("%s: %s", b.name, said)
		}
	}
}

// commands are what to run on a project, for a target. Without one the dialect is
// found out: of files for MySQL, read as PostgreSQL's, the parsers refuse other words.
func commands(target ...string) [][]string {
	var all [][]string
	for _, command := range [][]string{
		{"lint", "--format", "json"}, {"locks", "--format", "json"}, {"fix", "--include-applied", "--format", "json"},
	} {
		all = append(all, slices.Concat(command, target, []string{"."}))
	}
	return all
}

// diff shows the lines in which two reports differ, as far as one can read.
func diff(a, b []byte) string {
	text := cmp.Diff(strings.Split(string(a), "\n"), strings.Split(string(b), "\n"))
	return text[:min(len(text), 5000)]
}

// unpack writes the SQL of a folder as a project's, each text in a folder of its own.
func unpack(t *testing.T, from, to string) {
	t.Helper()
	eachText(t, from, func(path, text string) {
		name, err := filepath.Rel(from, path)
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(to, filepath.Base(filepath.Dir(from)), strings.TrimSuffix(name, ".sql"), "1.sql")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	})
}

// output is all that a command writes, and how it ends.
func output(t *testing.T, program, folder string, args []string) []byte {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%s %v: %v", program, args, errors.Join(err, ctx.Err()))
	}
	return fmt.Appendf(out, "exit status %d\n", cmd.ProcessState.ExitCode())
}
