package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// condition is that of the rows after one bound and up to another, which belongs
// to them.
func condition(f flavour, t *Table, called string, after, upTo Bound) string {
	var out []string
	if after != nil {
		out = append(out, f.beyond(called, t.Key, after))
	}
	if upTo != nil {
		out = append(out, f.within(called, t.Key, upTo))
	}
	if len(out) == 0 {
		return "1 = 1"
	}
	return strings.Join(out, " AND ")
}

func keyTexts(f flavour, t *Table, called string) string {
	out := make([]string, 0, len(t.Key))
	for _, c := range t.Key {
		out = append(out, f.keyText(c, called))
	}
	return strings.Join(out, ", ")
}

func order(f flavour, t *Table, called, direction string) string {
	out := make([]string, 0, len(t.Key))
	for _, c := range t.Key {
		out = append(out, called+"."+f.quote(c.Name)+direction)
	}
	return strings.Join(out, ", ")
}

// oneBound is the row of a query, if there is one.
func oneBound(ctx context.Context, c *sql.Conn, query string, columns int) (Bound, bool, error) {
	b := make(Bound, columns)
	into := make([]any, columns)
	for i := range b {
		into[i] = &b[i]
	}
	switch err := c.QueryRowContext(ctx, query).Scan(into...); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("looking for the next keys: %w", err)
	}
	return b, true, nil
}

// nextBlock: a bound of blocks is the first block that is not done. Those that are
// added behind the last one hold rows that came later.
func nextBlock(after, upTo Bound, n int64, p *Part) (Bound, bool, error) {
	from, err := blockOf(after)
	if err != nil {
		return nil, false, err
	}
	to, err := blockOf(upTo)
	if err != nil {
		return nil, false, err
	}
	perBlock := max(1, p.Rows/max(1, p.Blocks))
	at := from + max(1, n/perBlock)
	if at >= to {
		return nil, false, nil
	}
	return Bound{strconv.FormatInt(at, 10)}, true, nil
}

func lastBlock(p *Part) (Bound, bool, error) {
	return Bound{strconv.FormatInt(p.Blocks, 10)}, p.Blocks > 0, nil
}

func blockOf(b Bound) (int64, error) {
	if b == nil {
		return 0, nil
	}
	n, err := strconv.ParseInt(b[0], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the block %q of a checkpoint: %w", b[0], err)
	}
	return n, nil
}
