package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// publication is the way back of ALTER PUBLICATION: the tables and options that it
// had before.
// https://www.postgresql.org/docs/current/sql-alterpublication.html
func (u *undoing) publication() (sql []string, final string) {
	defs, name := u.defs(), u.Q(u.op.Name.Name)
	if !slices.ContainsFunc(defs, u.makes) {
		return u.stays()
	}
	there := catalogueRow(u.Text, "publication", u.op.Name, change.Name{})
	if options := optionsIn(u.op.Action); len(options) > 0 {
		return []string{whereThereIs(u.Text, there, "ALTER PUBLICATION "+name+" SET ("+u.publishedBefore(defs, options)+")")}, ""
	}
	if u.op.Action == "add" && len(u.op.Tables) > 0 {
		for _, n := range u.op.Tables {
			row := "pg_publication_rel JOIN pg_publication p ON p.oid = prpubid WHERE pubname = " + u.Text.Literal(u.op.Name.Name) + " AND prrelid = to_regclass(" + u.Text.Literal(u.Text.QuoteName(n)) + ")"
			sql = append(sql, whereThereIs(u.Text, row, "ALTER PUBLICATION "+name+" DROP TABLE "+u.Text.QuoteName(n)))
		}
		return sql, ""
	}
	list := u.publicationTables(defs)
	if list == "" {
		return u.stays()
	}
	return []string{whereThereIs(u.Text, there, "ALTER PUBLICATION "+name+" SET "+list)}, ""
}

// publicationTables are the tables as SET takes them: with their columns and filters
// where the CREATE is all that was said.
func (u *undoing) publicationTables(defs []schema.Def) string {
	plain := true
	for _, d := range defs {
		if d.Class != "publication" {
			continue
		}
		words := wordsOf(d.Text)
		plain = plain && !words["where"] && !words["all"] && !words["schema"] && !strings.Contains(strings.Split(strings.ToLower(d.Text), " with ")[0], "(")
	}
	if tables := u.State.Published(u.op.Name.Name); plain && len(tables) > 0 {
		names := make([]string, 0, len(tables))
		for _, n := range tables {
			names = append(names, u.Text.QuoteName(n))
		}
		return "TABLE " + strings.Join(names, ", ")
	}
	said := slices.DeleteFunc(slices.Clone(defs), func(d schema.Def) bool { return d.Class != "publication" })
	if len(said) != 1 {
		return ""
	}
	text, err := u.Text.Current(said[0])
	at := behindWords(u.Text, text, "FOR")
	if err != nil || at < 0 || wordsOf(text)["all"] {
		return ""
	}
	if end := behindWords(u.Text, text, "WITH"); end > at {
		text = strings.TrimSpace(text[:end-len("WITH")])
	}
	return strings.TrimSpace(text[at:])
}

// publishedBefore are options with what was said of them, or what they are by themselves.
func (u *undoing) publishedBefore(defs []schema.Def, names []string) string {
	var out []string
	for _, name := range names {
		was := name + " = false"
		if name == "publish" {
			was = "publish = 'insert, update, delete, truncate'"
		}
		if name == "publish_generated_columns" {
			was = name + " = none"
		}
		for _, d := range defs {
			for _, word := range []string{"WITH", "SET"} {
				at := behindWords(u.Text, d.Text, word)
				inside, has := bracketed(u.Text, d.Text[max(at, 0):])
				if at < 0 || !has || !strings.HasPrefix(strings.TrimSpace(d.Text[at:]), "(") {
					continue
				}
				for _, item := range listed(u.Text, inside) {
					if wordsOf(firstWord(u.Text, item))[name] {
						was = item
					}
				}
			}
		}
		out = append(out, was)
	}
	return strings.Join(out, ", ")
}
