// Package ledger knows plans that are not finished: plan.yml says what has been
// written where, what must be true before the rest may run, and how to go back.
package ledger

import (
	"time"
)

// FileName and StoryName are the files of a plan in its folder.
const (
	FileName  = "plan.yml"
	StoryName = "plan.md"
)

// formatVersion is that of plan.yml.
const formatVersion = 1

// Plan is one plan as plan.yml has it.
type Plan struct {
	Version int    `yaml:"version"`
	Name    string `yaml:"name"`
	// Source is the migration that the plan is made of. It and all files are
	// given as seen from the plan's folder, with slashes.
	Source  string `yaml:"source"`
	Dialect string `yaml:"dialect"`
	Layout  string `yaml:"layout"`
	Created Date   `yaml:"created"`
	// Deadline is the day by whose end the plan is to be finished: after it, one that is
	// not was forgotten.
	Deadline Date     `yaml:"deadline"`
	Steps    []Step   `yaml:"steps"`
	Notes    []string `yaml:"notes,omitempty"`
	// History is what has happened to the plan since, in the order it did.
	History []Event `yaml:"history,omitempty"`
	// Figures and Checklist stand in plan.md alone, as Markdown.
	Figures   string `yaml:"-"`
	Checklist string `yaml:"-"`
}

// Step is one step of a plan.
type Step struct {
	Phase string   `yaml:"phase"` // expand, backfill, validate, contract
	Title string   `yaml:"title"`
	Files []string `yaml:"files"` // in the order they run
	// Waits says that the files are kept from the migration tool until all that
	// the step requires is true: "backfill:JOB" is done and verified, "engine:SCRIPT" has
	// done its work, "deploy:WHAT" the application does, "wait:TIME" has gone by since the
	// step before.
	Waits    bool     `yaml:"waits,omitempty"`
	Requires []string `yaml:"requires,omitempty"`
	Backfill *Job     `yaml:"backfill,omitempty"`
	Engine   *Engine  `yaml:"engine,omitempty"`
	// Rollback takes the step back: statements in the order they run, in one
	// transaction unless each must run by itself.
	Rollback     []string `yaml:"rollback,omitempty"`
	RollbackEach bool     `yaml:"rollback-one-by-one,omitempty"`
	Final        string   `yaml:"cannot-be-undone,omitempty"`
	// Left says of a step that stands in the plan as the migration has it, and that
	// keeps others waiting until it is done, what it does to whom.
	Left string `yaml:"left-as-it-is,omitempty"`
}

// Job is a backfill: rows that are changed in batches, outside of the migrations.
type Job struct {
	Name  string   `yaml:"name"`
	Table string   `yaml:"table"`         // as SQL writes it
	Key   []string `yaml:"key,omitempty"` // columns to walk along, as SQL writes them; none: the primary key
	Set   string   `yaml:"set,omitempty"`
	Where string   `yaml:"where,omitempty"`
	SQL   string   `yaml:"sql,omitempty"` // the statement, where it is no plain UPDATE
	// Comments stand above the statement in the job's file, and nowhere else.
	Comments string `yaml:"-"`
}

// Date is a day.
type Date string

const dateShape = "2006-01-02"

// DateOf is the day of a time, in UTC.
func DateOf(t time.Time) Date { return Date(t.UTC().Format(dateShape)) }

// Time is the day's beginning, in UTC.
func (d Date) Time() (time.Time, error) { return time.Parse(dateShape, string(d)) }

// timeToFinish is how long a plan may take before somebody is reminded of it.
const timeToFinish = 30 * 24 * time.Hour

// New is a plan that begins now.
func New(name string, now time.Time) *Plan {
	return &Plan{Version: formatVersion, Name: name, Created: DateOf(now), Deadline: DateOf(now.Add(timeToFinish))}
}

// Phases are the names of the phases, in the order they come.
func Phases() []string { return []string{"expand", "backfill", "validate", "contract"} }
