// Package leftover finds changes that somebody began and never finished, and that no
// plan of ours knows of: in the migrations, and in a server's catalogue. It would
// rather miss one than name something that is as it should be.
package leftover

import (
	"cmp"
	"slices"
	"strings"
)

// Leftover is one thing that was made for a while and is still there.
type Leftover struct {
	Kind   string `json:"kind"`
	Object string `json:"object"`         // "users", "users.email", "orders.orders_total_check"; without the schema where that is public
	Path   string `json:"path,omitempty"` // the migration that made it; empty where only a server knows of it
	Line   int    `json:"line,omitempty"` // from 1; 0 where it is not known
	// Since is the file that made it, or the time the server gives for it.
	Since  string `json:"since,omitempty"`
	Guess  bool   `json:"guess,omitempty"` // its name says so, and nothing else
	Why    string `json:"why"`
	Remedy string `json:"remedy"` // a statement or a command, with what must be true before it

	// names are what a plan that knows of it mentions one of, beside the table; alone
	// says that they need no table.
	names []string
	table string
	alone bool
}

// The kinds. They are for ever: scripts tell leftovers apart by them.
const (
	SyncedColumns   = "synced-columns"       // a trigger keeps two columns of a table in step
	SyncedTables    = "synced-tables"        // a trigger keeps a table and its twin in step
	TwinColumn      = "twin-column"          // email_new beside email
	TwinTable       = "twin-table"           // users_old beside users
	TwinConstraint  = "twin-constraint"      // total_check_new beside total_check
	NotValid        = "constraint-not-valid" // rows that were there before were never checked
	NotEnforced     = "constraint-not-enforced"
	HelperCheck     = "helper-check"          // CHECK (c IS NOT NULL) beside NOT NULL
	InvalidIndex    = "index-invalid"         // kept up to date, used by no query
	PerhapsInvalid  = "index-perhaps-invalid" // made a second time, IF NOT EXISTS
	HiddenIndex     = "index-hidden"          // INVISIBLE, IGNORED
	EqualIndexes    = "equal-indexes"
	DisabledTrigger = "trigger-disabled"
	ForeignKeysOff  = "foreign-keys-off"
	RenameView      = "view-for-renamed-table" // a view with the name that a table had
	DetachPending   = "detach-pending"
	ToolObject      = "tool-left-behind"    // of gh-ost, pt-online-schema-change, pg_repack, ...
	OurObject       = "safemig-left-behind" // of a plan of ours that is gone
)

// Known are the texts of plans that are not finished: what they mention is not left over.
type Known []string

// without leaves out what a plan knows of.
func (k Known) without(found []Leftover) []Leftover {
	texts := make([]mentions, len(k))
	for i, text := range k {
		texts[i] = mentionsIn(text)
	}
	return slices.DeleteFunc(found, func(l Leftover) bool { return slices.ContainsFunc(texts, l.isIn) })
}

// isIn says whether a text is about it: it mentions the table and one of its names, or
// a name that only it can have.
func (l *Leftover) isIn(text mentions) bool {
	if slices.ContainsFunc(l.names, func(n string) bool { return (l.alone || isOurs(n)) && text.has(n) }) {
		return true
	}
	return text.has(l.table) && slices.ContainsFunc(l.names, text.has)
}

// mentions are the names in a text.
type mentions struct {
	text  string
	words map[string]bool
}

func mentionsIn(text string) mentions {
	m := mentions{text: strings.ToLower(text), words: map[string]bool{}}
	for _, w := range strings.FieldsFunc(m.text, isNoLetter) {
		m.words[w] = true
	}
	return m
}

// has says whether a name is mentioned; where it is of several words, whether these are.
func (m mentions) has(name string) bool {
	name = strings.ToLower(name)
	if strings.ContainsFunc(name, isNoLetter) {
		return strings.Contains(m.text, name)
	}
	return m.words[name]
}

// isNoLetter: bare names have none of it.
func isNoLetter(r rune) bool {
	return r < 0x80 && r != '_' && r != '$' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// inOrder sorts by object, and says each once.
func inOrder(found []Leftover) []Leftover {
	slices.SortStableFunc(found, func(a, b Leftover) int {
		return cmp.Or(strings.Compare(a.Object, b.Object), strings.Compare(a.Kind, b.Kind))
	})
	return slices.CompactFunc(found, func(a, b Leftover) bool { return a.Kind == b.Kind && a.Object == b.Object })
}
