package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// SQLSTATEs that are told apart.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	duplicateObject   = "42710"
	uniqueViolation   = "23505"
	syntaxError       = "42601"
	notSupported      = "0A000"
	undefinedFunction = "42883"
	activeTransaction = "25001"
)

// begin makes the database that everything starts from, and the one that the
// original migration ends with. The text says why the case is not for this server.
func (t *trial) begin(ctx context.Context) (notApplicable string, err error) {
	if !t.Plan.Changed() {
		return "no plan: " + unfixedReasons(t.Case), nil
	}
	d, err := t.bench.create(ctx, nil)
	if err != nil {
		return "", err
	}
	t.origin = d
	if err := d.session(ctx, func(s *sql.Conn) error { return t.before(ctx, s) }); err != nil {
		if t.bench.flavour.notKnown(err) {
			return "the server does not take before.sql: " + oneLine(err.Error()), nil
		}
		return "", fmt.Errorf("before.sql: %w", err)
	}
	err = d.session(ctx, func(s *sql.Conn) error {
		if err := t.fill(ctx, s); err != nil {
			return err
		}
		if t.rows, err = t.rowsEverywhere(ctx, s); err != nil {
			return err
		}
		if len(t.Old)+len(t.New) == 0 {
			if t.Old, err = t.touchAll(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	err = d.as(ctx, t.Role, func(s *sql.Conn) error {
		t.old, err = t.calibrate(ctx, s, Old, t.Old)
		return err
	})
	if err != nil {
		return "", err
	}
	return t.original(ctx)
}

// fill puts the case's rows into what is there.
func (t *trial) fill(ctx context.Context, s *sql.Conn) error {
	if err := t.bench.flavour.exec(ctx, s, t.Data...); err != nil {
		return fmt.Errorf("data.sql: %w", err)
	}
	return nil
}

// copyOf is a database as another was when nothing had run there; where the server
// makes no copies it is made as that was.
func (t *trial) copyOf(ctx context.Context, from *database) (*database, error) {
	d, copied, err := t.bench.perhapsCopy(ctx, from)
	if err != nil || copied {
		return d, err
	}
	err = d.session(ctx, func(s *sql.Conn) error {
		if err := t.before(ctx, s); err != nil {
			return err
		}
		return t.fill(ctx, s)
	})
	if err != nil {
		return nil, errors.Join(err, t.bench.drop(ctx, d))
	}
	return d, nil
}

// leftReasons is why a plan may do to others what it does.
func leftReasons(c *Case) string {
	if len(c.Plan.Unfixed) == 0 {
		return strings.Join(c.Left, "; ")
	}
	return strings.Join(append([]string{unfixedReasons(c)}, c.Left...), "; ")
}

func unfixedReasons(c *Case) string {
	var out []string
	for _, u := range c.Plan.Unfixed {
		out = append(out, u.Reason)
	}
	if len(out) == 0 {
		return "there is nothing to make safe"
	}
	return strings.Join(out, "; ")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// before makes what is there. Roles are the server's, and may be there already.
func (t *trial) before(ctx context.Context, s *sql.Conn) error {
	for _, text := range t.Before {
		err := t.bench.flavour.exec(ctx, s, text)
		if makesRole(text) && roleIsThere(err) {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// roleIsThere tells of a role that another case of the same server has made. Two that
// make it at the same moment both find no such role: the second fails at the catalogue's
// unique index.
func roleIsThere(err error) bool {
	code := livedb.ErrorCode(err)
	return code == duplicateObject || code == uniqueViolation
}

func makesRole(statement string) bool {
	words := strings.Fields(strings.ToUpper(statement))
	return len(words) > 2 && words[0] == "CREATE" && (words[1] == "ROLE" || words[1] == "USER" || words[1] == "GROUP")
}

// rowsEverywhere is the number of rows of the smallest table that has any.
func (t *trial) rowsEverywhere(ctx context.Context, s *sql.Conn) (int, error) {
	relations, err := t.bench.flavour.relations(ctx, s)
	if err != nil {
		return 0, err
	}
	least := 0
	for _, r := range relations {
		found, err := table(ctx, s, "SELECT count(*) FROM "+t.bench.flavour.only(r))
		if err != nil {
			return 0, err
		}
		n, err := strconv.Atoi(text(found[0][0]))
		if err != nil {
			return 0, fmt.Errorf("rows of %s: %w", r.name, err)
		}
		if n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return max(least, 1), nil
}

// original runs the migration as it is.
func (t *trial) original(ctx context.Context) (notApplicable string, err error) {
	d, err := t.copyOf(ctx, t.origin)
	if err != nil {
		return "", err
	}
	t.target = d
	err = d.as(ctx, t.Migrator, func(s *sql.Conn) error { return t.migrate(ctx, s) })
	code := livedb.ErrorCode(err)
	switch {
	case t.OriginalFails && err == nil:
		return "", errors.New("the case says that the original migration fails on the rows, and it does not")
	case t.OriginalFails && code != "":
		return "", t.originalOfEmpty(ctx)
	case t.bench.flavour.notKnown(err):
		return "the server does not take the original migration: " + oneLine(err.Error()), nil
	case err != nil:
		return "", fmt.Errorf("the original migration: %w", err)
	}
	return "", d.as(ctx, t.Role, func(s *sql.Conn) error {
		t.new, err = t.calibrate(ctx, s, New, t.New)
		return err
	})
}

// migrate runs the original.
func (t *trial) migrate(ctx context.Context, s *sql.Conn) error {
	return t.bench.flavour.migrate(ctx, s, t.Migration)
}

// originalOfEmpty puts in the place of the target what the original makes of a
// database without rows.
func (t *trial) originalOfEmpty(ctx context.Context) error {
	failed := t.target
	t.target = nil
	if err := t.bench.drop(ctx, failed); err != nil {
		return err
	}
	d, err := t.bench.create(ctx, nil)
	if err != nil {
		return err
	}
	t.target = d
	if err := d.session(ctx, func(s *sql.Conn) error { return t.before(ctx, s) }); err != nil {
		return err
	}
	return d.as(ctx, t.Migrator, func(s *sql.Conn) error { return t.migrate(ctx, s) })
}

// cleanUp removes the databases, even when the run was given up.
func (t *trial) cleanUp(ctx context.Context) error {
	var failed error
	for _, d := range []*database{t.origin, t.target, t.final} {
		if d != nil {
			failed = errors.Join(failed, t.bench.drop(ctx, d))
		}
	}
	return failed
}

// scratch runs f on a database of its own, as it is after k steps.
func (t *trial) scratch(ctx context.Context, k int, f func(*database) error) error {
	d, err := t.copyOf(ctx, t.origin)
	if err != nil {
		return err
	}
	for n := 0; n < k && err == nil; n++ {
		err = t.runStep(ctx, d, n, asOne)
	}
	if err == nil {
		err = f(d)
	}
	return errors.Join(err, t.bench.drop(context.WithoutCancel(ctx), d))
}
