package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/wording"
)

func statusFormats() []string { return []string{"text", "json"} }

func (p *program) backfillStatus(c *cli.Context) error {
	if err := oneOf(c, flagFormat, statusFormats()); err != nil {
		return err
	}
	return p.about(c, func(ctx context.Context, b *backfiller) error {
		s, err := backfill.Find(ctx, b.db, b.name)
		if err != nil {
			return err
		}
		st := b.stand(ctx, s)
		if c.String(flagFormat) == "json" {
			return b.sayJSON(map[string]any{"version": 1, "job": st.json(true)})
		}
		return b.sayf("%s", st.text(b, c.Bool(flagLong)))
	})
}

func (p *program) backfillList(c *cli.Context) (err error) {
	if err := oneOf(c, flagFormat, statusFormats()); err != nil {
		return err
	}
	b, err := p.openBackfill(c, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	list, err := backfill.List(c.Context, b.db)
	if err != nil && !errors.Is(err, backfill.ErrNoTables) {
		return err
	}
	var all []jobStatus
	for _, s := range list {
		all = append(all, b.stand(c.Context, s))
	}
	if c.String(flagFormat) == "json" {
		jobs := []statusJSON{}
		for _, st := range all {
			jobs = append(jobs, st.json(false))
		}
		return b.sayJSON(map[string]any{"version": 1, "jobs": jobs})
	}
	if len(all) == 0 {
		return b.sayf("no jobs in this database")
	}
	return b.sayf("%s", table(all))
}

func (b *backfiller) sayJSON(v any) error {
	out := json.NewEncoder(b.stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(v); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// jobStatus is how a job stands, and how far it is where that can be told.
type jobStatus struct {
	*backfill.Standing
	progress backfill.Progress
	unknown  error // why it cannot be told how far it is
	now      time.Time
}

// stand looks how far a job is; its table may be gone.
func (b *backfiller) stand(ctx context.Context, s *backfill.Standing) jobStatus {
	st := jobStatus{Standing: s, now: s.Now}
	st.progress, st.unknown = backfill.Look(ctx, b.db, &s.Record)
	if s.State == backfill.Done {
		st.progress.Share, st.unknown = 1, nil
	}
	return st
}

func (s *jobStatus) share() string {
	switch {
	case s.unknown != nil:
		return "-"
	case s.progress.Guessed && s.progress.Share < 1:
		return "about " + progress.Percent(s.progress.Share)
	}
	return progress.Percent(s.progress.Share)
}

// state is the job's in a word or two.
func (s *jobStatus) state() string {
	if s.State == backfill.Running && !s.Live {
		return "left alone"
	}
	return string(s.State)
}

// text says all of it.
func (s *jobStatus) text(b *backfiller, long bool) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 8, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(w, "  "+name+"\t"+format+"\n", args...) // a strings.Builder takes all
	}
	line("state", "%s", s.sentence(b))
	line("table", "%s", along(&s.Record))
	line("done", "%s", s.doneText())
	if s.Bad > 0 {
		line("bad rows", "%s passed over; safemig.backfill_errors names them", progress.Number(s.Bad))
	}
	line("began", "%s, %s ago", clock(s.Began), progress.Time(s.ago(s.Began)))
	if !s.Ended.IsZero() {
		line("ended", "%s, %s ago, after %s", clock(s.Ended), progress.Time(s.ago(s.Ended)), progress.Time(max(s.Ended.Sub(s.Began), 0)))
	}
	line("verified", "%s", s.verifiedText())
	line("statement", "%s", strings.ReplaceAll(s.SQL, "\n", "\n  \t"))
	if err := w.Flush(); err != nil {
		return err.Error()
	}
	text := s.Name + "\n" + strings.TrimSuffix(out.String(), "\n")
	if long {
		text += "\n\n" + s.lanesText()
	}
	return text
}

func (s *jobStatus) ago(t time.Time) time.Duration { return max(s.now.Sub(t), 0) }

// sentence says what is the matter with the job, and what to do.
func (s *jobStatus) sentence(b *backfiller) string {
	again := b.runAgain()
	sign := "the last sign of life is " + progress.Time(s.ago(s.Changed)) + " old"
	switch {
	case s.State == backfill.Paused && s.Live:
		return fmt.Sprintf("paused; %s waits until safemig backfill resume %s", s.Runner, wording.ShellWord(s.Name))
	case s.State == backfill.Paused:
		return fmt.Sprintf("paused, and no runner is at it; safemig backfill resume %s, then %s", wording.ShellWord(s.Name), again)
	case s.Quiet():
		return fmt.Sprintf("running, by %s, but %s. If that process is gone, the server has yet to notice: end its session (application safemig backfill), then %s", s.Runner, sign, again)
	case s.Live && s.Reason != "":
		return fmt.Sprintf("waits, by %s: %s", s.Runner, s.Reason)
	case s.Live:
		return fmt.Sprintf("running, by %s; %s", s.Runner, sign)
	case s.State == backfill.Running:
		return fmt.Sprintf("left alone: its runner (%s) is gone, %s; %s goes on", s.Runner, sign, again)
	case s.State == backfill.Stopped && s.Reason != "" && s.Reason != backfill.ErrStopped.Error():
		return fmt.Sprintf("stopped (%s); %s goes on", s.Reason, again)
	case s.State == backfill.Stopped:
		return fmt.Sprintf("stopped; %s goes on", again)
	}
	return string(s.State)
}

func (s *jobStatus) doneText() string {
	text := fmt.Sprintf("%s changed in %s, of about %s", progress.Count(s.Rows, "row"), progress.Count(s.Batches, "batch"), progress.Count(s.Expected, "row"))
	if s.unknown != nil {
		return text + "; the share is not known: " + s.unknown.Error()
	}
	return s.share() + ", " + text
}

func (s *jobStatus) verifiedText() string {
	switch {
	case s.Verified.IsZero():
		return "not yet"
	case s.Owed == 0:
		return fmt.Sprintf("%s: no row is owed", clock(s.Verified))
	}
	return fmt.Sprintf("%s: %s owed", clock(s.Verified), progress.Count(s.Owed, "row"))
}

// along is a table and the key that is walked.
func along(r *backfill.Record) string {
	return fmt.Sprintf("%s along (%s)", r.Table, strings.Join(r.Key, ", "))
}

// lanesText lists the ranges of the key.
func (s *jobStatus) lanesText() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "RANGE\tPART\tFROM\tDONE TO\tEND\tROWS\tBATCHES\tSHARE")
	for _, p := range s.progress.Parts {
		for _, l := range p.Lanes {
			_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, l.PartName, l.From, l.At, l.UpTo,
				progress.Number(l.Rows), progress.Number(l.Batches), progress.Percent(l.Share))
		}
	}
	if err := w.Flush(); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func table(all []jobStatus) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "JOB\tSTATE\tDONE\tROWS\tBEGAN\tRUNNER")
	for _, s := range all {
		runner := "-"
		if s.Live {
			runner = s.Runner
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, s.state(), s.share(), progress.Number(s.Rows), clock(s.Began), runner)
	}
	if err := w.Flush(); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(out.String(), "\n")
}
