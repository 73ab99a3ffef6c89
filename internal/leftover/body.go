package leftover

import (
	"slices"

	"github.com/safemig/safemig/dialect/token"
)

// assignment is NEW.to := something, in the body of a row trigger.
type assignment struct {
	to   string
	from []string // columns of the row that the value is made from, without to itself
	// exact: the value is the other column's, or that in another type; always: no IF
	// stands around it.
	exact, always bool
}

// assignments are those of a trigger's body. MySQL's SET takes several, with commas.
func assignments(body []word, commas bool) []assignment {
	var out []assignment
	depth := 0
	for i, w := range body {
		first := startsStatement(body, i)
		switch {
		case first && (w.is("if") || w.is("case")):
			depth++
		case i > 0 && body[i-1].is("end") && (w.is("if") || w.is("case")):
			depth--
		}
		if (first || commas && i > 0 && body[i-1].text == ",") && isRowColumn(body[i:], "new") && len(body) > i+4 && assigns(body[i+3].text) {
			out = append(out, newAssignment(body[i+2].text, valueOf(body[i+4:]), depth <= 0))
		}
	}
	return out
}

func assigns(sign string) bool { return sign == "=" || sign == ":=" }

// startsStatement says whether a statement, or what a SET gives a value, begins here.
func startsStatement(body []word, i int) bool {
	if i == 0 {
		return true
	}
	before := body[i-1]
	if before.kind == token.End || before.text == ";" {
		return true
	}
	return slices.ContainsFunc([]string{"begin", "then", "else", "loop", "set", "do"}, before.is)
}

// isRowColumn says whether words begin with new.column.
func isRowColumn(body []word, row string) bool {
	return len(body) > 2 && body[0].is(row) && body[1].text == "." && body[2].isName()
}

// valueOf is the expression that the words begin with.
func valueOf(rest []word) []word {
	depth := 0
	for i, w := range rest {
		switch {
		case w.text == "(":
			depth++
		case w.text == ")":
			depth--
		case w.kind == token.End, w.text == ";", depth == 0 && w.text == ",":
			return rest[:i]
		}
	}
	return rest
}

func newAssignment(to string, value []word, always bool) assignment {
	a := assignment{to: to, always: always}
	if slices.ContainsFunc(value, func(w word) bool { return w.is("select") }) {
		return a // what it reads is elsewhere
	}
	for i := range value {
		if isRowColumn(value[i:], "new") && value[i+2].text != to && !slices.Contains(a.from, value[i+2].text) {
			a.from = append(a.from, value[i+2].text)
		}
	}
	a.exact = len(a.from) == 1 && isCopy(value)
	return a
}

// isCopy says whether a value is NEW.column, or that in another type.
func isCopy(value []word) bool {
	var left []word
	for _, w := range value {
		if w.text == "(" || w.text == ")" || w.is("cast") {
			continue
		}
		if w.is("as") || w.text == "::" {
			break
		}
		left = append(left, w)
	}
	return len(left) == 3 && isRowColumn(left, "new")
}
