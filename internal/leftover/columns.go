package leftover

import (
	"slices"
	"strings"
)

// pair are two columns that triggers keep in step, the newer one second.
type pair struct {
	old, new    *column
	forth, back bool // the new one is made from the old one; the other way round
	exact       bool // some assignment takes the value as it is
	same        int  // of INSERT and UPDATE, how many always make them the same
	triggers    []trigger
}

// syncedColumns finds columns that are kept in step, and tells which names are told of.
func (f *finder) syncedColumns(t *table) (told []string) {
	var pairs []*pair
	for _, tr := range t.triggers {
		if tr.disabled || tr.body == "" {
			continue
		}
		for _, a := range assignments(wordsOf(f.sql, tr.body), !f.isPostgres()) {
			pairs = t.pairOf(pairs, tr, a)
		}
	}
	for _, p := range pairs {
		if p.isTwin() {
			f.addPair(t, p)
			told = append(told, p.old.name, p.new.name)
			for _, tr := range p.triggers {
				told = append(told, tr.name)
			}
		}
	}
	return told
}

// pairOf adds what an assignment tells about two columns of the table.
func (t *table) pairOf(pairs []*pair, tr trigger, a assignment) []*pair {
	if len(a.from) != 1 || t.column(a.to) == nil || t.column(a.from[0]) == nil {
		return pairs
	}
	older, newer := t.inOrder(t.column(a.from[0]), t.column(a.to))
	i := slices.IndexFunc(pairs, func(p *pair) bool { return p.old == older && p.new == newer })
	if i < 0 {
		i, pairs = len(pairs), append(pairs, &pair{old: older, new: newer})
	}
	p := pairs[i]
	p.forth = p.forth || strings.EqualFold(a.to, newer.name)
	p.back = p.back || strings.EqualFold(a.to, older.name)
	p.exact = p.exact || a.exact
	if a.exact && a.always {
		p.same += count(tr.onInsert) + count(tr.onUpdate)
	}
	if !slices.ContainsFunc(p.triggers, func(o trigger) bool { return o.name == tr.name }) {
		p.triggers = append(p.triggers, tr)
	}
	return pairs
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// inOrder are two columns, the newer one last: their names tell, or their places.
func (t *table) inOrder(a, b *column) (older, newer *column) {
	for _, c := range [][2]*column{{a, b}, {b, a}} {
		if base, old := twinOf(c[0].name); strings.EqualFold(base, c[1].name) {
			if old {
				return c[0], c[1]
			}
			return c[1], c[0]
		}
	}
	for i := range t.columns {
		switch &t.columns[i] {
		case a:
			return a, b
		case b:
			return b, a
		}
	}
	return a, b
}

// isTwin says whether the two are one column in two versions, and not two columns of
// which one is worked out from the other.
func (p *pair) isTwin() bool {
	base, _ := twinOf(p.new.name)
	other, _ := twinOf(p.old.name)
	named := strings.EqualFold(base, p.old.name) || strings.EqualFold(other, p.new.name)
	own := slices.ContainsFunc(p.triggers, func(t trigger) bool { return isOurs(t.name) })
	return named || p.forth && p.back && (p.exact || own) || p.same >= 2
}

func (f *finder) addPair(t *table, p *pair) {
	var names, drops, functions []string
	for _, tr := range p.triggers {
		names = append(names, tr.name)
		drops = append(drops, f.dropTrigger(t, tr))
		if fn := tr.function; !fn.IsZero() && !slices.Contains(functions, f.at(fn)) {
			functions = append(functions, f.at(fn))
		}
	}
	for _, fn := range functions {
		drops = append(drops, "DROP FUNCTION "+fn+"()")
	}
	drops = append(drops, f.alter(t, "DROP COLUMN "+f.q(p.old.name)))
	end := ""
	if slices.ContainsFunc(names, isOurs) {
		end = ofOurs
	}
	verb := " keeps "
	if len(names) > 1 {
		verb = " keep "
	}
	at := p.triggers[0].at
	if at.path == "" {
		at = p.new.at
	}
	f.add(t, p.new.name, at, Leftover{
		Kind: SyncedColumns,
		Why: strings.Join(names, " and ") + verb + shown(t.name) + "." + p.old.name + " and " + p.new.name +
			" in step: every write of " + shown(t.name) + " pays for both, and no later step ends that" + end,
		Remedy: "when no running version uses " + shown(t.name) + "." + p.old.name + ": " + strings.Join(drops, "; "),
	}, append(names, p.old.name)...)
}

// twinColumns finds twins that no trigger keeps in step: their names alone tell.
func (f *finder) twinColumns(t *table, told []string) {
	for i := range t.columns {
		c := &t.columns[i]
		if slices.Contains(told, c.name) || c.made {
			continue
		}
		if isOurs(c.name) {
			f.add(t, c.name, c.at, Leftover{Kind: OurObject, Why: shown(t.name) + "." + c.name + " is half of a change of " + shown(t.name) + ofOurs,
				Remedy: "when nothing uses it: " + f.alter(t, "DROP COLUMN "+f.q(c.name))})
			continue
		}
		if tool, _, is := matching(toolColumns(), c.name); is && f.isPostgres() {
			f.addToolMember(t, c.name, c.at, tool)
			continue
		}
		if base := t.column(guessedTwinOf(c.name, columnGuesses()...)); base != nil && c.late && !slices.Contains(told, base.name) && !t.keepsBoth(base.name) {
			f.addTwinColumn(t, base, c)
		}
	}
}

func columnGuesses() []string {
	return []string{"_new", "_old", "_tmp", "_temp", "_v2", "_convert_to_bigint", "_bigint", "_int8"}
}

// keepsBoth: a table with x_old and x_new tells of changes of x.
func (t *table) keepsBoth(name string) bool {
	return t.column(name+"_old") != nil && t.column(name+"_new") != nil
}

func (f *finder) addTwinColumn(t *table, base, twin *column) {
	older, newer := t.inOrder(base, twin)
	full := func(c *column) string { return shown(t.name) + "." + c.name }
	l := Leftover{Kind: TwinColumn}
	switch {
	case twin.was:
		l.Why = full(twin) + " was " + full(base) + " until another column took its name: both are still there, and nothing keeps them in step"
	case twin.copied:
		l.Why = full(twin) + " was filled from " + full(base) + " and both are still there: nothing keeps them in step"
	default:
		l.Guess = true
		l.Why = "by its name, " + full(twin) + " is another version of " + full(base) + ", which is still there: who writes only one of them loses the other's values"
	}
	l.Remedy = "when no running version uses " + full(older) + ": " + f.alter(t, "DROP COLUMN "+f.q(older.name)) +
		"; if " + full(newer) + " never came into use: " + f.alter(t, "DROP COLUMN "+f.q(newer.name))
	f.add(t, twin.name, twin.at, l)
}
