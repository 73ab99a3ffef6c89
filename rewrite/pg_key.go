package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// key is a UNIQUE or PRIMARY KEY constraint that is made from an index.
type key struct {
	c     *Case
	table change.Name
	con   change.Constraint
	name  string // of the constraint, and of its index
	parts keyParts
	phase Phase
	gate  *Gate
}

// keyParts are the texts of a table constraint.
type keyParts struct {
	words   string // "PRIMARY KEY", "UNIQUE"
	nulls   string // "NULLS NOT DISTINCT"
	columns string // "(a, b)"
	index   string // "INCLUDE (c) WITH (fillfactor = 90) TABLESPACE fast", as CREATE INDEX has them
	rest    string // "DEFERRABLE INITIALLY DEFERRED"
	whole   string // all of it, without its name
}

// newKey reads a constraint's text: that of a table constraint.
func newKey(c *Case, table change.Name, con change.Constraint, name, text string) (*key, error) {
	if con.WithoutOverlaps {
		return nil, Refuse("a key WITHOUT OVERLAPS is kept by a GiST index, from which no constraint can be made: there is no online way; add it in a maintenance window")
	}
	k := &key{c: c, table: table, con: con, name: name, phase: Expand}
	err := k.cut(text)
	return k, err
}

// cut takes the constraint's text apart.
// https://www.postgresql.org/docs/current/sql-createtable.html (table_constraint, index_parameters)
func (k *key) cut(text string) error {
	src, toks := []byte(text), k.c.Text.Tokens(text)
	if len(toks) > 1 && toks[0].Is(src, "CONSTRAINT") {
		toks = toks[2:]
	}
	k.parts.whole = token.SpanOf(toks).Text(src)
	take := func(n int) string {
		s := token.SpanOf(toks[:n]).Text(src)
		toks = toks[n:]
		return s
	}
	switch {
	case token.Words(src, toks, "PRIMARY", "KEY"):
		k.parts.words = take(2)
	case token.Words(src, toks, "UNIQUE"):
		k.parts.words = take(1)
	}
	switch {
	case token.Words(src, toks, "NULLS", "NOT", "DISTINCT"):
		k.parts.nulls = take(3)
	case token.Words(src, toks, "NULLS", "DISTINCT"):
		take(2)
	}
	n := token.Group(src, toks)
	if k.parts.words == "" || n == 0 {
		return fmt.Errorf("no key in %q", text)
	}
	k.parts.columns = take(n)
	for {
		switch n := token.Group(src, toks[min(1, len(toks)):]); {
		case token.Words(src, toks, "INCLUDE") && n > 0, token.Words(src, toks, "WITH") && n > 0:
			k.parts.index += " " + take(n+1)
		case token.Words(src, toks, "USING", "INDEX", "TABLESPACE") && len(toks) > 3:
			take(2)
			k.parts.index += " " + take(2)
		default:
			k.parts.rest = take(len(toks))
			return nil
		}
	}
}

// steps look for duplicates, build the index and make the constraint of it.
// required are the steps that make a primary key's columns NOT NULL.
func (k *key) steps(required notNull) []Step {
	out := append([]Step{k.lookForTwins()}, required.prove()...)
	out = append(out, k.build(k.table, k.name))
	attach := k.attach(k.table, k.name)
	for _, s := range required.set { // so that they can share a transaction
		attach.Phase = max(attach.Phase, s.Phase)
	}
	return append(append(out, required.set...), attach)
}

// build makes the index while everybody reads and writes.
func (k *key) build(table change.Name, name string) Step {
	sql := fmt.Sprintf("CREATE UNIQUE INDEX CONCURRENTLY %s ON %s %s%s", k.c.Q(name), k.c.Text.QuoteName(table), k.parts.columns, k.indexTail())
	s := concurrentIndexStep(k.c, table, change.Name{Schema: table.Schema, Name: name}, sql)
	s.Phase, s.Gate = k.phase, k.gate
	return s
}

// indexTail is what follows the columns. In CREATE INDEX, unlike in a constraint,
// NULLS NOT DISTINCT stands behind INCLUDE.
// https://www.postgresql.org/docs/current/sql-createindex.html
func (k *key) indexTail() string {
	if k.parts.nulls == "" {
		return k.parts.index
	}
	src := []byte(k.parts.index)
	toks := k.c.Text.Tokens(k.parts.index)
	if !token.Words(src, toks, "INCLUDE") {
		return " " + k.parts.nulls + k.parts.index
	}
	at := toks[token.Group(src, toks[1:])].Span.End
	return k.parts.index[:at] + " " + k.parts.nulls + k.parts.index[at:]
}

// attach makes the index a constraint, which is brief.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX
func (k *key) attach(table change.Name, name string) Step {
	text, shown := k.c.Text, k.c.Text.QuoteName(table)
	sql := fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s %s", shown, text.Quote(name), k.parts.words, text.Quote(name), k.parts.rest)
	return Step{
		Phase: k.phase, Gate: k.gate, Title: "make the index the " + strings.ToUpper(k.parts.words) + " " + text.Quote(name) + " of " + shown, Slug: Slug("add", name),
		SQL: []string{strings.TrimSpace(sql)}, InTx: true,
		Down: []string{"ALTER TABLE IF EXISTS " + shown + " DROP CONSTRAINT IF EXISTS " + text.Quote(name)}, DownInTx: true,
	}
}

// lookForTwins fails where rows have the same key, and names some: better now than
// at the end of the index's build, which leaves an index that is not valid.
func (k *key) lookForTwins() Step {
	text, shown := k.c.Text, k.c.Text.QuoteName(k.table)
	columns := make([]string, 0, len(k.con.Columns))
	for _, n := range k.con.Columns {
		columns = append(columns, text.Quote(n))
	}
	list := strings.Join(columns, ", ")
	where := ""
	if k.parts.nulls == "" { // rows with a NULL are all different
		where = "\n    WHERE " + strings.Join(columns, " IS NOT NULL AND ") + " IS NOT NULL"
	}
	from := "ONLY " + shown // a key does not hold for the tables that inherit
	if t := k.c.State.Table(k.table); t != nil && t.Partitioned {
		from = shown
	}
	body := fmt.Sprintf(`
#variable_conflict use_column
DECLARE
  twins_safemig text;
BEGIN
  SELECT string_agg(one_safemig, ', ') INTO twins_safemig FROM (
    SELECT ROW(%s)::text AS one_safemig FROM %s%s
    GROUP BY %s HAVING count(*) > 1 LIMIT 5
  ) AS some_safemig;
  IF twins_safemig IS NOT NULL THEN
    RAISE unique_violation USING MESSAGE = %s || twins_safemig,
      HINT = 'Nothing is changed yet. Make the rows differ, or delete those that are too many, and run it again.';
  END IF;
END
`, list, from, where, list, text.Literal("rows of "+shown+" have the same ("+list+"): "))
	return Step{
		Phase: k.phase, Gate: k.gate, Title: "look for rows of " + shown + " with the same (" + list + ")", Slug: Slug("look_for_duplicates", k.name),
		SQL: []string{"DO " + text.DollarQuote(body)}, InTx: true, DownInTx: true, StatementTimeout: NoLimit, keepAll: true,
	}
}
