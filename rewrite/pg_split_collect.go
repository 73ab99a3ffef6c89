package rewrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// splitConstraint is a constraint of the columns, on the new table.
type splitConstraint struct {
	// name is what it is called in the end; made, where it is not empty, what it is
	// called as long as the old table's index has the name.
	name, made string
	text       string
	old        string // what it is called in the old table
}

// splitIndex is an index of the columns, on the new table; it has no name where
// the server gives it one.
type splitIndex struct{ name, made, create string }

// splitText is a text about the table, and which of its columns it names.
type splitText struct {
	schema.Def
	piece        schema.Piece // the text as it holds now
	moves, stays string       // the first column of each kind that it names, quoted
}

// collect goes through all that is said about the table, or names it.
func (s *split) collect() error {
	s.deploy = []string{"no running version reads or writes " + s.shownColumns() + "; all of them use " + s.to}
	s.notesForAll()
	if err := s.refuseGenerated(); err != nil {
		return err
	}
	for _, d := range s.c.State.Defs(s.table) {
		if d.Class == "table" || d.Class == "column" {
			continue
		}
		text, err := s.examine(d)
		if err != nil {
			return err
		}
		if err := s.take(&text); err != nil {
			return err
		}
	}
	for _, col := range s.columns {
		if col.Default != "" {
			s.known = append(s.known, "default value for "+bare(s.table)+"."+col.Name)
		}
	}
	return nil
}

func (s *split) shownColumns() string {
	return joinColumns(s.columns, ", ", func(c splitColumn) string { return s.at + "." + c.q })
}

// notesForAll are what every split must be known for.
func (s *split) notesForAll() {
	columns := list(s.columns, "", "")
	s.note("Deploy the version that uses %s when the backfill is done. It puts a row into %s in the transaction that puts one into %s, or by INSERT .. ON CONFLICT (%s) DO UPDATE: a row of %s that has none when its transaction ends gets one, with what is in %s.",
		s.to, s.to, s.at, list(s.key, "", ""), s.at, columns)
	s.note("As long as both tables have the columns, a write to %[1]s locks its row there and then the one in %[2]s; an UPDATE or DELETE in %[2]s the other way round, because the server locks a row before any trigger fires. Two transactions that write the same row from both sides at the same moment may deadlock: the server ends one of them with 40P01, and it is to be tried again. Who writes both tables in one transaction begins with %[1]s (SELECT .. FOR NO KEY UPDATE).",
		s.at, s.to)
	s.note("As long as both tables have the columns, a row that is deleted from %s alone leaves its row of %s with NULL, or the default, in %s; the backfill would make it again. TRUNCATE of %s needs CASCADE, and that of %s alone is seen by no trigger.",
		s.to, s.at, columns, s.at, s.to)
}

// refuseGenerated refuses where a column that stays is made of one that goes.
func (s *split) refuseGenerated() error {
	for _, col := range s.t.Columns {
		parts, known := s.c.State.ColumnDef(s.table, col.Name)
		if !known || parts.Generated == "" || s.moves(col.Name) {
			continue
		}
		refs, err := s.c.Text.ColumnRefs(schema.Piece{Kind: schema.ExpressionPiece, Text: parts.Generated, Of: s.table, Schema: s.table.Schema}, s.table)
		if err != nil || slices.ContainsFunc(refs, func(r schema.Ref) bool { return s.moves(r.Column) }) {
			return Refuse("the generated column %s.%s is made of a column that would go: drop it first", s.at, s.c.Q(col.Name))
		}
	}
	return nil
}

// examine reads a text as it holds now, and finds which columns it names. One
// that cannot be followed counts as naming those whose names are words of it.
func (s *split) examine(d schema.Def) (splitText, error) {
	t := splitText{Def: d, piece: d.Piece()}
	text, err := s.c.Text.Current(d)
	if err == nil {
		t.piece.Text = text
		if d.Inline {
			t.piece.Text, err = s.c.Text.TableConstraint(text, d.Column)
			t.piece.Kind = schema.ConstraintPiece
		}
	}
	var refs []schema.Ref
	isBody := (d.Class == "function" || d.Class == "procedure") && !strings.Contains(strings.ToUpper(text), "ATOMIC")
	if err == nil && !isBody {
		refs, err = s.c.Text.ColumnRefs(t.piece, s.table)
	}
	var problem *schema.PieceError
	if err != nil && !errors.As(err, &problem) {
		return t, err
	}
	if err != nil || isBody {
		s.guess(&t, d.Text, problem)
		return t, nil
	}
	for _, r := range refs {
		s.names(&t, r.Column)
	}
	return t, nil
}

