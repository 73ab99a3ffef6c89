package leftover

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// picture is what the migrations leave.
func (h *History) picture() *picture {
	p := &picture{dialect: h.dialect}
	all := func(change.Name) bool { return true }
	for _, n := range h.state.TableNames(all) {
		if t := h.state.Table(n); !t.Temp && !h.marks.gone[h.key(n)] {
			p.tables = append(p.tables, h.table(t))
		}
	}
	for _, n := range h.state.ViewNames(all) {
		if !h.state.IsMaterialized(n) {
			p.views = append(p.views, h.view(n))
		}
	}
	return p
}

func (h *History) view(n change.Name) view {
	v := view{name: n, reads: h.state.ViewTables(n)}
	for _, d := range h.state.DefsOf(n) {
		if d.Class == "view" {
			v.at = h.place(d.File, d.Text)
		}
	}
	for _, t := range v.reads {
		v.was = v.was || h.marks.renamed[h.key(t)] == h.key(n)
	}
	return v
}

func (h *History) table(t *schema.Table) *table {
	out := &table{name: t.Name, partition: !t.PartitionOf.IsZero(), renamed: h.marks.renamed[h.key(t.Name)]}
	for _, d := range h.state.DefsOf(t.Name) {
		if d.Class == "table" {
			out.at = h.place(d.File, d.Text)
		}
	}
	out.seen = out.at.path != "" || !out.renamed.IsZero()
	if out.partition {
		return out // what it has is what the table has that it is part of
	}
	for _, c := range t.Columns {
		at := h.of(t.Name, c.Name)
		n := column{name: c.Name, notNull: c.NotNull, made: c.Generated, late: h.marks.late[at], copied: h.marks.copied[at]}
		n.at, n.was = h.marks.was[at]
		n.late = n.late || n.was
		out.columns = append(out.columns, n)
	}
	h.constraints(out, t)
	h.indexes(out, t)
	h.triggers(out, t)
	h.placeColumns(out)
	return out
}

// constraints are those of which a file, and not a doubt, says how they are.
func (h *History) constraints(out *table, t *schema.Table) {
	for _, c := range t.Constraints {
		at := h.of(t.Name, c.Name)
		k := constraint{name: c.Name, kind: c.Kind, columns: c.Columns, late: h.marks.late[at], valid: c.Validated || h.marks.validated[at], enforced: c.Enforced}
		if on, said := h.marks.enforced[at]; said {
			k.enforced = on
		}
		if !k.valid && (h.doubtful("validate", "constraint") || h.doubtful(c.Name)) {
			k.valid = true
		}
		out.constraints = append(out.constraints, k)
	}
	if !slices.ContainsFunc(out.constraints, func(c constraint) bool { return !c.valid || !c.enforced || c.late && c.kind == change.Check }) {
		return
	}
	h.defs(out, "constraint", func(d schema.Def) {
		for i := range out.constraints {
			if c := &out.constraints[i]; c.name == d.Name.Name {
				c.definition, c.at = d.Text, h.place(d.File, d.Text)
			}
		}
	})
}

// defs are the definitions of what a table has.
func (h *History) defs(t *table, class string, each func(schema.Def)) {
	for _, d := range h.state.Defs(t.name) {
		if d.Class == class && h.key(d.Of) == h.key(t.name) {
			each(d)
		}
	}
}

func (h *History) indexes(out *table, t *schema.Table) {
	texts := map[string]schema.Def{}
	all := h.state.IndexesOf(t.Name)
	slices.SortStableFunc(all, func(a, b *schema.Index) int { return a.CreatedFile - b.CreatedFile })
	if slices.ContainsFunc(all, func(ix *schema.Index) bool {
		return ix.Hidden || isOurs(ix.Name) || h.marks.again[h.of(t.Name, ix.Name)]
	}) || haveEqual(all) {
		h.defs(out, "index", func(d schema.Def) { texts[d.Name.Name] = d })
	}
	for _, ix := range all {
		i := index{name: ix.Name, hidden: ix.Hidden, again: h.marks.again[h.of(t.Name, ix.Name)], partitioned: t.Partitioned}
		d, said := texts[ix.Name]
		i.made = !said
		if said {
			i.at = h.place(d.File, d.Text)
		}
		if said && len(d.Renamed) == 0 && !ix.ForKey {
			i.shape = indexShape(h.sql, d.Text, class(ix))
		}
		out.indexes = append(out.indexes, i)
	}
}

