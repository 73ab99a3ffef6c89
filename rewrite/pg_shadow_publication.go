package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// takePublication takes along what a publication sends of the table: a list of
// columns, or a condition. The table is taken out and put in again, in one
// transaction: subscribers see the one or the other.
// https://www.postgresql.org/docs/current/sql-alterpublication.html
func (s *shadow) takePublication(d *dependent) error {
	publication := d.Name
	if !d.Of.IsZero() { // ALTER PUBLICATION
		publication = d.Of
	}
	if slices.Contains(s.publications, publication) {
		return nil
	}
	s.publications = append(s.publications, publication)
	item, err := s.published(publication)
	if err != nil || item == nil {
		return err
	}
	refs, err := s.c.Text.ColumnRefs(*item, s.Table)
	if err != nil {
		return asRefusal(err)
	}
	if !slices.ContainsFunc(refs, func(r schema.Ref) bool { return r.Column == s.Old }) {
		return nil
	}
	s.known = append(s.known, "publication relation "+bare(s.Table)+" in publication "+publication.Name)
	return s.publishAnew(publication, *item, slices.ContainsFunc(refs, func(r schema.Ref) bool { return !r.Expr && r.Column == s.Old }))
}

// noteSent says what publications of all columns do to their subscribers, which stop at
// the first row with a column that they do not have.
func (s *shadow) noteSent() {
	for _, name := range s.c.State.PublishedWhole(s.Table) {
		by := s.c.Q(name)
		if s.Swap {
			s.note("%s is published by %s, all columns of it: its subscribers need %s, of the new type, before the first step, %s before the switch, and may drop both behind the last step; from the switch on their %s must take %s.",
				s.at, by, s.new, s.dropped, s.old, s.swap.after.newType)
			continue
		}
		s.note("%s is published by %s, all columns of it: its subscribers need %s before the first step and must not ask for %s from the last on.", s.at, by, s.new, s.old)
	}
}

// sent marks a statement that gives the table a column's name which subscribers of all
// columns must have had before: noteSent tells of it.
func (s *shadow) sent(sql string) string {
	if len(s.c.State.PublishedWhole(s.Table)) == 0 {
		return sql
	}
	return ignoring("published-table-changed", "the plan's notes say what its subscribers need", sql)
}

// publishAnew has the publication go over to the new column, which it sends where the
// old one was listed.
func (s *shadow) publishAnew(publication change.Name, item schema.Piece, sent bool) error {
	name := s.c.Text.QuoteName(publication)
	out := "ALTER PUBLICATION " + name + " DROP TABLE " + s.at
	if s.Swap {
		if s.identifies() {
			return Refuse("publication %s lists %s.%s or filters by it, which tells its rows apart (REPLICA IDENTITY) until the last step has run: take the table out of it in a migration before this one, and put it in again in one after", name, s.c.Table(), s.old)
		}
		s.swap.again = append(s.swap.again, out, item.Text)
		if sent {
			s.note("From the switch on %s sends %s.%s as %s: its subscribers' column must take that by then.", name, s.at, s.old, s.swap.after.newType)
		}
		return nil
	}
	after, err := s.renamed(item)
	if err != nil {
		return err
	}
	when := "the switch"
	if s.identifies() { // the server refuses UPDATEs of rows whose identity is not sent
		s.last, when = append(s.last, out, after.Text), "the last step"
	} else {
		s.views = append(s.views, shadowText{after: []string{out, after.Text}, before: []string{out, item.Text}})
	}
	if !sent {
		return nil
	}
	s.deploy = appendNew(s.deploy, "every subscriber of "+name+" has "+s.at+"."+s.new)
	s.note("From %s on %s sends %s.%s in the place of %s. Its subscribers need %s by then: run the expand files and the backfill there as well, whose trigger fires for rows that come from here too; or rename the column there, and they wait and try again in between.",
		when, name, s.at, s.new, s.old, s.new)
	return nil
}

// identifies says whether the column is in what tells rows apart for subscribers.
// https://www.postgresql.org/docs/current/logical-replication-publication.html
func (s *shadow) identifies() bool {
	if s.inPrimaryKey() {
		return true
	}
	for _, ix := range s.c.State.IndexesOf(s.Table) {
		if slices.Contains(ix.Columns, s.Old) && len(s.optionsNaming("INDEX", ix.Name)) > 0 {
			return true
		}
	}
	return false
}

// published is what a publication has of the table, as the statement that would put
// it in; nil where it has nothing of it by name. The statements about it are
// followed in their order.
func (s *shadow) published(publication change.Name) (*schema.Piece, error) {
	var item *schema.Piece
	for _, d := range s.c.State.DefsOf(publication) {
		if d.Class != "publication" {
			continue
		}
		text, err := s.c.Text.Current(d)
		if err != nil {
			return nil, asRefusal(err)
		}
		verb, list := s.publishedItems(text)
		at := slices.IndexFunc(list, func(i string) bool { return s.isOwnItem(i, d.Schema) })
		switch {
		case at >= 0 && verb != "DROP":
			p := s.pieceOf(d, "ALTER PUBLICATION "+s.c.Text.QuoteName(publication)+" ADD TABLE "+list[at])
			item = &p
		case at >= 0, verb == "SET" && len(list) > 0:
			item = nil
		}
	}
	return item, nil
}

// publishedItems are what the statement does, and the tables that it names, with
// their columns and conditions.
func (s *shadow) publishedItems(text string) (verb string, list []string) {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	i := slices.IndexFunc(toks, func(k tokenOf) bool { return k.Is(src, "TABLE") || k.Is(src, "TABLES") })
	if i < 1 {
		return "", nil
	}
	verb = strings.ToUpper(toks[i-1].Span.Text(src))
	from, tables := i, false
	end := func(to int) {
		if from < to && toks[from].Is(src, "TABLE") {
			from, tables = from+1, true
		} else if from < to && toks[from].Is(src, "TABLES") {
			tables = false
		}
		if tables && from < to {
			list = append(list, token.SpanOf(toks[from:to]).Text(src))
		}
	}
	for k, t := range token.Outside(src, toks[i:]) {
		switch {
		case t.IsPunct(src, ","):
			end(i + k)
			from = i + k + 1
		case t.Is(src, "WITH"):
			end(i + k)
			return verb, list
		}
	}
	end(len(toks))
	return verb, list
}

// isOwnItem says whether it begins with the table's name.
func (s *shadow) isOwnItem(item, bareSchema string) bool {
	src, toks := []byte(item), s.c.Text.Tokens(item)
	if len(toks) > 1 && toks[0].Is(src, "ONLY") {
		toks = toks[1:]
	}
	name := change.Name{Schema: bareSchema, Name: identifier(toks[0].Span.Text(src))}
	if len(toks) > 2 && toks[1].IsPunct(src, ".") {
		name.Schema, name.Name = name.Name, identifier(toks[2].Span.Text(src))
	}
	return s.c.State.Resolve(name) == s.Table
}