func (s *split) names(t *splitText, column string) {
	switch {
	case s.moves(column) && t.moves == "":
		t.moves = s.c.Q(column)
	case !s.moves(column) && !s.isKey(column) && t.stays == "":
		t.stays = s.c.Q(column)
	}
}

func (s *split) guess(t *splitText, text string, problem *schema.PieceError) {
	words := wordsOf(text)
	for _, col := range s.t.Columns {
		if words[strings.ToLower(col.Name)] || problem != nil && problem.Problem == "star" && s.moves(col.Name) {
			s.names(t, col.Name)
		}
	}
}

// take files a text away by what it is.
func (s *split) take(t *splitText) error {
	own := t.Of == s.table
	switch t.Class {
	case "constraint":
		return s.takeConstraint(t)
	case "index":
		return s.takeIndex(t)
	case "statistics":
		return s.takeStatistics(t)
	case "option", "owner", "comment", "security label", "grant":
		if own {
			return s.takeSaid(t)
		}
		return nil
	case "trigger":
		if own {
			return s.takeTrigger(t)
		}
	case "policy":
		if own {
			return s.refuseRowSecurity()
		}
	case "publication":
		s.note("%s is in the publication %s, and %s is not: add it where subscribers need it.", s.at, s.c.Q(t.Name.Name), s.to)
	}
	if t.moves != "" {
		s.mustLetGo(t)
	}
	return nil
}

// mustLetGo: DROP COLUMN fails as long as something reads the column, or is in
// the text of a function and breaks with it.
func (s *split) mustLetGo(t *splitText) {
	name := s.c.Text.QuoteName(t.Name)
	if t.Class == "trigger" || t.Class == "rule" || t.Class == "policy" {
		name = s.c.Q(t.Name.Name) + " of " + s.c.Text.QuoteName(t.Of)
	}
	s.deploy = appendNew(s.deploy, t.Class+" "+name+" no longer reads "+s.at+"."+t.moves)
}

func (s *split) refuseRowSecurity() error {
	return Refuse("%s has row level security, and only you know who may see which rows of %s: take it off, or make %s with its policies and move the values by hand", s.at, s.to, s.to)
}

// mixed refuses what is about columns of both tables: it goes with the columns,
// and nothing can be in its place.
func (s *split) mixed(t *splitText) error {
	return Refuse("%s %s is about %s, which would go, and about %s, which stays: no %s spans two tables; drop it in a migration of its own first, if it may go", t.Class, s.c.Q(t.Name.Name), t.moves, t.stays, t.Class)
}

func (s *split) takeConstraint(t *splitText) error {
	owner := s.c.State.Table(t.Of)
	if owner == nil || owner.Constraint(t.Name.Name) == nil {
		return nil
	}
	con := owner.Constraint(t.Name.Name)
	for _, column := range con.Columns {
		if t.Of == s.table {
			s.names(t, column) // one that was made of an index does not name them
		}
	}
	switch {
	case con.Kind == change.NotNull || t.moves == "":
		return nil
	case t.Of != s.table, con.Kind == change.ForeignKey && con.Ref == s.table && slices.ContainsFunc(con.RefColumns, s.moves):
		return Refuse("the foreign key %s of %s refers to %s.%s: have it refer to the key first", s.c.Q(con.Name), s.c.Text.QuoteName(t.Of), s.at, t.moves)
	case t.stays != "":
		return s.mixed(t)
	case !con.Validated:
		return Refuse("%s is NOT VALID: VALIDATE it, so that the rows fit into %s", s.c.Q(con.Name), s.to)
	}
	s.known = append(s.known, "table constraint "+con.Name+" on "+bare(s.table))
	s.said = append(s.said, s.saidOf(t.piece.Of, "CONSTRAINT", con.Name)...)
	switch con.Kind {
	case change.Check:
		return s.takeCheck(t, con)
	case change.ForeignKey:
		return s.takeForeignKey(t, con)
	case change.Unique:
		return s.takeUnique(t, con)
	}
	return Refuse("%s is an EXCLUDE constraint on %s, for which there is no plan: make it on %s when the columns are gone", s.c.Q(con.Name), t.moves, s.to)
}

