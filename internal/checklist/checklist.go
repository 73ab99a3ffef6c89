// Package checklist says what to do before, while and after a plan runs, and on the way
// back: each line is about something that the plan itself names.
package checklist

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Plan is what a checklist is made of.
type Plan struct {
	Name    string
	Dialect string
	Layout  string // the migration tool
	Steps   []Step
}

// Step is one step of a plan.
type Step struct {
	Number   int
	Title    string
	Files    []string // without their folders
	Waits    bool
	Requires []string // as plan.yml has it
	Ops      []change.Op
	Effects  []change.Effect // of all its statements, one per table and statement
	Job      string          // the backfill that the step is
	Table    change.Name     // whose rows the backfill walks along
	Engine   string          // who does the step's work: "gh-ost"
	Script   string          // that runs the engine
	HasBack  bool            // there is a way back
	Final    string          // what nothing brings back
}

// List is a plan's checklist.
type List struct{ Before, During, After, Back []string }

// Of makes the checklist of a plan.
func Of(p *Plan) *List {
	return &List{Before: p.before(), During: p.during(), After: p.after(), Back: p.back()}
}

// Markdown is the list with boxes to tick.
func (l *List) Markdown() string {
	var out strings.Builder
	for _, part := range []struct {
		title string
		lines []string
	}{{"Before", l.Before}, {"During", l.During}, {"After", l.After}, {"Going back", l.Back}} {
		if len(part.lines) == 0 {
			continue
		}
		out.WriteString("\n### " + part.title + "\n\n")
		for _, line := range part.lines {
			out.WriteString("- [ ] " + strings.Join(strings.Fields(line), " ") + "\n")
		}
	}
	return strings.TrimPrefix(out.String(), "\n")
}

func (p *Plan) postgres() bool { return p.Dialect == "postgres" }

// strong are the tables on which steps keep reads or writes waiting, and the steps.
func (p *Plan) strong() (tables []change.Name, steps []string) {
	for i := range p.Steps {
		s, found := &p.Steps[i], false
		for _, e := range s.Effects {
			if e.Blocks&(change.Reads|change.Writes) == 0 {
				continue
			}
			found = true
			if !slices.Contains(tables, e.Table) {
				tables = append(tables, e.Table)
			}
		}
		if found {
			steps = append(steps, strconv.Itoa(s.Number))
		}
	}
	return tables, steps
}

// large are the tables that steps work on as a whole, and the steps.
func (p *Plan) large() (tables []change.Name, steps []string) {
	for i := range p.Steps {
		s, found := &p.Steps[i], false
		add := func(n change.Name) {
			if found = true; !slices.Contains(tables, n) {
				tables = append(tables, n)
			}
		}
		if s.Job != "" {
			add(s.Table)
		}
		for _, e := range s.Effects {
			if e.Work == change.IndexBuild || e.Work == change.Rewrite {
				add(e.Table)
			}
		}
		if found {
			steps = append(steps, strconv.Itoa(s.Number))
		}
	}
	return tables, steps
}

func (p *Plan) before() []string {
	var out []string
	if tables, steps := p.strong(); len(tables) > 0 {
		out = append(out, fmt.Sprintf("no old transaction is open that has used %s, since %s would wait for it: `%s`", names(tables), numbered(steps), p.oldTransactions()))
	}
	if tables, steps := p.large(); len(tables) > 0 {
		out = append(out, fmt.Sprintf("the disk has room for what %s %s of %s: `safemig estimate %s --dsn ..` says how much", numbered(steps), several(steps, "writes", "write"), names(tables), p.Name))
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Engine != "" {
			out = append(out, fmt.Sprintf("%s and the access that %s needs are there: `sh %[2]s try`", s.Engine, s.Script))
		}
		if s.Final != "" {
			out = append(out, fmt.Sprintf("whoever decides on a backup knows what step %d (%s) does for good: %s", s.Number, s.Title, s.Final))
		}
	}
	return out
}

func (p *Plan) oldTransactions() string {
	if p.postgres() {
		return "SELECT pid, now() - xact_start AS age, left(query, 60) FROM pg_stat_activity WHERE xact_start < now() - interval '1 minute'"
	}
	return "SELECT trx_mysql_thread_id, trx_started, trx_query FROM information_schema.innodb_trx WHERE trx_started < NOW() - INTERVAL 1 MINUTE"
}

// names are tables as people write them.
func names(tables []change.Name) string {
	var out []string
	for _, t := range tables {
		out = append(out, shown(t))
	}
	return joined(out)
}

func shown(n change.Name) string {
	if n.Schema == "public" {
		return n.Name
	}
	return n.String()
}

func numbered(steps []string) string { return several(steps, "step ", "steps ") + joined(steps) }

func several(list []string, one, many string) string {
	if len(list) == 1 {
		return one
	}
	return many
}

// joined is "a", "a and b", "a, b and c".
func joined(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
