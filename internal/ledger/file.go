package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
)

// mostBytes is the size of the largest plan that is read: it may come with
// somebody else's pull request, and the YAML parser calls itself for each bracket.
const (
	mostBytes    = 4 << 20
	mostBrackets = 10_000
)

// Write is the plan as plan.yml.
func (p *Plan) Write() ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("plan %s: %w", p.Name, err)
	}
	return []byte(p.emit()), nil
}

// Parse reads the text of a plan.yml. What it does not know is an error: a plan
// that is understood by half must not be carried out.
func Parse(name string, text []byte) (*Plan, error) {
	if len(text) > mostBytes || bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > mostBrackets {
		return nil, &Mistake{File: name, Err: fmt.Errorf("a plan has no more than %d bytes and %d brackets", mostBytes, mostBrackets)}
	}
	p := &Plan{}
	if err := decode(text, p); err != nil {
		return nil, mistake(name, text, err)
	}
	if err := p.check(); err != nil {
		return nil, mistake(name, text, err)
	}
	return p, nil
}

// decode reads YAML. The library fails on some that is wrong, such as a list that is
// nothing but a tag.
func decode(text []byte, into *Plan) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it is no YAML of a plan")
		}
	}()
	return yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(into)
}

// check holds what every plan must have.
func (p *Plan) check() error {
	if p.Version != formatVersion {
		return fmt.Errorf("version %d is not known; this safemig reads %d", p.Version, formatVersion)
	}
	for _, must := range []struct{ what, value string }{
		{"name", p.Name}, {"source", p.Source}, {"dialect", p.Dialect}, {"layout", p.Layout}, {"created", string(p.Created)}, {"deadline", string(p.Deadline)},
	} {
		if must.value == "" {
			return fmt.Errorf("it has no %s", must.what)
		}
	}
	for _, d := range []Date{p.Created, p.Deadline} {
		if _, err := d.Time(); err != nil {
			return fmt.Errorf("%q is no day such as 2026-01-31", d)
		}
	}
	if len(p.Steps) == 0 {
		return errors.New("it has no steps")
	}
	if hasControl(p.Name) {
		return errors.New("its name has a control character in it")
	}
	var jobs, scripts []string
	for i := range p.Steps {
		if err := p.Steps[i].check(&jobs, &scripts); err != nil {
			return &faultAt{fmt.Sprintf("$.steps[%d]", i), fmt.Sprintf("step %d", i+1), err}
		}
	}
	for i := range p.History {
		if err := p.History[i].check(p); err != nil {
			return &faultAt{fmt.Sprintf("$.history[%d]", i), fmt.Sprintf("history, entry %d", i+1), err}
		}
	}
	return nil
}

func (s *Step) check(jobs, scripts *[]string) error {
	if !slices.Contains(Phases(), s.Phase) {
		return fmt.Errorf("phase %q is none of %s", s.Phase, strings.Join(Phases(), ", "))
	}
	if s.Title == "" || len(s.Files) == 0 {
		return errors.New("it needs a title and files")
	}
	for _, f := range s.Files {
		if f == "" || path.IsAbs(f) {
			return fmt.Errorf("file %q is not given as seen from the plan's folder", f)
		}
	}
	if (s.Phase == "backfill") != (s.Backfill != nil) {
		return errors.New("a step of the phase backfill, and no other, has a backfill")
	}
	if s.Backfill != nil {
		if err := s.Backfill.check(*jobs); err != nil {
			return err
		}
		*jobs = append(*jobs, s.Backfill.Name)
	}
	if s.Engine != nil {
		if err := s.Engine.check(s, scripts); err != nil {
			return err
		}
	}
	if len(s.Requires) > 0 && !s.Waits && s.Backfill == nil {
		return errors.New("it requires something and does not wait")
	}
	for _, r := range s.Requires {
		if err := checkRequirement(r, *jobs, *scripts); err != nil {
			return err
		}
	}
	return nil
}

func (j *Job) check(taken []string) error {
	switch {
	case j.Name == "" || j.Table == "":
		return errors.New("a backfill needs a name and a table")
	case hasControl(j.Name) || hasControl(j.Table) || slices.ContainsFunc(j.Key, hasControl):
		return fmt.Errorf("backfill %q: a name with a line end, or another control character, does not go into the first line of a job's file", j.Name)
	case slices.Contains(taken, j.Name):
		return fmt.Errorf("there are two backfills %s", j.Name)
	case (j.Set == "") == (j.SQL == ""):
		return fmt.Errorf("backfill %s has either a set or an sql", j.Name)
	}
	return nil
}

func hasControl(text string) bool { return strings.ContainsFunc(text, unicode.IsControl) }

func checkRequirement(r string, jobs, scripts []string) error {
	kind, what, _ := strings.Cut(r, ":")
	if what == "" {
		return fmt.Errorf("requirement %q is none of backfill:JOB, engine:SCRIPT, deploy:WHAT, wait:TIME", r)
	}
	switch kind {
	case "backfill":
		if !slices.Contains(jobs, what) {
			return fmt.Errorf("no step before it is the backfill %s", what)
		}
	case "engine":
		if !slices.Contains(scripts, what) {
			return fmt.Errorf("no step up to it has the script %s%s", what, scriptExtension)
		}
	case "wait":
		if d, err := time.ParseDuration(what); err != nil || d <= 0 {
			return fmt.Errorf("requirement %q names no time such as 168h", r)
		}
	case "deploy":
	default:
		return fmt.Errorf("requirement %q is none of backfill:JOB, engine:SCRIPT, deploy:WHAT, wait:TIME", r)
	}
	return nil
}
