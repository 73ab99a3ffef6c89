package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// fit refuses changes that the server would not make, or that no trigger can follow.
func (w *swap) fit(c *Case, op *change.AlterColumnType, old *schema.Column) error {
	shown := c.Table() + "." + c.Q(op.Column)
	switch {
	case old.Identity != "" && w.conv.to != wholeFamily:
		return Refuse("%s is an identity column, which can only be smallint, integer or bigint: drop the identity in a migration before this one", shown)
	case w.before.Default != "" && !w.own && !assigns(w.conv.from, w.conv.to):
		return Refuse("PostgreSQL does not cast the default %s of %s to %s by itself: drop it in the same migration before the change, and set it again behind", w.before.Default, shown, w.conv.newType)
	case w.conv.to == unknownFamily && op.Type.Dims == 0 && !exactEquality(w.conv.newType) && c.State.Type(change.Name{Schema: op.Type.Schema, Name: op.Type.Name}) == nil && !comparesAsText(op.Type.Name):
		return Refuse("whether two values of %s are the same cannot be told from their text for sure: change %s in a window, when nobody uses the table", w.conv.newType, shown)
	}
	return nil
}

// comparesAsText are types without a family whose output tells all values apart.
func comparesAsText(name string) bool {
	return slices.Contains([]string{"bytea", "interval", "citext", "hstore", "ltree", "xml", "macaddr", "macaddr8", "money", "bit", "bit varying", "point", "name", "oid", "tsvector",
		"int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"}, name)
}

// swapSteps are the way of a type change: a look at the rows, then the steps of
// a rename with a switch of its own.
func (s *shadow) swapSteps() []Step {
	out := s.swap.makeTypes(s.c)
	if !s.swap.conv.total {
		out = append(out, s.lookStep())
	}
	out = append(out, s.expandStep(), s.backfillStep())
	out = append(out, s.validateSteps()...)
	return append(out, s.swapStep(), s.swapFinal())
}

// makeTypes makes a type under the name that it has until the switch.
func (w *swap) makeTypes(c *Case) []Step {
	var out []Step
	for _, made := range w.made {
		name := c.Text.QuoteName(made.name)
		out = append(out, Step{
			Phase: Expand, Title: "make the type " + name, Slug: Slug("type", made.name.Name), SQL: []string{made.sql}, InTx: true,
			Down: []string{"DROP TYPE IF EXISTS " + name}, DownInTx: true,
		})
	}
	return out
}

// lookStep fails where a row has a value that cannot become one of the new type:
// better now than in the application's next write of that row.
func (s *shadow) lookStep() Step {
	check := "PERFORM count(" + s.Up(s.old) + ") FROM ONLY " + s.at
	if s.swap.conv.op.Using == nil && s.swap.conv.to == textFamily { // a cast would cut
		check = fmt.Sprintf(`IF EXISTS (SELECT FROM ONLY %[1]s WHERE rtrim(%[2]s) <> rtrim(%[2]s::%[3]s)) THEN
    RAISE string_data_right_truncation USING MESSAGE = %[4]s, HINT = 'Nothing is changed yet. Shorten it, and run this again.';
  END IF`, s.at, s.old, s.Type, s.c.Text.Literal(s.at+"."+s.old+" has a value that is too long for "+s.Type))
	}
	return Step{
		Phase: Expand, Title: "look for values of " + s.at + "." + s.old + " that cannot become " + s.Type, Slug: Slug("look_at", s.Table.Name, s.Old),
		SQL: []string{"DO " + s.c.Text.DollarQuote("\nBEGIN\n  "+check+";\nEND\n")}, InTx: true, DownInTx: true, StatementTimeout: NoLimit, keepAll: true,
	}
}

// syncBefore keeps the new column in step while the name is the old one's. Only
// foreign keys with an action, and the backfill, write to the new one.
func (s *shadow) syncBefore() string {
	return s.functionWith(fmt.Sprintf(`
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.%[2]s := %[3]s;
  ELSIF %[5]s OR NEW.%[2]s IS NULL THEN
    NEW.%[2]s := %[3]s;
  ELSIF %[6]s THEN
    NEW.%[1]s := %[4]s;
  END IF;
  RETURN NEW;
END
`, s.old, s.new, s.Up("NEW."+s.old), s.Down("NEW."+s.new), s.oldDiffers("NEW."+s.old, "OLD."+s.old), s.differ("NEW."+s.new, s.Up("NEW."+s.old))))
}

