package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

func addUnique() Recipe {
	return Recipe{
		ID: "add-unique", Dialect: "mysql",
		Summary: "rows with the same key looked for; then the key built in place, while rows are written",
		Build:   buildAddUnique,
	}
}

// buildAddUnique looks for duplicates before the server does: that finds them at the
// end of its work on every row. The statement itself stays, and is pinned as any.
func buildAddUnique(c *Case) (Result, error) {
	table := c.Op.Head().Table
	if slices.ContainsFunc(c.Siblings, func(op change.Op) bool { return aheadOfTable(op) && !asksHow(op) }) {
		return refused("IGNORE drops rows of %s without a word: delete those that are too many yourself, and leave IGNORE out", c.Table())
	}
	parts, err := c.uniqueParts()
	if err != nil {
		return Result{}, err
	}
	shown := strings.Join(parts.written, ", ")
	if added := c.addedBeside(wordsOf(shown)); added != "" {
		return refused("every row of %s that is there would get the same %s: add the column, fill it, and then add the key, each in a migration of its own", c.Table(), c.Q(added))
	}
	return Result{
		Before: []Step{c.lookForTwins(table, parts)},
		Notes:  []string{fmt.Sprintf("Once the key is there, whatever makes two rows of %s the same in (%s) fails with error 1062, in the running version of the application, too.", c.Table(), shown)},
	}, nil
}

// addedBeside is a column that the same statement adds, and that one of the words names.
func (c *Case) addedBeside(words map[string]bool) string {
	for _, op := range c.Siblings {
		if add, is := op.(*change.AddColumn); is && words[strings.ToLower(add.Column.Name)] {
			return add.Column.Name
		}
	}
	return ""
}

// uniqueParts are the parts of a key: as they are written, as values, and as one value
// of a group that has them all alike.
type uniqueParts struct{ written, values, one []string }

// uniqueParts reads the key that the change makes.
func (c *Case) uniqueParts() (uniqueParts, error) {
	switch op := c.Op.(type) {
	case *change.AddConstraint:
		if op.Constraint.Kind == change.Unique {
			return c.partsOf(c.Source(op.Constraint.Span))
		}
	case *change.CreateIndex:
		if op.Unique {
			return c.partsOf(c.Source(op.Span))
		}
	case *change.ModifyColumn:
		if op.Column.Inline(change.Unique) != nil && strings.EqualFold(op.From, op.Column.Name) {
			q := c.Q(op.From)
			return uniqueParts{[]string{q}, []string{q}, []string{q}}, nil
		}
	case *change.AddColumn:
		return uniqueParts{}, Refuse("every row of %s that is there would get the same %s: add the column, fill it, and then add the key, each in a migration of its own", c.Table(), c.Q(op.Column.Name))
	}
	return uniqueParts{}, Refuse("only a new unique key has this recipe")
}

// partsOf reads the list in brackets: columns, perhaps with a length.
// https://dev.mysql.com/doc/refman/8.4/en/create-index.html
func (c *Case) partsOf(text string) (uniqueParts, error) {
	src, toks := []byte(text), c.Text.Tokens(text)
	at := slices.IndexFunc(toks, func(t tokenOf) bool { return t.IsPunct(src, "(") })
	if at < 0 {
		return uniqueParts{}, fmt.Errorf("no key in %q", text)
	}
	end := at + token.Group(src, toks[at:]) - 1
	if end <= at {
		return uniqueParts{}, fmt.Errorf("no key in %q", text)
	}
	var out uniqueParts
	for _, part := range token.SplitCommas(src, toks[at+1:end]) {
		if n := len(part) - 1; n > 0 && (part[n].Is(src, "ASC") || part[n].Is(src, "DESC")) {
			part = part[:n]
		}
		written := token.SpanOf(part).Text(src)
		if part[0].IsPunct(src, "(") { // measured on 9.7: error 1846
			return uniqueParts{}, RefuseWhole("MySQL copies %s for a unique key over the expression %s, and blocks writes: add a generated VIRTUAL column, and the key over that in a migration of its own", c.Table(), written)
		}
		value, one := written, written
		if len(part) == 4 && part[1].IsPunct(src, "(") && part[2].Kind == token.Number {
			value = "LEFT(" + part[0].Span.Text(src) + ", " + part[2].Span.Text(src) + ")"
			one = "MIN(" + value + ")"
		}
		out.written, out.values, out.one = append(out.written, written), append(out.values, value), append(out.one, one)
	}
	return out, nil
}

// lookForTwins fails where rows have the same key, and names some. Rows with a NULL in
// it are all different.
func (c *Case) lookForTwins(table change.Name, parts uniqueParts) Step {
	var known []string
	for _, v := range parts.values {
		known = append(known, v+" IS NOT NULL")
	}
	list := strings.Join(parts.written, ", ")
	query := fmt.Sprintf(`SELECT GROUP_CONCAT(twin SEPARATOR ' / ') INTO @safemig FROM (
  SELECT CONCAT_WS(', ', %s) AS twin FROM %s
  WHERE %s
  GROUP BY %s HAVING COUNT(*) > 1 LIMIT 5
) AS twins`, strings.Join(parts.one, ", "), c.Table(), strings.Join(known, " AND "), strings.Join(parts.values, ", "))
	what := "rows of " + c.Table() + " "
	return c.lookFor("look for "+what+"with the same ("+list+")", Slug("look_for_duplicates", table.Name, strings.Join(parts.written, "_")), query, what+"have the same ("+list+")")
}
