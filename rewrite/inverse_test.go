package rewrite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/rewrite"
)

// TestInverse holds the ways back of statements that plans keep to those in the files.
func TestInverse(t *testing.T) {
	all, files, err := fixcase.GlobUndo("../testdata/inverse")
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range all {
		t.Run(u.Name, func(t *testing.T) {
			var out strings.Builder
			for _, m := range u.Migrations {
				version := "16"
				if strings.HasPrefix(m, "-- from ") {
					version = "18"
				}
				built, err := u.Build(t.Context(), m, version)
				if err != nil {
					t.Fatal(err)
				}
				if !built.Plan.Changed() {
					t.Fatalf("no plan for %s: %+v", m, built.Plan.Unfixed)
				}
				silent(t, &built)
				showBack(&out, m, &built.Plan)
			}
			if *update {
				writeBack(t, files[i], out.String())
			} else if diff := cmp.Diff(u.Back, out.String()); diff != "" {
				t.Errorf("the ways back are not those in the file (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNoStepIsSilent: each step of each plan has a way back, or says in words what
// stays, or changes nothing that could be taken back.
func TestNoStepIsSilent(t *testing.T) {
	cases, err := fixcase.Glob("../testdata/fix")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			built, err := c.Build(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			silent(t, &built)
		})
	}
}

// silent complains of steps that change something and have neither a way back nor
// words.
func silent(t *testing.T, built *fixcase.Built) {
	t.Helper()
	for i := range built.Plan.Steps {
		s := &built.Plan.Steps[i]
		if len(s.Down) > 0 || s.Final != "" {
			continue
		}
		if s.Backfill != nil && s.Backfill.SQL != "" && !fillsNew(built, s.Backfill.SQL) {
			t.Errorf("step %d (%s) changes rows and does not say that they stay changed", i+1, s.Title)
		}
		for _, sql := range s.SQL {
			if i > 0 && slices.Contains(built.Plan.Steps[i-1].Down, sql) {
				continue // the step before goes back to before both
			}
			for _, stmt := range fixcase.Parse(built.Dialect, "step", sql, change.TxNone).Stmts {
				for _, op := range stmt.Ops {
					if !leavesNothing(op, sql) {
						t.Errorf("step %d (%s) says nothing of the way back of\n%s", i+1, s.Title, sql)
					}
				}
			}
		}
	}
}

// fillsNew says whether a job only fills a table that the plan makes.
func fillsNew(built *fixcase.Built, sql string) bool {
	for _, stmt := range fixcase.Parse(built.Dialect, "job", sql, change.TxNone).Stmts {
		for _, op := range stmt.Ops {
			if into, is := op.(*change.Insert); !is || built.State.Table(into.Table) != nil {
				return false
			}
		}
	}
	return true
}

// leavesNothing says whether nothing is to be taken back of a change: it reads, or
// does over what is there, or asks for what may be so already. What is then known to
// be so is in the golden files.
func leavesNothing(op change.Op, sql string) bool {
	switch op := op.(type) {
	case *change.Maintain, *change.Reindex, *change.Select, *change.LockTable, *change.SetOption, *change.ValidateConstraint:
		return true
	case *change.DropNotNull, *change.SetNotNull:
		return true
	case *change.Opaque: // a DO that raises an error
		return strings.Contains(sql, "RAISE")
	case *change.DropTrigger:
		return strings.Contains(sql, "IF EXISTS")
	case *change.Object:
		return op.IfNotExists || op.Verb == "create" && strings.Contains(sql, "IF NOT EXISTS")
	}
	return false
}

// showBack writes a migration with the way back of what is kept of it.
func showBack(out *strings.Builder, migration string, p *rewrite.Plan) {
	out.WriteString("\n" + migration + "\n")
	for i := len(p.Steps) - 1; i >= 0; i-- {
		s := &p.Steps[i]
		for _, sql := range s.Down {
			fmt.Fprintf(out, "# back: %s;\n", strings.ReplaceAll(sql, "\n", "\n#       "))
		}
		if s.Final != "" {
			out.WriteString("# for ever: " + s.Final + "\n")
		}
	}
	for _, n := range p.Notes {
		out.WriteString("# note: " + n + "\n")
	}
}

// writeBack puts the ways back into a file, and leaves all else as it is.
func writeBack(t *testing.T, file, back string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(text, []byte("-- back --\n"))
	if err := os.WriteFile(file, append(head, "-- back --\n"+back...), 0o644); err != nil {
		t.Fatal(err)
	}
}
