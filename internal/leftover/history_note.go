package leftover

import (
	"maps"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// member is something of a table's, by its own name.
type member struct {
	table change.Name
	name  string
}

// marks are what the state of a schema does not tell.
type marks struct {
	late      map[member]bool             // columns and constraints that were added to a table which was there
	copied    map[member]bool             // columns that an UPDATE filled
	enforced  map[member]bool             // what ALTER CONSTRAINT said last
	validated map[member]bool             // by a statement that may not have run
	again     map[member]bool             // indexes
	off       map[member]place            // triggers
	was       map[member]place            // columns that had the name whose twin they have now
	dropped   map[string]bool             // MySQL's triggers: DROP TRIGGER names no table
	gone      map[change.Name]bool        // tables that a statement drops which may not have run
	renamed   map[change.Name]change.Name // tables, by what they are called now
}

func newMarks() marks {
	return marks{
		late: map[member]bool{}, copied: map[member]bool{}, enforced: map[member]bool{}, validated: map[member]bool{}, again: map[member]bool{},
		off: map[member]place{}, was: map[member]place{}, dropped: map[string]bool{}, gone: map[change.Name]bool{}, renamed: map[change.Name]change.Name{},
	}
}

// all and user are what DISABLE TRIGGER takes in place of a name; keys are those of
// foreign keys, which ALL switches too and USER does not.
const (
	allTriggers  = "all"
	userTriggers = "user"
	keyTriggers  = "\x00keys"
)

func (h *History) key(n change.Name) change.Name {
	n = h.state.Resolve(n)
	if h.dialect != "postgres" {
		n.Schema, n.Name = strings.ToLower(n.Schema), strings.ToLower(n.Name)
	}
	return n
}

func (h *History) of(table change.Name, name string) member {
	if h.dialect != "postgres" {
		name = strings.ToLower(name)
	}
	return member{h.key(table), name}
}

// note keeps what the state does not; it is called before the change is applied.
func (h *History) note(script *change.Script, stmt *change.Stmt, op change.Op) {
	m, at := &h.marks, op.Head().Table
	if isMadeUp(at.Name) { // a loop over tables
		h.doubt = append(h.doubt, mentionsIn(script.Text(stmt.Span)))
	}
	switch op := op.(type) {
	case *change.Opaque:
		h.doubt = append(h.doubt, mentionsIn(script.Text(stmt.Span)))
	case *change.CreateTable:
		if t := h.state.Table(at); t == nil || !op.IfNotExists {
			h.forget(h.key(at))
		}
	case *change.DropTable:
		if m.gone[h.key(at)] = op.Conditional; !op.Conditional {
			h.forget(h.key(at))
		}
	case *change.RenameTable:
		h.rename(op)
	case *change.AddColumn:
		m.late[h.of(at, op.Column.Name)] = true
	case *change.RenameColumn:
		h.renameMember(at, op.From, op.To)
		if twin, _ := twinOf(op.To); strings.EqualFold(twin, op.From) {
			m.was[h.of(at, op.To)] = h.place(script.Path, script.Text(op.Span))
		}
	case *change.AddConstraint:
		m.late[h.of(at, h.state.ConstraintName(at, op.Constraint))] = true
	case *change.RenameConstraint:
		h.renameMember(at, op.From, op.To)
	case *change.Update:
		for _, c := range op.Columns {
			if h.fills(script, op, c) {
				m.copied[h.of(at, c)] = true
			}
		}
	default:
		h.noteRest(script, op)
	}
}

func (h *History) noteRest(script *change.Script, op change.Op) {
	m, at := &h.marks, op.Head().Table
	switch op := op.(type) {
	case *change.ValidateConstraint:
		m.validated[h.of(at, op.Name)] = true
	case *change.AlterConstraint:
		if action := strings.ToLower(op.Action); strings.Contains(action, "enforced") {
			m.enforced[h.of(at, op.Name)] = !strings.Contains(action, "not enforced")
		}
	case *change.CreateIndex:
		if op.Concurrently && op.IfNotExists && op.Name != "" {
			ix := h.state.FindIndex(op.Table, change.Name{Schema: h.state.Resolve(at).Schema, Name: op.Name})
			m.again[h.of(at, op.Name)] = ix != nil && ix.Concurrently
		}
	case *change.DropIndex:
		if ix := h.state.FindIndex(op.Table, op.Index); ix != nil {
			delete(m.again, h.of(ix.Table, ix.Name))
		}
	case *change.Reindex:
		clear(m.again)
	case *change.TableOption:
		h.switchTrigger(script, op)
	case *change.DropTrigger:
		delete(m.off, h.of(at, op.Name))
		m.dropped[strings.ToLower(op.Name)] = at.IsZero()
	case *change.CreateTrigger:
		delete(m.dropped, strings.ToLower(op.Name))
	}
}

// switchTrigger follows DISABLE TRIGGER and ENABLE TRIGGER.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER
func (h *History) switchTrigger(script *change.Script, op *change.TableOption) {
	name := op.Value[strings.LastIndexByte(op.Value, ' ')+1:]
	on := op.Option == "enable trigger"
	if !on && op.Option != "disable trigger" {
		return
	}
	names := []string{name}
	if name == allTriggers || name == userTriggers {
		names = nil
		if t := h.state.Table(op.Table); t != nil {
			names = append(names, t.Triggers...)
		}
	}
	if name == allTriggers {
		names = append(names, keyTriggers)
	}
	for _, n := range names {
		if on {
			delete(h.marks.off, h.of(op.Table, n))
		} else {
			h.marks.off[h.of(op.Table, n)] = h.place(script.Path, script.Text(op.Span))
		}
	}
}

// fills says whether an UPDATE gives a column the values of the one whose twin it is.
func (h *History) fills(script *change.Script, op *change.Update, column string) bool {
	twin, _ := twinOf(column)
	return twin != "" && mentionsIn(script.Text(op.Span)).has(twin)
}

// forget forgets a table.
func (h *History) forget(table change.Name) {
	m := &h.marks
	for _, all := range []map[member]bool{m.late, m.copied, m.enforced, m.validated, m.again} {
		maps.DeleteFunc(all, func(k member, _ bool) bool { return k.table == table })
	}
	for _, all := range []map[member]place{m.off, m.was} {
		maps.DeleteFunc(all, func(k member, _ place) bool { return k.table == table })
	}
	delete(m.gone, table)
	delete(m.renamed, table)
}

func (h *History) rename(op *change.RenameTable) {
	from, to := h.key(op.Table), op.To
	if to.Schema == "" {
		to.Schema = from.Schema
	}
	to = h.key(to)
	m := &h.marks
	for _, all := range []map[member]bool{m.late, m.copied, m.enforced, m.validated, m.again} {
		moveTable(all, from, to)
	}
	moveTable(m.off, from, to)
	moveTable(m.was, from, to)
	delete(m.renamed, from)
	if h.state.Table(op.Table) != nil {
		m.renamed[to] = from
	}
}

func moveTable[V any](all map[member]V, from, to change.Name) {
	for k, v := range all {
		if k.table == from {
			delete(all, k)
			all[member{to, k.name}] = v
		}
	}
}

// renameMember follows a column or a constraint.
func (h *History) renameMember(table change.Name, from, to string) {
	old, now := h.of(table, from), h.of(table, to)
	m := &h.marks
	for _, all := range []map[member]bool{m.late, m.copied, m.enforced, m.validated} {
		if v, ok := all[old]; ok {
			delete(all, old)
			all[now] = v
		}
	}
}

// isMadeUp says whether a name is one that the parser gives what a text tells nothing of.
func isMadeUp(name string) bool { return strings.Contains(name, "‹") }
