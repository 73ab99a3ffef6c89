package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// grant is one privilege on a thing.
type grant struct {
	grantee, privilege string
	toOwner            bool
	grantor            string // where that is not the owner
	grantable          bool
}

// thing is what privileges are on.
type thing struct {
	on              ref
	class, name     string
	before          string // ALTER DEFAULT PRIVILEGES ...
	column, phrase  string // what stands behind the privilege, and behind ON
	actual, initial []grant
}

// The columns of the query, behind those of refOf.
const (
	grantClass = 3 + iota
	grantName
	grantBefore
	grantColumn
	grantPhrase
	grantInitial
	grantGrantee
	grantToOwner
	grantGrantor
	grantPrivilege
	grantGrantable
)

// grants adds the privileges on each object, and the default privileges.
func (r *reader) grants(ctx context.Context) error {
	var t *thing
	err := r.rows(ctx, "grants", func(v []sql.NullString) error {
		on, err := refOf(v)
		if err != nil {
			return err
		}
		if t == nil || t.on != on {
			r.addGrants(t)
			t = &thing{
				on: on, class: v[grantClass].String, name: v[grantName].String, before: v[grantBefore].String,
				column: v[grantColumn].String, phrase: v[grantPhrase].String,
			}
		}
		g := grant{
			grantee: v[grantGrantee].String, privilege: v[grantPrivilege].String, grantor: v[grantGrantor].String,
			toOwner: v[grantToOwner].String == "true", grantable: v[grantGrantable].String == "true",
		}
		if v[grantInitial].String == "true" {
			t.initial = append(t.initial, g)
		} else {
			t.actual = append(t.actual, g)
		}
		return nil
	})
	r.addGrants(t)
	return err
}

func (r *reader) addGrants(t *thing) {
	if t == nil {
		return
	}
	n := &node{rank: rankGrant, Object: Object{Class: t.class, Name: t.name, Value: t.value(), SQL: t.statements()}}
	if t.before == "" {
		on := r.graph.byRef[t.on]
		if on == nil {
			return // the type of a table's rows, and the like
		}
		n.need(on)
	} else {
		n.rank = rankDefaultPrivileges
	}
	r.graph.add(n)
}

// value is a property for each who was granted something, and by whom.
func (t *thing) value() string {
	held := map[string][]string{}
	for _, g := range t.actual {
		who := g.grantee
		if g.toOwner {
			who = "owner"
		}
		if g.grantor != "" {
			who += " by " + g.grantor
		}
		text := g.privilege
		if g.grantable && !g.toOwner {
			text += " (grant option)"
		}
		held[who] = append(held[who], text)
	}
	var out []property
	for who, privileges := range held {
		slices.Sort(privileges)
		out = append(out, property{who, strings.Join(privileges, ", ")})
	}
	slices.SortFunc(out, func(a, b property) int { return strings.Compare(a.name, b.name) })
	return valueOf(out)
}

// statements are what leads from the initial privileges to the actual ones.
func (t *thing) statements() []string {
	var out []string
	for _, who := range grantees(t.initial) {
		if !slices.Equal(sorted(t.actual, who), sorted(t.initial, who)) {
			out = append(out, fmt.Sprintf("%sREVOKE ALL ON %s FROM %s", t.before, t.phrase, who.grantee))
		}
	}
	for _, who := range grantees(t.actual) {
		given := sorted(t.actual, who)
		if slices.Equal(given, sorted(t.initial, who)) {
			continue
		}
		lines := t.granting(given)
		if who.grantor != "" {
			lines = slices.Concat([]string{"SET SESSION AUTHORIZATION " + who.grantor}, lines, []string{"RESET SESSION AUTHORIZATION"})
		}
		out = append(out, lines...)
	}
	return out
}

// granting gives one grantee what one grantor gave.
func (t *thing) granting(given []grant) []string {
	var out []string
	for _, grantable := range []bool{false, true} {
		var privileges []string
		var option string
		for _, g := range given {
			if (g.grantable && !g.toOwner) != grantable {
				continue
			}
			if t.column != "" {
				g.privilege += " (" + t.column + ")"
			}
			privileges = append(privileges, g.privilege)
		}
		if len(privileges) == 0 {
			continue
		}
		if grantable {
			option = " WITH GRANT OPTION"
		}
		out = append(out, fmt.Sprintf("%sGRANT %s ON %s TO %s%s", t.before, strings.Join(privileges, ", "), t.phrase, given[0].grantee, option))
	}
	return out
}

// grantees are who was given something by whom, in order.
func grantees(list []grant) []grant {
	var out []grant
	for _, g := range list {
		g.privilege, g.grantable = "", false
		if !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

// sorted are the privileges that one grantee has of one grantor.
func sorted(list []grant, who grant) []grant {
	var out []grant
	for _, g := range list {
		if g.grantee == who.grantee && g.grantor == who.grantor {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b grant) int { return strings.Compare(a.privilege, b.privilege) })
	return out
}
