package gate

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/livedb"
)

// worked looks whether an engine has done its work; where it has not, whether it may begin.
func (c *checker) worked(ctx context.Context, script string) Result {
	e := c.engine(script)
	switch {
	case e == nil:
		return found(Unknown, "the plan has no script of that name")
	case c.DB == nil:
		return found(Unknown, noServer)
	}
	for _, q := range append([]string{"SELECT " + e.Done}, e.Before...) {
		if err := mayAsk(c.DB.Dialect, q); err != nil {
			return found(Unknown, err.Error())
		}
	}
	var out Result
	err := c.within(ctx, c.DB, func(ctx context.Context, s *sql.Conn) error {
		var done sql.NullBool
		if err := s.QueryRowContext(ctx, "SELECT "+e.Done).Scan(&done); err != nil {
			return fmt.Errorf("whether it is done: %w", lacking(err, "SELECT on the table"))
		}
		if done.Valid && done.Bool {
			out = found(Passed, "the server has what "+e.Name+" was to make")
			return nil
		}
		var err error
		out, err = mayBegin(ctx, s, e)
		return err
	})
	if err != nil {
		return failed(ctx, err, c.Options.timeout())
	}
	return out
}

// mayBegin runs the queries that must give nothing before the engine's work.
func mayBegin(ctx context.Context, s *sql.Conn, e *ledger.Engine) (Result, error) {
	for _, q := range e.Before {
		_, rows, err := livedb.Texts(ctx, s, q)
		if err != nil {
			return Result{}, fmt.Errorf("%s: %w", oneLine(q), lacking(err, "SELECT on the table"))
		}
		if len(rows) > 0 {
			return found(Closed, fmt.Sprintf("%s has not done its work, and must not begin: this must give nothing, and gives %d rows: %s", e.Name, len(rows), oneLine(q))), nil
		}
	}
	return found(Closed, fmt.Sprintf("%s has not done its work: read %s, then sh %[2]s %s", e.Name, e.Script, e.Verbs[0])), nil
}

func (c *checker) engine(script string) *ledger.Engine {
	for i := range c.Plan.Steps {
		if e := c.Plan.Steps[i].Engine; e != nil && e.Job() == script {
			return e
		}
	}
	return nil
}
