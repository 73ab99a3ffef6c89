package leftover

import (
	"regexp"
	"slices"
	"strings"
)

// wholeTable finds tables that should not be there any more.
func (f *finder) wholeTable(t *table) {
	name := shown(t.name)
	if !t.pending.IsZero() {
		f.add(t, "", t.at, Leftover{
			Kind:   DetachPending,
			Why:    "DETACH PARTITION .. CONCURRENTLY of " + name + " stopped half-way: queries of " + shown(t.pending) + " do not see its rows, and no other partition can be detached that way",
			Remedy: "ALTER TABLE " + f.at(t.pending) + " DETACH PARTITION " + f.at(t.name) + " FINALIZE",
		}, t.name.Name)
	}
	switch tool, base, is := f.toolOf(t); {
	case !t.seen: // perhaps a materialized view
	case is:
		f.addToolTable(t, tool, base)
	case f.hasView(t): // which says more
	case isOurs(t.name.Name):
		f.add(t, "", t.at, Leftover{Kind: OurObject, Why: name + " was made, or set aside, for a while" + ofOurs,
			Remedy: "when nobody wants its rows back: DROP TABLE " + f.at(t.name)}, t.name.Name)
	case t.partition:
	default:
		f.twinTable(t)
	}
}

// toolOf is the tool that a table is of, and the table that it changes.
func (f *finder) toolOf(t *table) (tool toolName, base string, is bool) {
	if f.isPostgres() && t.name.Schema == "repack" {
		return toolName{tool: "pg_repack"}, "", regexp.MustCompile(`^(?:table|log)_\d+$`).MatchString(t.name.Name)
	}
	tool, base, is = matching(toolTables(f.p.dialect), t.name.Name)
	return tool, base, is && (!tool.needs || f.p.tableNamed(t.name.Schema, base) != nil)
}

func (f *finder) addToolTable(t *table, tool toolName, base string) {
	l := Leftover{Kind: ToolObject, Why: tool.tool + " made " + shown(t.name) + " and did not clear it away: it takes space, and a next run may refuse to begin"}
	switch {
	case tool.old && base != "":
		l.Why = shown(t.name) + " has the rows that " + base + " had before " + tool.tool + " changed it: they take space, and nobody deletes from them what is deleted from " + base
	case base != "":
		l.Why = shown(t.name) + " is what " + tool.tool + " made to change " + base + ", and the run did not end: it takes space, and a next run may refuse to begin"
	}
	l.Remedy = "when no " + tool.tool + " runs: " + f.cleared(tool, "DROP TABLE "+f.at(t.name))
	f.add(t, "", t.at, l, t.name.Name)
}

// cleared is how a tool's things go away: by itself where it can, else by a statement.
func (f *finder) cleared(tool toolName, statement string) string {
	switch tool.tool {
	case "pg_repack": // https://reorg.github.io/pg_repack/#diagnostics
		return "DROP EXTENSION pg_repack CASCADE; CREATE EXTENSION pg_repack"
	case "pgroll":
		return "pgroll complete, or pgroll rollback"
	case "reshape":
		return "reshape migration complete, or reshape migration abort"
	}
	return statement
}

func (f *finder) addToolMember(t *table, member string, at place, tool toolName) {
	f.add(t, member, at, Leftover{
		Kind:   ToolObject,
		Why:    member + " of " + shown(t.name) + " is what " + tool.tool + " makes for a while: its change was neither ended nor taken back",
		Remedy: f.cleared(tool, "when no "+tool.tool+" runs: "+f.dropTrigger(t, trigger{name: member})),
	})
}

// twinTable finds a second version of a table.
func (f *finder) twinTable(t *table) {
	base := f.p.tableNamed(t.name.Schema, guessedTwinOf(t.name.Name, "_new", "_old", "_tmp", "_temp", "_bak"))
	if base == nil || base == t {
		return
	}
	name, other := shown(t.name), shown(base.name)
	if by := f.between(t, base); by != "" {
		f.add(t, "", t.at, Leftover{
			Kind: SyncedTables, Why: "the trigger " + by + " keeps " + name + " and " + other + " in step: every write pays for both, and no later step ends that",
			Remedy: "when no running version uses the old one of the two: drop the trigger " + by + ", then that table",
		}, t.name.Name, by)
		return
	}
	l := Leftover{Kind: TwinTable, Guess: true, Why: "by its name, " + name + " is another version of " + other + ", which is still there"}
	if strings.EqualFold(t.renamed.Name, base.name.Name) {
		l.Guess, l.Why = false, name+" was "+other+" until another table took its place: it takes space, and nobody deletes from it what is deleted from "+other
	}
	l.Remedy = "when nothing reads or writes it: DROP TABLE " + f.at(t.name)
	f.add(t, "", t.at, l, t.name.Name)
}

// between is a trigger of one of two tables that writes to the other.
func (f *finder) between(a, b *table) string {
	for _, pair := range [][2]*table{{a, b}, {b, a}} {
		for _, tr := range pair[0].triggers {
			words := wordsOf(f.sql, tr.body)
			names := func(w word) bool { return w.isName() && strings.EqualFold(w.text, pair[1].name.Name) }
			writes := func(w word) bool { return w.is("insert") || w.is("update") || w.is("delete") || w.is("replace") }
			if !tr.disabled && slices.ContainsFunc(words, names) && slices.ContainsFunc(words, writes) {
				return tr.name
			}
		}
	}
	return ""
}

// standsIn says whether a view has the name of a table that a plan of ours set aside.
func standsIn(v view, base string) bool {
	return isOurs(base) && strings.EqualFold(guessedTwinOf(base, ours+"base"), v.name.Name)
}

func (f *finder) hasView(t *table) bool {
	return slices.ContainsFunc(f.p.views, func(v view) bool { return v.name.Schema == t.name.Schema && standsIn(v, t.name.Name) })
}

// views finds views that stand in for a table that has another name now.
func (f *finder) views() {
	for _, v := range f.p.views {
		for _, n := range v.reads {
			t := f.p.tableNamed(n.Schema, n.Name)
			own := standsIn(v, n.Name)
			if t == nil || !own && (!v.was || t.renamed != v.name) {
				continue
			}
			l := Leftover{
				Kind: RenameView, Object: shown(v.name), Path: v.at.path, Line: v.at.line, Since: v.at.since, names: []string{v.name.Name}, table: n.Name,
				Why:    "the table " + shown(v.name) + " is " + shown(n) + " now, and a view has its name: the rename was begun and not finished",
				Remedy: "when no running version uses the name " + shown(v.name) + ": DROP VIEW " + f.at(v.name),
			}
			if own {
				l.Why += ofOurs
				l.Remedy = "take the table back: DROP VIEW " + f.at(v.name) + "; ALTER TABLE " + f.at(n) + " RENAME TO " + f.q(v.name.Name)
			}
			f.out = append(f.out, l)
		}
	}
}
