package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// takeSaid takes along what is said about the column: its comment, its options,
// the rights on it. What is said about other things is asked for with them.
func (s *shadow) takeSaid(d *dependent) error {
	if words := wordsOf(d.piece.Text); d.Class == "option" && d.Of == s.Table && words["force"] && words["security"] {
		s.note("Row-level security is forced on %s: the backfill must run as a role that sees and may write every row.", s.at)
	}
	if !d.names || d.Of != s.Table || s.isSequenceOption(d) || s.Swap && s.isStorage(d) {
		return nil
	}
	p, err := s.renamed(d.piece)
	if err != nil {
		return err
	}
	if d.Clause {
		p.Text = "ALTER TABLE " + s.at + " " + p.Text
	}
	s.extras = append(s.extras, p.Text)
	return nil
}

// isSequenceOption is an option of an identity column's sequence, which is read
// from the server when it moves.
func (s *shadow) isSequenceOption(d *dependent) bool {
	words := wordsOf(d.piece.Text)
	return d.Clause && (words["generated"] || words["restart"] || words["increment"] || words["sequence"])
}

// saidOf are the statements about a part of a table, or the clauses of ALTER
// TABLE: COMMENT ON CONSTRAINT name, ENABLE ALWAYS TRIGGER name.
func (s *shadow) saidOf(table change.Name, word, name string) []string {
	var out []string
	for _, d := range s.c.State.Defs(table) {
		if d.Of != table || d.Class != "comment" && d.Class != "option" && d.Class != "security label" {
			continue
		}
		text, err := s.c.Text.Current(d)
		if err != nil || !s.names(text, word, name) {
			continue
		}
		if d.Clause {
			text = "ALTER TABLE " + s.c.Text.QuoteName(table) + " " + text
		}
		out = append(out, text)
	}
	return out
}

// names says whether a text has a keyword with a name behind it.
func (s *shadow) names(text, word, name string) bool {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].Is(src, word) && identifier(toks[i+1].Span.Text(src)) == name {
			return true
		}
	}
	return false
}

// identifier is a token's name: folded where it is not quoted.
func identifier(token string) string {
	if quoted, is := strings.CutPrefix(token, `"`); is {
		return strings.ReplaceAll(strings.TrimSuffix(quoted, `"`), `""`, `"`)
	}
	if quoted, is := strings.CutPrefix(token, "`"); is {
		return strings.ReplaceAll(strings.TrimSuffix(quoted, "`"), "``", "`")
	}
	return strings.ToLower(token)
}
