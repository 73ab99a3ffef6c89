package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func dropColumn() Recipe {
	return Recipe{
		ID:      "drop-column",
		Summary: "NOT NULL dropped, so that INSERTs may leave the column out; the column dropped when no running version uses it",
		Build:   buildDropColumn,
	}
}

// buildDropColumn drops the columns of one statement together, where the first of
// them stands: the table is locked once.
func buildDropColumn(c *Case) (Result, error) {
	op, ok := c.Op.(*change.DropColumn)
	switch {
	case c.commitsDDL():
		return buildMyDropColumn(c)
	case !ok:
		return Result{}, Refuse("only ALTER TABLE .. DROP COLUMN has this recipe")
	}
	mine, err := newLeaving(c, op)
	if err != nil {
		return Result{}, err
	}
	all := []*leaving{}
	for _, sibling := range c.Siblings {
		o, ok := sibling.(*change.DropColumn)
		if !ok || !c.asksFor(o, "drop-column") {
			continue
		}
		if l, err := newLeaving(c, o); err == nil {
			all = append(all, l)
		}
	}
	res := Result{Clause: TakenOut(), LetsGo: mine.letsGo(), Frees: []string{op.Table.Name + "." + op.Column}}
	if mine.again != nil {
		res.Again = []string{op.Column}
		if mine.again.stmt == c.Stmt {
			res.TakesClauses = []change.Span{mine.again.op.Span}
		} else {
			res.Takes = []int{mine.again.stmt.Index}
		}
	}
	if len(all) > 0 && all[0].op != op {
		return res, nil
	}
	if len(all) == 0 {
		all = append(all, mine)
	}
	g := leavers{c: c, table: mine.table, all: all}
	res.After, res.Notes = g.steps(), g.notes()
	return res, nil
}

// asksFor says whether the recipe is asked for a change.
func (c *Case) asksFor(op change.Op, recipe string) bool {
	return slices.ContainsFunc(c.Requests, func(r Request) bool {
		return r.Recipe == recipe && (op.Head().Span.Contains(r.Span) || r.Span == c.Stmt.Span)
	})
}

// leavers are the columns that a statement drops.
type leavers struct {
	c     *Case
	table change.Name
	all   []*leaving
}

func (g *leavers) steps() []Step {
	var out []Step
	if s, ok := g.unrequire(); ok {
		out = append(out, s)
	}
	out = append(out, g.dropKeys()...)
	out = append(out, g.dropIndexes()...)
	out = append(out, g.drop())
	return append(out, g.require()...)
}

// unrequire lets INSERTs leave the columns out. A default stays: the old version
// may count on it, and it does not hinder the new one.
func (g *leavers) unrequire() (Step, bool) {
	c, table := g.c, g.c.Text.QuoteName(g.table)
	var clauses, names, down []string
	for _, l := range g.all {
		if !l.isRequired() {
			continue
		}
		column := c.Q(l.op.Column)
		names = append(names, column)
		clauses = append(clauses, "ALTER COLUMN "+column+" DROP NOT NULL")
		check := MadeName(l.op.Column, "not_null")
		down = append(down,
			c.inShortTries(g.has(check), "ALTER TABLE "+table+" ADD CONSTRAINT "+c.Q(check)+" CHECK ("+column+" IS NOT NULL) NOT VALID"),
			"ALTER TABLE "+table+" VALIDATE CONSTRAINT "+c.Q(check),
			c.inShortTries("", "ALTER TABLE "+table+" ALTER COLUMN "+column+" SET NOT NULL"),
			c.inShortTries("", "ALTER TABLE "+table+" DROP CONSTRAINT IF EXISTS "+c.Q(check)),
		)
	}
	if len(clauses) == 0 {
		return Step{}, false
	}
	list := strings.Join(names, ", ")
	return Step{
		Phase: Expand, Title: "let INSERTs into " + c.Table() + " leave out " + list, Slug: Slug("drop_not_null", g.table.Name, g.all[0].op.Column),
		SQL: []string{"ALTER TABLE " + table + " " + strings.Join(clauses, ", ")}, InTx: true, Down: down,
		Final:  "Rows that were written without " + list + " have NULL there: NOT NULL can come back only when they are filled.",
		Accept: []Accept{{Rule: "drop-not-null", Reason: "the column is on its way out"}},
	}, true
}

