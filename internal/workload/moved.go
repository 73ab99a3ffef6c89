package workload

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/synth"
)

// try updates each column of some row and takes it back, and notes which other columns
// have changed with it: the table sets them by itself, and what was written to them
// before is not there in the end.
func (t *tableApp) try(ctx context.Context, s *sql.Conn) error {
	if len(t.keys.list) == 0 {
		return nil
	}
	ahead, back := "", ""
	if t.dialect != "postgres" { // of whole seconds: what is now must not look like what is there
		ahead, back = "SET timestamp = unix_timestamp() + 86400", "SET timestamp = DEFAULT"
	}
	for _, c := range t.Columns {
		if c.Value == "" {
			continue
		}
		for _, text := range []string{ahead, "BEGIN"} {
			if err := run(ctx, s, text); err != nil {
				return err
			}
		}
		refused := t.tryColumn(ctx, s, c)
		for _, text := range []string{"ROLLBACK", back} {
			if err := run(ctx, s, text); err != nil {
				return err
			}
		}
		if refused != nil && livedb.ErrorCode(refused) == "" {
			return refused
		}
	}
	return nil
}

func run(ctx context.Context, s *sql.Conn, text string) error {
	if text == "" {
		return nil
	}
	_, err := s.ExecContext(ctx, text)
	return err
}

// tryColumn: an error of the server's says that the value does not fit, and is no answer.
func (t *tableApp) tryColumn(ctx context.Context, s *sql.Conn, c synth.WritableColumn) error {
	where := t.where("", t.keys.some())
	changed := false
	for range 2 { // a value may be there already
		before, err := t.whole(ctx, s, where)
		if err != nil || before == nil {
			return err
		}
		number := fmt.Sprint(mostKeys*100 + rand.IntN(mostKeys))
		if err := run(ctx, s, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", t.Written, c.Written, filled(c.Value, "{i}", number), where)); err != nil {
			return err
		}
		after, err := t.whole(ctx, s, where)
		if err != nil || after == nil {
			return err
		}
		for i, other := range t.Columns {
			switch {
			case before[i] == after[i]:
			case other.Name == c.Name:
				changed = true
			default:
				t.moved[t.logical[other.Name]] = true
			}
		}
	}
	if c.Distinct && !changed { // the table keeps what it has
		t.moved[t.logical[c.Name]] = true
	}
	return nil
}

// whole is a row.
func (t *tableApp) whole(ctx context.Context, s livedb.Queryer, where string) ([]sql.NullString, error) {
	var shown []string
	for _, c := range t.Columns {
		shown = append(shown, filled(c.Shown, "{c}", c.Written))
	}
	_, rows, err := livedb.Texts(ctx, s, fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(shown, ", "), t.Written, where))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}
