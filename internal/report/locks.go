package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// Locks is what every statement does, without a judgement.
type Locks struct {
	Targets    []fact.Target
	Statements []Statement // by group, file and place
	Files      int
}

// Statement is one statement and what it does.
type Statement struct {
	Dialect string
	Path    string
	Index   int // from 0, in its file
	Start   Position
	Kind    string
	SQL     string // as written
	NoTx    bool   // it cannot run in a transaction block
	Unknown bool   // not all of what it does is known
	Effects []change.Effect
}

type locksJSON struct {
	Version    int             `json:"version"`
	Target     targetJSON      `json:"target"`
	Targets    []targetJSON    `json:"targets,omitempty"`
	Statements []statementJSON `json:"statements"`
}

type statementJSON struct {
	Path        string       `json:"path"`
	Index       int          `json:"index"`
	Line        int          `json:"line"`
	Kind        string       `json:"kind"`
	SQL         string       `json:"sql"`
	Transaction string       `json:"transaction"`
	Unknown     bool         `json:"unknown,omitempty"`
	Effects     []effectJSON `json:"effects"`
}

// LocksJSON writes statements for programs.
func LocksJSON(w io.Writer, r *Locks) error {
	target, targets := targetsOf(r.Targets)
	out := locksJSON{Version: schemaVersion, Target: target, Targets: targets, Statements: make([]statementJSON, 0, len(r.Statements))}
	for _, s := range r.Statements {
		transaction := "allowed"
		if s.NoTx {
			transaction = "forbidden"
		}
		out.Statements = append(out.Statements, statementJSON{
			Path: s.Path, Index: s.Index, Line: s.Start.Line, Kind: s.Kind, SQL: s.SQL,
			Transaction: transaction, Unknown: s.Unknown, Effects: effectsOf(s.Effects, s.Dialect),
		})
	}
	return encode(w, out)
}

// LocksConcise writes one line for each table of each statement.
func LocksConcise(w io.Writer, r *Locks, _ Style) error {
	for _, s := range r.Statements {
		place := fmt.Sprintf("%s:%d:%d: %s", clean(s.Path), s.Start.Line, s.Start.Column, s.Kind)
		if remarks := s.remarks(); len(remarks) > 0 {
			place += " (" + strings.Join(remarks, "; ") + ")"
		}
		lines := []string{place}
		for i, e := range s.Effects {
			if i == 0 {
				lines = nil
			}
			lines = append(lines, fmt.Sprintf("%s: %s: %s, blocks %s, %s", place, oneLine(tableName(e.Table)), holds(e), blocksBriefly(e.Blocks), workBriefly(e.Work)))
		}
		if _, err := io.WriteString(w, strings.Join(lines, "\n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func (s *Statement) remarks() []string {
	var out []string
	if s.Unknown {
		out = append(out, "not understood: its effect is not known")
	}
	if s.NoTx {
		out = append(out, "cannot run in a transaction")
	}
	return out
}
