package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/wording"
	"github.com/safemig/safemig/rewrite"
)

func (g *goingBack) loses(step int) bool { return slices.Contains(g.lost, step) }

// refuse stops at what cannot be undone, and while a backfill runs.
func (g *goingBack) refuse() error {
	if err := g.barred(); err != nil {
		return err
	}
	for _, n := range g.rows {
		if err := g.running(n); err != nil {
			return err
		}
	}
	if g.cli.Bool(flagForce) {
		return nil
	}
	if err := g.byEngine(); err != nil || len(g.lost) == 0 {
		return err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s: not all of it can be taken back:\n", g.Name)
	for _, n := range g.lost {
		fmt.Fprintf(&out, "  step %d (%s): %s\n", n, g.Steps[n-1].Title, g.Steps[n-1].Final)
	}
	fmt.Fprintf(&out, "nothing was written; --%s --%s \"...\" takes back what can be", flagForce, flagReason)
	return &guardError{errors.New(out.String())}
}

// barred stops before a contract step that nothing undoes: what it left is all that
// there is, and the way back of the steps before it would take that away too.
func (g *goingBack) barred() error {
	for _, n := range g.lost {
		s := &g.Steps[n-1]
		if s.Phase != "contract" {
			continue
		}
		text := fmt.Sprintf("%s: step %d (%s) cannot be undone: %s\nThe steps before it cannot be taken back any more: that would take away what is left. Nothing was written", g.Name, n, s.Title, s.Final)
		if n < g.undo[0] {
			text += fmt.Sprintf("; --%s %d takes back what came behind it", flagTo, n)
		}
		return &guardError{errors.New(text)}
	}
	return nil
}

// byEngine stops where an engine takes its work back, which a statement alone would do by
// copying the table.
func (g *goingBack) byEngine() error {
	for _, n := range g.undo {
		e := g.Steps[n-1].Engine
		if e == nil || !slices.Contains(e.Verbs, "back") {
			continue
		}
		return &guardError{fmt.Errorf("%s: %s made the change of step %d: sh %s back takes it back without keeping anybody waiting; a migration would copy the table.\nWhen that is done, --%s --%s \"...\" writes what is left",
			g.Name, e.Name, n, wording.ShellWord(shownPath(g.Abs(e.Script))), flagForce, flagReason)}
	}
	return nil
}

// running is an error while somebody works on a backfill's rows.
func (g *goingBack) running(step int) error {
	if g.serves(g.Plan) != nil {
		return nil //nolint:nilerr // the report says to make sure
	}
	name := g.Steps[step-1].Backfill.Name
	s, err := backfill.Find(g.cli.Context, g.db, name)
	var none *backfill.NoJobError
	switch {
	case errors.Is(err, backfill.ErrNoTables) || errors.As(err, &none):
		return nil // it was never begun
	case err != nil:
		return fmt.Errorf("the backfill %s: %w", name, err)
	case s.Live || s.State == backfill.Running || s.State == backfill.Paused:
		return &guardError{fmt.Errorf("%s: the backfill %s is %s: its columns would go while it writes them. First: safemig backfill cancel %s", g.Name, name, s.State, wording.ShellWord(name))}
	}
	return nil
}

// cut makes the migrations of the statements that take the steps back.
func (g *goingBack) cut() error {
	d, err := dialect.Open(g.Dialect, "")
	if err != nil {
		return fmt.Errorf("%s: %w", g.Name, err)
	}
	text, ok := d.Text(func(change.Name) ([]string, bool) { return nil, false }).(rewrite.Text)
	if !ok {
		return fmt.Errorf("%s: safemig writes no migrations for %s", g.Name, d.Target.Name())
	}
	options := g.settings.at(filepath.Dir(homeOf(g.Manifest))).fixOptions()
	commits := g.Dialect != "postgres"
	for _, n := range g.undo {
		s := &g.Steps[n-1]
		if len(s.Rollback) == 0 {
			continue
		}
		back := &rewrite.Step{
			Down: s.Rollback, DownInTx: !s.RollbackEach && !commits, LockTimeout: options.LockTimeout, Commits: commits, DownDone: make([]string, len(s.Rollback)),
		}
		g.cutStep(n, rewrite.UndoFiles(back, text, options), commits)
	}
	return nil
}

// cutStep adds a migration for each text. What clears away what an interrupted run has
// left stands before the statement that it is for.
func (g *goingBack) cutStep(step int, files []rewrite.File, commits bool) {
	s := &g.Steps[step-1]
	var cleanup []string
	for i, f := range files {
		if !commits && !f.InTx && i < len(files)-1 && strings.HasPrefix(f.Stmts[0], "DO ") {
			cleanup = append(cleanup, f.Stmts...)
			continue
		}
		g.pieces = append(g.pieces, layout.Piece{
			Slug: g.slug(step), About: g.about(step, s), SQL: f.Stmts, Cleanup: cleanup,
			InTx: f.InTx || commits, Bare: commits, DownInTx: true,
			NoDown: "To go forward again, write the change anew and run safemig fix.",
		})
		g.of, cleanup = append(g.of, step), nil
	}
}

// slug is what a migration that takes a step back is called.
func (g *goingBack) slug(step int) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.TrimLeft(g.Name, "0123456789_-."))
	return fmt.Sprintf("take_back_%s_step_%d", name, step)
}

