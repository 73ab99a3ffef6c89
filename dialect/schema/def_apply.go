package schema

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// define keeps what a change says. It is called before the change is applied.
func (s *State) define(script *change.Script, op change.Op) {
	if s.defs.none {
		return
	}
	s.defs.script = script
	switch op := op.(type) {
	case *change.Object:
		s.defineObject(op)
	case *change.CreateTable:
		s.defineTable(op)
	case *change.RenameTable:
		s.defineRename(op)
	case *change.CreateTrigger:
		s.defineTrigger(op)
	case *change.DropIndex:
		if ix := s.FindIndex(op.Table, op.Index); ix != nil {
			s.forget(s.indexSubject(ix))
		}
	case *change.RenameIndex:
		s.defineIndexRename(op)
	case *change.AlterIndex:
		if ix := s.FindIndex(op.Table, op.Index); ix != nil {
			about := s.indexSubject(ix)
			s.replace(about, remark{said: s.say(op.Span, "index", ix.Name, true, ix.Table), class: "option", name: op.Action})
		}
	default:
		if !op.Head().Table.IsZero() {
			s.defineClause(op)
		}
	}
}

func (s *State) relation(n change.Name) subject { return subject{aboutRelation, s.key(n)} }

// indexSubject is an index: MySQL's have names of their table's own.
func (s *State) indexSubject(ix *Index) subject {
	return subject{aboutRelation, s.indexKey(ix.Table, ix.Name)}
}

// defineClause keeps what a clause of ALTER TABLE says.
func (s *State) defineClause(op change.Op) {
	about, table := s.relation(op.Head().Table), op.Head().Table
	option := func(name, column string) {
		s.replace(about, remark{said: s.say(op.Head().Span, "option", name, true, table), class: "option", name: name, column: column})
	}
	switch op := op.(type) {
	case *change.DropColumn:
		s.unsay(about, func(r remark) bool { return s.sameName(r.column, op.Column) })
	case *change.RenameColumn:
		if s.IsView(op.Table) {
			s.remark(about, remark{said: s.say(op.Span, "view", table.Name, true, table), class: "option", name: renameColumn})
			s.renamedInView(about.name, op.From, op.To)
			return
		}
		s.defineColumnRename(op.Table, op.From, op.To)
	case *change.ModifyColumn:
		s.defineColumnRename(op.Table, op.From, op.Column.Name)
	case *change.DropTrigger:
		s.unsayMember(about, "trigger", op.Name)
	case *change.DropConstraint:
		s.unsayMember(about, "constraint", op.Name)
	case *change.RenameConstraint:
		s.renameMember(about, "constraint", op.Table, op.From, op.To)
		if ix := s.IndexOn(table, op.From); ix != nil {
			s.moveIndex(ix, op.To)
		}
	case *change.AlterConstraint:
		s.remark(about, remark{said: s.say(op.Span, "constraint", op.Name, true, table), class: "option", name: op.Name})
	case *change.AlterGenerated:
		if action := strings.ToLower(op.Action); strings.HasPrefix(action, "set generated") || strings.HasPrefix(action, "restart") {
			option(action, op.Column)
		}
	case *change.ColumnOption:
		option(op.Option, op.Column)
	case *change.ColumnDefault:
		switch {
		case !s.IsView(op.Table):
		case op.Default == nil:
			s.unsay(about, func(r remark) bool { return r.name == "default" && r.column == op.Column })
		default:
			option("default", op.Column)
		}
	case *change.TableOption:
		s.defineTableOption(about, op)
	case *change.AttachPartition:
		s.remark(about, remark{said: s.say(op.Span, "partition", "", true, table, op.Partition), class: "partition", calls: s.Resolve(op.Partition)})
	case *change.DetachPartition:
		part := s.Resolve(op.Partition)
		s.unsay(about, func(r remark) bool { return r.class == "partition" && r.calls == part })
	}
}

