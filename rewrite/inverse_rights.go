package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// rightsText is a GRANT or REVOKE cut at its words. Head is what ALTER DEFAULT
// PRIVILEGES has in front of it.
type rightsText struct {
	head, verb, privileges, on string
	items                      []string // of a list of things
	link, to, rest             string
}

// cutRights cuts GRANT privileges ON [class] things TO roles [..].
// https://www.postgresql.org/docs/current/sql-grant.html
func cutRights(t Text, text string) (r rightsText, ok bool) {
	src, toks := []byte(text), t.Tokens(text)
	find := func(from int, words ...string) int {
		for i, k := range token.Outside(src, toks[from:]) {
			if slices.ContainsFunc(words, func(w string) bool { return k.Is(src, w) }) {
				return from + i
			}
		}
		return len(toks)
	}
	verb := find(0, "GRANT", "REVOKE")
	on := find(verb, "ON")
	link := find(on, "TO", "FROM")
	if link >= len(toks)-1 {
		return r, false
	}
	end := find(link+1, "WITH", "GRANTED", "CASCADE", "RESTRICT")
	part := func(a, b int) string { return token.SpanOf(toks[a:b]).Text(src) }
	r = rightsText{head: part(0, verb), verb: strings.ToUpper(part(verb, verb+1)), privileges: part(verb+1, on), link: part(link, link+1), to: part(link+1, end), rest: part(end, len(toks))}
	things := on + 1
	for things < link-1 && toks[things].Kind == token.Word && (toks[things+1].Kind == token.Word || toks[things+1].Kind == token.Quoted) {
		things++ // the words of the class
	}
	r.on, r.items = part(on, things), listed(t, part(things, link))
	return r, true
}