func (g *goingBack) about(step int, s *ledger.Step) []string {
	out := []string{fmt.Sprintf("safemig plan %s, step %d of %d, taken back: %s.", g.Name, step, len(g.Steps), strings.TrimSuffix(s.Title, "."))}
	if s.Final != "" {
		out = append(out, "What does not come back: "+s.Final)
	}
	return out
}

// say says what was written and removed, or would be, and what is not for safemig to do.
func (g *goingBack) say(written *layout.Written) error {
	would := ""
	if g.cli.Bool(flagDryRun) {
		would = "would be "
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", g.Name)
	for i, n := range g.of {
		fmt.Fprintf(&out, "  step %d: %staken back by %s\n", n, would, written.Pieces[min(i, len(written.Pieces)-1)])
	}
	for _, n := range g.undo {
		if len(g.Steps[n-1].Rollback) == 0 {
			fmt.Fprintf(&out, "  step %d: nothing is to be taken back of it (%s)\n", n, g.Steps[n-1].Title)
		}
	}
	for _, n := range g.lost {
		fmt.Fprintf(&out, "  step %d: does not come back: %s\n", n, g.Steps[n-1].Final)
	}
	for _, n := range g.removed {
		fmt.Fprintf(&out, "  step %d: never was among the migrations; %sremoved from %s\n", n, would, shownPath(g.Folder()))
	}
	g.sayRows(&out)
	for _, r := range g.confirmed() {
		fmt.Fprintf(&out, "  first deploy a version of the application that needs nothing of what goes: it was confirmed that %s\n", ledger.InWords(r))
	}
	if would == "" {
		fmt.Fprintf(&out, "commit these, and let the migrations run; safemig status close %s puts the plan away", wording.ShellWord(g.Name))
	}
	return g.sayf("%s", strings.TrimSuffix(out.String(), "\n"))
}

// confirmed is what the application was confirmed to do.
func (g *goingBack) confirmed() []string {
	return slices.DeleteFunc(g.ToConfirm(), func(r string) bool { return !strings.HasPrefix(r, "deploy:") || g.Confirmation(r) == nil })
}

// sayRows says what becomes of backfills: the rows that were changed stay so.
func (g *goingBack) sayRows(out *strings.Builder) {
	for _, n := range g.rows {
		b := g.Steps[n-1].Backfill
		fmt.Fprintf(out, "  step %d: rows that the backfill %s changed stay so until their columns go", n, b.Name)
		if g.serves(g.Plan) != nil {
			fmt.Fprintf(out, "; if it may still run, first: safemig backfill cancel %s", wording.ShellWord(b.Name))
		}
		out.WriteString("\n")
	}
}
