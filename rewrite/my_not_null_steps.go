package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// steps keep NULL out, fill the rows, and make the columns NOT NULL. The triggers
// run before the server looks for NULL: a version that still writes it goes on.
// https://dev.mysql.com/doc/refman/8.4/en/trigger-syntax.html
func (f *filling) steps() ([]Step, error) {
	if !f.byTrigger {
		return oneByOne(f.defaultFirst, f.filledUp, f.required)
	}
	return oneByOne(f.triggers, f.filledUp, f.required, f.noTriggers, f.noStandIn)
}

// noNull is what the application's versions must do where no trigger helps them.
func (f *filling) noNull() *Gate {
	deploy := []string{"no running version writes NULL into " + f.shown()}
	if f.lacksDefault() {
		deploy[0] = "every running version gives " + f.shown() + " a value that is not NULL"
	}
	return &Gate{Deploy: deploy}
}

// lacksDefault says whether INSERTs must name one of the columns in the end.
func (f *filling) lacksDefault() bool {
	for i := range f.columns {
		if f.columns[i].given.Get(schema.DefaultAttribute) == "" {
			return true
		}
	}
	return false
}

// defaultFirst lets INSERTs leave a column out that is to have a default. ALTER COLUMN
// takes literals alone; a whole definition takes CURRENT_TIMESTAMP, too.
func (f *filling) defaultFirst() ([]Step, error) {
	var out []Step
	for i := range f.columns {
		col := &f.columns[i]
		given := col.given.Get(schema.DefaultAttribute)
		if given == "" || given == col.old.Get(schema.DefaultAttribute) {
			continue
		}
		alter, q := "ALTER TABLE "+f.c.Table()+" ", f.c.Q(col.col.Name)
		set, undo := "ALTER COLUMN "+q+" SET "+given, "ALTER COLUMN "+q+" "+col.defaultBefore()
		if !f.isLiteral(defaultOf(col.given)) {
			set, undo = "MODIFY "+col.old.With(schema.DefaultAttribute, given).Text(), "MODIFY "+col.old.Text()
		}
		s, err := f.d.step(Step{
			Phase: Expand, Title: "give " + f.of(col.col.Name) + " its default", Slug: Slug("default", f.name.Name, col.col.Name),
		}, "", alter+set, back{sql: alter + undo})
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// defaultBefore is the default that a column has so far, as ALTER COLUMN takes it.
func (col *filled) defaultBefore() string {
	switch before := col.old.Get(schema.DefaultAttribute); {
	case before != "":
		return "SET " + before
	case col.old.NoDefault:
		return "DROP DEFAULT"
	}
	return "SET DEFAULT NULL"
}

// filledUp are the jobs: one for all columns where none is converted on the way.
func (f *filling) filledUp() ([]Step, error) {
	if f.byTrigger && len(f.columns) > 1 {
		return []Step{f.fillAll()}, nil
	}
	var out []Step
	for i := range f.columns {
		col := &f.columns[i]
		q := f.c.Q(col.col.Name)
		s := f.job(f.of(col.col.Name), Slug("fill", f.name.Name, col.col.Name), q+" = "+col.fill.value, q+" IS NULL")
		s.Backfill.Comments = col.fill.comments
		out = append(out, s)
	}
	return out, nil
}

func (f *filling) fillAll() Step {
	var set, where []string
	comments := ""
	for i := range f.columns {
		col := &f.columns[i]
		q := f.c.Q(col.col.Name)
		set, where = append(set, q+" = IFNULL("+q+", "+col.fill.value+")"), append(where, q+" IS NULL")
		comments += col.fill.comments
	}
	s := f.job(f.shown(), Slug("fill", f.slug()), strings.Join(set, ", "), strings.Join(where, " OR "))
	s.Backfill.Comments = comments
	return s
}

func (f *filling) job(shown, slug, set, where string) Step {
	s := Step{
		Phase: Copy, Title: "fill " + shown + " where it is NULL", Slug: slug,
		Backfill: &Backfill{Table: f.c.State.Resolve(f.name), Key: f.key, Set: set + f.untouched(), Where: where},
	}
	if !f.byTrigger {
		s.Gate = f.noNull()
	}
	return s
}

// untouched are assignments that keep columns with ON UPDATE CURRENT_TIMESTAMP as they
// are: that a job fills a column is no change of the row.
// https://dev.mysql.com/doc/refman/8.4/en/timestamp-initialization.html
func (f *filling) untouched() string {
	var out strings.Builder
	for _, col := range f.t.Columns {
		if col.OnUpdate != "" {
			q := f.c.Q(col.Name)
			out.WriteString(", " + q + " = " + q)
		}
	}
	return out.String()
}

// required makes the columns NOT NULL in one rebuild, while rows are written.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations
func (f *filling) required() ([]Step, error) {
	var clauses, undo []string
	for i := range f.columns {
		col := &f.columns[i]
		def := col.given
		if f.byTrigger && def.Get(schema.DefaultAttribute) == "" {
			def = def.WithDefault(col.fill.value)
		}
		clauses, undo = append(clauses, f.clause(col, def)), append(undo, "CHANGE "+f.c.Q(col.col.Name)+" "+col.old.Text()+f.placed(col))
	}
	alter, is := "ALTER TABLE "+f.c.Table()+" ", inspector{f.c.Text, f.name}
	first := f.columns[0].col.Name
	s := Step{Phase: Validate, Gate: &Gate{Backfill: true}}
	if !f.byTrigger {
		s.Phase, s.Gate.Deploy = Contract, f.noNull().Deploy
	}
	s.Title, s.Slug = "make "+f.shown()+" NOT NULL", Slug("not_null", f.slug())
	ways := []back{{alter + strings.Join(undo, ", "), is.nullable(first, "YES")}}
	for i := range f.columns {
		if f.columns[i].old.NoDefault {
			ways = append(ways, back{sql: alter + "ALTER COLUMN " + f.c.Q(f.columns[i].col.Name) + " DROP DEFAULT"})
		}
	}
	s, err := f.d.step(s, is.nullable(first, "NO"), alter+strings.Join(clauses, ", "), ways...)
	return []Step{s}, err
}

// clause is the user's own, with another definition where that is asked for.
func (f *filling) clause(col *filled, def schema.Definition) string {
	whole, written := col.op.Span, col.op.Column.Span
	if same, err := f.c.Text.(DefinitionText).ReadColumn(f.c.Source(written)); err == nil && same.Text() == def.Text() {
		return f.c.Source(whole)
	}
	return f.c.Source(change.Span{Start: whole.Start, End: written.Start}) + def.Text() + f.c.Source(change.Span{Start: written.End, End: whole.End})
}

// placed puts a column back that the statement moves.
func (f *filling) placed(col *filled) string {
	if !col.op.First && col.op.After == "" {
		return ""
	}
	for i, other := range f.t.Columns {
		if other == col.col && i > 0 {
			return " AFTER " + f.c.Q(f.t.Columns[i-1].Name)
		}
	}
	return " FIRST"
}

// noStandIn takes away the defaults that the columns had for a while.
func (f *filling) noStandIn() ([]Step, error) {
	var out []Step
	for i := range f.columns {
		col := &f.columns[i]
		if col.given.Get(schema.DefaultAttribute) != "" {
			continue
		}
		alter := "ALTER TABLE " + f.c.Table() + " ALTER COLUMN " + f.c.Q(col.col.Name) + " "
		s, err := f.d.step(Step{
			Phase: Contract, Title: "refuse INSERTs without " + f.of(col.col.Name), Slug: Slug("required", f.name.Name, col.col.Name), Gate: f.noNull(),
		}, "", alter+"DROP DEFAULT", back{sql: alter + "SET DEFAULT " + col.fill.value})
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
