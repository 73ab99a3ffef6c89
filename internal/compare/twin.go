package compare

import (
	"context"
	"fmt"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// twin compares columns of the same rows: in one reading, and without hashes.
func (p *pairing) twin(ctx context.Context, l *lane, r stretch) (*found, error) {
	s, q := p.a, l.sessions[0]
	var differ []string
	for i := range p.a.values {
		differ = append(differ, s.words.differ(part(s.words, &p.a.values[i]), part(s.words, &p.b.values[i])))
	}
	condition := "(" + strings.Join(differ, " OR ") + ")"
	_, rows, err := livedb.Texts(ctx, q, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN "+condition+" THEN 1 ELSE 0 END), 0)"+s.read(r))
	if err != nil {
		return nil, fmt.Errorf("comparing the rows of %s after %s up to %s: %w", s.name, r.after, r.upTo, err)
	}
	out := &found{}
	if _, err := fmt.Sscan(rows[0][0].String, &out.rows[0]); err != nil {
		return nil, fmt.Errorf("a count of rows: %w", err)
	}
	out.rows[1] = out.rows[0]
	if rows[0][1].String == "0" {
		return out, nil
	}
	join := " WHERE "
	if r.after != nil || r.upTo != nil {
		join = " AND "
	}
	_, keys, err := livedb.Texts(ctx, q, "SELECT "+strings.Join(reads(s.words, s.key), ", ")+s.read(r)+join+condition)
	if err != nil {
		return nil, fmt.Errorf("reading the rows of %s that differ: %w", s.name, err)
	}
	for _, k := range keys {
		row := &Row{Kind: Different}
		for i := range s.key {
			row.Key = append(row.Key, refine(s.key[i].form, k[i].String))
		}
		out.differ = append(out.differ, row)
	}
	return out, nil
}
