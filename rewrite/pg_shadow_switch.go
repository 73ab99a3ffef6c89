package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// collectDone closes the list of what is known, and settles what the application
// must have done by the switch.
func (s *shadow) collectDone() error {
	for _, ix := range s.c.State.IndexesOf(s.Table) {
		taken := slices.ContainsFunc(s.indexes, func(t shadowIndex) bool { return t.name.Name == ix.Name })
		if !taken && !slices.Contains(s.left, ix.Name) && (slices.Contains(ix.Columns, s.Old) || slices.Contains(ix.Uses, s.Old)) {
			return Refuse("the statement that made the index %s on %s was not seen: run fix with --dsn, or give it a dump with --schema", s.c.Q(ix.Name), s.old)
		}
	}
	s.notePartitions()
	if s.Swap {
		return s.swapDone()
	}
	shown := s.c.Table() + "." + s.old
	if !s.Swap {
		s.deploy = append([]string{fmt.Sprintf("no running version reads or writes %s; all of them use %s", shown, s.new)}, s.deploy...)
		s.note("Deploy the version that uses %s when the backfill is done: until then the column is NULL in rows that nobody has written since the first step.", s.new)
	}
	if !s.Swap {
		s.note("In the end %s stands behind the other columns of %s: INSERT and COPY without a list of columns, and SELECT *, find another order, and COPY without a list fails as long as both columns are there.", s.new, s.c.Table())
	}
	if s.parts.Default != "" && !s.Swap {
		s.note("Until the switch %s keeps its default and %s has none: an INSERT that gives %s an explicit NULL cannot be told from one that leaves it out, and takes the default.", s.old, s.new, s.new)
	}
	return nil
}

// contractSteps are what only the new version of the application can live with.
func (s *shadow) contractSteps() []Step {
	build, swap := s.matSteps()
	out := slices.Concat(build, swap)
	for _, v := range s.views {
		if v.other != "" {
			out = append(out, s.ownStep(v))
		}
	}
	last := s.finalStep()
	if step := s.switchStep(); len(step.SQL) > 0 {
		out = append(out, step)
	} else { // the old column has nothing that only one can have
		last.Gate = step.Gate
	}
	return append(out, last)
}

// switchStep gives the new column what only one of the two can have. The trigger
// stays: going back loses nothing.
func (s *shadow) switchStep() Step {
	step := Step{
		Phase: Contract, Gate: &Gate{Backfill: true, Deploy: s.deploy}, InTx: true, DownInTx: true, keepAll: true,
		Title: "make " + s.at + "." + s.new + " the column that counts", Slug: Slug("switch", s.Table.Name, s.New),
	}
	add := func(forth, back []string) {
		step.SQL = append(step.SQL, forth...)
		step.Down = append(append([]string{}, back...), step.Down...)
	}
	add(s.guardTrigger(), nil)
	add(s.guardAlike(), nil)
	for i := range s.triggers {
		t := &s.triggers[i]
		add(t.make(t.after), t.make(t.dual))
	}
	if s.notNull && !s.namedNotNull() {
		add(s.setNotNull(), s.unsetNotNull())
	}
	add(s.moveDefault(s.old, s.new), s.moveDefault(s.new, s.old))
	for _, v := range s.views {
		if v.other == "" {
			add(v.after, v.before)
		}
	}
	return step
}

// setNotNull relies on the CHECK, which stays until the last step: in the same
// ALTER TABLE its going would have all rows read, and going back needs it again.
func (s *shadow) setNotNull() []string {
	return []string{"ALTER TABLE " + s.at + " ALTER COLUMN " + s.new + " SET NOT NULL"}
}

func (s *shadow) unsetNotNull() []string {
	return []string{"ALTER TABLE " + s.at + " ALTER COLUMN " + s.new + " DROP NOT NULL"}
}

// moveDefault takes the default, the sequence or the identity from one column to
// the other.
func (s *shadow) moveDefault(from, to string) []string {
	alter := func(column, clause string) string {
		return "ALTER TABLE " + s.at + " ALTER COLUMN " + column + " " + clause
	}
	drop := ignoring("drop-default-on-required-column", "the trigger fills "+from+" from "+to, alter(from, "DROP DEFAULT"))
	switch {
	case s.parts.Identity != "":
		return append([]string{s.moveIdentity(from, to)}, s.sequenceSaid()...)
	case s.isSerial():
		sequence := s.c.Text.QuoteName(s.parts.Sequence)
		return []string{
			alter(to, "SET DEFAULT nextval("+s.c.Text.Literal(sequence)+")"), drop,
			"ALTER SEQUENCE " + sequence + " OWNED BY " + s.at + "." + to,
		}
	case s.parts.Default == "":
		return nil
	}
	out := []string{alter(to, "SET DEFAULT "+s.parts.Default), drop}
	for _, sequence := range s.c.State.OwnedBy(s.Table, s.Old) {
		out = append(out, "ALTER SEQUENCE "+s.c.Text.QuoteName(sequence)+" OWNED BY "+s.at+"."+to)
	}
	return out
}

