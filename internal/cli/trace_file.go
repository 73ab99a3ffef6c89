package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/trace"
)

// file runs a file that is watched.
func (t *tracing) file(ctx context.Context, f *layout.File, i int) (err error) {
	if t.follower == nil {
		if t.follower, err = trace.Follow(ctx, t.db); err != nil {
			return err
		}
	}
	goesOn := f.Script.Tx == change.TxAllPending && t.follower.InTx()
	if !goesOn {
		if err := t.follower.Open(ctx); err != nil {
			return err
		}
	}
	if err := guarded(func() { t.group.checker.Begin(f.Script) }); err != nil {
		return err
	}
	at := t.group.locator(f.Script)
	sink := &watchedSession{tracing: t, keepOpen: f.Script.Tx == change.TxAllPending && sameTx(t.group.Files, i), goesOn: goesOn}
	err = send(ctx, f.Script, t.db.Dialect, sink, func(ctx context.Context, stmt *change.Stmt) error {
		return t.statement(ctx, f.Script, stmt, at)
	})
	return err
}

// watchedSession counts transactions on their way to the follower.
type watchedSession struct {
	*tracing
	keepOpen, goesOn bool
}

func (w *watchedSession) InTx() bool { return w.follower.InTx() }

func (w *watchedSession) Begin(ctx context.Context, scope string) error {
	if w.failed {
		return nil
	}
	w.scope = scope
	if w.goesOn {
		return nil
	}
	w.tx++
	return w.follower.Begin(ctx)
}

// Commit commits. Where the server refuses that, the last statement has failed.
func (w *watchedSession) Commit(ctx context.Context) error {
	w.scope = ""
	if w.keepOpen || w.failed {
		return nil
	}
	err := w.follower.Commit(ctx)
	if n := len(w.report.Steps); err != nil && livedb.ErrorCode(err) != "" && n > 0 {
		w.report.Steps[n-1].Failed = "COMMIT: " + livedb.Message(err)
		w.failed = true
		return nil
	}
	return err
}

// statement runs and judges one statement. Behind one that failed none runs.
func (t *tracing) statement(ctx context.Context, s *change.Script, stmt *change.Stmt, at *report.Locator) error {
	if t.failed {
		return nil
	}
	claimed, err := t.claimed(s, stmt)
	if err != nil {
		return err
	}
	step := report.TracedStep{
		Path: s.Path, Index: stmt.Index, Start: at.At(stmt.Span.Start), Kind: stmt.Kind, SQL: stmt.Span.Text(s.Raw),
		Scope: t.scopeOf(s, claimed),
	}
	t.show("%s:%d %s", step.Path, step.Start.Line, strings.Join(strings.Fields(step.SQL[:min(len(step.SQL), 60)]), " "))
	inTx := t.follower.InTx()
	seen, err := t.follower.Run(ctx, trace.Statement{SQL: step.SQL, Apart: claimed.NoTx || apart(stmt)})
	if err != nil {
		return err
	}
	if !inTx && t.follower.InTx() {
		t.tx++
	}
	if inTx || t.follower.InTx() {
		step.Tx = t.tx
	}
	step.From, step.To, step.WAL, step.Sampled = seen.From, seen.To, seen.WAL, seen.Sampled
	verdict := seen.Against(t.db.Dialect, claimed, len(stmt.Inner) > 0)
	step.Contradictions, step.Remarks = verdict.Contradictions, verdict.Remarks
	if seen.Err != nil {
		step.Failed, t.failed = serverSays(seen.Err), true
	}
	for _, o := range seen.Tables {
		step.Tables = append(step.Tables, report.TracedTable{Table: o.Name, Work: o.Work()})
	}
	t.report.Steps = append(t.report.Steps, step)
	return nil
}

func serverSays(err error) string {
	if text := livedb.Message(err); text != "" {
		return text
	}
	return err.Error()
}

// scopeOf says in which transaction a statement runs.
func (t *tracing) scopeOf(s *change.Script, claimed fact.Result) string {
	switch {
	case t.scope != "" && t.follower.InTx():
		return t.scope
	case t.follower.InTx():
		return "in the file's own transaction"
	case claimed.NoTx:
		return "outside of a transaction"
	case s.Tx == change.TxUnknown:
		return "by itself (which tool runs the file is not known: --layout)"
	}
	return "by itself"
}

// apart are statements that begin or end transactions, or that a transaction of ours
// would change.
func apart(stmt *change.Stmt) bool {
	return stmt.Kind == "call" || slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		return op.Kind() == change.KindTxControl || op.Kind() == change.KindLockTable
	})
}