// syncAfter keeps the old column in step once the name is the new one's, so that
// going back loses nothing: what the old type cannot hold is refused.
func (s *shadow) syncAfter() string {
	v := s.swap.after
	refuse := ""
	if !v.fits {
		refuse = fmt.Sprintf(`
    IF %s THEN
      RAISE data_exception USING MESSAGE = %s, HINT = 'The last step of the plan lifts this: it gives up the way back.';
    END IF;`, differ(v.newType, s.Collation, v.up("NEW."+s.dropped), "NEW."+s.kept), s.c.Text.Literal(s.at+"."+s.kept+" must still fit "+v.oldType+", to which it can go back"))
	}
	return s.functionWith(fmt.Sprintf(`
BEGIN
  IF TG_OP = 'INSERT' OR %[5]s THEN
    NEW.%[1]s := %[4]s;%[7]s
  ELSIF %[6]s THEN
    NEW.%[2]s := %[3]s;
  END IF;
  RETURN NEW;
END
`, s.dropped, s.kept, v.up("NEW."+s.dropped), v.down("NEW."+s.kept), differ(v.newType, s.Collation, "NEW."+s.kept, "OLD."+s.kept),
		s.oldDiffers("NEW."+s.dropped, "OLD."+s.dropped)+" AND "+s.oldDiffers("NEW."+s.dropped, v.down("NEW."+s.kept)), refuse))
}

// oldDiffers compares two values of the old column's type.
func (s *shadow) oldDiffers(a, b string) string {
	return differ(baseType(s.swap.before.Type), s.swap.before.Collation, a, b)
}

// swapStep gives the new column the name, in one short transaction.
func (s *shadow) swapStep() Step {
	w := s.swap
	step := Step{
		Phase: Contract, Gate: &Gate{Backfill: true, Deploy: s.swapDeploy()}, InTx: true, DownInTx: true, keepAll: true,
		Title: "make the new column " + s.at + "." + s.old, Slug: Slug("swap", s.Table.Name, s.Old), views: w.drops,
	}
	var down [][]string
	add := func(forth, back []string) {
		step.SQL = append(step.SQL, forth...)
		down = append(down, back)
	}
	add(w.first, w.redo)
	add(nil, s.resetFunctions())
	add(nil, w.again)
	if s.notNull && !s.namedNotNull() {
		add(s.setNotNull(), s.unsetNotNull())
	}
	add(s.swapDefault())
	add(s.swapNames(), []string{s.swapNamesBack()})
	add(nil, w.typesBack(s.c))
	add([]string{s.syncAfter()}, []string{s.syncBefore()})
	add(w.again, nil)
	add(w.last, w.undo)
	add(s.resetFunctions(), nil)
	for _, back := range slices.Backward(down) {
		step.Down = append(step.Down, back...)
	}
	return step
}

// swapDeploy is what the application must be able to do by the switch.
func (s *shadow) swapDeploy() []string {
	v := s.swap.conv
	works := fmt.Sprintf("every running version works with %s.%s as %s as well as %s", s.c.Table(), s.old, s.swap.after.newType, v.oldType)
	if s.swap.after.newType == v.oldType {
		works = fmt.Sprintf("every running version works with %s.%s as the new %s as well as the old one", s.c.Table(), s.old, v.oldType)
	}
	if v.from != v.to {
		works += ", and prepares its statements anew after the switch"
	}
	return append([]string{works, fmt.Sprintf("no running version relies on the order of the columns of %s: the new one stands last", s.c.Table())}, s.deploy...)
}

const swapReason = "the two columns swap names in one transaction, so that the name is never away"

func (s *shadow) swapNames() []string {
	rename := "ALTER TABLE " + s.at + " RENAME COLUMN "
	return []string{
		ignoring("rename-column", swapReason, rename+s.old+" TO "+s.dropped),
		ignoring("rename-column", swapReason, rename+s.new+" TO "+s.kept),
	}
}

// swapNamesBack does nothing where it is done already.
func (s *shadow) swapNamesBack() string {
	text := s.c.Text
	return "DO " + text.DollarQuote(fmt.Sprintf(`
BEGIN
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s) THEN
    ALTER TABLE %[3]s RENAME COLUMN %[4]s TO %[5]s;
    ALTER TABLE %[3]s RENAME COLUMN %[6]s TO %[4]s;
  END IF;
END
`, text.Literal(s.at), text.Literal(MadeName(s.Old, "old")), s.at, s.old, s.new, s.dropped))
}

