package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// undoing is the way back of a change to something that is no table, index or
// column, while it is found.
type undoing struct {
	*Case
	b    *builder
	op   *change.Object
	text string // the change as the user wrote it
}

// undoObject is the way back of such a change: what it makes is dropped, what it
// drops or changes is made again as it was, where that is known.
func (b *builder) undoObject(c *Case, op *change.Object) (sql []string, final string) {
	u := &undoing{Case: c, b: b, op: op, text: c.Script.Text(op.Span)}
	switch op.Verb {
	case "create":
		return u.create()
	case "drop":
		return u.drop()
	case "rename":
		return u.rename(op.Class, op.Name, op.To)
	case "alter":
		return u.alter()
	case "grant", "revoke":
		return u.rights()
	case "comment":
		return u.comment()
	case "notify":
		return nil, "Whoever listens to " + u.Q(op.Name.Name) + " has been told."
	case "import":
		return nil, "The foreign tables that IMPORT FOREIGN SCHEMA makes stay: which they are is not known."
	}
	return nil, "" // of the session alone
}

// shown is the thing in words: the view app.totals, the policy mine of users.
func (u *undoing) shown() string {
	class := strings.ToLower(className(u.op.Class))
	switch {
	case u.op.Name.IsZero():
		return "the " + class
	case isMember(u.op.Class):
		return "the " + class + " " + u.Q(u.op.Name.Name) + " of " + u.Table()
	}
	return "the " + class + " " + u.Text.QuoteName(u.op.Name)
}

func (u *undoing) sentence(format string, args ...any) string {
	return upperFirst(fmt.Sprintf(format, args...))
}

func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// stays is for what was there before and is not known.
func (u *undoing) stays() (sql []string, final string) {
	return nil, u.sentence("%s stays as %s leaves it: how it was before is not known.", u.shown(), verbOf(u.op))
}

// verbOf is the statement in short: ALTER ROLE.
func verbOf(op *change.Object) string { return strings.ToUpper(op.Verb) + " " + className(op.Class) }

// isMember says whether things of a class have a name within their table.
func isMember(class string) bool { return class == "policy" || class == "rule" || class == "trigger" }

// row is the thing's row in the catalogue.
func (u *undoing) row() string {
	return catalogueRow(u.Text, u.op.Class, u.op.Name, u.op.Table)
}

// where runs a statement only where a thing is there, unless it was there before the
// migration: then it is.
func (u *undoing) where(class string, n, table change.Name, sql string) string {
	row := catalogueRow(u.Text, class, n, table)
	if row == "" || u.Input.State.Seen(class, n, table) {
		return sql
	}
	return whereThereIs(u.Text, row, sql)
}

// create is the way back of a CREATE.
func (u *undoing) create() (sql []string, final string) {
	switch {
	case u.op.OrReplace && !u.gone():
		return u.replaced()
	case u.op.IfNotExists && u.State.Seen(u.op.Class, u.op.Name, u.op.Table):
		return nil, ""
	case u.op.IfNotExists && !u.gone():
		return nil, u.sentence("whether %s was there before is not known: it stays.", u.shown())
	}
	if drop := u.dropped(); drop != "" {
		return []string{drop}, ""
	}
	return nil, u.sentence("%s stays until somebody drops it: no DROP is written here.", u.shown())
}

// gone says whether the migration itself has dropped the thing before.
func (u *undoing) gone() bool {
	for _, stmt := range u.Script.Stmts[:u.Stmt.Index] {
		for _, op := range stmt.Ops {
			o, is := op.(*change.Object)
			if is && o.Verb == "drop" && o.Class == u.op.Class && u.State.Resolve(o.Name) == u.State.Resolve(u.op.Name) && u.State.Resolve(o.Table) == u.State.Resolve(u.op.Table) {
				return !u.State.Seen(u.op.Class, u.op.Name, u.op.Table)
			}
		}
	}
	return false
}

// dropped is the DROP of what a CREATE makes; empty where its name is not enough.
func (u *undoing) dropped() string {
	class := className(u.op.Class)
	name := u.Text.QuoteName(u.op.Name)
	switch u.op.Class {
	case "policy", "rule":
		return "DROP " + class + " IF EXISTS " + u.Q(u.op.Name.Name) + " ON " + u.Table()
	case "function", "procedure", "aggregate":
		if args, ok := signature(u.Text, u.text, u.op.Class); ok && !strings.Contains(args, "basetype") {
			return "DROP " + class + " IF EXISTS " + name + "(" + args + ")"
		}
	case "cast":
		if of, ok := bracketed(u.Text, u.text); ok {
			return "DROP CAST IF EXISTS (" + of + ")"
		}
	case "user mapping":
		if parts, ok := spell(u.Text, u.text, "server"); ok {
			return "DROP USER MAPPING IF EXISTS FOR " + u.Q(u.op.Name.Name) + " SERVER " + parts.name
		}
	case "view", "materialized view", "sequence", "type", "enum", "domain", "schema", "statistics", "publication", "extension", "collation", "conversion",
		"server", "foreign data wrapper", "event trigger", "language", "access method", "role",
		"text search configuration", "text search dictionary", "text search parser", "text search template":
		return "DROP " + class + " IF EXISTS " + name
	}
	return ""
}

// rename is the way back of a RENAME.
func (u *undoing) rename(class string, from change.Name, name string) (sql []string, final string) {
	parts, ok := spell(u.Text, u.text, class)
	to := from
	to.Name = name
	row := catalogueRow(u.Text, class, to, u.op.Table)
	at := behindWords(u.Text, parts.rest, "RENAME", "TO")
	if !ok || row == "" || at < 0 {
		return nil, u.sentence("%s keeps its new name %s.", u.shown(), u.Q(name))
	}
	shown := u.Text.QuoteName(to)
	if isMember(class) {
		shown = u.Q(to.Name)
	}
	back := "ALTER " + className(class) + " " + shown + " " + strings.TrimSpace(parts.rest[:at]) + " " + u.Q(from.Name)
	return []string{whereThereIs(u.Text, row, back)}, ""
}

// setSchema is the way back of SET SCHEMA.
func (u *undoing) setSchema() (sql []string, final string) {
	parts, ok := spell(u.Text, u.text, u.op.Class)
	at := behindWords(u.Text, parts.rest, "SET", "SCHEMA")
	to := change.Name{Schema: u.op.To, Name: u.op.Name.Name}
	row := catalogueRow(u.Text, u.op.Class, to, change.Name{})
	was := u.State.Resolve(u.op.Name).Schema
	if !ok || at < 0 || row == "" || u.op.Class == "extension" {
		return u.stays()
	}
	back := "ALTER " + className(u.op.Class) + " " + u.Text.QuoteName(to) + " " + strings.TrimSpace(parts.rest[:at]) + " " + u.Q(was)
	return []string{whereThereIs(u.Text, row, back)}, ""
}
