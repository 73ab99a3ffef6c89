package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// sequence is the way back of ALTER SEQUENCE: each option that it sets gets what the
// history last said of it, or what a sequence has by itself.
// https://www.postgresql.org/docs/current/sql-altersequence.html
func (u *undoing) sequence() (sql []string, final string) {
	parts, ok := spell(u.Text, u.text, "sequence")
	if !ok {
		return u.stays()
	}
	var texts []string
	for _, d := range u.State.DefsAbout("sequence", u.op.Name) {
		if d.Class == "sequence" || d.Class == "option" {
			texts = append(texts, d.Text)
		}
	}
	name := u.Text.QuoteName(u.op.Name)
	seen := slices.ContainsFunc(u.State.DefsAbout("sequence", u.op.Name), u.makes)
	owned := u.State.TableOf("sequence", u.op.Name)
	var clauses []string
	for _, option := range sequenceOptions(u.Text, parts.rest) {
		was, says := option.standard, false
		if option.name == "START" {
			was = startOf(u.Text, texts)
		}
		for _, text := range texts {
			for _, o := range sequenceOptions(u.Text, text) {
				if o.name == option.name {
					was, says = o.text, true
				}
			}
		}
		switch {
		case option.name == "RESTART":
			final = "The numbers of " + name + " go on from where they are."
		case option.name == "OWNED":
			clauses = append(clauses, "OWNED BY "+u.ownedBefore())
		case !says && !seen && (owned.IsZero() || option.name == "AS"), was == "":
			return u.stays()
		default:
			clauses = append(clauses, was)
		}
	}
	if len(clauses) == 0 {
		return nil, final
	}
	return []string{"ALTER SEQUENCE IF EXISTS " + name + " " + strings.Join(clauses, " ")}, final
}

// startOf is where a sequence starts whose CREATE does not say: at its least value,
// or at its greatest where it counts down.
func startOf(t Text, texts []string) string {
	if len(texts) == 0 {
		return "START WITH 1"
	}
	end, at := "MINVALUE", "1"
	for _, o := range sequenceOptions(t, texts[0]) {
		if o.name == "INCREMENT" && strings.Contains(o.text, "-") {
			end, at = "MAXVALUE", "-1"
		}
	}
	for _, o := range sequenceOptions(t, texts[0]) {
		if value, says := strings.CutPrefix(strings.ToUpper(o.text), end); says {
			at = strings.TrimSpace(value)
		}
	}
	return "START WITH " + at
}

// ownedBefore is the column that the sequence belonged to.
func (u *undoing) ownedBefore() string {
	owner := u.State.TableOf("sequence", u.op.Name)
	if t := u.State.Table(owner); t != nil {
		for _, c := range t.Columns {
			if slices.Contains(u.State.OwnedBy(owner, c.Name), u.State.Resolve(u.op.Name)) {
				return u.Text.QuoteName(owner) + "." + u.Q(c.Name)
			}
		}
	}
	return "NONE"
}

// sequenceOption is an option of a sequence: as it is written, and as it is where
// nobody says anything.
type sequenceOption struct{ name, text, standard string }

// sequenceOptions are those that a text names.
func sequenceOptions(t Text, text string) []sequenceOption {
	src, toks := []byte(text), t.Tokens(text)
	standard := func(word string) string {
		switch word {
		case "INCREMENT":
			return "INCREMENT BY 1"
		case "MINVALUE", "MAXVALUE":
			return "NO " + word
		case "START":
			return "START WITH 1"
		case "CACHE":
			return "CACHE 1"
		case "CYCLE":
			return "NO CYCLE"
		case "AS":
			return "AS bigint"
		}
		return ""
	}
	var out []sequenceOption
	for i := 0; i < len(toks); i++ {
		name := strings.ToUpper(toks[i].Span.Text(src))
		negated := i > 0 && toks[i-1].Is(src, "NO")
		from, end := i, i+1
		switch {
		case toks[i].Kind != token.Word:
			continue
		case name == "CYCLE", negated:
		case name == "RESTART", name == "OWNED":
		case slices.Contains([]string{"INCREMENT", "MINVALUE", "MAXVALUE", "START", "CACHE", "AS"}, name):
			for end < len(toks) && (toks[end].Is(src, "BY") || toks[end].Is(src, "WITH") || toks[end].IsPunct(src, "-")) {
				end++
			}
			end = min(end+1, len(toks))
		default:
			continue
		}
		if standard(name) == "" && name != "RESTART" && name != "OWNED" {
			continue
		}
		if negated {
			from--
		}
		out = append(out, sequenceOption{name, token.SpanOf(toks[from:end]).Text(src), standard(name)})
		i = end - 1
	}
	return out
}