// typesBack gives types the names that they had before the switch.
func (w *swap) typesBack(c *Case) []string {
	var out []string
	for _, t := range slices.Backward(w.types) {
		from := c.Text.QuoteName(change.Name{Schema: t.schema, Name: t.from})
		to := c.Text.QuoteName(change.Name{Schema: t.schema, Name: t.to})
		out = append(out, "DO "+c.Text.DollarQuote(fmt.Sprintf(`
BEGIN
  IF to_regtype(%s) IS NULL THEN
    ALTER TYPE %s RENAME TO %s;
  END IF;
END
`, c.Text.Literal(from), to, c.Q(t.from))))
	}
	return out
}

// swapDefault gives the new column the default, and what makes its numbers.
func (s *shadow) swapDefault() (forth, back []string) {
	alter := func(column, clause string) string {
		return "ALTER TABLE " + s.at + " ALTER COLUMN " + column + " " + clause
	}
	owned := s.c.State.OwnedBy(s.Table, s.Old)
	switch {
	case s.parts.Identity != "":
		return s.moveDefault(s.old, s.new), s.moveDefault(s.new, s.old)
	case s.swap.own && len(owned) == 0:
		return nil, []string{alter(s.new, "DROP DEFAULT")}
	case s.isSerial() || len(owned) > 0 || s.parts.Default != "" && !s.parts.Sequence.IsZero():
		forth, back = s.moveDefault(s.old, s.new), s.moveDefault(s.new, s.old)
		for i, sql := range forth {
			if strings.HasSuffix(sql, " DROP DEFAULT") {
				forth[i] = ignoring("drop-default-on-required-column", "the trigger fills it", sql)
			}
		}
		if s.swap.own {
			forth = append(forth, alter(s.new, "DROP DEFAULT"))
		}
		return forth, back
	case s.parts.Default == "":
		return nil, nil
	}
	return []string{s.copyDefault()}, []string{alter(s.new, "DROP DEFAULT")}
}

// copyDefault takes the default as the server has it: cast to the old type first,
// as the original leaves it. The old column keeps its own.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE
func (s *shadow) copyDefault() string {
	text := s.c.Text
	return "DO " + text.DollarQuote(fmt.Sprintf(`
BEGIN
  EXECUTE (SELECT %s || pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
   WHERE d.adrelid = %s::regclass AND a.attname = %s);
END
`, text.Literal("ALTER TABLE "+s.at+" ALTER COLUMN "+s.new+" SET DEFAULT "), text.Literal(s.at), text.Literal(s.Old)))
}

// swapLimits adapts the limits of an identity's sequence as the server does when
// its column's type changes: the old type's own become the new type's.
// https://www.postgresql.org/docs/current/sql-altersequence.html
func (s *shadow) swapLimits(from string) string {
	if !s.Swap {
		return ""
	}
	a, b := wholeWidth(s.swap.conv.old.Type.Name), wholeWidth(s.swap.conv.op.Type.Name)
	if from == s.new {
		a, b = b, a
	}
	least, greatest := wholeRange(a)
	toLeast, toGreatest := wholeRange(b)
	return fmt.Sprintf(`
  IF o.seqmax = %s THEN o.seqmax := %s; END IF;
  IF o.seqmin = %s THEN o.seqmin := %s; END IF;`, greatest, toGreatest, least, toLeast)
}

