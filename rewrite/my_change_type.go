package rewrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func onlineCopy() Recipe {
	return Recipe{
		ID: "online-copy", Dialect: "mysql",
		Summary: "a column of the new type, which triggers keep in step; a backfill in batches; the names swapped",
		Build:   buildOnlineCopy,
	}
}

// buildOnlineCopy is for changes that the server makes by copying the table while
// writes wait.
func buildOnlineCopy(c *Case) (Result, error) {
	if key, is := c.Op.(*change.AddConstraint); is && key.Constraint.Kind == change.ForeignKey {
		return buildMyForeignKey(c, key)
	}
	if !c.Has("rename-column") {
		return refused("%s %s has no RENAME COLUMN, by which the names of two columns could be swapped: copy the table with an engine", c.Target.Name(), c.Target.Version)
	}
	for _, op := range c.Siblings {
		if convert, is := op.(*change.ConvertCharset); is {
			return c.convertTable(convert)
		}
	}
	op, ok := c.Op.(*change.ModifyColumn)
	if !ok {
		return refused("%s has no form of it that lets writes go on, and no column can stand in for what it changes: copy the table with an engine", c.Target.Name())
	}
	return c.changeTypes(op)
}

// changeTypes lets columns of the new types follow the old ones by triggers that only
// ever copy from the names that the application knows to the others: so they hold
// before the names are swapped, and after. What else the statement modifies so goes
// along.
func (c *Case) changeTypes(op *change.ModifyColumn) (Result, error) {
	s, err := newTwins(c, op.Table)
	if err != nil {
		return Result{}, err
	}
	s.swap = true
	w, err := s.typed(op)
	if err != nil {
		return Result{}, err
	}
	s.all = []*twin{w}
	var takes []change.Span
	for _, other := range c.Siblings {
		m, is := other.(*change.ModifyColumn)
		if !is || m == op || !c.asksFor(m, "online-copy") {
			continue
		}
		more, err := s.typed(m)
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal): // it is asked for by itself, and says so
		case err != nil:
			return Result{}, err
		default:
			s.all, takes = append(s.all, more), append(takes, m.Span)
		}
	}
	return s.result(takes, s.swapSteps)
}

// result is a plan with the columns' steps in the place of their clauses.
func (s *twins) result(takes []change.Span, write func() ([]Step, error)) (Result, error) {
	more, err := s.beside(takes)
	if err != nil {
		return Result{}, err
	}
	stmts, again, err := s.later()
	if err != nil {
		return Result{}, err
	}
	for _, check := range []func() error{s.keyOf, s.fitRow, s.alone} {
		if err := check(); err != nil {
			return Result{}, err
		}
	}
	steps, err := write()
	if err != nil {
		return Result{}, err
	}
	r := Result{Clause: TakenOut(), After: s.gated(steps), TakesClauses: more, Takes: stmts, Again: again}
	for _, w := range s.all {
		r.Owns = append(r.Owns, w.old, w.new)
		r.Frees = append(r.Frees, s.name.Name+"."+w.new)
	}
	s.tell()
	r.Notes = s.notes
	return r, nil
}

// fitting is a column that another may stand in for.
func (s *twins) fitting(column string) (*twin, error) {
	w, err := s.twin(column)
	if err != nil {
		return nil, err
	}
	return w, w.fit()
}

// typed is a column that gets the definition of a MODIFY, or a refusal.
func (s *twins) typed(op *change.ModifyColumn) (*twin, error) {
	w, err := s.fitting(op.From)
	if err != nil {
		return nil, err
	}
	col := &op.Column
	switch {
	case !w.isOld(col.Name):
		return nil, Refuse("it renames %s and changes its type: do that in two migrations, each with a plan of its own", w.of(op.From))
	case col.AutoIncrement || col.Generated != nil:
		return nil, Refuse("%s is to count by itself, or to be generated, which no column beside it can take over: copy the table with an engine", w.of(w.old))
	case len(col.Constraints) > 0:
		return nil, Refuse("it gives %s a key or a constraint, too: do that in a migration of its own", w.of(w.old))
	case col.OnUpdate != nil:
		return nil, Refuse("it gives %s an ON UPDATE, too: do that in a migration of its own", w.of(w.old))
	}
	text, err := s.c.definitions()
	if err != nil {
		return nil, err
	}
	given, err := text.ReadColumn(s.c.Source(col.Span))
	if err != nil {
		return nil, Refuse("%s", err)
	}
	if err := s.c.stampRequired(op); err != nil {
		return nil, err
	}
	if s.c.asksFor(op, "complete-definition") {
		given, _ = keeping(w.oldDef, given)
	}
	return w, w.becomes(col.Type, given)
}

