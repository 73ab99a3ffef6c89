package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// sum is what is known of a range: its rows, and two sums over halves of their hashes.
type sum struct {
	rows         int64
	first, other string
}

// sums reads both sides' sums.
func (c *comparison) sums(ctx context.Context, r keyRange) (out [2]sum, err error) {
	err = c.snapshot(ctx, func(i int, q executor) error {
		s := c.sides[i]
		err := q.QueryRowContext(ctx, s.sumQuery(r)).Scan(&out[i].rows, &out[i].first, &out[i].other)
		if err != nil {
			return fmt.Errorf("summing up the rows after %s up to %s: %w", r.after, r.upTo, err)
		}
		return nil
	})
	return out, err
}

// snapshot reads both sides: those of one database as of one moment.
func (c *comparison) snapshot(ctx context.Context, read func(i int, q executor) error) error {
	if !c.one {
		return errors.Join(read(0, c.sides[0].conn), read(1, c.sides[1].conn))
	}
	tx, err := c.sides[0].conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("beginning a snapshot: %w", err)
	}
	err = read(0, tx)
	if err == nil {
		err = read(1, tx)
	}
	return errors.Join(err, ignoreDone(tx.Rollback()))
}

// sumQuery: sums of 60 bits each, which no integer of a server's exceeds, and
// which do not depend on the order of the rows.
func (s *comparedSide) sumQuery(r keyRange) string {
	half := func(from int) string {
		digits := "substr(q.h, " + strconv.Itoa(from) + ", 15)"
		if s.DB.Dialect == "postgres" {
			return "COALESCE(SUM(('x' || " + digits + ")::bit(60)::bigint), 0)::text"
		}
		return "CAST(COALESCE(SUM(CAST(CONV(" + digits + ", 16, 10) AS UNSIGNED)), 0) AS CHAR)"
	}
	once := "" // PostgreSQL would compute the hash for each of its halves
	if s.DB.Dialect == "postgres" {
		once = " OFFSET 0"
	}
	return "SELECT COUNT(*), " + half(1) + ", " + half(16) + " FROM (SELECT " + s.hash() + " AS h FROM " + s.from(r) + once + ") q"
}

func (s *comparedSide) from(r keyRange) string {
	return s.From + " AS k WHERE " + condition(s.f, s.table, "k", r.after, r.upTo)
}

// hash is that of a row: of its values as texts, each with its length, so that
// none runs into the next. The key is among them. MySQL 9.7 has no MD5 any more.
func (s *comparedSide) hash() string {
	var out []string
	for _, c := range s.Columns {
		text := canon(s.DB.Dialect, c.As, "k."+s.f.quote(c.Name))
		if s.DB.Dialect == "postgres" {
			out = append(out, "COALESCE('V' || char_length("+text+") || ':' || "+text+", 'N')")
		} else {
			out = append(out, "COALESCE(CONCAT('V', CHAR_LENGTH("+text+"), ':', "+text+"), 'N')")
		}
	}
	if s.DB.Dialect == "postgres" {
		return "encode(sha256(convert_to(" + strings.Join(append(out, s.match()), " || ") + ", 'UTF8')), 'hex')"
	}
	return "SHA2(CONCAT(" + strings.Join(append(out, s.match()), ", ") + "), 256)"
}
