package gate

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
	"github.com/safemig/safemig/internal/ledger"
)

// own tells the statements of the plan's own jobs, and of their verification: they have
// the job's condition, or what it sets, in them, and an application has not.
func own(p *ledger.Plan) func(sql string) bool {
	var jobs [][]string
	for i := range p.Steps {
		if j := p.Steps[i].Backfill; j != nil {
			jobs = append(jobs, marks(p.Dialect, j))
		}
	}
	return func(sql string) bool {
		of := shape(p.Dialect, sql)
		has := func(mark string) bool { return strings.Contains(of, mark) }
		for _, all := range jobs {
			if !slices.ContainsFunc(all, func(mark string) bool { return !has(mark) }) {
				return true
			}
		}
		return has(" safemig . ")
	}
}

// fewWords is so short that an application may have it as well: the name of a column
// that IS NULL, say.
const fewWords = 5

// marks are what a statement has in it, all of them, that is a job's.
func marks(dialect string, j *ledger.Job) []string {
	if j.SQL != "" {
		return []string{shape(dialect, upToWhere(dialect, j.SQL))}
	}
	where, set := shape(dialect, j.Where), shape(dialect, j.Set)
	switch {
	case strings.Count(where, " ") > fewWords:
		return []string{where}
	case where == "":
		return []string{set}
	}
	return []string{where, set}
}

// upToWhere is a statement without its condition, where a batch's own is added.
func upToWhere(dialect, sql string) string {
	src := []byte(sql)
	for _, t := range lex(dialect, src) {
		if t.Is(src, "WHERE") {
			return sql[:t.Span.Start]
		}
	}
	return sql
}

// shape is SQL without its values, each piece between blanks.
func shape(dialect, sql string) string {
	src := []byte(sql)
	var out strings.Builder
	for _, t := range lex(dialect, src) {
		piece := t.Span.Text(src)
		switch t.Kind {
		case token.Word:
			piece = strings.ToLower(piece)
		case token.Quoted:
			piece = unquoted(dialect, piece)
		case token.String, token.Number, token.Param, token.Broken:
			piece = "?"
		case token.Punct:
		default:
			continue
		}
		out.WriteString(" " + piece)
	}
	if out.Len() == 0 {
		return ""
	}
	return out.String() + " "
}
