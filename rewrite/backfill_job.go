package rewrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

func backfillJob() Recipe {
	return Recipe{
		ID:      "backfill",
		Summary: "the rows changed in batches outside the migration; those that a key names, in a transaction of their own",
		Build:   buildBackfillJob,
	}
}

// BatchMark is where a runner puts the key range of a batch into Backfill.SQL. As
// it stands the statement is the whole of the work.
const BatchMark = "true /* safemig:batch */"

// buildBackfillJob: rows that change under a schema change's lock only have to
// leave its transaction, which every step with work on rows does (see merge). That
// is enough where a key names them, or where no job can be made of the statement.
func buildBackfillJob(c *Case) (Result, error) {
	if c.commitsDDL() {
		if err := plainForMySQL(c); err != nil {
			return Result{}, err
		}
	}
	var res Result
	var err error
	few := false
	switch op := c.Op.(type) {
	case *change.Update:
		few = op.Where != nil && c.namesRows(op.Table, c.Source(op.Where.Span))
		res, err = updateJob(c, op)
	case *change.Delete:
		few = op.Where != nil && c.namesRows(op.Table, c.Source(op.Where.Span))
		res, err = deleteJob(c, op)
	case *change.Insert:
		res, err = insertJob(c, op)
	default:
		return Result{}, Refuse("only UPDATE, DELETE and INSERT .. SELECT can be done in batches")
	}
	var refusal *Refusal
	if (few || errors.As(err, &refusal)) && !c.rowsAreTheFinding() {
		return ownTransaction(c), nil
	}
	return res, err
}

// namesRows says whether a condition names rows by a key: id = 7, id IN (7, 8).
func (c *Case) namesRows(table change.Name, where string) bool {
	t := c.State.Table(table)
	k := c.keywordsOf(where, "OR")
	if t == nil || k.has("OR") {
		return false
	}
	for i := 0; i+2 < len(k.toks); i++ {
		column := identifier(k.toks[i].Span.Text(k.src))
		equals := k.toks[i+1].IsPunct(k.src, "=") && (k.toks[i+2].Kind == token.Number || k.toks[i+2].Kind == token.String)
		among := k.toks[i+1].Is(k.src, "IN") && i+3 < len(k.toks) && (k.toks[i+3].Kind == token.Number || k.toks[i+3].Kind == token.String)
		if (equals || among) && isKey(t, column) {
			return true
		}
	}
	return false
}

// isKey says whether a column has each value once.
func isKey(t *schema.Table, column string) bool {
	return slices.ContainsFunc(t.Constraints, func(k *schema.Constraint) bool {
		return (k.Kind == change.PrimaryKey || k.Kind == change.Unique) && slices.Equal(k.Columns, []string{column})
	})
}

// rowsAreTheFinding says whether the rule is about the rows themselves, and not
// about the transaction that they change in.
func (c *Case) rowsAreTheFinding() bool {
	return slices.ContainsFunc(c.Requests, func(r Request) bool {
		return c.Stmt.Span.Contains(r.Span) && r.Recipe == "backfill" && r.Rule != "ddl-mixed-with-dml"
	})
}

// ownTransaction leaves the statement as it is: its step shares no transaction
// with a strong lock.
func ownTransaction(c *Case) Result {
	what := strings.ToUpper(c.Stmt.Kind)
	return Result{Notes: []string{"The " + what + " on " + c.Table() + " runs in a transaction of its own, without the locks of the schema changes. The rows that it changes are locked until it ends: where they are many, change them in batches with safemig backfill."}}
}

// job is the step that a runner does.
func (c *Case) job(title string, b *Backfill, columns ...string) Step {
	return Step{
		Phase: Copy, Title: title, Slug: Slug(append([]string{c.Op.Kind().String(), c.Op.Head().Table.Name}, columns...)...), Backfill: b,
		Final: rowsLost(c.Op, c.Table()),
	}
}

// keywords are the keywords of a statement outside of all brackets.
type keywords struct {
	src  []byte
	toks []tokenOf
	at   map[string]int // the first place of each, in toks
}

// keywordsOf: DISTINCT FROM is an operator, and its FROM no clause.
func (c *Case) keywordsOf(text string, words ...string) keywords {
	k := keywords{src: []byte(text), toks: c.Text.Tokens(text), at: map[string]int{}}
	for i, t := range token.Outside(k.src, k.toks) {
		for _, w := range words {
			_, seen := k.at[w]
			distinct := w == "FROM" && i > 0 && k.toks[i-1].Is(k.src, "DISTINCT")
			if !seen && !distinct && t.Is(k.src, w) {
				k.at[w] = i
			}
		}
	}
	return k
}

// first is where the first of some words stands that is there, or the end of the
// statement.
func (k *keywords) first(words ...string) int {
	at := len(k.toks)
	for _, w := range words {
		if i, ok := k.at[w]; ok && i < at {
			at = i
		}
	}
	return at
}

// text is what stands between two tokens, the second left out.
func (k *keywords) text(from, to int) string {
	if from >= to {
		return ""
	}
	return string(k.src[k.toks[from].Span.Start:k.toks[to-1].Span.End])
}

// alias is what a statement calls its table, where it gives it a name of its own:
// the tokens are those between UPDATE or FROM and what follows the table.
func (k *keywords) alias(from, to int) (alias string, only bool) {
	if from < to && k.toks[from].Is(k.src, "ONLY") {
		only = true
		from++
	}
	at := from + 1
	for at+1 < to && k.toks[at].IsPunct(k.src, ".") {
		at += 2
	}
	if at < to && k.toks[at].IsPunct(k.src, "*") {
		at++
	}
	if at < to && k.toks[at].Is(k.src, "AS") {
		at++
	}
	return k.text(at, to), only
}
