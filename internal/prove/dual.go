package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// Check is a statement with what it must show: of a query its rows, with | between
// the columns and NULL written out; of any statement "error" and an SQLSTATE.
type Check struct {
	SQL  string
	Copy string // the rows that COPY .. FROM STDIN reads
	Want []string
}

// ReadChecks reads a script for when both versions of the application may run:
// statements, each closed by a semicolon at the end of a line, followed by what
// they must show, each line behind "-- want ". Rows of a COPY end with \. as in psql.
func ReadChecks(script string) ([]Check, error) {
	var out []Check
	var open []string
	lines := strings.Split(script, "\n")
	for n := 0; n < len(lines); n++ {
		line := strings.TrimRight(lines[n], " \t\r")
		if want, is := strings.CutPrefix(line, "-- want "); is {
			if len(out) == 0 || len(open) > 0 {
				return nil, fmt.Errorf("line %d: no statement ends before %q", n+1, line)
			}
			out[len(out)-1].Want = append(out[len(out)-1].Want, want)
			continue
		}
		if line == "" || strings.HasPrefix(line, "--") {
			continue
		}
		open = append(open, line)
		if !strings.HasSuffix(line, ";") {
			continue
		}
		c := Check{SQL: strings.Join(open, "\n")}
		open = nil
		if strings.HasSuffix(strings.ToUpper(c.SQL), "FROM STDIN;") {
			for n++; n < len(lines) && lines[n] != `\.`; n++ {
				c.Copy += lines[n] + "\n"
			}
		}
		out = append(out, c)
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("the last statement has no semicolon: %s", strings.Join(open, " "))
	}
	return out, nil
}

// dual runs the checks when both versions of the application begin to run, and
// before the old one goes.
func (t *trial) dual(ctx context.Context, o *Outcome) error {
	if len(t.Dual) == 0 {
		return nil
	}
	for _, k := range slices.Compact([]int{t.newFrom(), t.oldUntil()}) {
		err := t.scratch(ctx, k, func(d *database) error {
			return d.as(ctx, t.Role, func(s *sql.Conn) error { return t.checkAll(ctx, s, k, o) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) checkAll(ctx context.Context, s *sql.Conn, k int, o *Outcome) error {
	for _, c := range t.Dual {
		got, err := c.run(ctx, s)
		if err != nil {
			return err
		}
		if len(c.Want) > 0 && strings.Join(got, "\n") != strings.Join(c.Want, "\n") || len(c.Want) == 0 && failed(got) {
			o.Faults = append(o.Faults, fmt.Sprintf("after step %d: %s shows %q, want %q", k, oneLine(c.SQL), got, c.Want))
		}
	}
	return nil
}

func failed(shown []string) bool { return len(shown) == 1 && strings.HasPrefix(shown[0], "error ") }

// run is what a statement shows.
func (c *Check) run(ctx context.Context, s *sql.Conn) ([]string, error) {
	var rows [][]*string
	var err error
	if c.Copy != "" {
		err = livedb.CopyIn(ctx, s, strings.TrimSuffix(c.SQL, ";"), strings.NewReader(c.Copy))
	} else {
		rows, err = table(ctx, s, c.SQL)
	}
	if code := livedb.ErrorCode(err); code != "" {
		return []string{"error " + code}, nil
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("in %s", oneLine(c.SQL)), err)
	}
	var out []string
	for _, row := range rows {
		out = append(out, joined(row))
	}
	return out, nil
}
