package checklist

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// during is what to do, in order, and what to look at meanwhile.
func (p *Plan) during() []string {
	var out []string
	watched := false
	for i := 0; i < len(p.Steps); i++ {
		s := &p.Steps[i]
		out = append(out, p.first(s)...)
		switch {
		case s.Job != "":
			out = append(out, p.job(s)...)
		case s.Waits:
			out = append(out, p.engine(s)...)
			out = append(out, fmt.Sprintf("step %d (%s): `safemig contract %s --dsn ..`, then %s; when it has run, %s", s.Number, s.Title, p.Name, p.apply(s), p.confirm(fmt.Sprintf("step:%d", s.Number))))
			out = append(out, p.watch(s)...)
		default:
			together := i
			for together+1 < len(p.Steps) && !p.Steps[together+1].Waits && p.Steps[together+1].Job == "" {
				together++
			}
			out = append(out, p.together(p.Steps[i:together+1])...)
			i = together
		}
		if tables, steps := p.strong(); !watched && len(tables) > 0 && slices.Contains(steps, fmt.Sprint(s.Number)) {
			watched = true
			out = append(out, p.waiting(tables, steps))
		}
	}
	return out
}

// together are steps that one run of the migration tool makes.
func (p *Plan) together(steps []Step) []string {
	var titles, numbers []string
	for i := range steps {
		numbers = append(numbers, fmt.Sprint(steps[i].Number))
		titles = append(titles, steps[i].Title)
	}
	last := steps[len(steps)-1].Number
	out := []string{fmt.Sprintf("%s (%s): %s; when that has run, %s", numbered(numbers), strings.Join(titles, "; "), p.apply(&steps[0]), p.confirm(fmt.Sprintf("step:%d", last)))}
	for i := range steps {
		out = append(out, p.watch(&steps[i])...)
	}
	return out
}

// apply is what has the migration tool run a step.
func (p *Plan) apply(s *Step) string {
	if up, _ := tool(p.Layout); up != "" {
		return "`" + up + "`"
	}
	if s.Waits {
		return "run the migration that it makes of " + joined(s.Files)
	}
	return "run " + joined(s.Files)
}

// confirm writes down what no server knows.
func (p *Plan) confirm(requirement string) string {
	if strings.Trim(requirement, "abcdefghijklmnopqrstuvwxyz0123456789:_-") != "" {
		requirement = "'" + strings.ReplaceAll(requirement, "'", `'\''`) + "'"
	}
	return fmt.Sprintf("`safemig status confirm %s --plan %s`", requirement, p.Name)
}

// first is what must be true before a step runs, and is not the backfill's.
func (p *Plan) first(s *Step) []string {
	var out []string
	for _, r := range s.Requires {
		kind, what, _ := strings.Cut(r, ":")
		switch kind {
		case "deploy":
			out = append(out, fmt.Sprintf("before step %d (%s), every running version of the application: %s; then %s", s.Number, s.Title, what, p.confirm(r)))
		case "wait":
			out = append(out, fmt.Sprintf("before step %d (%s), %s have gone by since the step before it", s.Number, s.Title, shortTime(what)))
		}
	}
	return out
}

// shortTime is a time without parts that are none: 168h.
func shortTime(text string) string {
	return strings.TrimSuffix(strings.TrimSuffix(text, "0s"), "0m")
}

func (p *Plan) job(s *Step) []string {
	out := []string{
		fmt.Sprintf("step %d: `safemig backfill run %s --dsn ..`; meanwhile, `safemig backfill status %[2]s --dsn ..` says how far it is", s.Number, s.Job),
	}
	if p.postgres() {
		out = append(out,
			fmt.Sprintf("while %s runs, replicas keep up: `SELECT application_name, replay_lag FROM pg_stat_replication`", s.Job),
			fmt.Sprintf("while %s runs, autovacuum keeps up with %s: `SELECT n_dead_tup, last_autovacuum FROM pg_stat_user_tables WHERE relid = '%s'::regclass`", s.Job, shown(s.Table), literal(s.Table)))
	} else {
		out = append(out, fmt.Sprintf("while %s runs, purge keeps up with %s: the history list of `SHOW ENGINE INNODB STATUS` does not grow without end, and replicas show no growing lag", s.Job, shown(s.Table)))
	}
	return append(out, fmt.Sprintf("`safemig backfill verify %s --dsn ..` finds no row owed", s.Job))
}