// resetFunctions makes every session read the functions of the table's triggers
// anew: what they have prepared for a column is prepared for its type. The COST is
// set to what it is, which changes nothing.
// https://www.postgresql.org/docs/current/plpgsql-implementation.html#PLPGSQL-PLAN-CACHING
func (s *shadow) resetFunctions() []string {
	if !slices.ContainsFunc(s.c.State.Defs(s.Table), func(d schema.Def) bool { return d.Class == "trigger" && d.Of == s.Table }) {
		return nil
	}
	text := s.c.Text
	return []string{"DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  reset text;
BEGIN
  FOR reset IN
    SELECT DISTINCT format('ALTER FUNCTION %%s COST %%s', p.oid::regprocedure, p.procost)
      FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
     WHERE t.tgrelid = %s::regclass AND l.lanname = 'plpgsql' AND NOT t.tgisinternal
  LOOP
    EXECUTE reset;
  END LOOP;
END
`, text.Literal(s.at)))}
}

// swapFinal drops the old column, and what the migration drops with its type.
func (s *shadow) swapFinal() Step {
	step := s.finalStep()
	step.SQL = append(step.SQL, s.swap.final...)
	step.Final = fmt.Sprintf("The values of %s.%s as %s are gone: what the new type does not tell apart cannot be told any more.", s.at, s.old, s.swap.conv.oldType)
	return step
}

// swapsAlone refuses where another column of the table, in something with both,
// changes its type in the same migration.
func (s *shadow) swapsAlone(d *dependent, refs []schema.Ref) error {
	if !d.names || s.isForeignKey(d) || d.Class != "constraint" && d.Class != "index" && d.Class != "statistics" {
		return nil
	}
	for _, stmt := range s.c.Script.Stmts {
		for _, op := range stmt.Ops {
			o, is := op.(*change.AlterColumnType)
			if is && o.Column != s.Old && s.c.State.Resolve(o.Table) == s.Table && slices.ContainsFunc(refs, func(r schema.Ref) bool { return r.Column == o.Column }) {
				return Refuse("%s %s is about %s too, whose type the same migration changes: change one of them in a migration of its own, when this one's last step has run", d.Class, s.c.Text.QuoteName(d.Name), s.c.Q(o.Column))
			}
		}
	}
	return nil
}

func (s *shadow) isForeignKey(d *dependent) bool {
	t := s.c.State.Table(d.Of)
	return t != nil && t.Constraint(d.Name.Name) != nil && t.Constraint(d.Name.Name).Kind == change.ForeignKey
}

// isStorage is how the old type's values are stored, which the server forgets when
// the type changes.
func (s *shadow) isStorage(d *dependent) bool {
	words := wordsOf(d.piece.Text)
	return d.Clause && (words["storage"] || words["compression"])
}

// otherSide puts into a foreign key the shadow of the column at its other end,
// where an earlier change of the migration has made one. That change's own key
// joins the shadow with the column as it is, and gets the name for a while.
func (s *shadow) otherSide(p schema.Piece, d *dependent, con *schema.Constraint) (schema.Piece, bool, error) {
	if v := s.swap.conv; v.from != v.to && !(v.from.isNumber() && v.to.isNumber()) {
		return p, false, Refuse("the foreign key %s joins %s.%s as %s, and nothing joins %s with that: drop it in a migration before this one, and add it in one after, when both columns are %[5]s",
			s.c.Q(con.Name), s.c.Table(), s.old, v.oldType, v.newType)
	}
	both := false
	for _, op := range s.c.Planned {
		o, is := op.(*change.AlterColumnType)
		if !is {
			continue
		}
		at := s.c.State.Resolve(o.Table)
		from := at == d.Of && slices.Contains(con.Columns, o.Column)
		to := at == con.Ref && slices.Contains(con.RefColumns, o.Column)
		if len(con.RefColumns) == 0 && at == con.Ref {
			if parent := s.c.State.Table(con.Ref); parent != nil && parent.PrimaryKey() != nil && slices.Contains(parent.PrimaryKey().Columns, o.Column) {
				var err error
				if p.Text, err = s.spell(p.Text, parent); err != nil {
					return p, false, err
				}
				to = true
			}
		}
		if !from && !to {
			continue
		}
		text, err := s.c.Text.RenameColumn(p, at, o.Column, MadeName(o.Column, "new"))
		if err != nil {
			return p, false, asRefusal(err)
		}
		p.Text, both = text, true
	}
	return p, both, nil
}

// swapQuery settles policies, views and rules.
func (s *shadow) swapQuery(d *dependent) error {
	switch d.Class {
	case "policy":
		s.known = append(s.known, "policy "+d.Name.Name+" on "+bare(d.Of))
		alter, err := s.alterPolicy(d, d.piece.Text)
		s.swap.again = append(s.swap.again, alter)
		return err
	case "view":
		return nil // with those that read it: see swapViews
	}
	return Refuse("the rule %s is about %s.%s, and PostgreSQL changes no type under a rule: drop it in a migration before this one, and make it again in one after", s.c.Q(d.Name.Name), s.c.Table(), s.old)
}

// swapViews takes along the views that the migration does not drop itself, though
// PostgreSQL changes no type under a view: they are dropped and made again in the
// switch, with all that is known of them.
func (s *shadow) swapViews() error {
	reading := s.c.State.ViewsOnColumn(s.Table, s.Old)
	var again, drop []string
	for _, d := range s.c.State.Defs(s.Table) {
		if d.Class == "materialized view" && slices.Contains(reading, d.Name) {
			return Refuse("materialized view %s reads %s.%s, and PostgreSQL changes no type under it: drop it in a migration before this one, and make it again in one after", s.c.Text.QuoteName(d.Name), s.c.Table(), s.old)
		}
		if d.Class != "view" || !slices.Contains(reading, d.Name) || d.Name.IsZero() {
			continue
		}
		made, err := remakeView(s.c, s.c.State, d.Name)
		if err != nil {
			return err
		}
		name := s.c.Text.QuoteName(d.Name)
		again = append(again, made...)
		drop = append([]string{ignoring("drop-view", "it is made again in the same transaction", "DROP VIEW "+name)}, drop...)
		s.swap.undo = append([]string{"DROP VIEW IF EXISTS " + name}, s.swap.undo...)
		s.known = append(s.known, "rule _RETURN on "+bare(d.Name))
		s.swap.drops = append([]change.Name{d.Name}, s.swap.drops...)
	}
	s.swap.first = append(drop, s.swap.first...)
	s.swap.last = append(s.swap.last, again...)
	s.swap.redo = append(s.swap.redo, again...)
	return nil
}

// swapTrigger makes a trigger again that names the column: it means the one that
// had the name.
func (s *shadow) swapTrigger(d *dependent) {
	drop := fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", s.c.Q(d.Name.Name), s.at)
	s.swap.again = append(s.swap.again, ignoring("drop-trigger", "it is made again in the same transaction", drop), d.piece.Text)
	s.swap.again = append(s.swap.again, s.saidOf(s.Table, "TRIGGER", d.Name.Name)...)
}

// swapFunction notes functions that name the column.
func (s *shadow) swapFunction(d *dependent) error {
	name := s.c.Text.QuoteName(d.Name)
	if strings.Contains(strings.ToUpper(d.piece.Text), "ATOMIC") {
		return Refuse("the body of %s is about %s.%s, and PostgreSQL changes no type under it: drop it in a migration before this one, and make it again in one after", name, s.c.Table(), s.old)
	}
	s.deploy = appendNew(s.deploy, fmt.Sprintf("function %s works with both types of %s", name, s.old))
	return nil
}

// swapDone closes the list of what is known.
func (s *shadow) swapDone() error {
	s.known = append(s.known, s.swap.known...)
	if err := s.swapViews(); err != nil {
		return err
	}
	v := s.swap.conv
	if !v.total {
		s.note("From the first step on a value of %s.%s that cannot become %s is refused.", s.at, s.old, v.newType)
	}
	if !v.given && !v.holdsAll() {
		s.note("Until the last step has run a value of %s.%s that %s cannot hold is refused: going back would lose it.", s.at, s.old, v.oldType)
	}
	s.note("At the switch prepared statements that return %s.%s fail once in each connection, as they would by the original: cached plan must not change result type.", s.at, s.old)
	s.noteSequences()
	return nil
}

// noteSequences says where a sequence ends before the column does: only that of an
// identity changes its type with the column's.
func (s *shadow) noteSequences() {
	v := s.swap.conv
	if v.to != wholeFamily || wholeWidth(v.op.Type.Name) <= wholeWidth(v.old.Type.Name) || s.parts.Identity != "" || !s.isSerial() {
		return
	}
	_, greatest := wholeRange(wholeWidth(v.old.Type.Name))
	name := s.c.Text.QuoteName(s.parts.Sequence)
	for _, stmt := range s.c.Script.Stmts {
		for _, op := range stmt.Ops {
			if o, is := op.(*change.Object); is && o.Class == "sequence" && s.c.State.Resolve(o.Name) == s.parts.Sequence {
				return
			}
		}
	}
	s.note("The sequence %s still ends at %s, because the migration does not change it: ALTER SEQUENCE %s AS %s.", name, greatest, name, v.newType)
}

// spell writes the columns of a table's primary key into a foreign key to it that
// leaves them out.
func (s *shadow) spell(text string, parent *schema.Table) (string, error) {
	if token, done := s.refersByName(text); done {
		return token, nil
	}
	own := s.t
	s.t = parent
	defer func() { s.t = own }()
	return s.spellReference(text)
}

// refersByName says whether a foreign key names the columns that it refers to.
func (s *shadow) refersByName(text string) (string, bool) {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	for i, k := range toks {
		if !k.Is(src, "REFERENCES") {
			continue
		}
		i++
		for i+2 < len(toks) && toks[i+1].IsPunct(src, ".") {
			i += 2
		}
		return text, i+1 < len(toks) && toks[i+1].IsPunct(src, "(")
	}
	return text, false
}

// crossType is a foreign key between columns of two types, with a word to the
// linter about it.
func (s *shadow) crossType(con shadowConstraint, sql string) string {
	if !s.Swap || con.kind != change.ForeignKey || s.swap.conv.from != s.swap.conv.to {
		return sql
	}
	return ignoring("foreign-key-type-mismatch", "the server compares the two types by index, and the original leaves them so or changes the other one too", sql)
}
