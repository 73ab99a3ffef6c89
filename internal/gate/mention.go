package gate

import (
	"slices"
	"strings"
)

// mention says how a text of SQL names a target.
type mention uint8

// The mentions, the stronger behind the weaker.
const (
	none    mention = iota
	star            // it takes all columns, whatever they are
	perhaps         // in a literal, or where a text that was cut off may go on
	plainly
)

// cut says that a text may go on behind what was seen of it.
type text struct {
	dialect, sql string
	cut          bool
	// of says that the text works on the target's table anyway, as the function of a
	// trigger does: the column alone is enough.
	of bool
	// elsewhere says that it ran in another schema than the target's, where only a name
	// with the schema means the target.
	elsewhere bool
}

// names says how a text names a target; called are the names of its table, and of those
// that hold a part of its rows.
func (t text) names(to target, called []string) mention {
	s := &sentence{words: wordsOf(t.dialect, t.sql), table: called, schema: to.Table.Schema, column: to.Column, free: t.of, elsewhere: t.elsewhere}
	if t.dialect != "postgres" {
		s.schema, s.column = strings.ToLower(s.schema), strings.ToLower(s.column)
		s.table = nil
		for _, name := range called {
			s.table = append(s.table, strings.ToLower(name))
		}
	}
	s.read()
	found := s.judge()
	if t.cut && found < plainly && (s.tables > none || s.columns > none || found > none) {
		return perhaps // the rest may name the other one
	}
	return found
}

// sentence is a text in which somebody looks for a table and one of its columns.
type sentence struct {
	words  []word
	table  []string
	schema string
	column string
	free   bool

	elsewhere bool

	chains  []chain
	bound   map[string][]chain // what a name stands for behind FROM and its like
	derived map[string]bool    // names of queries within the text
	tables  mention
	columns mention
	stars   bool
}

// chain is a name with those before its dots.
type chain struct {
	parts  []string
	inside bool
	at     int // of its first word
	behind int // the word behind its last
}

func (c chain) last() string { return c.parts[len(c.parts)-1] }

// read finds the names.
func (s *sentence) read() {
	s.bound, s.derived = map[string][]chain{}, map[string]bool{}
	for i := 0; i < len(s.words); {
		w := s.words[i]
		if !w.name {
			s.mark(i)
			i++
			continue
		}
		c := s.chainAt(i)
		s.chains = append(s.chains, c)
		i = c.behind
	}
	for i, c := range s.chains {
		s.bind(i, c)
	}
}

// chainAt is the name that begins at a word.
func (s *sentence) chainAt(i int) chain {
	c := chain{parts: []string{s.words[i].text}, at: i, inside: s.words[i].inside > 0}
	for i++; i+1 < len(s.words) && s.words[i].is(".") && s.words[i+1].name; i += 2 {
		c.parts = append(c.parts, s.words[i+1].text)
	}
	c.behind = i
	return c
}

// mark notes a star that stands for columns.
func (s *sentence) mark(i int) {
	if !s.words[i].is("*") {
		return
	}
	if i > 0 && (s.words[i-1].is("select", "distinct", "all", ",", ".", "returning")) {
		s.stars = true
	}
}

// bind notes what a name stands for: FROM orders o, FROM (SELECT ..) o, WITH o AS (..).
func (s *sentence) bind(i int, c chain) {
	before := word{}
	if c.at > 0 {
		before = s.words[c.at-1]
	}
	switch {
	case before.is(")") || before.is("as") && c.at > 1 && s.words[c.at-2].is(")"):
		s.derived[c.last()] = true
	case c.behind+1 < len(s.words) && s.words[c.behind].is("as") && s.opens(c.behind+1):
		s.derived[c.last()] = true
	case before.is("from", "join", ",", "update", "into", "using", "only", "("):
		s.bound[c.last()] = append(s.bound[c.last()], c)
		if alias := s.alias(i, c); alias != "" {
			s.bound[alias] = append(s.bound[alias], c)
		}
	}
}

// opens says whether a query in brackets begins at a word, as it does behind AS.
func (s *sentence) opens(i int) bool {
	if s.words[i].is("not") {
		i++
	}
	if i < len(s.words) && s.words[i].is("materialized") {
		i++
	}
	return i < len(s.words) && s.words[i].is("(")
}

// alias is the other name that a chain gets.
func (s *sentence) alias(i int, c chain) string {
	if i+1 >= len(s.chains) {
		return ""
	}
	next := s.chains[i+1]
	if next.at == c.behind && next.parts[0] == "as" && i+2 < len(s.chains) && s.chains[i+2].at == next.behind {
		return s.chains[i+2].last()
	}
	if next.at != c.behind || len(next.parts) > 1 || !s.words[next.at].quoted && isKeyword(next.parts[0]) {
		return ""
	}
	return next.last()
}

// isKeyword says whether a word behind a table's name goes on with the statement.
func isKeyword(w string) bool {
	return slices.Contains([]string{
		"as", "from", "where", "join", "inner", "left", "right", "full", "cross", "natural", "straight_join", "on", "using", "set", "group", "order", "limit", "having",
		"union", "except", "intersect", "values", "value", "select", "for", "offset", "fetch", "returning", "window", "default", "force", "use", "ignore",
		"partition", "tablesample", "lock", "into", "when", "then", "with", "procedure",
	}, w)
}

// judge says how the table, or its column, is named.
func (s *sentence) judge() mention {
	for _, c := range s.chains {
		s.tables = max(s.tables, c.weight(s.isTable(c)))
	}
	if s.column == "" {
		return s.tables
	}
	for _, c := range s.chains {
		s.columns = max(s.columns, c.weight(s.isColumn(c)))
	}
	switch {
	case s.free:
		return s.columns
	case s.tables == none:
		return none
	case s.columns > none:
		return min(s.tables, s.columns)
	case s.stars:
		return star
	}
	return none
}

func (c chain) weight(is bool) mention {
	switch {
	case !is:
		return none
	case c.inside:
		return perhaps
	}
	return plainly
}

// isTable says whether the table, or one of its parts, is named by a chain, or in front
// of one of its columns.
func (s *sentence) isTable(c chain) bool {
	for i, p := range c.parts {
		if !slices.Contains(s.table, p) {
			continue
		}
		if i == 0 && !s.elsewhere || i > 0 && (s.schema == "" || c.parts[i-1] == s.schema) {
			return true
		}
	}
	return false
}

// isColumn says whether a chain names the column, or may: of a table of another name it
// is another column.
func (s *sentence) isColumn(c chain) bool {
	if c.last() != s.column {
		return false
	}
	if len(c.parts) == 1 {
		return true
	}
	of := c.parts[len(c.parts)-2]
	if slices.Contains(s.table, of) {
		return s.isTable(chain{parts: c.parts[:len(c.parts)-1]})
	}
	known := s.bound[of]
	if len(known) == 0 || s.derived[of] {
		return true
	}
	return slices.ContainsFunc(known, func(b chain) bool { return s.isTable(b) || len(b.parts) == 1 && s.derived[b.last()] })
}
