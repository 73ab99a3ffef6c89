package rewrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// dependent is a text about the table, and whether it is about the old column.
type dependent struct {
	schema.Def
	piece schema.Piece // the text as it holds now
	names bool
	// elsewhere says that another column of the migration takes it along; partners
	// are those that it is about too.
	elsewhere bool
	partners  []string
}

// collect goes through all that is said about the table, or names it.
func (s *shadow) collect() error {
	var err error
	if s.sync, err = s.syncName(); err != nil {
		return err
	}
	if err := s.collectGenerated(); err != nil {
		return err
	}
	if s.key = s.walkKey(); s.key == nil {
		return Refuse("%s has neither a primary key nor a unique index on NOT NULL columns, which the backfill could walk along: make one first", s.c.Table())
	}
	var keep []dependent
	for _, d := range s.c.State.Defs(s.Table) {
		dep, err := s.examine(d)
		if err != nil {
			return err
		}
		keep = append(keep, dep)
	}
	s.knowColumn()
	for _, class := range []string{"constraint", "index", "statistics", "option", "comment", "security label", "grant", "trigger", "policy", "rule", "view", "materialized view", "publication", "function", "procedure"} {
		for i := range keep {
			if keep[i].Class != class {
				continue
			}
			if err := s.take(&keep[i]); err != nil {
				return err
			}
		}
	}
	if err := s.collectDone(); err != nil {
		return err
	}
	return s.laterStatements(keep)
}

// take files a text away by what it is.
func (s *shadow) take(d *dependent) error {
	if d.elsewhere {
		s.leave(d)
		return nil
	}
	switch d.Class {
	case "constraint":
		return s.takeConstraint(d)
	case "index":
		return s.takeIndex(d)
	case "statistics":
		return s.takeStatistics(d)
	case "option", "comment", "security label", "grant":
		return s.takeSaid(d)
	case "trigger":
		return s.takeTrigger(d)
	case "policy", "rule", "view":
		return s.takeQuery(d)
	case "materialized view":
		return s.takeMaterialized(d)
	case "publication":
		return s.takePublication(d)
	case "function", "procedure":
		return s.takeFunction(d)
	}
	if d.names {
		return s.refuseOther(d)
	}
	return nil
}

func (s *shadow) refuseOther(d *dependent) error {
	return Refuse("%s %s is about %s.%s, and there is no way to take it along", d.Class, s.c.Text.QuoteName(d.Name), s.c.Table(), s.old)
}

// examine reads a text as it holds now, and finds whether it names the column.
// What cannot be followed matters only where the column's name is in it at all.
func (s *shadow) examine(d schema.Def) (dependent, error) {
	dep := dependent{Def: d, piece: d.Piece()}
	if d.Class == "table" || d.Class == "column" {
		return dep, nil
	}
	text, err := s.c.Text.Current(d)
	if err != nil {
		return s.unread(dep, d.Text, err)
	}
	dep.piece.Text = text
	dep.piece.Of = d.Of
	if d.Inline {
		if dep.piece.Text, err = s.c.Text.TableConstraint(text, d.Column); err != nil {
			return s.unread(dep, text, err)
		}
		dep.piece.Kind = schema.ConstraintPiece
	}
	if (d.Class == "function" || d.Class == "procedure") && !strings.Contains(strings.ToUpper(text), "ATOMIC") {
		dep.names = wordsOf(text)[strings.ToLower(s.Old)] // the body is a literal
		return dep, nil
	}
	refs, err := s.c.Text.ColumnRefs(dep.piece, s.Table)
	if err != nil {
		return s.unread(dep, text, err)
	}
	dep.names = slices.ContainsFunc(refs, func(r schema.Ref) bool { return r.Column == s.Old })
	if s.Swap {
		err := s.swapsTogether(&dep, refs)
		return dep, err
	}
	if dep.names && d.Schema != "" && d.Schema != s.usualSchema() && !strings.Contains(text, s.c.Q(s.Table.Schema)+".") {
		return dep, Refuse("%s %s was made with the search_path %s, which the plan's files do not have: write the schema out, or run fix with --dsn, where it is", d.Class, s.c.Text.QuoteName(d.Name), s.c.Q(d.Schema))
	}
	if other := s.onTheMove(refs); dep.names && other != "" {
		return dep, Refuse("%s %s is about %s too, which another statement of this migration renames: rename one of them in a migration of its own", d.Class, s.c.Text.QuoteName(d.Name), s.c.Q(other))
	}
	return dep, nil
}