// defineTableOption keeps a property of a table: the last of its kind holds.
func (s *State) defineTableOption(about subject, op *change.TableOption) {
	r := remark{class: "option", name: op.Option}
	own, class := op.Option, "option"
	switch op.Option {
	case "algorithm", "lock", "wait", "nowait", "force", "ignore", "validation", "order by", "inherit", "no inherit", "of", "not of":
		return // how the statement is run, or kept elsewhere
	case "owner":
		r.class, r.name = "owner", ""
	case "cluster on", "without cluster":
		r.name, class, own = "cluster", "index", op.Value
	case "logged", "unlogged":
		r.name = "persistence"
	case "row security":
		r.name += forced(op.Value)
	case "enable trigger", "disable trigger":
		r.name, class = "trigger "+lastWord(op.Value), "trigger"
		own = lastWord(op.Value)
	case "rule":
		r.name, class = "rule "+lastWord(op.Value), "rule"
		own = lastWord(op.Value)
	case "storage", "options": // each sets some of them
		s.remark(about, remark{said: s.say(op.Span, class, own, true, op.Table), class: "option", name: op.Option})
		return
	}
	r.said = s.say(op.Span, class, own, true, op.Table)
	s.replace(about, r)
}

// forced tells FORCE ROW LEVEL SECURITY from ENABLE.
func forced(value string) string {
	if strings.HasSuffix(value, "force") {
		return " forced"
	}
	return ""
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

func (s *State) sameName(a, b string) bool {
	if s.foldCase {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// unsayMember forgets a trigger, policy, rule or constraint, and what was said about it.
func (s *State) unsayMember(about subject, class, name string) {
	s.unsay(about, func(r remark) bool { return r.said.class == class && s.sameName(r.member(), name) })
}

// member is what the thing is called now that a remark is about.
func (r remark) member() string {
	if r.class == "option" {
		return lastWord(r.name)
	}
	return r.name
}

func (s *State) renameMember(about subject, class string, table change.Name, from, to string) {
	s.renamed(class, s.Resolve(table), change.Name{Name: from}, change.Name{Name: to})
	s.change(about, func(r *remark) {
		if r.said.class == class && r.member() == from {
			r.name = strings.TrimSuffix(r.name, from) + to
		}
	})
}

func (s *State) defineColumnRename(table change.Name, from, to string) {
	s.renamed("column", s.Resolve(table), change.Name{Name: from}, change.Name{Name: to})
	s.change(s.relation(table), func(r *remark) {
		if s.sameName(r.column, from) && from != "" {
			r.column = to
		}
	})
}

func (s *State) defineTable(op *change.CreateTable) {
	about := s.relation(op.Table)
	if old := s.tables[about.name]; old != nil && old.Complete && op.IfNotExists {
		return
	}
	s.forget(about)
	names := append([]change.Name{op.Table, op.PartitionOf}, op.Inherits...)
	s.remark(about, remark{said: s.say(op.Span, "table", op.Table.Name, false, append(names, op.Like...)...), class: "table"})
}

func (s *State) defineRename(op *change.RenameTable) {
	from, to := s.Resolve(op.Table), op.To
	if to.Schema == "" {
		to.Schema = from.Schema
	}
	s.moveRelation(from, to)
}

// moveRelation gives a table, view or sequence another name. What belongs to a
// table goes to another schema with it.
func (s *State) moveRelation(from, to change.Name) {
	s.renamed("table", change.Name{}, from, to)
	s.move(s.relation(from), s.relation(to))
	for _, ix := range s.IndexesOf(from) {
		moved := *ix
		moved.Table = to
		s.move(s.indexSubject(ix), s.indexSubject(&moved))
	}
}

func (s *State) defineIndexRename(op *change.RenameIndex) {
	ix := s.FindIndex(op.Table, op.Index)
	if ix == nil {
		return
	}
	if t := s.Table(ix.Table); t != nil && t.Constraint(ix.Name) != nil {
		s.renameMember(s.relation(ix.Table), "constraint", ix.Table, ix.Name, op.To)
	}
	s.moveIndex(ix, op.To)
}

func (s *State) moveIndex(ix *Index, name string) {
	s.renamed("index", ix.Table, change.Name{Name: ix.Name}, change.Name{Name: name})
	moved := *ix
	moved.Name = name
	s.move(s.indexSubject(ix), s.indexSubject(&moved))
}

func (s *State) defineTrigger(op *change.CreateTrigger) {
	about := s.relation(op.Table)
	if op.OrReplace {
		s.unsay(about, func(r remark) bool { return r.class == "trigger" && r.name == op.Name })
	}
	s.remark(about, remark{
		said: s.say(op.Span, "trigger", op.Name, false, op.Table, op.Other), class: "trigger", name: op.Name, calls: s.Resolve(op.Function),
	})
}