// has is true where the table has a constraint of the name.
func (g *leavers) has(constraint string) string {
	text := g.c.Text
	return "EXISTS (SELECT FROM pg_constraint WHERE conrelid = " + text.Literal(text.QuoteName(g.table)) + "::regclass AND conname = " + text.Literal(constraint) + ")"
}

func (g *leavers) gate() *Gate {
	var deploy []string
	for _, l := range g.all {
		deploy = append(deploy, "no running version reads or writes "+l.shown())
		for _, f := range l.functions() {
			deploy = appendNew(deploy, "function "+f+" no longer names "+l.op.Column)
		}
	}
	return &Gate{Backfill: g.c.hasJobs(), Deploy: deploy}
}

// dropKeys drops the foreign keys by themselves: each locks another table.
func (g *leavers) dropKeys() []Step {
	var out []Step
	var done []string
	add := func(on change.Name, k *schema.Constraint) {
		if id := on.String() + " " + k.Name; !slices.Contains(done, id) && k.Name != "" {
			done = append(done, id)
			s := g.c.dropForeignKey(on, k)
			s.Gate = g.gate()
			out = append(out, s)
		}
	}
	for _, l := range g.all {
		for _, k := range l.t.Constraints {
			if k.Kind == change.ForeignKey && slices.Contains(k.Columns, l.op.Column) {
				add(g.table, k)
			}
		}
		for _, in := range l.keysInto() {
			add(in.on, in.key)
		}
	}
	return out
}

// dropIndexes drops the columns' indexes while the table is read and written; with
// the column they would go under its lock. Those of constraints go with it.
func (g *leavers) dropIndexes() []Step {
	var out []Step
	for _, ix := range g.indexes() {
		if g.all[0].t.Partitioned || g.all[0].t.Constraint(ix.Name) != nil {
			continue
		}
		name := change.Name{Schema: g.table.Schema, Name: ix.Name}
		shown := g.c.Text.QuoteName(name)
		s := Step{
			Phase: Contract, Gate: g.gate(), Title: "drop " + shown + " while " + g.c.Table() + " is read and written", Slug: Slug("drop", ix.Name),
			SQL: []string{"DROP INDEX CONCURRENTLY IF EXISTS " + shown},
		}
		s.Down, s.Final = g.c.recreateIndex(name)
		out = append(out, s)
	}
	return out
}

// indexes are those that any of the columns is in.
func (g *leavers) indexes() []*schema.Index {
	return slices.DeleteFunc(slices.Clone(g.c.State.IndexesOf(g.table)), func(ix *schema.Index) bool {
		return !slices.ContainsFunc(g.all, func(l *leaving) bool {
			return slices.Contains(ix.Columns, l.op.Column) || slices.Contains(ix.Uses, l.op.Column)
		})
	})
}

// drop is what the migration says, as far as it drops columns.
func (g *leavers) drop() Step {
	c := g.c
	var clauses, shown []string
	verb := "drop"
	accept, more := []Accept{{Rule: "drop-column", Reason: "no running version uses it"}}, []Accept(nil)
	for _, l := range g.all {
		clauses, shown = append(clauses, c.Source(l.op.Span)), append(shown, l.shown())
		if l.again != nil {
			clauses = append(clauses, l.again.text(c))
			verb = "drop, and add anew,"
		}
		if l.op.Cascade && len(accept) == 1 {
			accept = append(accept, Accept{Rule: "drop-cascade", Reason: "the migration asks for it"})
		}
		if len(g.shared(l)) > 0 && len(more) == 0 {
			more = append(more, Accept{Rule: "drop-column-drops-more", Reason: "the plan's notes name what goes with it"})
		}
	}
	head := c.Source(change.Span{Start: c.Stmt.Span.Start, End: c.Siblings[0].Head().Span.Start})
	list := strings.Join(shown, ", ")
	return Step{
		Phase: Contract, Gate: g.gate(), InTx: true, DownInTx: true, keepAll: true,
		Title: verb + " " + list, Slug: Slug("drop", g.table.Name, g.all[0].op.Column),
		SQL: []string{head + strings.Join(clauses, ", ")}, Accept: append(accept, more...),
		Final: fmt.Sprintf("The values of %s are gone: only a backup has them.", list),
	}
}
