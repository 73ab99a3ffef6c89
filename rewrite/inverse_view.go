package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// viewOption is the way back of ALTER VIEW .. SET (..) and RESET (..).
func (u *undoing) viewOption() (sql []string, final string) {
	if strings.HasSuffix(u.op.Action, " default") {
		return u.viewDefault()
	}
	names := optionsIn(u.op.Action)
	if len(names) == 0 {
		return u.stays()
	}
	clauses, known := u.optionsBefore(u.op.Class, u.op.Name, names)
	if !known {
		return u.stays()
	}
	return u.alterEach(u.op.Class, u.op.Name, clauses), ""
}

// viewDefault is the way back of ALTER VIEW .. ALTER COLUMN .. SET and DROP DEFAULT.
func (u *undoing) viewDefault() (sql []string, final string) {
	column := alteredColumn(u.Text, u.text)
	if column == "" || !u.State.Seen(u.op.Class, u.op.Name, change.Name{}) {
		return u.stays()
	}
	clause := "ALTER COLUMN " + column + " DROP DEFAULT"
	for _, d := range u.State.DefsAbout(u.op.Class, u.op.Name) {
		if text, err := u.Text.Current(d); err == nil && strings.HasSuffix(d.Name.Name, "default") && sameWords(u.Text, alteredColumn(u.Text, text), column) {
			clause = text
		}
	}
	return u.alterEach(u.op.Class, u.op.Name, []string{clause}), ""
}

// alteredColumn is the column in ALTER [COLUMN] c SET ..
func alteredColumn(t Text, clause string) string {
	at := behindWords(t, clause, "ALTER", "COLUMN")
	if at < 0 {
		at = behindWords(t, clause, "ALTER")
	}
	return firstWord(t, clause[max(at, 0):])
}

// alterEach are the clauses as statements, for what may not be there.
func (c *Case) alterEach(class string, n change.Name, clauses []string) []string {
	var out []string
	for _, clause := range clauses {
		out = append(out, "ALTER "+className(class)+" IF EXISTS "+c.Text.QuoteName(n)+" "+clause)
	}
	return out
}

// optionsIn are the names in "set (a, b)".
func optionsIn(action string) []string {
	_, list, has := strings.Cut(action, "(")
	if !has {
		return nil
	}
	return strings.Split(strings.TrimSuffix(list, ")"), ", ")
}

// optionsBefore are the clauses that give storage options, or those of a view, what
// they had: they are reset, and what the history said of them is said again.
func (c *Case) optionsBefore(class string, n change.Name, names []string) (clauses []string, known bool) {
	if !c.State.Seen(class, n, change.Name{}) {
		return nil, false
	}
	clauses = []string{"RESET (" + strings.Join(names, ", ") + ")"}
	mentions := func(text string) bool {
		words := wordsOf(text)
		for _, name := range names {
			if words[strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])] {
				return true
			}
		}
		return false
	}
	for _, d := range c.State.DefsAbout(class, n) {
		at := behindWords(c.Text, d.Text, "WITH")
		if sameClass(d.Class, class) || d.Class == "index" {
			if inside, has := bracketed(c.Text, d.Text[max(at, 0):]); at >= 0 && has && mentions(inside) {
				clauses = append(clauses, "SET ("+inside+")")
			}
			continue
		}
		for _, word := range []string{"SET", "RESET"} {
			at := behindWords(c.Text, d.Text, word)
			if at < 0 || d.Class != "option" {
				continue
			}
			if inside, has := bracketed(c.Text, d.Text[at:]); has && mentions(inside) && strings.HasPrefix(strings.TrimSpace(d.Text[at:]), "(") {
				clauses = append(clauses, word+" ("+inside+")")
			}
		}
	}
	return clauses, true
}
