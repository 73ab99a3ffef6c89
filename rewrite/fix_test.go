package rewrite_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/rewrite"
	"github.com/safemig/safemig/rules"
)

var update = flag.Bool("update", false, "write the plans that come out into testdata/fix")

// TestFix builds the plan of every case and holds it to the one in the file.
func TestFix(t *testing.T) {
	files, err := filepath.Glob("../testdata/fix/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "../testdata/fix/"), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := fixcase.Read(fixcase.NameOf(file), ar)
			if err != nil {
				t.Fatal(err)
			}
			built, err := c.Build(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := show(&built.Plan)
			if *update {
				writePlan(t, file, ar, got)
			} else if diff := cmp.Diff(c.Plan, got); diff != "" {
				t.Errorf("the plan is not the one in the file (-want +got):\n%s", diff)
			}
			gate(t, c, &built)
		})
	}
}

// gate is what must hold for every plan before anybody sees it: its files parse,
// lint clean, and give no plan of their own.
func gate(t *testing.T, c *fixcase.Case, built *fixcase.Built) {
	t.Helper()
	d, plan := built.Dialect, &built.Plan
	checker := rules.NewChecker(d.Target, d.Facts, fixcase.InForce())
	checker.LeaveComments()
	if c.Before != "" {
		checker.Replay(fixcase.Parse(d, "before.sql", c.Before, change.TxNone))
	}
	for i := range plan.Steps {
		for _, f := range rewrite.Files(&plan.Steps[i], c.Text(), c.Options) {
			tx := change.TxNone
			if f.InTx {
				tx = change.TxFile
			}
			script := fixcase.Parse(d, fmt.Sprintf("step %d", i+1), f.SQL, tx)
			for _, s := range script.Stmts {
				if s.Err != nil {
					t.Errorf("step %d does not parse: %v\n%s", i+1, s.Err, s.Span.Text(script.Src))
				}
			}
			found, err := checker.File(t.Context(), script)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if f.Severity >= rules.Warning && !built.Left(f) {
					t.Errorf("step %d is not clean: %s: %s\n%s", i+1, f.Rule, f.Message, script.Src)
				}
			}
		}
	}
}

func writePlan(t *testing.T, file string, ar *txtar.Archive, plan string) {
	t.Helper()
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "plan" })
	if i < 0 {
		ar.Files = append(ar.Files, txtar.File{Name: "plan"})
		i = len(ar.Files) - 1
	}
	ar.Files[i].Data = []byte(plan)
	if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
		t.Fatal(err)
	}
}

// showEngine is what an engine does before the step.
func showEngine(out *strings.Builder, s *rewrite.Step) {
	if s.Engine == nil {
		return
	}
	for _, q := range s.Engine.Run.Before {
		out.WriteString("# gives nothing: " + q + "\n")
	}
	say := func(what, text string) {
		if text != "" {
			out.WriteString("# " + what + ": " + strings.ReplaceAll(text, " \\\n  ", " ") + "\n")
		}
	}
	say("run", s.Engine.Run.Command)
	if s.Engine.Back != nil {
		say("run back", s.Engine.Back.Command)
	}
	for _, n := range s.Engine.Run.Notes {
		say("know", n)
	}
}

// show writes a plan as the cases have it.
func show(p *rewrite.Plan) string {
	var out strings.Builder
	for i := range p.Steps {
		s := &p.Steps[i]
		fmt.Fprintf(&out, "# %d %s: %s\n", i+1, s.Phase, s.Title)
		if s.Gate != nil {
			fmt.Fprintf(&out, "# waits for %s\n", strings.Join(either(s.Gate.Requires, "the step before"), ", "))
		}
		for _, l := range s.Locks {
			fmt.Fprintf(&out, "# holds %s on %s\n", l.Lock, l.Table)
		}
		if b := s.Backfill; b != nil {
			fmt.Fprintf(&out, "# job %s on %s by (%s)\n# set %s\n# where %s\n", b.Name, b.Table, strings.Join(b.Key, ", "), b.Set, b.Where)
			out.WriteString(b.Comments)
			if b.SQL != "" {
				out.WriteString(b.SQL + ";\n")
			}
			continue
		}
		showEngine(&out, s)
		limits := ""
		if s.LockTimeout > 0 {
			limits = " lock_timeout " + s.LockTimeout.String()
		}
		fmt.Fprintf(&out, "# in a transaction: %v%s\n", s.InTx, limits)
		if s.Done != "" {
			fmt.Fprintf(&out, "# unless %s\n", s.Done)
		}
		for _, sql := range slices.Concat(s.Cleanup, s.Session, s.SQL, s.Reset) {
			out.WriteString(sql + ";\n")
		}
		for _, sql := range s.Down {
			out.WriteString("# back: " + strings.ReplaceAll(sql, "\n", "\n#       ") + ";\n")
		}
		if s.Final != "" {
			out.WriteString("# for ever: " + s.Final + "\n")
		}
		out.WriteString("\n")
	}
	for _, n := range p.Notes {
		out.WriteString("# note: " + n + "\n")
	}
	for _, u := range p.Unfixed {
		fmt.Fprintf(&out, "# left: %s: %s\n", u.Rule, u.Reason)
	}
	return out.String()
}

func either(all []string, none string) []string {
	if len(all) == 0 {
		return []string{none}
	}
	return all
}
