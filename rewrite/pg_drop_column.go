package rewrite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// leaving is a column on its way out.
type leaving struct {
	c      *Case
	op     *change.DropColumn
	table  change.Name
	t      *schema.Table
	column *schema.Column
	parts  schema.ColumnParts
	// dependents are what the server will not drop the column without.
	dependents []string
	again      *again // the column that takes its name
}

func newLeaving(c *Case, op *change.DropColumn) (*leaving, error) {
	l := &leaving{c: c, op: op, table: c.State.Resolve(op.Table), t: c.State.Table(op.Table)}
	if l.t != nil {
		l.column = l.t.Column(op.Column)
	}
	parts, known := c.State.ColumnDef(op.Table, op.Column)
	l.parts = parts
	if l.t == nil || !l.t.Complete || l.column == nil || !known || !l.column.Complete {
		return nil, Refuse("the migrations do not show how %s was made: run fix with --dsn, or give it a dump with --schema", l.shown())
	}
	if err := l.refuse(); err != nil {
		return nil, err
	}
	var err error
	if l.again, err = l.madeAgain(); err != nil {
		return nil, err
	}
	for _, d := range l.dependentDefs() {
		l.dependents = appendNew(l.dependents, d)
	}
	if len(l.dependents) > 0 && !op.Cascade {
		return nil, Refuse("DROP COLUMN %s fails as long as %s is used by %s: change that first", c.Q(op.Column), l.shown(), strings.Join(l.dependents, ", "))
	}
	return l, nil
}

func (l *leaving) shown() string { return l.c.Table() + "." + l.c.Q(l.op.Column) }

// refuse says where there is more to do than to drop the column.
func (l *leaving) refuse() error {
	name := l.op.Column
	if pk := l.t.PrimaryKey(); pk != nil && slices.Contains(pk.Columns, name) {
		return Refuse("%s is in the primary key: give %s another one first, over columns that stay", l.shown(), l.c.Table())
	}
	if slices.Contains(l.t.PartKey, name) {
		return Refuse("%s is in the partition key, and the server does not drop such columns", l.shown())
	}
	if !l.t.PartitionOf.IsZero() {
		return Refuse("%s is a partition of %s: drop the column there", l.c.Table(), l.c.Text.QuoteName(l.t.PartitionOf))
	}
	for _, k := range l.t.Constraints {
		if k.Kind == change.Check && slices.Contains(k.ChecksNotNull, name) {
			return Refuse("the CHECK %s asks for a value in %s, so that the new version cannot leave it out: drop that first", l.c.Q(k.Name), l.shown())
		}
	}
	for _, sequence := range l.c.State.OwnedBy(l.table, name) {
		for _, user := range l.c.State.Using(sequence) {
			if t := l.c.State.Table(user); user != l.table || t != nil && slices.ContainsFunc(t.Columns, func(o *schema.Column) bool { return o.Name != name && l.c.State.Resolve(o.Sequence) == sequence }) {
				return Refuse("%s owns the sequence %s, from which %s takes numbers too: make the sequence OWNED BY a column that stays first", l.shown(), l.c.Text.QuoteName(sequence), l.c.shownAs(user))
			}
		}
	}
	if in := l.keysInto(); len(in) > 0 && !l.op.Cascade {
		return Refuse("DROP COLUMN %s fails as long as the foreign key %s of %s points to it: drop that first", l.c.Q(name), l.c.Q(in[0].key.Name), l.c.shownAs(in[0].on))
	}
	return nil
}

// isRequired says whether INSERTs cannot leave the column out.
func (l *leaving) isRequired() bool {
	return l.column.NotNull && !l.column.HasDefault && l.parts.Identity == "" && l.parts.Generated == "" && l.column.Sequence.IsZero() &&
		!strings.HasSuffix(strings.ToLower(l.parts.Type), "serial")
}

// keyInto is a foreign key of some table.
type keyInto struct {
	on  change.Name
	key *schema.Constraint
}

// keysInto are the foreign keys that point to the column.
func (l *leaving) keysInto() []keyInto {
	var out []keyInto
	for _, n := range l.c.State.Referencing(l.table) {
		t := l.c.State.Table(n)
		if t == nil {
			continue
		}
		for _, k := range t.Constraints {
			if k.Kind == change.ForeignKey && k.Ref == l.table && slices.Contains(k.RefColumns, l.op.Column) {
				out = append(out, keyInto{on: t.Name, key: k})
			}
		}
	}
	return out
}

