package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// values are where the column's values come from: what would be computed for each
// row at once becomes a default for new rows and a backfill for the others.
func (n *newColumn) values() error {
	switch {
	case n.col.Identity != "":
		return n.identity()
	case n.isSerial():
		return n.serial()
	case n.col.Default != nil && n.volatile():
		value := n.c.Source(n.col.Default.Span)
		n.removeFrom("DEFAULT", n.col.Default.Span.End)
		if !n.isRequired() {
			n.note("Until the backfill is done, a NULL that is written into %s.%s on purpose gets a value too.", n.table, n.name)
		}
		return n.fill(value, value)
	}
	return nil
}

func (n *newColumn) note(format string, args ...any) {
	n.res.Notes = append(n.res.Notes, fmt.Sprintf(format, args...))
}

// number makes a column take its values from a sequence. The runner of the backfill
// may have another search_path than the migration.
func (n *newColumn) number(sequence change.Name) error {
	next := func(s change.Name) string { return "nextval(" + n.c.Text.Literal(n.c.Text.QuoteName(s)) + ")" }
	return n.fill(next(sequence), next(n.c.State.Resolve(sequence)))
}

// fill sets the default for new rows, and fills the others in batches.
func (n *newColumn) fill(value, old string) error {
	n.clauses = append(n.clauses, "ALTER COLUMN "+n.name+" SET DEFAULT "+value)
	job, err := fillNulls(n.c, n.op.Table, n.col.Name, old)
	if err != nil {
		return err
	}
	n.res.After = append(n.res.After, job)
	n.res.Notes = append(n.res.Notes, firedBy(n.c, n.op.Table)...)
	n.gate, n.phase = &Gate{Backfill: true}, Validate
	return nil
}

// serial is an integer column with a sequence of its own.
// https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL
func (n *newColumn) serial() error {
	base := integerOf(n.col.Type.Name)
	n.cut = append(n.cut, cutting{n.col.Type.Span, base})
	sequence := n.ownSequence()
	shown := n.c.Text.QuoteName(sequence)
	n.makeSequence(sequence, "CREATE SEQUENCE "+shown+" AS "+base)
	err := n.number(sequence)
	own := Step{
		Phase: Expand, Title: "let " + shown + " belong to " + n.table + "." + n.name, Slug: Slug("own", sequence.Name), InTx: true, DownInTx: true,
		SQL: []string{"ALTER SEQUENCE " + shown + " OWNED BY " + n.table + "." + n.name},
	}
	n.res.After = append([]Step{own}, n.res.After...)
	return err
}

func integerOf(serial string) string {
	switch serial {
	case "smallserial":
		return "smallint"
	case "bigserial":
		return "bigint"
	}
	return "integer"
}

// ownSequence is the sequence that the server would make for the column.
func (n *newColumn) ownSequence() change.Name {
	state := n.state.Clone()
	state.Apply(n.c.Script, n.op)
	return asWritten(n.c, state.Table(n.op.Table).Column(n.col.Name).Sequence)
}

func (n *newColumn) makeSequence(name change.Name, sql string) {
	shown := n.c.Text.QuoteName(name)
	n.res.Before = append(n.res.Before, Step{
		Phase: Expand, Title: "make the sequence " + shown, Slug: Slug("sequence", name.Name), InTx: true, DownInTx: true,
		SQL: []string{sql}, Down: []string{"DROP SEQUENCE IF EXISTS " + shown},
	})
}

