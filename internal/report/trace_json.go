package report

import (
	"io"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

type traceJSON struct {
	Version    int              `json:"version"`
	Target     targetJSON       `json:"target"`
	Server     string           `json:"server"`
	Rows       []tracedRowsJSON `json:"rows"`
	Statements []tracedStepJSON `json:"statements"`
	Locks      []tracedLockJSON `json:"locks"`
	Remarks    []string         `json:"remarks"`
	Summary    traceSummaryJSON `json:"summary"`
}

type traceSummaryJSON struct {
	Statements     int     `json:"statements"`
	Contradictions int     `json:"contradictions"`
	Failed         bool    `json:"failed"`
	TookMS         float64 `json:"took_ms"`
}

type tracedRowsJSON struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Why   string `json:"why,omitempty"`
}

type tracedStepJSON struct {
	Path           string            `json:"path"`
	Index          int               `json:"index"`
	Line           int               `json:"line"`
	Kind           string            `json:"kind"`
	SQL            string            `json:"sql"`
	Scope          string            `json:"scope"`
	Transaction    int               `json:"transaction,omitempty"`
	FromMS         float64           `json:"from_ms"`
	ToMS           float64           `json:"to_ms"`
	LogBytes       *int64            `json:"log_bytes"`
	Sampled        bool              `json:"sampled"`
	Tables         []tracedTableJSON `json:"tables"`
	Contradictions []string          `json:"contradictions"`
	Remarks        []string          `json:"remarks,omitempty"`
	Error          string            `json:"error,omitempty"`
}

type tracedTableJSON struct {
	lockJSON
	HeldMS float64 `json:"held_ms"`
	Work   string  `json:"work"`
	Since  *int    `json:"since_statement,omitempty"` // in statements, where another than this took the lock
}

type tracedLockJSON struct {
	lockJSON
	FromMS    float64 `json:"from_ms"`
	ToMS      float64 `json:"to_ms"`
	Statement int     `json:"statement"` // in statements
}

type lockJSON struct {
	Table        string `json:"table"`
	Index        string `json:"index,omitempty"`
	Lock         string `json:"lock"`
	BlocksReads  bool   `json:"blocks_reads"`
	BlocksWrites bool   `json:"blocks_writes"`
}

func lockOf(table, index change.Name, lock string, blocks change.Access) lockJSON {
	return lockJSON{Table: table.String(), Index: index.String(), Lock: lock, BlocksReads: blocks.Has(change.Reads), BlocksWrites: blocks.Has(change.Writes)}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// TraceJSON writes what happened for programs.
func TraceJSON(w io.Writer, r *Trace, _ Style) error {
	target, _ := targetsOf([]fact.Target{r.Target})
	out := traceJSON{
		Version: schemaVersion, Target: target, Server: r.Where, Rows: tracedRowsOf(r.Rows),
		Statements: []tracedStepJSON{}, Locks: []tracedLockJSON{}, Remarks: append([]string{}, r.Remarks...),
		Summary: traceSummaryJSON{len(r.Steps), r.Contradictions(), r.Failed(), ms(r.Took)},
	}
	for i := range r.Steps {
		out.Statements = append(out.Statements, tracedStepOf(&r.Steps[i]))
	}
	for _, l := range r.Locks {
		out.Locks = append(out.Locks, tracedLockJSON{lockOf(l.Table, l.Index, l.Lock, l.Blocks), ms(l.From), ms(l.To), l.Step})
	}
	return encode(w, out)
}

func tracedStepOf(s *TracedStep) tracedStepJSON {
	out := tracedStepJSON{
		Path: s.Path, Index: s.Index, Line: s.Start.Line, Kind: s.Kind, SQL: s.SQL, Scope: s.Scope, Transaction: s.Tx,
		FromMS: ms(s.From), ToMS: ms(s.To), Sampled: s.Sampled, Tables: tracedTablesOf(s.Tables),
		Contradictions: append([]string{}, s.Contradictions...), Remarks: s.Remarks, Error: s.Failed,
	}
	if s.WAL >= 0 {
		out.LogBytes = &s.WAL
	}
	return out
}

func tracedRowsOf(rows []TracedRows) []tracedRowsJSON {
	out := []tracedRowsJSON{}
	for _, t := range rows {
		out = append(out, tracedRowsJSON{t.Table.String(), t.Rows, t.Why})
	}
	return out
}

func tracedTablesOf(tables []TracedTable) []tracedTableJSON {
	out := []tracedTableJSON{}
	for _, t := range tables {
		table := tracedTableJSON{lockOf(t.Table, t.Index, t.Lock, t.Blocks), ms(t.Held), t.Work.String(), nil}
		if earlier := t.Since - 1; earlier >= 0 {
			table.Since = &earlier
		}
		out = append(out, table)
	}
	return out
}