// haveEqual says whether two of the indexes have the same columns.
func haveEqual(all []*schema.Index) bool {
	seen := map[string]bool{}
	for _, ix := range all {
		k := class(ix) + strings.ToLower(strings.Join(ix.Columns, " "))
		if seen[k] {
			return true
		}
		seen[k] = true
	}
	return false
}

// class tells indexes apart that have the same columns.
func class(ix *schema.Index) string {
	out := string(rune('0' + ix.Class))
	if ix.Unique {
		out += " unique"
	}
	return out
}

func (h *History) triggers(out *table, t *schema.Table) {
	if at, off := h.marks.off[h.of(t.Name, keyTriggers)]; off && h.hasKeys(t) && !h.doubtful("enable", "trigger") {
		out.keysOff, out.at = true, at
	}
	for _, name := range t.Triggers {
		if h.marks.dropped[strings.ToLower(name)] {
			continue
		}
		tr := trigger{name: name}
		if at, off := h.marks.off[h.of(t.Name, name)]; off && !h.doubtful("enable", "trigger") {
			tr.disabled, tr.at = true, at
		}
		for _, d := range h.state.DefsOfMember("trigger", t.Name, name) {
			if d.Class == "trigger" {
				h.readTrigger(&tr, d)
			}
		}
		out.triggers = append(out.triggers, tr)
	}
}

// hasKeys says whether a table has foreign keys, or others have some to it.
func (h *History) hasKeys(t *schema.Table) bool {
	return len(h.state.Referencing(t.Name)) > 0 ||
		slices.ContainsFunc(t.Constraints, func(c *schema.Constraint) bool { return c.Kind == change.ForeignKey })
}

func (h *History) readTrigger(tr *trigger, d schema.Def) {
	words := wordsOf(h.sql, d.Text)
	head := words[:max(slices.IndexFunc(words, func(w word) bool { return w.is("on") }), 0)]
	tr.onInsert = slices.ContainsFunc(head, func(w word) bool { return w.is("insert") })
	tr.onUpdate = slices.ContainsFunc(head, func(w word) bool { return w.is("update") })
	if !tr.disabled {
		tr.at = h.place(d.File, d.Text)
	}
	tr.body = d.Text
	if h.dialect == "postgres" {
		tr.function = functionOf(words)
		tr.body = ""
		for _, f := range h.state.DefsAbout("function", tr.function) {
			if f.Class == "function" {
				tr.body = bodyOf(h.sql, f.Text)
			}
		}
	}
}

// functionOf is what a CREATE TRIGGER runs.
func functionOf(words []word) change.Name {
	for i, w := range words {
		if !w.is("execute") || len(words) < i+3 {
			continue
		}
		name := change.Name{Name: words[i+2].text}
		if len(words) > i+4 && words[i+3].text == "." {
			name = change.Name{Schema: name.Name, Name: words[i+4].text}
		}
		return name
	}
	return change.Name{}
}

// placeColumns finds where the columns stand that may be twins.
func (h *History) placeColumns(t *table) {
	wanted := false
	for _, c := range t.columns {
		base, _ := twinOf(c.name)
		wanted = wanted || base != "" || isOurs(c.name) || strings.HasPrefix(c.name, "_")
	}
	if !wanted {
		return
	}
	h.defs(t, "column", func(d schema.Def) {
		if c := t.column(d.Column); c != nil && !c.was {
			c.at = h.place(d.File, d.Text)
		}
	})
}
