package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// repeatable gives statements of a step that stand behind conditions a form that runs
// twice, where the server has one: MariaDB has IF [NOT] EXISTS for columns and indexes.
// https://mariadb.com/kb/en/alter-table/#if-exists
func (in *Input) repeatable(s *Step) {
	if !in.Facts.Has(in.Target, "if-exists-clauses") {
		return
	}
	if len(s.SQL) == 1 {
		s.SQL[0], s.Done = in.ifExists(s.SQL[0], s.Done)
	}
	for i, done := range s.DownDone {
		s.Down[i], s.DownDone[i] = in.ifExists(s.Down[i], done)
	}
}

// ifExists is a statement with IF [NOT] EXISTS in each of its clauses, and no condition
// then; both as they were where a clause has no such form.
func (in *Input) ifExists(sql, done string) (again, unless string) {
	if done == "" {
		return sql, ""
	}
	script, err := in.parsed([]string{sql})
	if err != nil {
		return sql, done // whoever weighs it says so
	}
	type insert struct {
		at    int
		words string
	}
	var inserts []insert
	for _, op := range script.Stmts[0].Ops {
		if asksHow(op) {
			continue
		}
		at, words := in.conditional(script, op)
		if words == "" || len(inserts) > 0 && inserts[0].words != " "+words { // what is dropped and made anew is there before
			return sql, done
		}
		inserts = appendNew(inserts, insert{at, " " + words})
	}
	for _, i := range slices.Backward(inserts) {
		sql = sql[:i.at] + i.words + sql[i.at:]
	}
	return sql, ""
}

// conditional is where the words stand in a clause: behind what kind of thing it is about,
// and before its name.
func (in *Input) conditional(script *change.Script, op change.Op) (at int, words string) {
	span := op.Head().Span
	text := span.Text(script.Src)
	src, toks := []byte(text), in.Text.Tokens(text)
	behind := func(names ...string) int { // the last of those words at the beginning
		last := -1
		for i, t := range toks[:min(len(toks), 5)] {
			if t.IsPunct(src, "(") {
				break
			}
			if slices.ContainsFunc(names, func(n string) bool { return t.Is(src, n) }) {
				last = i
			}
		}
		return last
	}
	named := func(name string, i int) bool { // the name is written, right there
		return i >= 0 && i+1 < len(toks) && strings.EqualFold(identifier(toks[i+1].Span.Text(src)), name)
	}
	i := -1
	switch op := op.(type) {
	case *change.AddColumn:
		if i, words = columnWord(src, toks, "ADD"), "IF NOT EXISTS"; op.IfNotExists {
			return 0, ""
		}
	case *change.DropColumn:
		if i, words = columnWord(src, toks, "DROP"), "IF EXISTS"; op.IfExists {
			return 0, ""
		}
	case *change.CreateIndex:
		if i, words = behind("INDEX", "KEY"), "IF NOT EXISTS"; op.IfNotExists || op.OrReplace || !named(op.Name, i) {
			return 0, ""
		}
	case *change.AddConstraint:
		if i, words = behind("UNIQUE", "INDEX", "KEY"), "IF NOT EXISTS"; op.IfNotExists || op.Constraint.Kind != change.Unique || !named(op.Constraint.Name, i) {
			return 0, ""
		}
	case *change.DropIndex:
		if i, words = behind("INDEX", "KEY"), "IF EXISTS"; op.IfExists || !named(op.Index.Name, i) {
			return 0, ""
		}
	}
	if i < 0 {
		return 0, ""
	}
	return span.Start + toks[i].Span.End, words
}

// columnWord is the number of the word that a column's name, or a list in brackets,
// follows in ADD [COLUMN] and DROP [COLUMN].
func columnWord(src []byte, toks []tokenOf, verb string) int {
	switch {
	case len(toks) < 2 || !toks[0].Is(src, verb):
		return -1
	case toks[1].Is(src, "COLUMN"):
		return 1
	}
	return 0
}
