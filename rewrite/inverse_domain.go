package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// domain is the way back of ALTER DOMAIN.
// https://www.postgresql.org/docs/current/sql-alterdomain.html
func (u *undoing) domain() (sql []string, final string) {
	name := u.Text.QuoteName(u.op.Name)
	there := func(clause string) ([]string, string) {
		return []string{u.where("domain", u.op.Name, change.Name{}, "ALTER DOMAIN "+name+" "+clause)}, ""
	}
	if u.op.Action == "validate constraint" {
		return nil, "The constraint " + u.Q(u.op.To) + " of " + name + " stays valid."
	}
	if k := u.op.Constraint; u.op.Action == "add constraint" {
		if k == nil || k.Name == "" {
			return nil, "The constraint that " + name + " gets stays: the migration gives it no name."
		}
		return there("DROP CONSTRAINT IF EXISTS " + u.Q(k.Name))
	}
	if !u.State.Seen("domain", u.op.Name, change.Name{}) {
		return u.stays()
	}
	was := u.domainBefore()
	switch u.op.Action {
	case "set default", "drop default":
		if was.value == "" {
			return there("DROP DEFAULT")
		}
		return there("SET DEFAULT " + was.value)
	case "set not null", "drop not null":
		if was.notNull {
			return there("SET NOT NULL")
		}
		return there("DROP NOT NULL")
	case "drop constraint":
		if text := was.constraints[u.op.To]; text != "" {
			row := "pg_constraint WHERE contypid = to_regtype(" + u.Text.Literal(name) + ") AND conname = " + u.Text.Literal(u.op.To)
			return []string{unlessThereIs(u.Text, row, "ALTER DOMAIN "+name+" ADD "+text)}, ""
		}
		return nil, "How the constraint " + u.Q(u.op.To) + " of " + name + " was made is not known: it cannot be made again from here."
	}
	return u.stays()
}

// domainParts are what a domain is after all that was said of it.
type domainParts struct {
	value       string // its default
	notNull     bool
	constraints map[string]string
}

func (u *undoing) domainBefore() domainParts {
	out := domainParts{constraints: map[string]string{}}
	for _, d := range u.defs() {
		text, err := u.Text.Current(d)
		if err != nil || d.Class != "type" && d.Class != "domain" {
			continue
		}
		has := func(words ...string) bool { return behindWords(u.Text, text, words...) >= 0 }
		switch {
		case has("DROP", "DEFAULT"):
			out.value = ""
		case has("DROP", "NOT", "NULL"):
			out.notNull = false
		case has("DROP", "CONSTRAINT"):
		default:
			out.notNull = out.notNull || has("NOT", "NULL")
			if at := behindWords(u.Text, text, "DEFAULT"); at >= 0 {
				out.value = untilClause(u.Text, text[at:])
			}
		}
		u.namedConstraints(text, out.constraints)
	}
	return out
}

// untilClause is what stands before the next clause of CREATE DOMAIN.
func untilClause(t Text, text string) string {
	src := []byte(text)
	for i, k := range token.Outside(src, t.Tokens(text)) {
		switch {
		case i == 0:
		case k.Is(src, "CONSTRAINT"), k.Is(src, "CHECK"), k.Is(src, "NOT"), k.Is(src, "NULL"), k.Is(src, "COLLATE"):
			return strings.TrimSpace(text[:k.Span.Start])
		}
	}
	return strings.TrimSpace(text)
}

// namedConstraints are the texts CONSTRAINT name CHECK (..) by their names.
func (u *undoing) namedConstraints(text string, into map[string]string) {
	src, toks := []byte(text), u.Text.Tokens(text)
	for i := 0; i+3 < len(toks); i++ {
		if !toks[i].Is(src, "CONSTRAINT") || !toks[i+2].Is(src, "CHECK") {
			continue
		}
		check := token.Group(src, toks[i+3:])
		into[identifier(toks[i+1].Span.Text(src))] = token.SpanOf(toks[i : i+3+check]).Text(src)
	}
}