// moveIdentity drops the one identity and makes the other with what the server
// knows of its sequence: name, options and next number. An identity's sequence
// cannot be given to another column.
// https://www.postgresql.org/docs/current/catalog-pg-sequence.html
func (s *shadow) moveIdentity(from, to string) string {
	column := change.Name{Name: strings.Trim(from, `"`)}
	switch from {
	case s.old:
		column.Name = s.Old
	case s.new:
		column.Name = s.New
	}
	text := s.c.Text
	body := fmt.Sprintf(`
DECLARE
  sequence regclass := pg_get_serial_sequence(%[1]s, %[2]s);
  called text;
  kind text;
  o pg_sequence;
  at record;
BEGIN
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = %[1]s::regclass AND attname = %[3]s AND attidentity <> '') THEN
    RETURN; -- done already
  END IF;
  SELECT format('%%I.%%I', n.nspname, c.relname) INTO STRICT called
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = sequence;
  SELECT CASE attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END INTO STRICT kind
    FROM pg_attribute WHERE attrelid = %[1]s::regclass AND attname = %[2]s;
  SELECT * INTO STRICT o FROM pg_sequence WHERE seqrelid = sequence;%[6]s
  EXECUTE format('SELECT last_value, is_called FROM %%s', called) INTO STRICT at;
  ALTER TABLE %[4]s ALTER COLUMN %[5]s DROP IDENTITY;
  EXECUTE format('ALTER TABLE %%s ALTER COLUMN %%I ADD GENERATED %%s AS IDENTITY (SEQUENCE NAME %%s INCREMENT %%s MINVALUE %%s MAXVALUE %%s START %%s CACHE %%s %%s)',
    %[1]s::regclass, %[3]s, kind, called, o.seqincrement, o.seqmin, o.seqmax, o.seqstart, o.seqcache, CASE WHEN o.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END);
  PERFORM setval(called::regclass, at.last_value, at.is_called);
END
`, text.Literal(s.at), text.Literal(column.Name), text.Literal(s.plain(to)), s.at, from, s.swapLimits(from))
	return "DO " + text.DollarQuote(body)
}

// plain is one of the two columns without quotes.
func (s *shadow) plain(quoted string) string {
	if quoted == s.new {
		return s.New
	}
	return s.Old
}

// sequenceSaid are the rights on and the comment of an identity's sequence.
func (s *shadow) sequenceSaid() []string {
	var out []string
	for _, sequence := range s.c.State.OwnedBy(s.Table, s.Old) {
		for _, d := range s.c.State.DefsOf(sequence) {
			if text, err := s.c.Text.Current(d); err == nil && (d.Class == "grant" || d.Class == "comment") {
				out = append(out, text)
			}
		}
	}
	return out
}

// ignoring is a statement with the mark that the linter passes a rule over for.
func ignoring(rule, reason, sql string) string {
	return ignoreMark(rule, reason) + sql
}

// finalStep drops the old column with all that hangs on it, and gives the names
// that it had to what was made for the new one.
func (s *shadow) finalStep() Step {
	sql := append(s.guardLeaves(), s.noteNames()...)
	for _, con := range s.constraints {
		if con.refers {
			sql = append(sql, "ALTER TABLE "+s.c.Text.QuoteName(con.on)+" DROP CONSTRAINT "+s.c.Q(con.name))
		}
	}
	drop := s.dropSync()
	for i := range drop[:len(drop)-1] {
		drop[i] = ignoring("drop-trigger", "it is this plan's own, and one of its two columns goes", drop[i])
	}
	sql = append(sql, drop...)
	sql = append(append(sql, s.dropMats()...), s.last...)
	sql = append(sql, ignoring("drop-column, drop-column-drops-more", "no running version uses it, and its values are in "+s.kept, "ALTER TABLE "+s.at+" DROP COLUMN "+s.dropped))
	sql = append(sql, s.takeNames()...)
	shown := s.at + "." + s.dropped
	return Step{
		Phase: Contract, Gate: &Gate{Grace: s.c.Options.Grace}, InTx: true, DownInTx: true, keepAll: true,
		Title: "drop " + shown, Slug: Slug("drop", s.Table.Name, s.Old), SQL: sql,
		Final: fmt.Sprintf("%s is gone, and versions of the application that name it cannot come back. Its values live on in %s.", shown, s.kept),
	}
}

// takeNames renames what was made for the new column.
func (s *shadow) takeNames() []string {
	var out, said []string
	rename := func(on, made, name string) {
		out = append(out, "ALTER TABLE "+on+" RENAME CONSTRAINT "+s.c.Q(made)+" TO "+s.c.Q(name))
	}
	switch {
	case !s.notNull:
	case !s.namedNotNull():
		out = append(out, "ALTER TABLE "+s.at+" DROP CONSTRAINT "+s.c.Q(s.madeNotNull()))
	default:
		rename(s.at, s.madeNotNull(), s.notNullName)
	}
	for _, ix := range s.indexes {
		switch ix.key {
		case change.PrimaryKey:
			if s.t.Partitioned {
				out = append(out, s.primaryKeyAgain(ix)...)
				break
			}
			out = append(out, "ALTER TABLE "+s.at+" ADD CONSTRAINT "+s.c.Q(ix.name.Name)+" PRIMARY KEY USING INDEX "+s.c.Q(ix.made.Name)+ix.terms)
		case change.Unique:
			rename(s.at, ix.made.Name, ix.name.Name)
		default:
			out = append(out, "ALTER INDEX "+s.c.Text.QuoteName(ix.made)+" RENAME TO "+s.c.Q(ix.name.Name))
		}
		said = append(said, ix.said...)
	}
	for _, con := range s.constraints {
		rename(s.c.Text.QuoteName(con.on), con.made, con.name)
		said = append(said, con.said...)
	}
	for _, st := range s.statistics {
		out = append(out, "ALTER STATISTICS "+s.c.Text.QuoteName(st.made)+" RENAME TO "+s.c.Q(st.name.Name))
		said = append(said, st.said...)
	}
	return append(append(out, s.giveNames()...), said...)
}