func (s *split) takeCheck(t *splitText, con *schema.Constraint) error {
	text, err := s.c.Text.RenameTable(t.piece, s.table, s.into)
	if err != nil {
		return asRefusal(err)
	}
	s.constraints = append(s.constraints, splitConstraint{name: con.Name, text: text})
	return nil
}

// takeForeignKey adds a foreign key of the columns NOT VALID, with a name of its own.
func (s *split) takeForeignKey(t *splitText, con *schema.Constraint) error {
	if strings.EqualFold(con.OnDelete, "CASCADE") {
		return Refuse("the foreign key %s deletes rows of %s with those that they refer to; from %s it would delete no more than their other half: make it another foreign key first", s.c.Q(con.Name), s.at, s.to)
	}
	name := con.Name
	if !s.isNamed(t.piece.Text) {
		name = s.c.State.ConstraintName(s.into, change.Constraint{Kind: con.Kind, Columns: con.Columns, Ref: &change.Reference{Table: con.Ref}})
	}
	p := t.piece
	text, err := s.c.Text.WithName(p, name)
	if err != nil {
		return asRefusal(err)
	}
	s.foreign = append(s.foreign, splitConstraint{name: name, text: text, old: con.Name})
	return nil
}

// takeUnique makes the constraint under a name for a while: that of its index is
// taken as long as the old table has it.
func (s *split) takeUnique(t *splitText, con *schema.Constraint) error {
	p := t.piece
	if words := wordsOf(p.Text); words["using"] && words["index"] {
		p.Kind, p.Text = schema.ConstraintPiece, "CONSTRAINT "+s.c.Q(con.Name)+" UNIQUE ("+joinNames(s.c, con.Columns)+")"
	}
	k := splitConstraint{name: con.Name, text: p.Text}
	if s.isNamed(p.Text) {
		var err error
		k.made = MadeName(con.Name, "new")
		if k.text, err = s.c.Text.WithName(p, k.made); err != nil {
			return asRefusal(err)
		}
	}
	s.constraints = append(s.constraints, k)
	return nil
}

func joinNames(c *Case, names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = c.Q(n)
	}
	return strings.Join(out, ", ")
}

// isNamed says whether a constraint says its name.
func (s *split) isNamed(text string) bool {
	toks := s.c.Text.Tokens(text)
	return len(toks) > 0 && toks[0].Is([]byte(text), "CONSTRAINT")
}

func (s *split) takeIndex(t *splitText) error {
	if t.moves == "" || t.Of != s.table {
		return nil
	}
	if t.stays != "" {
		return s.mixed(t)
	}
	s.known = append(s.known, "index "+bare(t.Name))
	p, err := s.movedPiece(t)
	if err != nil {
		return err
	}
	ix := splitIndex{create: notConcurrently(s.c.Text, p.Text)}
	if s.nameIsWritten(p.Text) {
		ix.name, ix.made = t.Name.Name, MadeName(t.Name.Name, "new")
		p.Text = ix.create
		if ix.create, err = s.c.Text.WithName(p, ix.made); err != nil {
			return asRefusal(err)
		}
		s.final = append(s.final, s.saidOfRelation(t.Name)...)
	}
	s.indexes = append(s.indexes, ix)
	return nil
}

// movedPiece is a statement about the new table in the place of the old one.
func (s *split) movedPiece(t *splitText) (schema.Piece, error) {
	p := t.piece
	text, err := s.c.Text.RenameTable(p, s.table, s.into)
	if err != nil {
		return p, asRefusal(err)
	}
	p.Text, p.Of = text, s.into
	return p, nil
}

// nameIsWritten says whether a CREATE INDEX has a name between INDEX and ON.
func (s *split) nameIsWritten(text string) bool {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].Is(src, "INDEX") {
			next := toks[i+1]
			if next.Is(src, "CONCURRENTLY") && i+2 < len(toks) {
				next = toks[i+2]
			}
			return !next.Is(src, "ON")
		}
	}
	return false
}

// notConcurrently is a CREATE INDEX for a table that nobody uses yet.
func notConcurrently(t Text, text string) string {
	src := []byte(text)
	for _, k := range t.Tokens(text) {
		if k.Is(src, "CONCURRENTLY") {
			return text[:k.Span.Start] + strings.TrimLeft(text[k.Span.End:], " \t\n")
		}
	}
	return text
}

