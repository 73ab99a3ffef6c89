package rewrite

import (
	"slices"
	"strings"
)

// File is SQL that is sent as one: a whole transaction, or one statement outside
// of any.
type File struct {
	SQL   string   // each statement closed by a semicolon and a line end
	Stmts []string // the same, without semicolons
	InTx  bool
}

func fileOf(sql []string, inTx bool) File { return File{SQL: closed(sql), Stmts: sql, InTx: inTx} }

// Files are the texts of a step. A statement that cannot run in a transaction
// stands alone: in most migration tools several statements of one file are one
// transaction, whatever the file says.
func Files(s *Step, text Text, opt Options) []File {
	if s.Backfill != nil {
		return nil
	}
	if s.InTx {
		return []File{fileOf(s.accepted(append(prelude(text, s, opt), s.SQL...)), true)}
	}
	var out []File
	for _, sql := range s.Cleanup {
		out = append(out, fileOf([]string{sql}, true))
	}
	for _, sql := range s.SQL {
		out = append(out, s.outside(sql, text))
	}
	return out
}

// outside is a statement that runs outside of any transaction.
func (s *Step) outside(sql string, text Text) File {
	if !s.Commits {
		return fileOf(s.accepted([]string{sql}), false)
	}
	marks := strings.TrimSuffix(s.accepted([]string{sql})[0], sql)
	if e := s.Engine; e != nil {
		return fileOf(engineFile(text, s, e.Name+ScriptExtension, s.Done, marks, sql), false)
	}
	return fileOf(slices.Concat(s.Session, onlineFile(text, s.LockTimeout, s.Done, marks, sql), s.Reset), false)
}

// UndoFiles are the texts that take a step back.
func UndoFiles(s *Step, text Text, opt Options) []File {
	if len(s.Down) == 0 {
		return nil
	}
	if s.DownInTx {
		back := *s
		if s.downLocks != nil {
			back.Locks, back.perhaps = s.downLocks, true
		}
		if s.renamed != nil {
			back.Locks, back.perhaps = inOrder(append(slices.Clone(back.Locks), s.renamed...)), true
		}
		return []File{fileOf(append(prelude(text, &back, opt), s.Down...), true)}
	}
	var out []File
	for i, sql := range s.Down {
		if e := s.Engine; e != nil && e.Back != nil && sql == e.BackSQL {
			out = append(out, fileOf(engineFile(text, s, e.Name+ScriptExtension+" back", s.DownDone[i], "", sql), false))
			continue
		}
		if s.Commits {
			out = append(out, fileOf(onlineFile(text, s.LockTimeout, s.DownDone[i], "", sql), false))
			continue
		}
		out = append(out, fileOf([]string{sql}, false))
	}
	return out
}

func closed(sql []string) string {
	var out strings.Builder
	for _, s := range sql {
		out.WriteString(strings.TrimRight(s, "; \n") + ";\n")
	}
	return out.String()
}

// ignoreMark is the comment that the linter passes a rule over for, on one line: a name
// with a line end in it would end the comment, and the rest of it would be run.
func ignoreMark(rule, reason string) string {
	return "-- safemig:ignore " + rule + " -- " + strings.Join(strings.Fields(reason), " ") + "\n"
}

// accepted puts what the plan knows of a statement's harm above it, so that the
// linter, and whoever reads it, knows too.
func (s *Step) accepted(sql []string) []string {
	if len(s.Accept) == 0 {
		return sql
	}
	var marks strings.Builder
	for _, a := range s.Accept {
		marks.WriteString(ignoreMark(a.Rule, a.Reason))
	}
	out := make([]string, 0, len(sql))
	for i, text := range sql {
		if i >= len(sql)-len(s.SQL) {
			text = marks.String() + text
		}
		out = append(out, text)
	}
	return out
}
