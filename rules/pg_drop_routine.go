package rules

import "github.com/safemig/safemig/dialect/change"

func dropRoutine() *Rule {
	return &Rule{
		ID: "drop-routine", Family: Compatibility, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindObject},
		Doc: Doc{
			Title:   "dropping a function or procedure breaks the version of the application that still calls it",
			Why:     "Every statement, and every other function, that calls it fails from that moment on; the server notices only triggers, defaults, indexes and views that use it. Silent where the same file creates one of that name.",
			Instead: "Make sure that nothing calls it: pg_stat_user_functions counts calls where track_functions is on. Then drop it, after the version that called it is gone.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-dropfunction.html", "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-USER-FUNCTIONS-VIEW"},
			Bad:     []Example{{Files: []string{"DROP FUNCTION order_total(bigint);"}}},
			Good:    []Example{{Files: []string{"CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';\nDROP FUNCTION one();"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.Object)
			if op.Verb != "drop" || !oneOfClasses(op, routineClasses()) || p.madeHere(op.Name, routineClasses()...) || p.replacedLater(op.Name, routineClasses()...) || p.triggerDropped() {
				return
			}
			p.Report("make sure that nothing calls it any more", "dropping the %s %s breaks whoever still calls it", op.Class, p.Display(op.Name))
		},
	}
}

func routineClasses() []string { return []string{"function", "procedure", "aggregate", "routine"} }

func oneOfClasses(op *change.Object, classes []string) bool {
	for _, c := range classes {
		if op.Class == c {
			return true
		}
	}
	return false
}

// triggerDropped: a file that drops a trigger, and then a function, drops the
// trigger's function, which nothing else can call.
func (p *Pass) triggerDropped() bool {
	return anyOp(p.earlier(), func(op change.Op) bool {
		return op.Kind() == change.KindDropTrigger || op.Kind() == change.KindDropTable
	})
}