func (s *split) takeStatistics(t *splitText) error {
	switch {
	case t.moves == "":
		return nil
	case t.stays != "":
		return s.mixed(t)
	}
	s.known = append(s.known, "statistics object "+bare(t.Name))
	p, err := s.movedPiece(t)
	if err != nil {
		return err
	}
	s.final = append(s.final, p.Text) // its name is taken until then
	s.final = append(s.final, s.saidOfRelation(t.Name)...)
	return nil
}

// takeSaid takes along what is said about the columns, who owns the table, and
// who has which rights on all of it.
func (s *split) takeSaid(t *splitText) error {
	words := wordsOf(t.piece.Text)
	switch {
	case t.Class == "option" && words["row"] && words["level"] && words["security"] && !words["disable"]:
		return s.refuseRowSecurity()
	case t.Class == "owner":
		s.said = append(s.said, "ALTER TABLE "+s.to+" "+t.piece.Text)
		return nil
	case t.Class == "grant" && t.moves != "" && t.stays != "":
		s.note("This is not taken over, because it is about columns of both tables: %s. Give the same rights on %s.", oneLine(t.piece.Text), s.to)
		return nil
	case t.Class == "grant" && t.moves == "" && t.stays != "", t.Class != "grant" && t.moves == "":
		return nil
	}
	if t.Clause {
		s.said = append(s.said, "ALTER TABLE "+s.to+" "+t.piece.Text)
		return nil
	}
	p, err := s.movedPiece(t)
	if err != nil {
		return err
	}
	s.said = append(s.said, p.Text)
	return nil
}

// saidOf are the comments on a constraint.
func (s *split) saidOf(_ change.Name, word, name string) []string {
	var out []string
	for _, d := range s.c.State.Defs(s.table) {
		if d.Of != s.table || d.Class != "comment" {
			continue
		}
		text, err := s.c.Text.Current(d)
		if err != nil || !namesAfter(s.c.Text, text, word, name) {
			continue
		}
		p := d.Piece()
		p.Text = text
		if text, err = s.c.Text.RenameTable(p, s.table, s.into); err == nil {
			out = append(out, text)
		}
	}
	return out
}

// namesAfter says whether a text has a keyword with a name behind it.
func namesAfter(t Text, text, word, name string) bool {
	src, toks := []byte(text), t.Tokens(text)
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].Is(src, word) && identifier(toks[i+1].Span.Text(src)) == name {
			return true
		}
	}
	return false
}

// saidOfRelation are the comments and options of an index, as they were said:
// when the plan ends the new one has the name.
func (s *split) saidOfRelation(name change.Name) []string {
	var out []string
	for _, d := range s.c.State.DefsOf(name) {
		text, err := s.c.Text.Current(d)
		if err != nil || d.Class != "comment" && d.Class != "option" {
			continue
		}
		if toks := s.c.Text.Tokens(text); d.Clause && len(toks) > 0 && !toks[0].Is([]byte(text), "ALTER") {
			text = "ALTER INDEX " + s.c.Text.QuoteName(name) + " " + text
		}
		out = append(out, text)
	}
	return out
}

// takeTrigger looks at the table's own triggers: what one makes of a value before
// the row is written is not made of the same value in the new table.
func (s *split) takeTrigger(t *splitText) error {
	src := []byte(t.piece.Text)
	before := slices.ContainsFunc(s.c.Text.Tokens(t.piece.Text), func(k tokenOf) bool { return k.Is(src, "BEFORE") })
	if before {
		s.before = append(s.before, t.Name.Name)
		if column := s.namedBy(t); column != "" {
			return Refuse("the trigger %s of %s fires before a row is written and knows %s: what it makes of a value is not made of it in %s; move it by hand", s.c.Q(t.Name.Name), s.at, column, s.to)
		}
	}
	if words := wordsOf(t.piece.Text); words["update"] && words["row"] && !words["of"] {
		s.note("A write to %s updates the row of %s, and the trigger %s fires for it.", s.to, s.at, s.c.Q(t.Name.Name))
	}
	if t.moves != "" {
		s.mustLetGo(t)
	}
	return nil
}

// namedBy is a column that goes and that a trigger, or its function, names.
func (s *split) namedBy(t *splitText) string {
	if t.moves != "" {
		return t.moves
	}
	called := wordsOf(t.piece.Text)
	for _, d := range s.c.State.Defs(s.table) {
		if d.Class != "function" || !called[strings.ToLower(d.Name.Name)] {
			continue
		}
		words := wordsOf(d.Text)
		for _, col := range s.columns {
			if words[strings.ToLower(col.Name)] {
				return col.q
			}
		}
	}
	return ""
}