// text is the statement for one of its things.
func (r rightsText) text(item string) string {
	words := []string{r.head, r.verb, r.privileges, r.on, item, r.link, r.to, r.rest}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// swapped is the statement that gives what one takes, or takes what one gives.
func (r rightsText) swapped() rightsText {
	if r.verb == "GRANT" {
		r.verb, r.link = "REVOKE", "FROM"
	} else {
		r.verb, r.link = "GRANT", "TO"
		r.privileges = strings.TrimPrefix(r.privileges, "GRANT OPTION FOR ")
	}
	r.rest = ""
	return r
}

// item is the one of its things with a name; empty where it has none.
func (r rightsText) item(t Text, n change.Name) string {
	for _, item := range r.items {
		src, toks := []byte(item), t.Tokens(item)
		if len(toks) == 0 {
			continue
		}
		if last := toks[nameEnd(src, toks, 0)-1]; identifier(last.Span.Text(src)) == n.Name {
			return item
		}
	}
	return ""
}

// public says whether everybody has such rights without being given them.
// https://www.postgresql.org/docs/current/ddl-priv.html
func (u *undoing) public(r rightsText) bool {
	if !strings.EqualFold(r.to, "public") {
		return false
	}
	words := wordsOf(r.on + " " + strings.Join(r.items, " "))
	switch u.op.Action {
	case "function", "procedure", "routine", "type", "domain", "language":
		return true
	case "default privileges":
		return words["functions"] || words["routines"] || words["types"]
	}
	return false
}

// rights is the way back of GRANT and REVOKE: what they change goes, and what the
// history gave before is given again.
func (u *undoing) rights() (sql []string, final string) {
	r, ok := cutRights(u.Text, u.text)
	if !ok || u.op.Action == "role" {
		return nil, "Who was a member of a role before is not known: the memberships stay as " + strings.ToUpper(u.op.Verb) + " leaves them."
	}
	item := r.item(u.Text, u.op.Name)
	if u.op.Action == "default privileges" || u.op.Action == "all in schema" {
		item = strings.Join(r.items, ", ")
	}
	if !u.knowsRights() || item == "" {
		return nil, "Which rights " + r.to + " had on " + item + " before is not known: they stay as " + r.verb + " leaves them."
	}
	earlier := u.earlierRights(r)
	switch {
	case r.verb == "GRANT" && !u.public(r):
		sql = append(sql, u.whereColumnsAre(r, r.swapped().text(item)))
	case r.verb == "REVOKE" && u.public(r):
		sql = append(sql, r.swapped().text(item))
	case r.verb == "REVOKE" && len(earlier) == 0:
		return nil, "Which rights " + r.to + " had on " + item + " is not known: they are not given again."
	}
	sql = append(sql, earlier...)
	if u.op.Action == "default privileges" || u.op.Action == "all in schema" || len(sql) == 0 {
		return sql, ""
	}
	class := u.op.Action
	if row := catalogueRow(u.Text, class, u.op.Name, change.Name{}); row != "" && !u.Input.State.Seen(u.relationClass(class), u.op.Name, change.Name{}) {
		return []string{whereThereIs(u.Text, row, strings.Join(sql, ";\n    "))}, ""
	}
	return sql, ""
}

// whereColumnsAre runs a statement only while the columns are there that it names and
// that the migration has added: going back drops them, and may run again.
func (u *undoing) whereColumnsAre(r rightsText, sql string) string {
	t := u.Input.State.Table(u.op.Name)
	var added []string
	for _, n := range columnsIn(u.Text, r.privileges) {
		if t != nil && t.Column(n) == nil {
			added = appendNew(added, u.Text.Literal(n))
		}
	}
	if len(added) == 0 {
		return sql
	}
	return whereThereIs(u.Text, fmt.Sprintf("pg_attribute WHERE attrelid = to_regclass(%s) AND attname IN (%s) AND NOT attisdropped HAVING count(*) = %d",
		u.Text.Literal(u.Text.QuoteName(u.op.Name)), strings.Join(added, ", "), len(added)), sql)
}

// columnsIn are the columns that a list of privileges names: SELECT (a), UPDATE (a, b).
func columnsIn(text Text, privileges string) []string {
	var out []string
	src, toks := []byte(privileges), text.Tokens(privileges)
	for i := range toks {
		for _, t := range toks[i : i+token.Group(src, toks[i:])] {
			if t.Kind == token.Word || t.Kind == token.Quoted {
				out = appendNew(out, identifier(t.Span.Text(src)))
			}
		}
	}
	return out
}

// relationClass is what a GRANT ON TABLE is about: it takes views and sequences too.
func (u *undoing) relationClass(class string) string {
	if class != "table" {
		return class
	}
	for _, c := range []string{"view", "materialized view", "sequence"} {
		if u.State.Seen(c, u.op.Name, change.Name{}) {
			return c
		}
	}
	return class
}

// knowsRights says whether the history tells who may do what: of what it has made.
func (u *undoing) knowsRights() bool {
	switch u.op.Action {
	case "default privileges":
		return true
	case "all in schema":
		given := func(n change.Name) bool {
			return n.Schema == u.op.Name.Name && len(rightsOf(u.State.DefsAbout("table", n))) > 0
		}
		return len(u.State.TableNames(given)) == 0 && len(u.State.ViewNames(given)) == 0
	}
	return u.State.Seen(u.relationClass(u.op.Action), u.op.Name, change.Name{})
}

func rightsOf(defs []schema.Def) []schema.Def {
	var out []schema.Def
	for _, d := range defs {
		if d.Class == "grant" {
			out = append(out, d)
		}
	}
	return out
}

// sameRoles says whether two lists of roles have one in common.
func sameRoles(t Text, a, b string) bool {
	for _, x := range listed(t, a) {
		for _, y := range listed(t, b) {
			if identifier(x) == identifier(y) {
				return true
			}
		}
	}
	return false
}

// earlierRights are the GRANTs and REVOKEs before, of the thing and the roles alone:
// together, in their order, they say what holds.
func (u *undoing) earlierRights(now rightsText) []string {
	var out []string
	class, name := u.op.Action, u.op.Name
	if class == "all in schema" {
		class = "schema"
	}
	for _, d := range rightsOf(u.State.DefsAbout(class, name)) {
		text, err := u.Text.Current(d)
		r, ok := cutRights(u.Text, text)
		if err != nil || !ok || !sameRoles(u.Text, r.to, now.to) {
			continue
		}
		all := wordsOf(r.on)["all"]
		switch item := r.item(u.Text, name); {
		case u.op.Action == "default privileges", all && u.op.Action == "all in schema":
			out = append(out, text)
		case item != "" && !all && u.op.Action != "all in schema":
			out = append(out, r.text(item))
		}
	}
	return out
}
