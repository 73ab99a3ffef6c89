package checklist

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// after is what must be true in the end: what was made is whole, what went is missed
// by nobody.
func (p *Plan) after() []string {
	var out []string
	gone := p.dropped()
	for i := range p.Steps {
		for _, op := range p.Steps[i].Ops {
			if line := p.whole(op, gone); line != "" {
				out = append(out, line)
			}
		}
	}
	if p.postgres() {
		for i := range p.Steps {
			if s := &p.Steps[i]; s.Job != "" {
				out = append(out, fmt.Sprintf("`VACUUM (ANALYZE) %s`, where autovacuum has not been there since %s", literal(s.Table), s.Job))
			}
		}
	}
	out = append(out, p.missed()...)
	return append(out, fmt.Sprintf("`safemig status` calls every step done, and `safemig status close %s` puts the plan away", p.Name))
}

// dropped are the things that the plan makes for a while, and drops again.
func (p *Plan) dropped() map[string]bool {
	gone := map[string]bool{}
	for i := range p.Steps {
		for _, op := range p.Steps[i].Ops {
			switch op := op.(type) {
			case *change.DropIndex:
				gone[op.Index.Name] = true
			case *change.DropConstraint:
				gone[op.Name] = true
			case *change.DropTrigger:
				gone[op.Name] = true
			}
		}
	}
	return gone
}

// whole says how to see that what an operation made is whole.
func (p *Plan) whole(op change.Op, gone map[string]bool) string {
	table := op.Head().Table
	switch op := op.(type) {
	case *change.CreateIndex:
		if p.postgres() && op.Concurrently && op.Name != "" && !gone[op.Name] {
			name := change.Name{Schema: table.Schema, Name: op.Name}
			return fmt.Sprintf("the index %s is valid: `SELECT indisvalid FROM pg_index WHERE indexrelid = '%s'::regclass`", op.Name, literal(name))
		}
	case *change.ValidateConstraint:
		if !gone[op.Name] {
			return fmt.Sprintf("the constraint %s is validated: `SELECT convalidated FROM pg_constraint WHERE conname = '%s' AND conrelid = '%s'::regclass`", op.Name, strings.ReplaceAll(op.Name, "'", "''"), literal(table))
		}
	case *change.CreateTrigger:
		if gone[op.Name] {
			return fmt.Sprintf("the trigger %s, which kept both forms of %s alike, is gone: %s", op.Name, shown(table), p.triggers(table))
		}
	}
	return ""
}

func (p *Plan) triggers(table change.Name) string {
	if p.postgres() {
		return fmt.Sprintf("`SELECT tgname FROM pg_trigger WHERE tgrelid = '%s'::regclass AND NOT tgisinternal`", literal(table))
	}
	return fmt.Sprintf("`SHOW TRIGGERS LIKE '%s'`", strings.ReplaceAll(table.Name, "'", "''"))
}

// missed are columns and tables that the plan takes away: whoever still asks for them
// fails.
func (p *Plan) missed() []string {
	var out []string
	for i := range p.Steps {
		s := &p.Steps[i]
		for _, op := range s.Ops {
			switch op := op.(type) {
			case *change.DropColumn:
				out = append(out, p.errors(s, shown(op.Table)+"."+op.Column, op.Column))
			case *change.DropTable:
				out = append(out, p.errors(s, shown(op.Table), op.Table.Name))
			}
		}
	}
	return out
}

func (p *Plan) errors(s *Step, full, name string) string {
	code := "SQLSTATE 42703 or 42P01"
	if !p.postgres() {
		code = "error 1054 or 1146"
	}
	return fmt.Sprintf("after step %d, no error names %s (%s, in the logs of the server and of the application)", s.Number, full, code+" with \""+name+"\"")
}

// back is how to go back, and up to where.
func (p *Plan) back() []string {
	var out []string
	final := 0
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Final != "" && final == 0 {
			final = s.Number
		}
		if s.Job != "" {
			out = append(out, fmt.Sprintf("while %s runs: `safemig backfill pause %[1]s`; to give it up, `safemig backfill cancel %[1]s`", s.Job))
		}
	}
	line := fmt.Sprintf("`safemig rollback %s` writes the way back of all steps that have run, the last first", p.Name)
	if final > 1 {
		line += fmt.Sprintf("; once step %d stands with the migrations, no further back than that", final)
	}
	out = append(out, line)
	_, down := tool(p.Layout)
	if last, files := p.firstRun(); down != "" && last > 0 {
		out = append(out, fmt.Sprintf("as long as no step after step %d has run, `%s` does the same, once for %s", last, down, joined(files)))
	}
	return out
}

// firstRun are the files that the first run of the migration tool makes of the plan, the
// last first, and the number of the last step in them; 0 where they have no way back.
func (p *Plan) firstRun() (last int, files []string) {
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Waits || s.Job != "" {
			break
		}
		if !s.HasBack {
			return 0, nil
		}
		last = s.Number
		for _, f := range s.Files {
			if !slices.Contains(files, f) {
				files = slices.Insert(files, 0, f)
			}
		}
	}
	return last, files
}
