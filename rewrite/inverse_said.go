package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// owner is the way back of OWNER TO. What the migrations have made, and given to
// nobody, is of the role that runs them.
func (u *undoing) owner() (sql []string, final string) {
	at := behindWords(u.Text, u.text, "OWNER", "TO")
	if at < 0 {
		return u.stays()
	}
	back := u.text[:at] + " CURRENT_USER"
	if words := wordsOf(u.text); !words["alter"] { // a clause of ALTER VIEW
		back = "ALTER " + className(u.op.Class) + " " + u.Text.QuoteName(u.op.Name) + " " + back
	}
	defs := u.State.DefsAbout(u.op.Class, u.op.Name)
	for _, d := range slices.Backward(defs) {
		if d.Class != "owner" {
			continue
		}
		was := behindWords(u.Text, d.Text, "OWNER", "TO")
		if was < 0 {
			return u.stays()
		}
		back = strings.TrimSuffix(back, " CURRENT_USER") + d.Text[was:]
		return []string{u.where(u.op.Class, u.op.Name, change.Name{}, back)}, ""
	}
	if !u.State.Seen(u.op.Class, u.op.Name, change.Name{}) {
		return nil, u.sentence("who %s belonged to before is not known: its owner stays.", u.shown())
	}
	u.b.plan.Notes = appendNew(u.b.plan.Notes, ownedByRunner(u.shown()))
	return []string{u.where(u.op.Class, u.op.Name, change.Name{}, back)}, ""
}

func ownedByRunner(what string) string {
	return "Going back gives " + what + " to the role that runs it: the migrations that made it named no owner."
}

// comment is the way back of COMMENT and SECURITY LABEL.
func (u *undoing) comment() (sql []string, final string) {
	class, name, table := u.op.Action, u.op.Name, u.op.Table
	at := lastIs(u.Text, u.text)
	was, said := u.State.CommentBefore(u.op)
	back := u.text[:at] + " NULL"
	switch {
	case said:
		text, err := u.Text.Current(was)
		if err != nil {
			return nil, u.unknownComment()
		}
		back = text
	case !u.State.Seen(class, name, table):
		return nil, u.unknownComment()
	}
	return []string{u.where(class, name, table, back)}, ""
}

func (u *undoing) unknownComment() string {
	what := u.Text.QuoteName(u.op.Name)
	if !u.op.Table.IsZero() && u.op.Name != u.op.Table {
		what = u.Table() + "." + u.Q(u.op.Name.Name)
	}
	return fmt.Sprintf("What %s the %s %s had before is not known: the new one stays.", u.op.Class, u.op.Action, what)
}

// lastIs is where a COMMENT's text begins: behind IS, which may be a name before.
func lastIs(t Text, text string) int {
	src, toks := []byte(text), t.Tokens(text)
	for _, k := range slices.Backward(toks) {
		if k.Is(src, "IS") {
			return k.Span.End
		}
	}
	return len(text)
}
