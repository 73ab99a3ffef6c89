package engine

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// Request is one ALTER TABLE with what is known about it.
type Request struct {
	Target   fact.Target
	Facts    *fact.Table
	Script   *change.Script
	Stmt     *change.Stmt
	State    *schema.State // before the statement; it is not changed
	Settings Settings
}

// Sighting is a situation that is there, and what it is about: names of columns,
// tables, constraints.
type Sighting struct {
	Situation Situation
	About     []string
}

// sight is what is seen of a request.
type sight struct {
	*Request
	alter  *alter
	before *schema.Table // nil where nothing is known
	after  *schema.State
	seen   []Sighting
	// uniques are the unique keys that are added to columns which are there.
	uniques []uniqueKey
}

// uniqueKey has its keys as expressions.
type uniqueKey struct{ parts []string }

// look finds the situations that a request is in.
func (r *Request) look() (*sight, error) {
	a, err := takeApart(r.Script, r.Stmt)
	if err != nil {
		return nil, err
	}
	s := &sight{Request: r, alter: a, before: r.State.Table(a.table), after: r.State.Clone()}
	for _, op := range a.ops() {
		s.after.Apply(r.Script, op)
	}
	s.server()
	s.table()
	s.change()
	return s, nil
}

// see notes a situation; one that is there already gets the names added.
func (s *sight) see(what Situation, about ...string) {
	i := slices.IndexFunc(s.seen, func(o Sighting) bool { return o.Situation == what })
	if i < 0 {
		s.seen = append(s.seen, Sighting{what, about})
		return
	}
	for _, name := range about {
		if !slices.Contains(s.seen[i].About, name) {
			s.seen[i].About = append(s.seen[i].About, name)
		}
	}
}

// seeIf notes a situation where it is there.
func (s *sight) seeIf(is bool, what Situation, about ...string) {
	if is {
		s.see(what, about...)
	}
}

func (s *sight) has(what Situation) bool {
	return slices.ContainsFunc(s.seen, func(o Sighting) bool { return o.Situation == what })
}

func (s *sight) about(what Situation) []string {
	for _, o := range s.seen {
		if o.Situation == what {
			return o.About
		}
	}
	return nil
}

func (s *sight) server() {
	old := s.Target.Dialect == "mysql" && !s.Facts.Has(s.Target, "invisible-index") // they came with 8.0
	s.seeIf(old, isMySQL57)
	s.seeIf(s.Facts.Has(s.Target, "replica-words-only"), isMySQL84)
	s.seeIf(s.Target.Dialect == "mariadb", isMariaDB)
	switch s.Settings.Platform {
	case OnGalera:
		s.see(isGalera)
	case OnRDS:
		s.see(isRDS)
	case OnAurora:
		s.see(isAurora)
	case OnVitess:
		s.see(isVitess)
	case OnPlanetScale:
		s.see(isPlanetScale)
	default:
		s.see(isOwn)
	}
	lag, watched := s.Settings.maxLag()
	s.seeIf(watched && len(s.Settings.Replicas) > 0 && lag < spiritLeastLag, tightLag, "the limit is "+lag.String())
}

func (s *sight) table() {
	t := s.before
	s.seeIf(len(s.alter.table.Name) > 56, hasLongName)
	if t == nil || !t.Complete {
		s.see(isPartlyKnown)
	}
	if t == nil {
		return
	}
	s.foreignKeys(t)
	s.seeIf(len(t.Triggers) > 0, hasTriggers, t.Triggers...)
	s.seeIf(t.Engine != "" && !strings.EqualFold(t.Engine, "InnoDB"), isNotInnoDB, t.Engine)
	for _, c := range t.Constraints {
		// MariaDB's belong to their table: https://mariadb.com/kb/en/constraint/
		s.seeIf(c.Kind == change.Check && s.Facts.Has(s.Target, "check-constraints") && s.Target.Dialect == "mysql", hasChecks, c.Name)
	}
	if t.Complete {
		s.keys(t)
	}
}

func (s *sight) foreignKeys(t *schema.Table) {
	own := s.State.Resolve(t.Name)
	for _, c := range t.Constraints {
		if c.Kind != change.ForeignKey {
			continue
		}
		s.see(hasForeignKey, c.Name)
		s.seeIf(c.Ref == own, refersToItself, c.Name)
	}
	for _, n := range s.State.Referencing(t.Name) {
		s.seeIf(s.State.Resolve(n) != own, isReferenced, n.String())
	}
}

// keys looks whether rows can be told apart, before and after.
func (s *sight) keys(t *schema.Table) {
	before, nullable := uniqueKeys(s.State, t)
	switch {
	case t.PrimaryKey() != nil:
	case len(before) > 0:
		s.see(hasOnlyUnique)
	case nullable:
		s.see(hasNullableKey)
	default:
		s.see(hasNoKey)
	}
	later := s.after.Table(t.Name)
	if later == nil || len(before) == 0 {
		return
	}
	after, _ := uniqueKeys(s.after, later)
	renamed := s.renames()
	shared := slices.ContainsFunc(before, func(k []string) bool {
		return slices.ContainsFunc(after, func(o []string) bool { return sameKey(k, o, renamed) })
	})
	s.seeIf(!shared, losesKey)
}

// uniqueKeys are the columns of the unique keys that allow no NULL, and whether
// there is one that does.
func uniqueKeys(state *schema.State, t *schema.Table) (keys [][]string, nullable bool) {
	if pk := t.PrimaryKey(); pk != nil {
		keys = append(keys, pk.Columns)
	}
	for _, ix := range state.IndexesOf(t.Name) {
		if !ix.Unique || ix.Exprs || ix.Class != change.PlainIndex {
			continue
		}
		if slices.ContainsFunc(ix.Columns, func(n string) bool { c := t.Column(n); return c == nil || !c.NotNull }) {
			nullable = true
			continue
		}
		keys = append(keys, ix.Columns)
	}
	return keys, nullable
}

// sameKey says whether a key has the same columns, in any order, but for their new names.
func sameKey(before, after []string, renamed map[string]string) bool {
	if len(before) != len(after) {
		return false
	}
	for _, n := range before {
		if to, is := renamed[strings.ToLower(n)]; is {
			n = to
		}
		if !slices.ContainsFunc(after, func(o string) bool { return strings.EqualFold(o, n) }) {
			return false
		}
	}
	return true
}

// renames are the columns' new names, by the old ones in lower case.
func (s *sight) renames() map[string]string {
	out := map[string]string{}
	for _, op := range s.alter.ops() {
		switch o := op.(type) {
		case *change.RenameColumn:
			out[strings.ToLower(o.From)] = o.To
		case *change.ModifyColumn:
			out[strings.ToLower(o.From)] = o.Column.Name
		}
	}
	return out
}
