package cli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/report"
)

// sink is a session that a script is sent to.
type sink interface {
	Begin(ctx context.Context, scope string) error
	Commit(ctx context.Context) error
	InTx() bool
}

// send sends a script's statements one by one, with the transactions that its tool puts
// around them. What a tool sends in one piece is one transaction on PostgreSQL.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
func send(ctx context.Context, s *change.Script, dialect string, to sink, run func(context.Context, *change.Stmt) error) error {
	whole := s.Tx == change.TxFile || s.Tx == change.TxAllPending
	if whole {
		scope := "in the tool's transaction around the file"
		if s.Tx == change.TxAllPending {
			scope = "in the tool's transaction around all files"
		}
		if err := to.Begin(ctx, scope); err != nil {
			return err
		}
	}
	for _, piece := range pieces(s) {
		if err := sendPiece(ctx, piece, to, run, !whole && dialect == "postgres" && len(piece) > 1); err != nil {
			return err
		}
	}
	if whole {
		return to.Commit(ctx)
	}
	return nil
}

// pieces are what the tool sends at once.
func pieces(s *change.Script) [][]*change.Stmt {
	switch s.Send {
	case change.SendFile, change.SendPipeline:
		return [][]*change.Stmt{s.Stmts}
	case change.SendChunk:
		return chunks(s)
	}
	var out [][]*change.Stmt
	for _, stmt := range s.Stmts {
		out = append(out, []*change.Stmt{stmt})
	}
	return out
}

func chunks(s *change.Script) [][]*change.Stmt {
	var out [][]*change.Stmt
	var last change.Span
	for _, stmt := range s.Stmts {
		var in change.Span
		for _, c := range s.Chunks {
			if c.Contains(stmt.Span) {
				in = c
			}
		}
		if len(out) == 0 || in != last || !in.Valid() {
			out = append(out, nil)
		}
		last = in
		out[len(out)-1] = append(out[len(out)-1], stmt)
	}
	return out
}

// sendPiece sends statements that are one transaction where they do not say otherwise.
func sendPiece(ctx context.Context, piece []*change.Stmt, to sink, run func(context.Context, *change.Stmt) error, together bool) error {
	own := false // a transaction of the file's own
	for _, stmt := range piece {
		begins, ends := control(stmt)
		if together && !to.InTx() && !begins {
			if err := to.Begin(ctx, "in one transaction with what is sent with it"); err != nil {
				return err
			}
		}
		if err := run(ctx, stmt); err != nil {
			return err
		}
		own = (own || begins) && !ends
	}
	if together && to.InTx() && !own {
		return to.Commit(ctx)
	}
	return nil
}

// control says whether a statement begins or ends a transaction.
func control(stmt *change.Stmt) (begins, ends bool) {
	for _, op := range stmt.Ops {
		if c, is := op.(*change.TxControl); is {
			begins = begins || c.Action == "begin"
			ends = ends || c.Action == "commit" || c.Action == "rollback"
		}
	}
	return begins, ends
}

// plainSession runs what nobody watches.
type plainSession struct {
	db   *livedb.DB
	conn *sql.Conn
	inTx bool
}

func openPlain(ctx context.Context, db *livedb.DB) (*plainSession, error) {
	conn, err := db.Session(ctx)
	return &plainSession{db: db, conn: conn}, err
}

// close: what it ran is done, or its failure was told.
func (p *plainSession) close() { _ = p.conn.Close() }

func (p *plainSession) InTx() bool { return p.inTx }

func (p *plainSession) Begin(ctx context.Context, _ string) error {
	begin := "BEGIN"
	if p.db.Dialect != "postgres" {
		begin = "START TRANSACTION"
	}
	p.inTx = true
	return p.exec(ctx, begin)
}

func (p *plainSession) Commit(ctx context.Context) error {
	p.inTx = false
	return p.exec(ctx, "COMMIT")
}

func (p *plainSession) exec(ctx context.Context, text string) error {
	_, err := p.conn.ExecContext(ctx, text)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// run runs one statement. COPY gets the rows that stand behind it.
func (p *plainSession) run(ctx context.Context, s *change.Script, stmt *change.Stmt) error {
	begins, ends := control(stmt)
	text := stmt.Span.Text(s.Raw)
	err := p.send(ctx, s, stmt, text)
	if role := missingRole(err); role != "" && !p.inTx && p.db.IsOurs() {
		// A dump names the roles of the server that it comes from.
		err = errors.Join(p.exec(ctx, "CREATE ROLE "+role), p.send(ctx, s, stmt, text))
	}
	if err == nil {
		p.inTx = (p.inTx || begins) && !ends
		return nil
	}
	if livedb.ErrorCode(err) == "" {
		return err
	}
	at := report.NewLocator(s.Raw).At(stmt.Span.Start)
	return &refusedError{fmt.Sprintf("%s:%d: %s", s.Path, at.Line, serverSays(err)), err}
}

// refusedError is a statement that the server refused, with its place.
type refusedError struct {
	text string
	err  error
}

func (e *refusedError) Error() string { return e.text }
func (e *refusedError) Unwrap() error { return e.err }

func (p *plainSession) send(ctx context.Context, s *change.Script, stmt *change.Stmt, text string) error {
	if rows, is := copyRows(s, stmt, text); is {
		return livedb.CopyIn(ctx, p.conn, text, strings.NewReader(rows))
	}
	return p.exec(ctx, text)
}

// missingRole is the role whose absence is an error, as it is written in SQL.
func missingRole(err error) string {
	const undefinedObject = "42704"
	if err == nil || livedb.ErrorCode(err) != undefinedObject {
		return ""
	}
	found := regexp.MustCompile(`^role "(.+)" does not exist$`).FindStringSubmatch(livedb.Message(err))
	if found == nil {
		return ""
	}
	return `"` + strings.ReplaceAll(found[1], `"`, `""`) + `"`
}

// copyRows are the rows behind COPY .. FROM stdin, without the line that ends them.
// https://www.postgresql.org/docs/current/sql-copy.html
func copyRows(s *change.Script, stmt *change.Stmt, text string) (rows string, is bool) {
	if stmt.Kind != "copy" || !regexp.MustCompile(`(?i)\bFROM\s+stdin\b`).MatchString(text) {
		return "", false
	}
	rest := string(s.Raw[stmt.Span.End:])
	_, rest, _ = strings.Cut(rest, "\n")
	if strings.HasPrefix(rest, "\\.") {
		return "", true
	}
	if i := strings.Index(rest, "\n\\."); i >= 0 {
		rest = rest[:i+1]
	}
	return rest, true
}
