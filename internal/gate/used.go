package gate

import (
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/progress"
)

// quest asks about one target on one server.
type quest struct {
	to    target
	parts []string // the names of its relation
	// since is how long ago the newest version of the application was everywhere; known
	// says whether anybody has said so.
	since time.Duration
	known bool
	quiet time.Duration
	again string // how to confirm the deployment anew
	ours  func(sql string) bool
}

// window is how far back a use counts against the target.
func (q *quest) window() time.Duration {
	if q.known {
		return q.since
	}
	return q.quiet
}

// names says how a statement names the target.
func (q *quest) names(dialect, schema, sql string, cut bool) mention {
	return text{dialect: dialect, sql: sql, cut: cut, elsewhere: schema != "" && q.to.Table.Schema != "" && !strings.EqualFold(schema, q.to.Table.Schema)}.names(q.to, q.parts)
}

// asks says whether a statement reads or writes rows: what defines things, keeps them in
// shape or explains is no use of a column.
func asks(words []word) bool {
	if len(words) == 0 {
		return false
	}
	return words[0].is("select", "insert", "update", "delete", "merge", "with", "table", "values", "copy", "replace", "call", "declare", "execute", "prepare", "load", "handler", "(")
}

// dumps says whether a statement is one that pg_dump reads a table by. It asks for the
// columns that are there, whichever they are.
func dumps(words []word) bool {
	n := len(words)
	return n > 4 && words[0].is("copy") && words[n-2].is("to") && words[n-1].is("stdout")
}

// statements judges what a server has counted.
func (q *quest) statements(s *server) Result {
	if s.second.statementsErr != nil {
		return Result{State: Unknown, Why: oneLine(s.second.statementsErr.Error())}
	}
	j := &judging{quest: q, server: s, before: map[string]statement{}}
	for _, st := range s.first.statements {
		j.before[st.key] = st
	}
	for _, st := range s.second.statements {
		j.statement(st)
	}
	return j.verdict()
}

// judging is what is known after some statements.
type judging struct {
	*quest
	server  *server
	before  map[string]statement
	running []string // have run while we watched
	since   []string // have run since the new version was everywhere
	hazy    []string // may have
	reset   []string
	cutOff  []string
	old     int  // ran before
	watched bool // of some it is known only because nobody ran them while we watched
	stars   int
}

func (j *judging) statement(st statement) {
	dialect := j.server.db.Dialect
	words := wordsOf(dialect, st.sql)
	if !asks(words) || dumps(words) || j.ours(st.sql) {
		return
	}
	m := j.names(dialect, st.schema, st.sql, st.cut)
	was, known := j.before[st.key]
	grew := j.server.first.statementsErr == nil && (!known || st.calls > was.calls)
	shown := fmt.Sprintf("%q, %s", oneLine(st.sql), times(st.calls))
	switch {
	case m == none:
	case m == star:
		j.stars++
	case grew && m == plainly:
		j.running = append(j.running, shown)
	case st.last != nil:
		j.dated(st, m, shown)
	default:
		j.undated(st, m, shown)
	}
}

// dated is a statement of which it is known when it ran last.
func (j *judging) dated(st statement, m mention, shown string) {
	shown += ", last " + inWords(*st.last) + " ago"
	switch {
	case *st.last >= j.window():
		j.old++
	case m == plainly:
		j.since = append(j.since, shown)
	default:
		j.cutOff = append(j.cutOff, shown)
	}
}

// undated is one of which it is not: PostgreSQL counts, and tells at best since when.
func (j *judging) undated(st statement, m mention, shown string) {
	window := j.window()
	switch {
	case m == perhaps:
		j.cutOff = append(j.cutOff, shown)
	case st.first != nil && *st.first < window:
		j.since = append(j.since, shown+", first "+inWords(*st.first)+" ago")
	case st.since != nil && st.ran && *st.since < window:
		j.since = append(j.since, shown+", once at least in the last "+inWords(*st.since))
	case st.since != nil && !st.ran && *st.since >= j.quiet:
		j.old++
	case j.server.watched >= j.quiet:
		j.old++
		j.watched = true
	default:
		j.hazy = append(j.hazy, shown)
		j.reset = append(j.reset, st.reset)
	}
}

