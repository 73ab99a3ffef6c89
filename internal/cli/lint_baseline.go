package cli

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/baseline"
	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/wholefile"
)

func baselineFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagBaseline, Usage: "`FILE` of findings that are known: they are counted, and neither shown nor failures"},
		&cli.BoolFlag{Name: flagWriteBaseline, DisableDefaultText: true, Usage: "make all findings known: write them to the baseline"},
	}
}

// knownFindings are those of the baseline, or those to write into it.
type knownFindings struct {
	file string
	old  *baseline.Baseline // nil: there is none
	next *baseline.Baseline // nil: it is not to be written
}

func (s *settings) knownFindings() (*knownFindings, error) {
	c := s.cli
	k := &knownFindings{file: s.text(flagBaseline)}
	write := c.Bool(flagWriteBaseline)
	switch {
	case k.file == "" && c.IsSet(flagBaseline):
		return nil, usage(c.Command, "--%s needs a file", flagBaseline)
	case k.file == "" && write:
		return nil, usage(c.Command, "--%s: where to? give --%s FILE, or set baseline in the configuration", flagWriteBaseline, flagBaseline)
	case write && slices.Contains(s.paths(), "-"):
		return nil, usage(c.Command, "--%s cannot make known what is on stdin: give the file", flagWriteBaseline)
	case k.file == "":
		return k, nil
	}
	var err error
	if k.old, err = baseline.Read(k.file); err != nil && !(write && errors.Is(err, fs.ErrNotExist)) {
		return nil, s.wrong(flagBaseline, err)
	}
	if write {
		k.next, err = baseline.New(k.file)
		return k, err
	}
	return k, nil
}

// has says whether a finding is known; where the baseline is to be written, each
// becomes so.
func (k *knownFindings) has(f *report.Finding) bool {
	switch {
	case k.next != nil:
		k.next.Add(f)
		return true
	case k.old != nil:
		return k.old.Take(f)
	}
	return false
}

// finish writes the baseline, or says with --verbose what of it is found no more.
func (k *knownFindings) finish(w *work, judged []string) error {
	name := filepath.ToSlash(k.file)
	switch {
	case k.next != nil && w.problems > 0:
		w.logf("the baseline %s is not written, since there is no verdict on everything", name)
		return nil
	case k.next != nil:
		return k.write(w, judged)
	case k.old == nil:
		return nil
	}
	for _, e := range k.old.Gone(judged) {
		w.notef("baseline %s: %s: %d of %d of %s found no more (%s); --%s takes them out", name, e.Path, e.Left(), e.Count, e.Rule, e.About, flagWriteBaseline)
	}
	return nil
}

func (k *knownFindings) write(w *work, judged []string) error {
	pruned := 0
	if k.old != nil {
		pruned = k.next.Keep(k.old, judged)
	}
	if err := w.mayWrite(k.file); err != nil {
		return err
	}
	if err := wholefile.Write(k.file, k.next.Write); err != nil {
		return err
	}
	findings, files := k.next.Counts()
	w.logf("baseline %s: %s in %s; %s found no more", filepath.ToSlash(k.file),
		progress.Count(int64(findings), "finding"), progress.Count(int64(files), "file"), progress.Count(int64(pruned), "finding"))
	return nil
}