// identity takes its numbers from a sequence of the plan's own until every row
// has one: ADD GENERATED needs a column that is NOT NULL, and makes the identity's
// own sequence, which then goes on where the other one stands.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-GENERATED-IDENTITY
func (n *newColumn) identity() error {
	if t := n.c.State.Table(n.op.Table); t != nil && (t.Partitioned || len(t.Inheritors) > 0) {
		return Refuse("%s has partitions, or tables that inherit from it: its identity columns are not the same in all server versions. Add a plain column with a sequence as its default", n.table)
	}
	clause, options := n.identityClause()
	if clause == "" {
		return Refuse("the identity of %s cannot be read", n.name)
	}
	base := n.c.Source(n.col.Type.Span)
	sequence := change.Name{Schema: n.op.Table.Schema, Name: MadeName(n.op.Table.Name+"_"+n.col.Name, "seq")}
	shown := n.c.Text.QuoteName(sequence)
	create := " " + shown + " AS " + base + options
	n.makeSequence(sequence, "CREATE SEQUENCE"+create)
	if err := n.number(sequence); err != nil {
		return err
	}
	n.notNull()
	n.finish = append(n.finish, n.becomeIdentity(clause, shown, create))
	n.note("Which row gets which number differs from what the migration alone would have done: it is the order of the backfill.")
	return nil
}

// identityClause is GENERATED .. AS IDENTITY (..), and its options as CREATE
// SEQUENCE takes them.
func (n *newColumn) identityClause() (clause, options string) {
	text := n.c.Source(n.col.Span)
	src, toks := []byte(text), n.c.Text.Tokens(text)
	for i := range toks {
		if !toks[i].Is(src, "GENERATED") || i+3 > len(toks) {
			continue
		}
		end := i + 4 // GENERATED ALWAYS AS IDENTITY
		if toks[i+1].Is(src, "BY") {
			end++
		}
		if end > len(toks) || !toks[end-1].Is(src, "IDENTITY") {
			continue
		}
		brackets := token.Group(src, toks[end:])
		span := token.SpanOf(toks[i : end+brackets])
		from := i
		if i > 1 && toks[i-2].Is(src, "CONSTRAINT") {
			from = i - 2
		}
		n.remove(change.Span{Start: n.col.Span.Start + toks[from].Span.Start, End: n.col.Span.Start + span.End})
		if brackets > 2 {
			options = " " + n.withoutName(src, toks[end+1:end+brackets-1])
		}
		return span.Text(src), options
	}
	return "", ""
}

// withoutName leaves out SEQUENCE NAME n, which is for the identity's own, and
// LOGGED and UNLOGGED.
func (n *newColumn) withoutName(src []byte, toks []token.Token) string {
	for i := range toks {
		if !token.Words(src, toks[i:], "SEQUENCE", "NAME") {
			continue
		}
		end := i + 3
		if end+1 < len(toks) && toks[end].IsPunct(src, ".") {
			end += 2
		}
		before, after := token.SpanOf(toks[:i]), token.SpanOf(toks[end:])
		return strings.TrimSpace(before.Text(src) + " " + after.Text(src))
	}
	return token.SpanOf(toks).Text(src)
}

// becomeIdentity makes the column what the migration says, with the next number
// of the sequence that it has had so far.
func (n *newColumn) becomeIdentity(clause, sequence, create string) Step {
	text := n.c.Text
	alter := "ALTER TABLE " + n.table + " ALTER COLUMN " + n.name
	own := "pg_get_serial_sequence(" + text.Literal(n.table) + ", " + text.Literal(n.col.Name) + ")"
	undo := fmt.Sprintf(`
BEGIN
  IF %s IS NOT NULL THEN
    PERFORM setval(%s, nextval(%s));
  END IF;
END
`, own, text.Literal(sequence), own)
	return Step{
		Phase: n.phase, Gate: n.gate, Title: "make " + n.table + "." + n.name + " an identity column", Slug: Slug("identity", n.op.Table.Name, n.col.Name),
		SQL: []string{
			alter + " DROP DEFAULT",
			alter + " ADD " + clause,
			"SELECT setval(" + own + ", last_value, is_called) FROM " + sequence,
			"DROP SEQUENCE " + sequence,
		}, InTx: true,
		Down: []string{
			"CREATE SEQUENCE IF NOT EXISTS" + create,
			"DO " + text.DollarQuote(undo),
			alter + " DROP IDENTITY IF EXISTS",
			alter + " SET DEFAULT nextval(" + text.Literal(sequence) + ")",
		}, DownInTx: true,
	}
}