// becomes gives the column beside its definition.
func (w *twin) becomes(typ change.Type, def schema.Definition) (err error) {
	w.new, w.newType = MadeName(w.old, "new"), typ
	w.newDef = def.WithName(w.c.Q(w.new))
	if w.t.Column(w.new) != nil {
		return Refuse("%s has a column %s already: a plan for %s is not through yet", w.c.Table(), w.c.Q(w.new), w.of(w.old))
	}
	w.oldSet = charsetBy(w.t, w.oldType, w.oldDef)
	w.newSet = charsetBy(w.tableThen(), w.newType, w.newDef)
	if w.conv, err = w.pair().conversion(); err != nil {
		return Refuse("%s from %s to %s: %s", w.of(w.old), shownType(w.oldType), shownType(w.newType), err)
	}
	if !w.t.Column(w.old).NotNull && w.requires() {
		return Refuse("it changes the type of %s and makes it NOT NULL: do that in two migrations, NOT NULL first, because the running version may write NULL", w.of(w.old))
	}
	if err := w.mayStart(); err != nil {
		return err
	}
	return w.fitMoment()
}

func (w *twin) pair() typePair {
	return typePair{w.c.Text, w.oldType, w.newType, w.oldSet.name, w.newSet.name}
}

// tableThen is the table as the other clauses of the statement leave it.
func (s *twins) tableThen() *schema.Table {
	then := s.c.State.Clone()
	for _, op := range s.c.Siblings {
		if o, is := op.(*change.TableOption); is {
			then.Apply(s.c.Script, o)
		}
	}
	return then.Table(s.name)
}

// charsetBy is the character set that a definition gives a column of a table.
func charsetBy(t *schema.Table, typ change.Type, def schema.Definition) charset {
	last := func(a schema.Attribute) string {
		words := strings.Fields(def.Get(a))
		if len(words) < 2 {
			return ""
		}
		return strings.Trim(words[len(words)-1], "'\"`")
	}
	if name := last(schema.CharsetAttribute); name != "" {
		typ.Charset = name
	}
	if collation := last(schema.CollationAttribute); collation != "" {
		typ.Collation = collation
	}
	name, collation := t.CharsetOf(typ)
	return charset{name, collation}
}

func (w *twin) requires() bool {
	return strings.EqualFold(w.newDef.Get(schema.NullAttribute), "NOT NULL")
}

// mayStart sees that rows can be there before their values are: NOT NULL asks for a
// default until the triggers and the job have filled the column, or comes behind them.
// MariaDB's INSERT .. SELECT would be refused then (see leftOut).
func (w *twin) mayStart() error {
	if !w.requires() || w.newDef.Get(schema.DefaultAttribute) != "" {
		return nil
	}
	w.stand = w.zeroFor(w.newType)
	w.late = w.stand == ""
	if w.late && w.c.Target.Dialect == "mariadb" {
		return Refuse("%s becomes %s NOT NULL, which takes no default for a while, so that INSERT .. SELECT would be refused until the names are swapped: copy the table with an engine", w.of(w.old), shownType(w.newType))
	}
	return nil
}

// zeroFor is a value that a column of a type takes as its default; empty where it takes none.
// MariaDB alone has literal defaults for TEXT and BLOB that are there at once.
// https://mariadb.com/kb/en/text/
func (s *twins) zeroFor(t change.Type) string {
	switch {
	case t.Name == "enum" && len(t.Args) > 0:
		return s.c.Text.Literal(t.Args[0])
	case t.Name == "set":
		return "''"
	case slices.Contains([]string{"text", "bytes"}, kindOfType(t.Name)) && s.c.Target.Dialect == "mariadb":
		return "''"
	}
	return zeroOf(t.Name)
}
