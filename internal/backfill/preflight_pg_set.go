package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/token"
)

// postgresSet looks at the columns that the statement sets.
func postgresSet(ctx context.Context, x *exam) error {
	x.keySet()
	if err := x.itself(); err != nil {
		return err
	}
	rows, err := x.ask(ctx, "SELECT attname, CASE WHEN attidentity = 'a' THEN 'an identity column' ELSE 'a generated column' END FROM pg_attribute WHERE attrelid = "+x.target.id+
		" AND attnum > 0 AND NOT attisdropped AND (attgenerated <> '' OR attidentity = 'a') ORDER BY attnum")
	if err != nil {
		return err
	}
	for _, r := range rows {
		if slices.Contains(x.target.columns, r[0]) && !x.toDefault(r[0]) {
			x.raise("generated-column-set", final, fmt.Sprintf("%s.%s is %s: the server computes it and takes no other value.", x.target.name, r[0], r[1]), "Set the columns that it is computed from.")
		} else if r[1] == "a generated column" && x.job.Kind == Update && x.reads(r[0]) {
			x.raise("generated-column-read", note, fmt.Sprintf("The job reads %s.%s, a generated column: it sees the value that the row had before the job's change.", x.target.name, r[0]), "Write its expression instead, if it should be computed from the new values.")
		}
	}
	return nil
}

func (x *exam) keySet() {
	for _, k := range x.table.Key {
		if x.job.Kind == Update && x.sets(k.Name) {
			x.raise("key-set", final, fmt.Sprintf("The job sets %s, a column of the key that %s is walked along: rows would move while they are counted off.", k.Name, x.table.Name), "Name another key that is unique and NOT NULL (key=..).")
		}
	}
}

// sets says whether the statement sets a column.
func (x *exam) sets(column string) bool {
	if x.db.Dialect == "postgres" {
		return slices.Contains(x.target.columns, column)
	}
	return slices.ContainsFunc(x.target.columns, func(c string) bool { return strings.EqualFold(c, column) })
}

// toDefault says whether the statement sets a column to its default.
func (x *exam) toDefault(column string) bool {
	return slices.ContainsFunc(x.job.Set, func(a Assignment) bool { return a.Value == "" && strings.EqualFold(a.Column, column) })
}

// itself: a statement that computes a column from itself does more each time that
// it sees a row. A batch is done once; but on a walk of blocks a row that was
// changed is met again where its new version is.
func (x *exam) itself() error {
	var own []string
	for _, a := range x.job.Set {
		if x.job.Where == "" && a.Column != "" && mentions(x.words(a.Value), a.Column) {
			own = append(own, a.Column)
		}
	}
	if len(own) == 0 {
		return nil
	}
	x.raise("not-idempotent", x.onlyOnce(), fmt.Sprintf("The job computes %s from itself, and has no WHERE that tells which rows are done.%s", strings.Join(own, ", "), x.again()),
		"Add a WHERE that no longer holds for a row that is done.")
	return nil
}

// onlyOnce is how much it matters that a row must not be met twice.
func (x *exam) onlyOnce() weight {
	if x.table.Key[0].Class == Block {
		return final
	}
	return note
}

func (x *exam) again() string {
	if x.table.Key[0].Class == Block {
		return " Its walk goes block by block, and would meet a row again where its new version is written."
	}
	return " Each batch is done once, whatever happens; but a second run, begun anew, would change the rows again."
}

// reads says whether the statement's values or its WHERE mention a column.
func (x *exam) reads(column string) bool {
	if mentions(x.words(x.job.Where), column) {
		return true
	}
	return slices.ContainsFunc(x.job.Set, func(a Assignment) bool { return mentions(x.words(a.Value), column) })
}

// word is a name in an expression.
type word struct {
	name string
	call bool // it is called as a function
}

func mentions(words []word, column string) bool {
	return slices.ContainsFunc(words, func(w word) bool { return !w.call && strings.EqualFold(w.name, column) })
}

// words are the names in a text. Those of other tables are told apart by nobody
// here: what is asked is only whether a name may be meant.
func (x *exam) words(text string) (out []word) {
	src := []byte(text)
	var toks []token.Token
	for _, t := range tokens(src, fact.Target{Dialect: x.job.Dialect, Version: x.db.Version}) {
		if !t.Trivia() {
			toks = append(toks, t)
		}
	}
	for i, t := range toks {
		if t.Kind == token.Word || t.Kind == token.Quoted {
			out = append(out, word{bare(t.Span.Text(src)), i+1 < len(toks) && toks[i+1].IsPunct(src, "(")})
		}
	}
	return out
}

// says tells whether words stand one behind the other in the statement.
func (x *exam) says(phrase ...string) bool {
	all := x.words(x.job.SQL)
	for i := range all {
		if i+len(phrase) <= len(all) && slices.EqualFunc(all[i:i+len(phrase)], phrase, func(w word, p string) bool { return strings.EqualFold(w.name, p) }) {
			return true
		}
	}
	return false
}

// postgresVolatile: the catalogue says which functions give another value each time.
// https://www.postgresql.org/docs/current/xfunc-volatility.html
func postgresVolatile(ctx context.Context, x *exam) error {
	var called []string
	for _, w := range x.words(x.job.SQL) {
		if w.call {
			called = append(called, w.name, strings.ToLower(w.name))
		}
	}
	if len(called) == 0 || x.job.Kind == Delete {
		return nil
	}
	rows, err := x.ask(ctx, "SELECT DISTINCT proname FROM pg_proc WHERE provolatile = 'v' AND prokind = 'f' AND pg_function_is_visible(oid) AND proname = ANY ("+pgLiterals(called)+") ORDER BY 1")
	if err == nil && len(rows) > 0 {
		x.raise("volatile-value", x.onlyOnce(), fmt.Sprintf("The job calls %s, which gives another value each time.%s", strings.Join(first(rows), ", "), x.again()),
			"That is in order for values that need not be the same again; verify cannot compute them anew.")
	}
	return err
}

// postgresConflict: rows that the application or a trigger wrote into the target
// meanwhile must not be there twice.
func postgresConflict(ctx context.Context, x *exam) error {
	if x.job.Kind != Insert || x.says("ON", "CONFLICT") {
		return nil // the plan tells whether a unique index fits
	}
	rows, err := x.ask(ctx, "SELECT i.indexrelid::regclass FROM pg_index i WHERE i.indrelid = "+x.target.id+" AND i.indisunique AND i.indisvalid AND i.indpred IS NULL ORDER BY 1::text")
	switch {
	case err != nil:
		return err
	case len(rows) == 0:
		x.raise("insert-no-unique-key", refusal, fmt.Sprintf("%s has no unique key, and the INSERT no ON CONFLICT: a row that a trigger or the application writes there meanwhile is there twice then.", x.target.name),
			"Add a unique key to it and ON CONFLICT .. DO NOTHING or DO UPDATE to the INSERT.")
	default:
		x.raise("insert-without-conflict", note, fmt.Sprintf("The INSERT has no ON CONFLICT: it stops at the first row that is in %s already (%s).", x.target.name, strings.Join(first(rows), ", ")),
			"Add ON CONFLICT .. DO NOTHING or DO UPDATE.")
	}
	return nil
}