// dependentDefs are the generated columns, triggers, policies, rules, views and
// publications that name the column.
// https://www.postgresql.org/docs/current/ddl-depend.html
func (l *leaving) dependentDefs() []string {
	var out []string
	for _, other := range l.t.Columns {
		parts, known := l.c.State.ColumnDef(l.table, other.Name)
		if known && parts.Generated != "" && other.Name != l.op.Column &&
			l.isNamedIn(schema.Piece{Kind: schema.ExpressionPiece, Text: parts.Generated, Of: l.table, Schema: l.table.Schema}) {
			out = append(out, "the generated column "+l.c.Q(other.Name))
		}
	}
	for _, d := range l.c.State.Defs(l.table) {
		switch d.Class {
		case "trigger", "policy", "rule", "view", "materialized view", "publication":
		case "function", "procedure":
			if !strings.Contains(strings.ToUpper(d.Text), "ATOMIC") {
				continue
			}
		default:
			continue
		}
		text, err := l.c.Text.Current(d)
		if err != nil {
			text = d.Text
		}
		p := d.Piece()
		p.Text = text
		if l.isNamedIn(p) {
			out = append(out, d.Class+" "+l.c.shownAs(d.Name))
		}
	}
	return out
}

// isNamedIn says whether a text names the column, or reads all columns. Where the
// text cannot be followed its words tell.
func (l *leaving) isNamedIn(p schema.Piece) bool {
	refs, err := l.c.Text.ColumnRefs(p, l.table)
	var problem *schema.PieceError
	if errors.As(err, &problem) && problem.Problem == "star" {
		return true
	}
	if err != nil {
		return wordsOf(p.Text)[strings.ToLower(l.op.Column)]
	}
	return slices.ContainsFunc(refs, func(r schema.Ref) bool { return r.Column == l.op.Column })
}

// functions are those that name the column in their text.
func (l *leaving) functions() []string { return l.c.functionsNaming(l.table, l.op.Column) }

// letsGo are the words of the column's definition: its type, what its default calls.
func (l *leaving) letsGo() []string {
	var out []string
	for _, sequence := range l.c.State.OwnedBy(l.table, l.op.Column) {
		out = append(out, strings.ToLower(sequence.Name))
	}
	for w := range wordsOf(strings.Join([]string{l.parts.Written, l.parts.Type, l.parts.Default, l.parts.Sequence.Name}, " ")) {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}

// notes say what goes with the columns, and how to keep the values.
func (g *leavers) notes() []string {
	var notes []string
	for _, l := range g.all {
		if lost := g.shared(l); len(lost) > 0 {
			notes = appendNew(notes, fmt.Sprintf("With %s goes what other columns share: %s. Make what is still needed of it over the columns that stay, first.", l.shown(), strings.Join(lost, ", ")))
		}
		if l.again != nil {
			notes = appendNew(notes, fmt.Sprintf("%s is dropped and added anew in one moment, and holds none of its values then: a version that uses the new one comes after that step.", l.shown()))
		}
		if l.again != nil && l.again.required {
			notes = appendNew(notes, fmt.Sprintf("The new %s is NULL in the rows that are there, on which the migration as it is would fail: fill them before the step that checks NOT NULL.", l.shown()))
		}
		if l.column.NotNull && l.column.HasDefault {
			notes = appendNew(notes, fmt.Sprintf("%s keeps its default, which rows get that are written without it.", l.shown()))
		}
		if len(l.dependents) > 0 {
			notes = appendNew(notes, fmt.Sprintf("CASCADE drops with %s: %s.", l.shown(), strings.Join(l.dependents, ", ")))
		}
		if functions := l.functions(); len(functions) > 0 {
			notes = appendNew(notes, fmt.Sprintf("The functions %s name %s in their text, and fail when it is gone.", strings.Join(functions, ", "), l.op.Column))
		}
	}
	return append(notes, g.keepCopy())
}

// shared are the indexes and constraints over several columns that go with one.
func (g *leavers) shared(l *leaving) []string {
	others := func(columns []string) bool {
		return slices.Contains(columns, l.op.Column) && slices.ContainsFunc(columns, func(n string) bool {
			return !slices.ContainsFunc(g.all, func(o *leaving) bool { return o.op.Column == n })
		})
	}
	var out []string
	for _, ix := range g.indexes() {
		if others(append(slices.Clone(ix.Columns), ix.Uses...)) {
			out = append(out, g.c.Q(ix.Name)+" ("+strings.Join(ix.Columns, ", ")+")")
		}
	}
	for _, k := range l.t.Constraints {
		if k.Kind != change.PrimaryKey && k.Kind != change.Unique && others(k.Columns) {
			out = append(out, g.c.Q(k.Name))
		}
	}
	return out
}

// keepCopy is the statement that keeps the values.
func (g *leavers) keepCopy() string {
	t, c := g.all[0].t, g.c
	var columns []string
	if pk := t.PrimaryKey(); pk != nil {
		for _, n := range pk.Columns {
			columns = append(columns, c.Q(n))
		}
	}
	for _, l := range g.all {
		columns = append(columns, c.Q(l.op.Column))
	}
	kept := change.Name{Schema: g.table.Schema, Name: MadeName(g.table.Name+"_"+g.all[0].op.Column, "kept")}
	return fmt.Sprintf("To keep the values, before the last step: CREATE TABLE %s AS SELECT %s FROM %s.", c.Text.QuoteName(kept), strings.Join(columns, ", "), c.Text.QuoteName(g.table))
}