// usualSchema is where bare names are looked up on a connection that nothing was
// set for.
func (s *shadow) usualSchema() string {
	return schema.New(s.c.Target.Dialect).Resolve(change.Name{Name: "x"}).Schema
}

// onTheMove is another of the columns that the migration has renamed before.
func (s *shadow) onTheMove(refs []schema.Ref) string {
	for _, stmt := range s.c.Script.Stmts[:s.c.Stmt.Index] {
		for _, op := range stmt.Ops {
			r, is := op.(*change.RenameColumn)
			if is && s.c.State.Resolve(r.Table) == s.Table && slices.ContainsFunc(refs, func(f schema.Ref) bool { return f.Column == r.To }) {
				return r.To
			}
		}
	}
	return ""
}

// unread settles a text that could not be followed.
func (s *shadow) unread(d dependent, text string, err error) (dependent, error) {
	var problem *schema.PieceError
	if !errors.As(err, &problem) {
		return d, err
	}
	shown := d.Class + " " + s.c.Text.QuoteName(d.Name)
	if problem.Problem == "star" && (d.Class == "view" || d.Class == "materialized view") {
		return d, Refuse("%s reads all columns of %s (%s): write them out, or run fix with --dsn, where the server has done so", shown, s.c.Table(), problem.Message)
	}
	if !wordsOf(text)[strings.ToLower(s.Old)] {
		return d, nil
	}
	return d, Refuse("%s may be about %s.%s: %s", shown, s.c.Table(), s.old, problem.Message)
}

// collectGenerated refuses where a generated column is made of the old one: it
// would have to be written anew for every row.
func (s *shadow) collectGenerated() error {
	for _, col := range s.t.Columns {
		parts, known := s.c.State.ColumnDef(s.Table, col.Name)
		if !known || parts.Generated == "" {
			continue
		}
		refs, err := s.c.Text.ColumnRefs(schema.Piece{Kind: schema.ExpressionPiece, Text: parts.Generated, Of: s.Table, Schema: s.Table.Schema}, s.Table)
		if err != nil && !wordsOf(parts.Generated)[strings.ToLower(s.Old)] {
			continue
		}
		if err != nil || slices.ContainsFunc(refs, func(r schema.Ref) bool { return r.Column == s.Old }) {
			return Refuse("the generated column %s is made of %s, and making it of another column rewrites the table: do it in a window, when no old version of the application runs", s.c.Q(col.Name), s.old)
		}
	}
	return nil
}

// walkKey are the columns of the primary key, or of a unique index that has every row.
func (s *shadow) walkKey() []string {
	if pk := s.t.PrimaryKey(); pk != nil && len(pk.Columns) > 0 {
		return pk.Columns
	}
	for _, ix := range s.c.State.IndexesOf(s.Table) {
		if ix.Unique && !ix.Partial && !ix.Exprs && len(ix.Columns) > 0 && !slices.ContainsFunc(ix.Columns, s.mayBeNull) {
			return ix.Columns
		}
	}
	return nil
}

func (s *shadow) mayBeNull(column string) bool {
	c := s.t.Column(column)
	return c == nil || !c.NotNull
}

// renamed is a text with the new column in the place of the old one.
func (s *shadow) renamed(p schema.Piece) (schema.Piece, error) {
	text, err := s.c.Text.RenameColumn(p, s.Table, s.Old, s.New)
	if err != nil {
		return p, Refuse("%s in: %s", err, oneLine(p.Text))
	}
	p.Text = text
	return p, nil
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
