package compare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

// Pair puts a column of the first side beside one of the second.
type Pair struct{ A, B string }

// Spec says what is compared.
type Spec struct {
	Name    string // how it is called in reports; empty: by its sides
	A, B    Source
	Key     []string // that tells rows apart, in both; empty: a unique key that both have
	Columns []Pair   // empty: those of the same name
	Ignore  []string // columns that are left out
}

// pairing pairs the sides' columns and finds the key.
type pairing struct {
	spec  Spec
	o     *Options
	a, b  *side
	same  bool        // one database
	plain atomic.Bool // rows are compared one by one: sums tell nothing
}

// prepare reads both sides and pairs them.
func prepare(ctx context.Context, spec Spec, o *Options) (*pairing, error) {
	p := &pairing{spec: spec, o: o, same: spec.A.DB == spec.B.DB}
	var err error
	if p.a, err = open(ctx, spec.A); err != nil {
		return nil, err
	}
	if p.b, err = open(ctx, spec.B); err != nil {
		return nil, err
	}
	if spec.A.Query != "" && spec.B.Query != "" {
		p.a.name, p.b.name = "the first query", "the second query"
	}
	if err := p.findKey(); err != nil {
		return nil, err
	}
	if err := p.pairColumns(); err != nil {
		return nil, err
	}
	if len(p.a.values)+len(p.a.key) == 0 {
		return nil, errors.New("there is no column to compare")
	}
	p.findWalk()
	return p, nil
}

// findKey: the key that was asked for, else a unique one that both sides have. A query
// has none unless one is named, and then whole rows are compared.
func (p *pairing) findKey() error {
	key := p.spec.Key
	if len(key) == 0 && p.a.table && p.b.table {
		key = p.sharedKey()
	}
	for _, name := range key {
		x, okA := find(p.a.columns, name)
		y, okB := find(p.b.columns, p.partner(name))
		if !okA || !okB {
			missing := p.a.name
			if okA {
				missing = p.b.name
			}
			return fmt.Errorf("the key's column %s is not in %s", name, missing)
		}
		form, ok := common(p.a, p.b, x, y, true, p.o.AssumeUTC)
		if !ok {
			return p.mismatch("the key's column", x, y)
		}
		p.add(&p.a.key, &p.b.key, x, y, form)
	}
	for _, s := range []*side{p.a, p.b} {
		s.index = s.indexOn(s.key)
	}
	return nil
}

// partner is the second side's name for a column of the first.
func (p *pairing) partner(name string) string {
	for _, c := range p.spec.Columns {
		if strings.EqualFold(c.A, name) {
			return c.B
		}
	}
	return name
}

func (p *pairing) sharedKey() []string {
	for _, key := range p.a.keys {
		ok := !slices.ContainsFunc(key, func(name string) bool {
			_, there := find(p.b.columns, p.partner(name))
			return !there
		})
		if ok {
			return key
		}
	}
	return nil
}

// indexOn is the unique index on just the key's columns; empty where there is none.
func (s *side) indexOn(key []value) string {
	for i, columns := range s.keys {
		if len(key) > 0 && slices.EqualFunc(columns, key, func(name string, k value) bool { return name == k.Name }) {
			return s.indexes[i]
		}
	}
	return ""
}

func (p *pairing) add(a, b *[]value, x, y *Column, form Form) {
	cross := p.a.db.Dialect != p.b.db.Dialect || x.Base != y.Base
	empty := p.o.NullIsEmpty && form == Text
	*a = append(*a, value{Column: *x, form: form, cross: cross, nullEmpty: empty})
	*b = append(*b, value{Column: *y, form: form, cross: cross, nullEmpty: empty})
}

// pairColumns: what only one side has must be left out by whoever asks: it is no
// difference that could be passed over.
func (p *pairing) pairColumns() error {
	if err := p.knownIgnored(); err != nil {
		return err
	}
	pairs := p.spec.Columns
	if len(pairs) == 0 {
		for _, c := range p.a.columns {
			if !p.left(c.Name) {
				pairs = append(pairs, Pair{c.Name, c.Name})
			}
		}
		for _, c := range p.b.columns {
			if _, ok := find(p.a.columns, c.Name); !ok && !p.left(c.Name) {
				return fmt.Errorf("%s has no column %s, which %s has; --ignore %[2]s leaves it out, --columns pairs names", p.a.name, c.Name, p.b.name)
			}
		}
	}
	for _, pair := range pairs {
		if err := p.pairOne(pair); err != nil {
			return err
		}
	}
	return nil
}

