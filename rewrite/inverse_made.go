package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// drop is the way back of a DROP: what made the thing, and what was said about it.
func (u *undoing) drop() (sql []string, final string) {
	shown := u.shown()
	if u.op.Cascade {
		return nil, "What CASCADE drops together with " + shown + " is not made again from here."
	}
	made := u.again()
	defer func() {
		if len(sql) > 0 && hasRights(u.op.Class) {
			u.b.plan.Notes = appendNew(u.b.plan.Notes, "What going back makes again has the rights that the migrations gave: others are to be given again.")
		}
	}()
	switch {
	case len(made) == 0 && u.op.IfExists:
		return nil, u.sentence("whether %s was there, and how it was made, is not known: it is not made again from here.", shown)
	case len(made) == 0:
		return nil, u.sentence("how %s was made is not known: it cannot be made again from here.", shown)
	case u.op.Class == "sequence":
		u.b.plan.Notes = appendNew(u.b.plan.Notes, "Going back makes "+shown+" again as it was made: its numbers begin at the start.")
	}
	if sameClass(u.op.Class, "function") {
		made[0] = orReplace(u.Text, made[0])
		return made, ""
	}
	row := u.row()
	if row == "" {
		return nil, u.sentence("%s has to be made again by hand: %s", shown, made[0])
	}
	return []string{unlessThereIs(u.Text, row, made...)}, ""
}

// unlessThereIs runs statements only where the catalogue has no such row.
func unlessThereIs(text Text, row string, sql ...string) string {
	return "DO " + text.DollarQuote("\nBEGIN\n  IF NOT EXISTS (SELECT FROM "+row+") THEN\n    "+strings.Join(sql, ";\n    ")+";\n  END IF;\nEND\n")
}

// again are the statements that make the thing as it is; none where one of them is
// not known.
func (u *undoing) again() []string {
	defs := u.defs()
	if u.op.Class == "schema" || u.op.Class == "extension" {
		return u.madeOutside(defs)
	}
	if sameClass(u.op.Class, "function") {
		defs = u.overload(defs)
	}
	made := slices.IndexFunc(defs, u.makes)
	if made < 0 || slices.ContainsFunc(defs[made+1:], u.makes) || !u.State.Seen(u.op.Class, u.op.Name, u.op.Table) {
		return nil // not seen, or one of several routines with the name
	}
	return u.retold(defs)
}

// hasRights says whether somebody may have been given rights on things of a class.
func hasRights(class string) bool {
	switch class {
	case "view", "materialized view", "sequence", "function", "procedure", "schema", "type", "enum", "domain":
		return true
	}
	return false
}

// makes says whether a definition is what made the thing: what alters types,
// publications, policies has the class as well.
func (u *undoing) makes(d schema.Def) bool {
	return sameClass(d.Class, u.op.Class) && !d.Clause && strings.EqualFold(firstWord(u.Text, d.Text), "CREATE")
}

func sameClass(a, b string) bool {
	of := func(class string) string {
		switch class {
		case "enum", "domain":
			return "type"
		case "procedure", "routine":
			return "function"
		}
		return class
	}
	return of(a) == of(b)
}

func firstWord(t Text, text string) string {
	if toks := t.Tokens(text); len(toks) > 0 {
		return toks[0].Span.Text([]byte(text))
	}
	return ""
}

// defs are what made the thing and what was said about it.
func (u *undoing) defs() []schema.Def {
	if isMember(u.op.Class) {
		return u.State.DefsOfMember(u.op.Class, u.op.Table, u.op.Name.Name)
	}
	defs := u.State.DefsAbout(u.op.Class, u.op.Name)
	if u.op.Class == "materialized view" {
		for _, ix := range u.State.IndexesOf(u.op.Name) {
			defs = append(defs, u.State.DefsAbout("index", change.Name{Schema: ix.Table.Schema, Name: ix.Name})...)
		}
	}
	return defs
}

// retold are definitions as statements; none where one cannot be told.
func (c *Case) retold(defs []schema.Def) []string {
	var out []string
	for _, d := range defs {
		text, err := c.Text.Current(d)
		if err != nil || text == "" {
			return nil
		}
		if d.Clause {
			text = "ALTER TABLE " + c.Text.QuoteName(d.Of) + " " + text
		}
		if d.Class == "index" {
			text = plainIndex(c.Text, text)
		}
		out = append(out, text)
	}
	return out
}

// plainIndex is a CREATE INDEX that may stand in a transaction.
func plainIndex(t Text, create string) string {
	src := []byte(create)
	for _, k := range t.Tokens(create) {
		if k.Is(src, "CONCURRENTLY") {
			return create[:k.Span.Start] + strings.TrimLeft(create[k.Span.End:], " ")
		}
		if k.Is(src, "ON") {
			break
		}
	}
	return create
}

// madeOutside makes a schema or an extension again without what its CREATE has
// within it: that has its own way back.
func (u *undoing) madeOutside(defs []schema.Def) []string {
	name := u.Q(u.op.Name.Name)
	create := "CREATE " + className(u.op.Class) + " " + name
	var said []schema.Def
	for _, d := range defs {
		if d.Class != u.op.Class {
			said = append(said, d)
			continue
		}
		if parts, ok := spell(u.Text, d.Text, u.op.Class); ok {
			create += schemaOption(u, parts)
		}
	}
	if len(said) == len(defs) && u.op.Class == "schema" {
		return nil
	}
	more := u.retold(said)
	if len(more) < len(said) {
		return nil
	}
	return append([]string{create}, more...)
}

// schemaOption are the words AUTHORIZATION name of a schema, and the schema of an extension.
func schemaOption(u *undoing, parts spelled) string {
	words := []string{"AUTHORIZATION"}
	if u.op.Class == "extension" {
		words = []string{"SCHEMA"}
	}
	src, toks := []byte(parts.rest), u.Text.Tokens(parts.rest)
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].Is(src, words[0]) {
			return " " + words[0] + " " + toks[i+1].Span.Text(src)
		}
		if toks[i].Is(src, "CREATE") {
			break
		}
	}
	return ""
}
