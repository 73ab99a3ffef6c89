package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// made are the triggers, as statements: each is a single one, so that no migration
// tool cuts it at a semicolon.
func (f *filling) made() (create, drop map[string]string) {
	create, drop = map[string]string{}, map[string]string{}
	twice := ""
	if f.c.Has("create-trigger-if-not-exists") {
		twice = "IF NOT EXISTS "
	}
	var set []string
	for i := range f.columns {
		now := "NEW." + f.c.Q(f.columns[i].col.Name)
		set = append(set, now+" = IFNULL("+now+", "+f.columns[i].fill.value+")")
	}
	for on, short := range map[string]string{"INSERT": "fill_ins", "UPDATE": "fill_upd"} {
		name := f.c.Text.QuoteName(change.Name{Schema: f.name.Schema, Name: MadeName(f.t.Name.Name+"_"+f.columns[0].col.Name, short)})
		create[on] = "CREATE TRIGGER " + twice + name + " BEFORE " + on + " ON " + f.c.Table() + " FOR EACH ROW\nSET " + strings.Join(set, ", ")
		drop[on] = "DROP TRIGGER IF EXISTS " + name
	}
	return create, drop
}

func (f *filling) triggers() ([]Step, error) {
	create, drop := f.made()
	var out []Step
	for _, on := range []string{"INSERT", "UPDATE"} {
		s, err := f.d.step(Step{
			Phase: Expand, Title: "let no new NULL into " + f.shown() + " on " + on, Slug: Slug("no_null", f.slug(), on),
		}, "", create[on], back{sql: drop[on]})
		if err != nil {
			return nil, err
		}
		if !f.c.Has("create-trigger-if-not-exists") {
			s.Cleanup = []string{drop[on]}
		}
		out = append(out, s)
	}
	return out, nil
}

// noTriggers ends the help for versions that write NULL.
func (f *filling) noTriggers() ([]Step, error) {
	create, drop := f.made()
	var out []Step
	for _, on := range []string{"UPDATE", "INSERT"} {
		undo := []back{{sql: create[on]}}
		if !f.c.Has("create-trigger-if-not-exists") {
			undo = []back{{sql: drop[on]}, {sql: create[on]}}
		}
		s, err := f.d.step(Step{
			Phase: Contract, Title: "refuse NULL in " + f.shown() + " on " + on, Slug: Slug("refuse_null", f.slug(), on), Gate: f.noNull(),
		}, "", drop[on], undo...)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// triggerRights tells whose rights the triggers of a plan run with.
func (c *Case) triggerRights() string {
	return "The triggers run with the rights of the account that makes them, which has to stay until they are dropped. It needs TRIGGER on " +
		c.Table() + " and, where the server writes a binary log, SUPER or log_bin_trust_function_creators = 1: else error 1419."
}
