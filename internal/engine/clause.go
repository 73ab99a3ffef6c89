package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// clause is a piece of the user's ALTER TABLE with the changes that it makes.
type clause struct {
	span change.Span
	text string
	ops  []change.Op
}

// alter is an ALTER TABLE, taken apart.
type alter struct {
	table   change.Name
	clauses []clause
	// leftOut are the clauses that say how the server is to run it (ALGORITHM,
	// LOCK, WAIT): engines decide that themselves, and spirit refuses them.
	leftOut []string
}

// takeApart takes the statement's clauses from the user's text.
func takeApart(script *change.Script, stmt *change.Stmt) (*alter, error) {
	if stmt.Err != nil {
		return nil, fmt.Errorf("the statement cannot be read: %w", stmt.Err)
	}
	if stmt.Kind != "alter_table" || len(stmt.Ops) == 0 {
		return nil, errors.New("an online schema change engine runs one ALTER TABLE, and this is none")
	}
	a := &alter{table: stmt.Ops[0].Head().Table}
	for _, op := range stmt.Ops {
		a.add(script, op)
	}
	slices.SortFunc(a.clauses, func(x, y clause) int { return x.span.Start - y.span.Start })
	if err := a.checkWhole(script, stmt); err != nil {
		return nil, err
	}
	a.clauses = slices.DeleteFunc(a.clauses, func(c clause) bool { return len(c.ops) == 0 })
	if len(a.clauses) == 0 {
		return nil, errors.New("the statement changes nothing of the table")
	}
	return a, nil
}

func (a *alter) add(script *change.Script, op change.Op) {
	span := op.Head().Span
	i := slices.IndexFunc(a.clauses, func(c clause) bool { return c.span == span })
	if i < 0 {
		i = len(a.clauses)
		a.clauses = append(a.clauses, clause{span: span, text: clauseText(op, span.Text(script.Raw))})
	}
	if o, is := op.(*change.TableOption); is && howToRun(o.Option) {
		a.leftOut = append(a.leftOut, a.clauses[i].text)
		return
	}
	a.clauses[i].ops = append(a.clauses[i].ops, op)
}

// clauseText is a clause's text on its own: what stands in the parentheses of
// ADD (a int, b int) gets its own ADD.
func clauseText(op change.Op, text string) string {
	if word, _, _ := strings.Cut(text, " "); strings.EqualFold(strings.TrimSpace(word), "ADD") {
		return text
	}
	switch op.(type) {
	case *change.AddColumn:
		return "ADD COLUMN " + text
	case *change.AddConstraint, *change.CreateIndex:
		return "ADD " + text
	}
	return text
}

// howToRun says whether an option is about how the server runs the statement.
func howToRun(option string) bool {
	switch option {
	case "algorithm", "lock", "wait", "nowait":
		return true
	}
	return false
}

// checkWhole makes sure that no text of the statement is lost: from the first
// change on there is nothing but clauses, commas and comments.
func (a *alter) checkWhole(script *change.Script, stmt *change.Stmt) error {
	first := slices.IndexFunc(a.clauses, func(c clause) bool { return len(c.ops) > 0 && !isIgnore(c.ops[0]) })
	if first < 0 {
		return nil
	}
	at := a.clauses[first].span.End
	for _, c := range a.clauses[first+1:] {
		if c.span.Start < at || !onlyBetween(change.Span{Start: at, End: c.span.Start}.Text(script.Src), stmt.Comments) {
			return fmt.Errorf("the clauses cannot be taken apart at %q", c.text)
		}
		at = c.span.End
	}
	if !onlyBetween(change.Span{Start: at, End: stmt.Span.End}.Text(script.Src), stmt.Comments) {
		return errors.New("there is text behind the last clause that is not understood")
	}
	return nil
}

// isIgnore tells the word IGNORE, which stands before the table's name.
func isIgnore(op change.Op) bool {
	o, is := op.(*change.TableOption)
	return is && o.Option == "ignore"
}

// onlyBetween says whether a text holds nothing that matters: commas, comments, and
// the parentheses of ADD (a int, b int).
func onlyBetween(text string, comments []change.Comment) bool {
	for _, c := range comments {
		text = strings.Replace(text, c.Text, " ", 1)
	}
	words := strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return strings.ContainsRune(" \t\r\n,", r) })
	switch strings.Trim(strings.Join(words, " "), " )(") {
	case "":
		return true
	case "ADD", "ADD COLUMN":
		return strings.HasSuffix(strings.TrimSpace(text), "(")
	}
	return false
}

// text is what stands behind ALTER TABLE t.
func (a *alter) text() string {
	var out strings.Builder
	for i, c := range a.clauses {
		if i > 0 {
			// PARTITION BY and REMOVE PARTITIONING stand behind the others without a comma.
			// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html
			if _, is := c.ops[0].(*change.PartitionOp); is {
				out.WriteString(" ")
			} else {
				out.WriteString(", ")
			}
		}
		out.WriteString(c.text)
	}
	return out.String()
}

// ops are all changes.
func (a *alter) ops() []change.Op {
	var out []change.Op
	for _, c := range a.clauses {
		out = append(out, c.ops...)
	}
	return out
}

// statement is the whole ALTER TABLE without what says how to run it.
func (a *alter) statement() string { return "ALTER TABLE " + ident(a.table.Name) + " " + a.text() }
