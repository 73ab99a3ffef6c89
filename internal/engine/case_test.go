package engine_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/engine"
)

var update = flag.Bool("update", false, "write what comes out into testdata/engine and docs/engines.md")

const folder = "../../testdata/engine"

// TestCases chooses an engine for every case and holds what comes out to the file.
func TestCases(t *testing.T) {
	files, err := filepath.Glob(folder + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := show(choose(t, ar))
			if *update {
				write(t, file, ar, got)
			} else if diff := cmp.Diff(section(ar, "choice"), got); diff != "" {
				t.Errorf("the choice is not the one in the file (-want +got):\n%s", diff)
			}
		})
	}
}

func section(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func write(t *testing.T, file string, ar *txtar.Archive, got string) {
	t.Helper()
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "choice" })
	if i < 0 {
		ar.Files, i = append(ar.Files, txtar.File{Name: "choice"}), len(ar.Files)
	}
	ar.Files[i].Data = []byte(got)
	if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
		t.Fatal(err)
	}
}

// choose reads a case and asks for its engine.
func choose(t *testing.T, ar *txtar.Archive) (*engine.Choice, error) {
	t.Helper()
	for _, f := range ar.Files {
		if !slices.Contains([]string{"target", "before.sql", "migration.sql", "settings", "engine", "choice"}, f.Name) {
			t.Fatalf("there is no section %s", f.Name)
		}
	}
	r := request(t, strings.TrimSpace(section(ar, "target")), section(ar, "before.sql"), section(ar, "migration.sql"))
	r.Settings = settings(t, section(ar, "settings"))
	wanted := engine.Name("")
	if text := strings.TrimSpace(section(ar, "engine")); text != "" {
		n, known := engine.Named(text)
		if !known {
			t.Fatalf("there is no engine %q", text)
		}
		wanted = n
	}
	return r.Choose(wanted)
}

// request is a migration's only statement, for a target ("mysql 8.4").
func request(t *testing.T, target, before, migration string) *engine.Request {
	t.Helper()
	name, version, _ := strings.Cut(target, " ")
	d, err := dialect.Open(name, version)
	if err != nil {
		t.Fatal(err)
	}
	state := schema.New(name)
	history := parse(d, before)
	state.BeginFile(history)
	for _, stmt := range history.Stmts {
		if stmt.Err != nil {
			t.Fatalf("before.sql: %v", stmt.Err)
		}
		state.BeginStmt(stmt)
		for _, op := range stmt.Ops {
			state.Apply(history, op)
		}
	}
	script := parse(d, migration)
	if len(script.Stmts) != 1 {
		t.Fatalf("migration.sql has %d statements", len(script.Stmts))
	}
	state.BeginFile(script)
	state.BeginStmt(script.Stmts[0])
	return &engine.Request{Target: d.Target, Facts: d.Facts, Script: script, Stmt: script.Stmts[0], State: state}
}

func parse(d *dialect.Dialect, sql string) *change.Script {
	s := &change.Script{Path: "x.sql", Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}, Tx: change.TxNone}
	d.Parse(s)
	return s
}

// settings reads lines like "MaxLag 2s", by the names of the fields.
func settings(t *testing.T, text string) engine.Settings {
	t.Helper()
	out := engine.Settings{Database: "shop"}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		field := reflect.ValueOf(&out).Elem().FieldByName(name)
		if !field.IsValid() {
			t.Fatalf("there is no setting %q", name)
		}
		var err error
		switch field.Interface().(type) {
		case time.Duration:
			var d time.Duration
			d, err = time.ParseDuration(value)
			field.SetInt(int64(d))
		case int, int64:
			var n int64
			n, err = strconv.ParseInt(value, 10, 64)
			field.SetInt(n)
		case float64:
			var n float64
			n, err = strconv.ParseFloat(value, 64)
			field.SetFloat(n)
		case []string:
			field.Set(reflect.ValueOf(strings.Fields(value)))
		default:
			field.SetString(value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// show writes a choice as the cases have it.
func show(c *engine.Choice, err error) string {
	var out strings.Builder
	if c != nil {
		for _, o := range c.Opinions {
			fmt.Fprintf(&out, "%s: %s\n", o.Engine, o.Verdict)
			for _, r := range o.Reasons {
				fmt.Fprintf(&out, "  %s: %s\n", r.Verdict, r.Text())
			}
		}
		out.WriteString("\n")
	}
	switch {
	case err != nil:
		fmt.Fprintf(&out, "error: %v\n", err)
	case c.Run == nil:
		out.WriteString("none\n")
	default:
		showRun(&out, c.Run)
	}
	return out.String()
}

func showRun(out *strings.Builder, r *engine.Run) {
	fmt.Fprintf(out, "choice: %s\n", r.Engine)
	for _, q := range r.Before {
		fmt.Fprintf(out, "before: %s\n", q)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(out, "note: %s\n", n)
	}
	if r.Try != "" {
		fmt.Fprintf(out, "\n# try\n%s\n", r.Try)
	}
	fmt.Fprintf(out, "\n# run\n%s\n", r.Command)
	if r.Config.Path != "" {
		fmt.Fprintf(out, "\n# %s\n%s", r.Config.Path, r.Config.Text)
	}
}