func (p *Plan) engine(s *Step) []string {
	if s.Engine == "" {
		return nil
	}
	return []string{fmt.Sprintf("before step %d, %s does the work: `sh %s run`", s.Number, s.Engine, s.Script)}
}

// watch is what to look at while a step works for long.
func (p *Plan) watch(s *Step) []string {
	var out []string
	for _, op := range s.Ops {
		table := op.Head().Table
		switch op := op.(type) {
		case *change.CreateIndex:
			if p.postgres() && op.Concurrently {
				out = append(out, fmt.Sprintf("while step %d builds %s: `SELECT phase, blocks_done, blocks_total FROM pg_stat_progress_create_index WHERE relid = '%s'::regclass`", s.Number, op.Name, literal(table)))
			}
		case *change.Reindex:
			if p.postgres() {
				out = append(out, fmt.Sprintf("while step %d builds %s anew: `SELECT phase, blocks_done, blocks_total FROM pg_stat_progress_create_index`", s.Number, op.Name))
			}
		case *change.ValidateConstraint:
			out = append(out, fmt.Sprintf("while step %d checks %s, nobody changes the schema of %s, and autovacuum waits: `SELECT state, wait_event, now() - query_start AS so_far FROM pg_stat_activity WHERE query LIKE '%%VALIDATE CONSTRAINT %%%s%%'`", s.Number, op.Name, shown(table), strings.ReplaceAll(op.Name, "'", "''")))
		}
	}
	if !p.postgres() && s.Engine == "" {
		out = append(out, p.watchAlter(s)...)
	}
	return out
}

// watchAlter: InnoDB says how far an ALTER is, where its instruments are on.
// https://dev.mysql.com/doc/refman/8.4/en/monitor-alter-table-performance-schema.html
func (p *Plan) watchAlter(s *Step) []string {
	for _, e := range s.Effects {
		if !e.Work.Grows() {
			continue
		}
		if p.Dialect == "mariadb" {
			return []string{fmt.Sprintf("while step %d works on %s: `SELECT INFO, STAGE, MAX_STAGE, PROGRESS FROM information_schema.PROCESSLIST WHERE INFO LIKE 'ALTER%%'`", s.Number, shown(e.Table))}
		}
		return []string{fmt.Sprintf("while step %d works on %s: `SELECT EVENT_NAME, WORK_COMPLETED, WORK_ESTIMATED FROM performance_schema.events_stages_current`", s.Number, shown(e.Table))}
	}
	return nil
}

// waiting is how to see that a step waits for a lock, with others behind it.
func (p *Plan) waiting(tables []change.Name, steps []string) string {
	if p.postgres() {
		var in []string
		for _, t := range tables {
			in = append(in, "'"+literal(t)+"'::regclass")
		}
		return fmt.Sprintf("while %s %s, nobody queues for %s for long: `SELECT pid, pg_blocking_pids(pid) FROM pg_locks WHERE NOT granted AND relation IN (%s)`", numbered(steps), several(steps, "runs", "run"), names(tables), strings.Join(in, ", "))
	}
	return fmt.Sprintf("while %s %s, nobody queues for %s for long: `SELECT ID, TIME, INFO FROM information_schema.PROCESSLIST WHERE STATE = 'Waiting for table metadata lock'`", numbered(steps), several(steps, "runs", "run"), names(tables))
}

// literal is a name within quotes of SQL.
func literal(n change.Name) string {
	name := quoted(n.Name)
	if n.Schema != "" && n.Schema != "public" {
		name = quoted(n.Schema) + "." + name
	}
	return strings.ReplaceAll(name, "'", "''")
}

// quoted is a name as regclass takes it.
func quoted(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
