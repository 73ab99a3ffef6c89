package rules

import (
	"bytes"
	"slices"
	"sort"

	"github.com/safemig/safemig/dialect/change"
)

// readMarks reads what the comments of a script ignore. Those of an earlier part of
// the same file that are for all of it still hold.
func (c *Checker) readMarks(script *change.Script) {
	var earlier []*mark
	if c.part.more && c.part.path == script.Path {
		earlier = c.marks
	}
	first := len(earlier) == 0
	c.marks, c.marksFor, c.misplaced, c.part = nil, markIndex{}, nil, filePart{path: script.Path, more: script.More}
	if !script.HasPragma() {
		return
	}
	known := map[change.Span]bool{} // comments that an earlier part of the file had, and that are kept
	for _, m := range earlier {
		if m.seen = true; m.wide || m.stmt == nil {
			known[m.span] = true
			c.marks = append(c.marks, m)
		}
	}
	comments := commentsOf(script)
	for _, comment := range comments {
		if known[comment.Span] {
			continue
		}
		if m := c.readComment(comment); m != nil {
			m.put(script, comments)
			m.putForeign(script)
			if first || m.stmt != nil || comment.Span.Start >= script.Section.Start {
				c.marks = append(c.marks, m)
			}
		}
	}
	c.marksFor = indexMarks(c.marks)
	c.findMisplaced(script, comments)
}

// readComment reads a comment, in our own words or in those of other tools.
func (c *Checker) readComment(comment change.Comment) *mark {
	if m := readMark(comment); m != nil {
		return m
	}
	return c.readForeign(comment)
}

// LeaveComments has the checker find no fault with comments that ignore something:
// who mends migrations moves them about.
func (c *Checker) LeaveComments() {
	c.leave = true
	c.Choose(c.given)
}

// filePart is the script that was judged last.
type filePart struct {
	path string
	more bool
}

// findMisplaced finds what looks like a mark and is in no comment of the file: one
// in the body of a routine is a part of a text.
func (c *Checker) findMisplaced(script *change.Script, comments []change.Comment) {
	word := []byte("safemig:ignore")
	for at := script.Section.Start; ; {
		n := bytes.Index(script.Src[at:script.Section.End], word)
		if n < 0 {
			return
		}
		span := change.Span{Start: at + n, End: at + n + len(word)}
		behind := sort.Search(len(comments), func(i int) bool { return comments[i].Span.Start > span.Start })
		if behind == 0 || !comments[behind-1].Span.Contains(span) {
			c.misplaced = append(c.misplaced, span)
		}
		at = span.End
	}
}

// takeIgnored takes out what comments, or the configuration, ignore of the findings
// from a place on. stmt is the statement that they were made at, if they were.
func (c *Checker) takeIgnored(p *Pass, stmt *change.Stmt, found []Finding, from int) []Finding {
	return c.take(found, from, func(f *Finding) bool {
		m := c.ignoring(stmt, f)
		if m != nil && !m.wide {
			delete(p.File.Reported, f.Rule) // it may speak again, of another statement
		}
		return m != nil || c.suppressedOutside(f)
	})
}

// take takes findings out, and counts those that somebody would have been shown.
func (c *Checker) take(found []Finding, from int, out func(*Finding) bool) []Finding {
	left := slices.DeleteFunc(found[from:], func(f Finding) bool {
		if !out(&f) {
			return false
		}
		if f.Severity != muted {
			c.suppressed++
		}
		return true
	})
	return found[:from+len(left)]
}

// ignoring is the mark that ignores a finding, or nil. Those of the statement are
// asked before those for the whole file.
func (c *Checker) ignoring(stmt *change.Stmt, f *Finding) *mark {
	today := Today()
	for _, m := range c.marksNear(stmt, f) {
		if !m.wide && m.at(stmt, f) && m.ignores(f.Rule, today) {
			return m
		}
	}
	for _, m := range c.marksFor.wide[f.Rule] {
		if m.ignores(f.Rule, today) {
			return m
		}
	}
	return nil
}

// ignores says whether a mark names a rule and holds, and notes that it was of use.
func (m *mark) ignores(rule, today string) bool {
	i := slices.IndexFunc(m.names, func(n ignoredRule) bool { return n.id == rule })
	if i < 0 || !m.holds(today) {
		return false
	}
	m.names[i].used = true
	return true
}

// markIndex finds marks: a file may have as many as statements.
type markIndex struct {
	at   map[int][]*mark    // by the index of their statement
	wide map[string][]*mark // for the whole file, by rule
}

func indexMarks(marks []*mark) markIndex {
	out := markIndex{at: map[int][]*mark{}, wide: map[string][]*mark{}}
	for _, m := range marks {
		if m.wide {
			for _, n := range m.names {
				out.wide[n.id] = append(out.wide[n.id], m)
			}
		} else if m.stmt != nil {
			out.at[m.stmt.Index] = append(out.at[m.stmt.Index], m)
		}
	}
	return out
}

// marksNear are those that may be about a finding's statement.
func (c *Checker) marksNear(stmt *change.Stmt, f *Finding) []*mark {
	if f.Stmt == nil || stmt != nil && stmt.Index != f.Stmt.Index {
		return c.marks
	}
	return c.marksFor.at[f.Stmt.Index]
}

// at says whether a finding is about the mark's statement: made there, about
// it, or, where it is about the file, with its place in it.
func (m *mark) at(stmt *change.Stmt, f *Finding) bool {
	switch {
	case m.stmt == nil:
		return false
	case stmt != nil && stmt.Index == m.stmt.Index, f.Stmt != nil && f.Stmt.Index == m.stmt.Index:
		return true
	}
	return f.Stmt == nil && f.Span.Valid() && m.stmt.Span.Contains(f.Span)
}
