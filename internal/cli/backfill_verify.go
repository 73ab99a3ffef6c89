package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/wording"
)

// What a verification may be told to take as given.
const (
	acceptPassedOver = "passed-over"
	acceptDiffering  = "differing"
)

func (p *program) backfillVerifyCommand() *cli.Command {
	flags := []cli.Flag{
		&cli.BoolFlag{Name: flagRepair, DisableDefaultText: true, Usage: "run the statement on the rows that are owed, then verify again"},
		&cli.BoolFlag{Name: flagRestart, DisableDefaultText: true, Usage: "begin anew, though an interrupted verification could be gone on with"},
		&cli.StringSliceFlag{
			Name:  flagAccept,
			Usage: "take as given: `WHAT` is " + acceptPassedOver + " (rows that the run passed over stay so) or " + acceptDiffering + " (rows with other values, which the statement leaves alone)",
		},
		formatFlag(),
	}
	c := p.backfillAsk("verify", "look whether rows are owed, and record the answer", flags, p.backfillVerify)
	c.Description += "Exit status: 0 no row is owed, 1 some are, 2 there is no verdict."
	return c
}

func (p *program) backfillVerify(c *cli.Context) error {
	if err := oneOf(c, flagFormat, statusFormats()); err != nil {
		return err
	}
	known := []string{acceptPassedOver, acceptDiffering}
	for _, what := range c.StringSlice(flagAccept) {
		if !slices.Contains(known, what) {
			return noneOf(c, "--"+flagAccept, what, known)
		}
	}
	return p.about(c, func(ctx context.Context, b *backfiller) error {
		j, err := b.read()
		if err != nil {
			return err
		}
		r, err := b.verify(ctx, j, nil)
		if err != nil {
			return err
		}
		if c.String(flagFormat) == "json" {
			err = b.sayJSON(verdictJSON(b.name, &r))
		} else {
			err = b.sayf("%s", verdictText(b.name, &r))
		}
		return errors.Join(err, verdict(&r))
	})
}

// verify verifies, and says every ten seconds how far it is.
func (b *backfiller) verify(ctx context.Context, j *backfill.Job, brake backfill.Brake) (backfill.VerifyResult, error) {
	o := backfill.VerifyOptions{
		Brake: brake, Repair: b.cli.Bool(flagRepair), Restart: b.cli.Command.Name == "verify" && b.cli.Bool(flagRestart),
		AcceptPassedOver: slices.Contains(b.cli.StringSlice(flagAccept), acceptPassedOver),
		AcceptDiffering:  slices.Contains(b.cli.StringSlice(flagAccept), acceptDiffering),
	}
	told := time.Now()
	r, err := backfill.Verify(ctx, b.db, j, o, func(v backfill.VerifyProgress) {
		if time.Since(told) < lineEvery || b.cli.String(flagLogFormat) == "json" {
			return
		}
		told = time.Now()
		if v.Hold != "" {
			b.logf("%s: the verification waits: %s", b.name, v.Hold)
			return
		}
		b.logf("%s: verified %s of %s up to %s, %s found", b.name, progress.Count(v.Rows, "row"), v.Part, v.UpTo, progress.Number(v.Found))
	})
	if err != nil && ctx.Err() != nil {
		return r, fmt.Errorf("the verification was interrupted; safemig backfill verify %s goes on with it", wording.ShellWord(b.name))
	}
	return r, err
}

// verdict is the end of a command that has verified.
func verdict(r *backfill.VerifyResult) error {
	switch {
	case r.Unverifiable != "":
		return errReported
	case !r.Clean():
		return errFindings
	}
	return nil
}

func verdictText(name string, r *backfill.VerifyResult) string {
	if r.Unverifiable != "" {
		return fmt.Sprintf("%s cannot be verified: %s", name, r.Unverifiable)
	}
	lines := []string{fmt.Sprintf("%s is verified: %s looked at, none is owed", name, progress.Count(r.Rows, "row"))}
	if !r.Clean() {
		lines[0] = fmt.Sprintf("%s is not as it should be: %s looked at", name, progress.Count(r.Rows, "row"))
	}
	add := func(n int64, format string) {
		if n > 0 {
			lines = append(lines, fmt.Sprintf("  "+format, progress.Count(n, "row")))
		}
	}
	add(r.Repaired, "%s repaired")
	add(r.Failed, "%s could not be repaired: "+strings.ReplaceAll(r.Failure, "%", "%%"))
	add(r.Owed, "%s owed: the statement would still change them; --"+flagRepair+" does")
	add(r.PassedOver, "%s passed over by the run, which safemig.backfill_errors names; --"+flagAccept+" "+acceptPassedOver+" lets them be")
	add(r.Differing, "%s with another value than the statement gives, which it leaves alone: somebody may have written them; --"+flagAccept+" "+acceptDiffering+" lets them be")
	for _, f := range r.First {
		kind := "differs"
		if f.Owed {
			kind = "owed"
		}
		lines = append(lines, fmt.Sprintf("    %s %s: %s", f.Part, f.Key, kind))
	}
	if len(r.Skipped) > 0 {
		lines = append(lines, "  not compared, since their values cannot be computed again: "+strings.Join(r.Skipped, ", "))
	}
	return strings.Join(lines, "\n")
}

func verdictJSON(name string, r *backfill.VerifyResult) map[string]any {
	first := []map[string]any{}
	for _, f := range r.First {
		first = append(first, map[string]any{"part": f.Part, "key": f.Key, "owed": f.Owed})
	}
	return map[string]any{
		"version": 1, "job": name, "clean": r.Clean(), "rows": r.Rows, "owed": r.Owed, "passed_over": r.PassedOver, "differing": r.Differing,
		"repaired": r.Repaired, "failed": r.Failed, "failure": r.Failure, "first": first, "unverifiable": r.Unverifiable, "skipped": r.Skipped, "recorded": r.Recorded,
	}
}

// verifyDone verifies behind a run. What cannot be verified is no failure of the run.
func (b *backfiller) verifyDone(ctx context.Context, m *monitor, j *backfill.Job, brake backfill.Brake) error {
	r, err := b.verify(ctx, j, brake)
	if err != nil {
		return fmt.Errorf("the job is done, but not verified: %w", err)
	}
	if m.json {
		m.verified(verdictText(b.name, &r), &r)
	} else if err := b.sayf("%s", verdictText(b.name, &r)); err != nil {
		return err
	}
	if r.Unverifiable != "" {
		return nil
	}
	return verdict(&r)
}

func (m *monitor) verified(text string, r *backfill.VerifyResult) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell("verified", text, func(l *progress.Entry) {
		if r.Unverifiable == "" {
			l.Owed = &r.Owed
		}
	})
}