func (p *pairing) pairOne(pair Pair) error {
	x, ok := find(p.a.columns, pair.A)
	if !ok {
		return fmt.Errorf("%s has no column %s", p.a.name, pair.A)
	}
	y, ok := find(p.b.columns, pair.B)
	if !ok {
		return fmt.Errorf("%s has no column %s, which %s has; --ignore %[2]s leaves it out, --columns pairs names", p.b.name, pair.B, p.a.name)
	}
	for i := range p.a.key {
		if p.a.key[i].Name == x.Name && p.b.key[i].Name == y.Name {
			return nil // it is compared as the key
		}
	}
	form, ok := common(p.a, p.b, x, y, len(p.spec.Columns) > 0, p.o.AssumeUTC)
	if !ok {
		return p.mismatch("the column", x, y)
	}
	p.add(&p.a.values, &p.b.values, x, y, form)
	return nil
}

func (p *pairing) left(name string) bool {
	return slices.ContainsFunc(p.spec.Ignore, func(i string) bool { return strings.EqualFold(i, name) })
}

func (p *pairing) knownIgnored() error {
	for _, name := range p.spec.Ignore {
		_, here := find(p.a.columns, name)
		_, there := find(p.b.columns, name)
		if !here && !there {
			return fmt.Errorf("neither %s nor %s has a column %s that could be left out", p.a.name, p.b.name, name)
		}
	}
	return nil
}

// mismatch says why two columns cannot be compared, and what to do.
func (p *pairing) mismatch(what string, x, y *Column) error {
	one, knownA := formOf(p.a.db.Dialect, x)
	two, knownB := formOf(p.b.db.Dialect, y)
	why := fmt.Sprintf("values of the one (%s) and the other (%s) are not of one kind", one, two)
	remedy := fmt.Sprintf("leave it out with --ignore %s, or compare queries that cast it", x.Name)
	switch {
	case !knownA:
		why = fmt.Sprintf("%s writes values of type %s in a way of its own, which %s does not have", p.a.db, x.Type, p.b.db)
	case !knownB:
		why = fmt.Sprintf("%s writes values of type %s in a way of its own, which %s does not have", p.b.db, y.Type, p.a.db)
	case one == Timestamp && two == Instant, one == Instant && two == Timestamp:
		why, remedy = "one is a point in time, the other has no time zone", "--assume-utc takes what has none for UTC; or leave it out with --ignore "+x.Name
	}
	return fmt.Errorf("%s %s is of type %s in %s and of type %s in %s: %s; %s", what, x.Name, x.Type, p.a.name, y.Type, p.b.name, why, remedy)
}

// findWalk finds the first columns of the key which both sides have in the same order.
func (p *pairing) findWalk() {
	if p.a.index == "" || p.b.index == "" {
		return
	}
	for i := range p.a.key {
		if !p.ordersAlike(&p.a.key[i], &p.b.key[i]) {
			break
		}
		p.a.walk, p.b.walk = p.a.key[:i+1], p.b.key[:i+1]
	}
}

// ordersAlike says whether both servers put a key's values into one order, and have
// constants that ranges of them begin and end with.
func (p *pairing) ordersAlike(x, y *value) bool {
	postgres := [2]bool{p.a.db.Dialect == "postgres", p.b.db.Dialect == "postgres"}
	kin := postgres[0] == postgres[1]
	switch x.form {
	case Integer, Decimal:
		plain := func(v *value) bool { return v.Base != "boolean" && v.Base != "bit" && !(v.Base == "numeric" && !kin) } // NaN
		return plain(x) && plain(y)
	case Bytes:
		binary := func(v *value) bool { return v.Base == "bytea" || isBinary(v.Base) }
		return binary(x) && binary(y)
	case UUID:
		bytewise := func(v *value) bool { return v.Full == "binary(16)" || v.Base == "uuid" && v.Full == "" }
		return bytewise(x) && bytewise(y) || p.same && x.Base == "uuid" && y.Base == "uuid"
	case Date, Timestamp, Instant:
		return kin && x.Base == y.Base
	case Text:
		return p.textsAlike(x, y, postgres)
	}
	return false
}

// textsAlike: collations that order by the bytes are the same everywhere; others are
// in one database, and in MySQL, where they are built in.
func (p *pairing) textsAlike(x, y *value, postgres [2]bool) bool {
	if x.Category == "E" || y.Category == "E" || slices.Contains([]string{"enum", "set"}, x.Base) || slices.Contains([]string{"enum", "set"}, y.Base) {
		return false
	}
	if bytewise(x, postgres[0]) && bytewise(y, postgres[1]) {
		return true
	}
	one := x.Collation == y.Collation && x.Base == y.Base
	return one && (p.same || !postgres[0] && p.a.db.Dialect == p.b.db.Dialect)
}

func bytewise(v *value, postgres bool) bool {
	if v.Base == "character" || v.Base == "char" {
		return false // blanks at the end count for nothing
	}
	if postgres {
		return v.Base != "citext" && slices.Contains([]string{"C", "POSIX", "ucs_basic", "default C", "default POSIX"}, v.Collation)
	}
	return slices.Contains([]string{"utf8mb4_0900_bin", "utf8mb4_nopad_bin", "utf8mb3_nopad_bin"}, v.Collation)
}
