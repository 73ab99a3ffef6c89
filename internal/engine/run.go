package engine

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Run is how an engine is run.
type Run struct {
	Engine Name
	// Command is for a POSIX shell. There is no password in it.
	Command string
	// Try is the same without doing it, where the engine has such a way.
	Try string
	// Config is the file that has the engine's user and password, to be filled in;
	// empty where the engine has none.
	Config File
	// Needs are the variables of the environment that the command takes.
	Needs []string
	// Before are queries to run first; each must give nothing.
	Before []string
	Notes  []string
}

// File is a file to write.
type File struct{ Path, Text string }

// run writes the command of an engine that can make the change.
func (s *sight) run(o *Opinion) *Run {
	r := &Run{Engine: o.Engine, Config: s.config(o.Engine), Needs: s.needs(o.Engine), Before: s.queries(), Notes: append(s.notes(o), s.unwatched(o.Engine)...)}
	switch o.Engine {
	case GhOst:
		r.Command, r.Try = s.ghost()
	case PtOsc:
		r.Command, r.Try = s.ptOsc()
	case Spirit:
		r.Command = s.spirit()
	case Vitess:
		r.Command = s.vitess()
	case PlanetScale:
		r.Command = s.planetScale()
	}
	return r
}

// needs are the variables that the command, or its configuration, has in it.
func (s *sight) needs(n Name) []string {
	var out []string
	if s.database() == unnamed {
		out = append(out, "DATABASE")
	}
	switch {
	case n == GhOst && s.Settings.OptionFile == "":
		out = append(out, "MYSQL_USER", "MYSQL_PASSWORD")
	case n == Spirit && s.watchesReplicas():
		out = append(out, "SPIRIT_REPLICA_DSN")
	case n == Vitess && s.Settings.Host == "":
		out = append(out, "VTCTLD_SERVER")
	}
	return out
}

// notes are the risks that somebody has to know of, and what was left out.
func (s *sight) notes(o *Opinion) []string {
	var out []string
	for _, r := range o.Reasons {
		if r.Verdict == Risk {
			out = append(out, r.Text())
		}
	}
	if len(s.alter.leftOut) > 0 {
		out = append(out, fmt.Sprintf("%s is left out: it is for a server that alters the table itself", strings.Join(s.alter.leftOut, ", ")))
	}
	return out
}

// queries find the rows that the change has no place for.
func (s *sight) queries() []string {
	table := ident(s.alter.table.Name)
	if schema := s.alter.table.Schema; schema != "" {
		table = ident(schema) + "." + table
	}
	var out []string
	for _, u := range s.uniques {
		list := strings.Join(u.parts, ", ")
		present := strings.Join(u.parts, " IS NOT NULL AND ") + " IS NOT NULL" // a unique key allows many NULLs
		out = append(out, fmt.Sprintf("SELECT %s, count(*) FROM %s WHERE %s GROUP BY %[1]s HAVING count(*) > 1 LIMIT 10", list, table, present))
	}
	for _, column := range s.about(setsNotNull) {
		out = append(out, fmt.Sprintf("SELECT * FROM %s WHERE %s IS NULL LIMIT 10", table, ident(column)))
	}
	for _, op := range s.alter.ops() {
		if o, is := op.(*change.AddConstraint); is && o.Constraint.Kind == change.Check && o.Constraint.Expr != nil {
			out = append(out, fmt.Sprintf("SELECT * FROM %s WHERE NOT (%s) LIMIT 10", table, o.Constraint.Expr.Span.Text(s.Script.Raw)))
		}
	}
	return out
}
