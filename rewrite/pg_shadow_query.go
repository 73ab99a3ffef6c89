package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// shadowText is something made anew for the new column, and as it was. What is
// locked is the table, or another relation that has a step of its own.
type shadowText struct {
	after, before []string
	other         string // "view user_names"; empty for what is the table's own
	isView        bool
}

// ownStep is a view, or a rule or policy of another table, that is made anew by
// itself: no lock on the table is held while it waits for its own.
func (s *shadow) ownStep(v shadowText) Step {
	step := Step{
		Phase: Contract, Gate: &Gate{Backfill: true, Deploy: s.deploy}, InTx: true, DownInTx: true, keepAll: true, LockTimeout: s.c.Options.LockTimeout,
		Title: "have " + v.other + " read " + s.at + "." + s.new, Slug: Slug("repoint", v.other), SQL: v.after, Down: v.before,
	}
	if v.isView {
		step.SQL, step.Down = s.retried(v.after), s.retried(v.before)
	}
	return step
}

// retried are statements that wait for a lock on a view in short tries: LOCK TABLE
// would lock all that the view reads as well, for which there is no need. Of the
// tables only ACCESS SHARE is held meanwhile, which no reader of the view waits for.
// https://www.postgresql.org/docs/current/sql-lock.html
func (s *shadow) retried(sql []string) []string {
	if s.c.Options.Tries < 2 {
		return sql
	}
	return []string{inTries(s.c.Text, "", lines(sql), s.c.Options.Tries)}
}

// takeQuery takes a view, a rule or a policy along: none of them is ever away.
func (s *shadow) takeQuery(d *dependent) error {
	if !d.names {
		return nil
	}
	if s.Swap {
		return s.swapQuery(d)
	}
	after, err := s.renamed(d.piece)
	if err != nil {
		return err
	}
	switch d.Class {
	case "policy":
		s.known = append(s.known, "policy "+d.Name.Name+" on "+bare(d.Of))
		return s.takePolicy(d, after)
	case "rule":
		if err := s.fitRule(d); err != nil {
			return err
		}
		s.known = append(s.known, "rule "+d.Name.Name+" on "+bare(d.Of))
	default:
		s.known = append(s.known, "rule _RETURN on "+bare(d.Name))
	}
	now, was, options := after.Text, d.piece.Text, s.optionsOf(d)
	if d.Class == "view" {
		if now, err = withColumns(s.c, d.Name, now); err != nil {
			return err
		}
		if was, err = withColumns(s.c, d.Name, was); err != nil {
			return err
		}
	}
	s.views = append(s.views, shadowText{
		after:  append([]string{s.orReplace(now)}, options...),
		before: append([]string{s.orReplace(was)}, options...),
		other:  s.elsewhere(d), isView: d.Class == "view" || s.c.State.IsView(d.Of),
	})
	return nil
}

// optionsOf are a view's options that other statements set: CREATE OR REPLACE
// takes them away. Rights, comments and defaults of its columns stay.
// https://www.postgresql.org/docs/current/sql-createview.html
func (s *shadow) optionsOf(d *dependent) []string {
	var out []string
	if d.Class != "view" {
		return nil
	}
	for _, o := range s.c.State.DefsOf(d.Name) {
		text, err := s.c.Text.Current(o)
		if o.Class != "option" || o.Column != "" || renamesColumn(o) || err != nil {
			continue
		}
		out = append(out, s.asStatement(o.Clause, "ALTER VIEW "+s.c.Text.QuoteName(d.Name), text))
	}
	return out
}

// orReplace is a CREATE with OR REPLACE.
func (s *shadow) orReplace(text string) string {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	if len(toks) > 1 && toks[0].Is(src, "CREATE") && !toks[1].Is(src, "OR") {
		return text[:toks[0].Span.End] + " OR REPLACE" + text[toks[0].Span.End:]
	}
	return text
}

// takePolicy makes ALTER POLICY of what a CREATE POLICY says of its rows.
// https://www.postgresql.org/docs/current/sql-alterpolicy.html
func (s *shadow) takePolicy(d *dependent, after schema.Piece) error {
	now, err := s.alterPolicy(d, after.Text)
	if err != nil {
		return err
	}
	old, err := s.alterPolicy(d, d.piece.Text)
	if err != nil {
		return err
	}
	s.views = append(s.views, shadowText{after: []string{now}, before: []string{old}, other: s.elsewhere(d)})
	return nil
}

// elsewhere says what a definition is, where it is not the table's own.
func (s *shadow) elsewhere(d *dependent) string {
	switch {
	case d.Class == "view":
		return "view " + s.c.Text.QuoteName(d.Name)
	case d.Of != s.Table:
		return d.Class + " " + s.c.Q(d.Name.Name) + " of " + s.c.Text.QuoteName(d.Of)
	}
	return ""
}

func (s *shadow) alterPolicy(d *dependent, text string) (string, error) {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	for i, k := range token.Outside(src, toks) {
		if k.Is(src, "USING") || token.Words(src, toks[i:], "WITH", "CHECK") {
			return "ALTER POLICY " + s.c.Q(d.Name.Name) + " ON " + s.c.Text.QuoteName(d.Of) + " " + text[k.Span.Start:], nil
		}
	}
	return "", Refuse("neither USING nor WITH CHECK was found in the policy %s", s.c.Q(d.Name.Name))
}

func (s *shadow) note(format string, args ...any) {
	s.notes = appendNew(s.notes, fmt.Sprintf(format, args...))
}

// takeFunction settles functions that name the column. One whose body the server
// has parsed is made anew; in one whose body is text the name stands until
// somebody changes it, as it would after the original migration.
func (s *shadow) takeFunction(d *dependent) error {
	if !d.names {
		return nil
	}
	if s.Swap {
		return s.swapFunction(d)
	}
	name := s.c.Text.QuoteName(d.Name)
	if strings.Contains(strings.ToUpper(d.piece.Text), "ATOMIC") {
		after, err := s.renamed(d.piece)
		if err != nil {
			return err
		}
		s.views = append(s.views, shadowText{after: []string{s.orReplace(after.Text)}, before: []string{s.orReplace(d.piece.Text)}})
		s.knownFunctions = append(s.knownFunctions, bare(d.Name))
		return nil
	}
	if trigger := s.calledBefore(d); trigger != "" {
		return Refuse("the function %s of the trigger %s names %s, and what it makes of one column before the row is written is not made of the other: do it in a window", name, s.c.Q(trigger), s.old)
	}
	s.note("The function %s names %s in its text: it works as long as both columns are there, and must name %s before the last step.", name, s.old, s.new)
	s.deploy = appendNew(s.deploy, fmt.Sprintf("function %s names %s in the place of %s", name, s.new, s.old))
	return nil
}

// calledBefore is a trigger of the table that calls a function before the row is written.
func (s *shadow) calledBefore(f *dependent) string {
	for _, d := range s.c.State.Defs(s.Table) {
		if d.Class != "trigger" || d.Of != s.Table {
			continue
		}
		t := dependent{Def: d, piece: d.Piece()}
		if words := wordsOf(d.Text); s.firesBefore(&t) && words[strings.ToLower(f.Name.Name)] {
			return d.Name.Name
		}
	}
	return ""
}