// verdict is the result of all of them.
func (j *judging) verdict() Result {
	covered := j.covered()
	switch {
	case len(j.running) > 0:
		return found(Closed, fmt.Sprintf("%s still named it in the last %s: %s", progress.Count(int64(len(j.running)), "statement"), inWords(j.server.watched), j.running[0]))
	case len(j.since) > 0 && j.known:
		return found(Closed, fmt.Sprintf("%s named it since the new version was everywhere: %s; if that was the last of the old one, %s", progress.Count(int64(len(j.since)), "statement"), j.since[0], j.again))
	case len(j.since) > 0:
		return found(Closed, fmt.Sprintf("%s named it in the last %s: %s", progress.Count(int64(len(j.since)), "statement"), inWords(j.window()), j.since[0]))
	case len(j.cutOff) > 0:
		return found(Unknown, fmt.Sprintf("%s may name it, of which not all is seen, or only a literal: %s", progress.Count(int64(len(j.cutOff)), "statement"), j.cutOff[0]))
	case len(j.hazy) > 0:
		return found(Unknown, fmt.Sprintf("%s named it some time, and whether that was before the new version was everywhere is not told: %s. Have the server forget it, and look again after %s: %s", progress.Count(int64(len(j.hazy)), "statement"), j.hazy[0], inWords(j.quiet), strings.Join(j.reset[:min(3, len(j.reset))], "; ")))
	case j.server.second.lost > 0 && j.server.second.lost < j.window():
		return found(Unknown, "there was no room to count all statements: enlarge performance_schema_digests_size, or TRUNCATE TABLE performance_schema.events_statements_summary_by_digest and look again later")
	case j.server.second.prepared > 0:
		return found(Unknown, fmt.Sprintf("%s were run that a driver has prepared, and MariaDB does not tell which: if only the old version does so, TRUNCATE TABLE performance_schema.events_statements_summary_global_by_event_name and look again later", progress.Count(j.server.second.prepared, "statement")))
	case covered < j.quiet && j.server.watched < j.quiet:
		return found(Closed, fmt.Sprintf("nobody named it in the last %s, and it must be quiet for %s (gates: quiet): look again in %s", inWords(covered), inWords(j.quiet), inWords(j.quiet-covered)))
	}
	return found(Passed, j.calm(covered))
}

// covered is how long nobody can have named it without being counted.
func (j *judging) covered() time.Duration {
	out := j.window()
	if r := j.server.second; r.reachKnown {
		out = min(out, r.reach)
	}
	return out
}

// calm says what the passing rests on.
func (j *judging) calm(covered time.Duration) string {
	why := fmt.Sprintf("no statement named it in the last %s", inWords(max(covered, j.server.watched)))
	switch {
	case j.watched:
		why = fmt.Sprintf("no statement named it in the %s that it was watched", inWords(j.server.watched))
	case !j.server.second.reachKnown:
		why = "no statement names it, of those that are counted; since when is not known before PostgreSQL 14"
	}
	if j.old > 0 {
		why += fmt.Sprintf("; %s did before", progress.Count(int64(j.old), "statement"))
	}
	if j.stars > 0 {
		why += fmt.Sprintf("; %s of the table takes all columns by *, whatever they are", progress.Count(int64(j.stars), "statement"))
	}
	return why
}

// sessions judges what others run, or ran last.
func (q *quest) sessions(s *server) Result {
	for _, look := range []*snapshot{s.second, s.first} {
		if look.sessionsErr != nil {
			return Result{State: Unknown, Why: oneLine(look.sessionsErr.Error())}
		}
	}
	var unsure string
	for _, look := range []*snapshot{s.second, s.first} {
		for _, one := range look.sessions {
			words := wordsOf(s.db.Dialect, one.sql)
			if !asks(words) || dumps(words) || q.ours(one.sql) || !one.now && one.began >= q.window() {
				continue
			}
			when := "runs"
			if !one.now {
				when = "ran, " + inWords(one.began) + " ago,"
			}
			switch q.names(s.db.Dialect, "", one.sql, one.cut) {
			case plainly:
				return found(Closed, fmt.Sprintf("%s %s %q", oneLine(one.who), when, oneLine(one.sql)))
			case perhaps:
				unsure = fmt.Sprintf("%s %s what may name it: %q", oneLine(one.who), when, oneLine(one.sql))
			}
		}
	}
	if unsure != "" {
		return found(Unknown, unsure)
	}
	return found(Passed, "no session runs a statement that names it")
}

// rows judges how often a table was read and written, whoever did it and by whatever name.
func (q *quest) rows(s *server) Result {
	for _, look := range []*snapshot{s.first, s.second} {
		if look.usesErr != nil {
			return Result{State: Unknown, Why: oneLine(look.usesErr.Error())}
		}
	}
	for _, part := range q.parts {
		was, is := s.first.uses[part], s.second.uses[part]
		switch {
		case is.writes > was.writes:
			return found(Closed, fmt.Sprintf("%s was written to in the last %s: %s", part, inWords(s.watched), times(is.writes-was.writes)))
		case is.reads > was.reads:
			return found(Closed, fmt.Sprintf("%s was read in the last %s: %s", part, inWords(s.watched), times(is.reads-was.reads)))
		case is.lastIndex != nil && *is.lastIndex < q.window():
			return found(Closed, fmt.Sprintf("%s was read along an index %s ago", part, inWords(*is.lastIndex)))
		}
	}
	return found(Passed, fmt.Sprintf("nobody read or wrote it in the last %s", inWords(s.watched)))
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
