package schema

import (
	"maps"
	"sort"

	"github.com/safemig/safemig/dialect/change"
)

// InTx says whether a statement runs in a transaction block.
type InTx uint8

// The answers; Perhaps is a plain directory, whose runner is not known.
const (
	Outside InTx = iota
	Perhaps
	Inside
)

type tx struct {
	outer    InTx // what the migration tool opens around the file
	explicit bool // the file itself said BEGIN
	ended    bool // the file ended the tool's transaction
	id       int  // grows with every transaction
	// chunk is the piece of the file that is being sent, shared says that it
	// holds several statements, which are then one transaction.
	chunk  change.Span
	shared bool
	block  bool // a statement that runs others: it is one transaction
	first  bool // the first statement of the script
	script *change.Script
}

// BeginFile starts the replay of a file: what was created before it is old now,
// and session settings do not outlive the connection that made them.
func (s *State) BeginFile(script *change.Script) {
	s.file++
	s.settings = settings{}
	s.saved = nil
	s.saves = planSaves(script)
	s.tx = tx{outer: s.outerTx(script), id: s.tx.id + 1, script: script}
	for _, t := range s.types {
		t.AddedInTx = nil
	}
}

// outerTx is the transaction around the whole file. Several statements in one
// simple query are one transaction on PostgreSQL even without BEGIN.
func (s *State) outerTx(script *change.Script) InTx {
	switch {
	case s.foldCase:
		return Outside // DDL commits implicitly on MySQL and MariaDB
	case script.Tx == change.TxFile || script.Tx == change.TxAllPending:
		return Inside
	case script.Tx == change.TxUnknown:
		return Perhaps
	case script.Send == change.SendFile && len(script.Stmts) > 1:
		return Inside
	case script.Send == change.SendPipeline && len(script.Stmts) > 1:
		return Inside
	}
	return Outside
}

// BeginStmt is called before each statement: outside a transaction block each
// is its own transaction. The routines of earlier files that it calls become
// steps of it.
func (s *State) BeginStmt(stmt *change.Stmt) {
	s.follow(stmt)
	s.begin(stmt)
}

func (s *State) begin(stmt *change.Stmt) {
	s.tx.block, s.tx.first = false, stmt.Index == 0
	same := s.enterChunk(stmt)
	if s.InTx() == Outside || s.tx.shared && !same && !s.tx.explicit && s.tx.outer == Outside {
		s.tx.id++
		s.settings.endTx() // also a SET LOCAL in the DO block before it
	}
}

// enterChunk notes the piece that the statement is sent in, and says whether
// the statement before it was in the same.
func (s *State) enterChunk(stmt *change.Stmt) bool {
	if s.tx.script == nil || s.tx.script.Send != change.SendChunk || s.foldCase {
		return false
	}
	chunks := s.tx.script.Chunks // they are in order, and there may be thousands
	i := sort.Search(len(chunks), func(i int) bool { return chunks[i].End >= stmt.Span.End })
	if i == len(chunks) || !chunks[i].Contains(stmt.Span) {
		s.tx.chunk, s.tx.shared = change.Span{}, false
		return false
	}
	same := s.tx.chunk == chunks[i]
	if !same {
		s.tx.chunk, s.tx.shared = chunks[i], severalIn(s.tx.script, chunks[i])
	}
	return same
}

// severalIn says whether a piece of the file holds more than one statement.
func severalIn(script *change.Script, c change.Span) bool {
	first := sort.Search(len(script.Stmts), func(i int) bool { return script.Stmts[i].Span.Start >= c.Start })
	return first+1 < len(script.Stmts) && c.Contains(script.Stmts[first].Span) && c.Contains(script.Stmts[first+1].Span)
}

// InTx says whether the next statement runs in a transaction block together
// with those around it.
func (s *State) InTx() InTx {
	if s.tx.explicit || s.tx.shared {
		return Inside
	}
	outer := s.tx.outer
	if s.tx.ended {
		outer = Outside
	}
	if s.tx.block && outer == Outside {
		return Inside
	}
	return outer
}

// StartsPipeline says whether the statement is the first of a pipeline, whose implicit
// transaction begins behind it: one that must not be in a transaction may run there.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
func (s *State) StartsPipeline() bool {
	return s.tx.first && !s.tx.block && s.tx.script != nil && s.tx.script.Send == change.SendPipeline && s.tx.script.Tx == change.TxNone
}

// TxID tells transactions apart; statements with the same number commit together.
func (s *State) TxID() int { return s.tx.id }

func (s *State) applyTx(op *change.TxControl) {
	switch op.Action {
	case "begin":
		if !s.tx.explicit {
			s.tx.explicit = true
			s.tx.id++
		}
		s.save(op)
	case "commit":
		s.endTx(op.Chain)
	case "rollback":
		s.restore(0)
		s.endTx(op.Chain)
	case "savepoint":
		s.save(op)
	case "rollback to":
		s.restore(len(s.saved) - 1)
		s.save(op) // another ROLLBACK TO may come back to the same savepoint
	}
}

func (s *State) endTx(chain bool) {
	s.tx.explicit = chain
	// A COMMIT without a BEGIN of its own ends the tool's transaction.
	if s.tx.outer != Outside && !chain {
		s.tx.ended = true
	}
	s.tx.id++
	s.saved = nil
	s.settings.endTx()
	for _, t := range s.types {
		t.AddedInTx = nil
	}
}

// Clone is a state of its own that knows the same.
func (s *State) Clone() *State {
	c := s.known()
	c.foldCase, c.defaultSchema = s.foldCase, s.defaultSchema
	c.runner, c.tx, c.file = s.runner, s.tx, s.file
	return c
}

// known is a copy of what is known of the database and of the session.
func (s *State) known() *State {
	c := &State{
		tables:   make(map[change.Name]*Table, len(s.tables)),
		indexes:  s.indexes.clone(),
		types:    maps.Clone(s.types),
		views:    maps.Clone(s.views),
		belongs:  s.belongs.clone(),
		settings: s.settings.clone(),
		keysTo:   s.keysTo.clone(),
		readers:  s.readers.clone(),
		forKeys:  s.forKeys.clone(),

		published: maps.Clone(s.published),
		functions: maps.Clone(s.functions),
		routines:  maps.Clone(s.routines),
		defs:      s.defs.clone(),
	}
	for k, t := range s.tables {
		c.tables[k] = t.clone()
	}
	return c
}

// ExplicitTx says whether the file itself opened the transaction.
func (s *State) ExplicitTx() bool { return s.tx.explicit }
