package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// sequencesAtOnce is how many sequences one statement reads.
const sequencesAtOnce = 500

// sequenceValues adds where the sequences stand that the user may read. They are
// the only things read that are no catalogue, with ACCESS SHARE on each.
func (r *reader) sequenceValues(ctx context.Context) error {
	var parts []string
	err := r.rows(ctx, "sequence_names", func(v []sql.NullString) error {
		parts = append(parts, fmt.Sprintf("SELECT %s, last_value, is_called FROM %s", v[1].String, v[0].String))
		return nil
	})
	if err != nil {
		return err
	}
	for len(parts) > 0 {
		n := min(sequencesAtOnce, len(parts))
		if err := r.each(ctx, strings.Join(parts[:n], "\nUNION ALL "), r.sequenceValue); err != nil {
			return err
		}
		parts = parts[n:]
	}
	return nil
}

func (r *reader) sequenceValue(_ []string, v []sql.NullString) error {
	r.graph.add(&node{rank: rankSequenceValue, Object: Object{
		Class: "sequence value", Name: v[0].String,
		Value: valueOf([]property{{"last value", v[1].String}, {"called", v[2].String}}),
		SQL:   []string{fmt.Sprintf("SELECT pg_catalog.setval('%s', %s, %s)", strings.ReplaceAll(v[0].String, "'", "''"), v[1].String, v[2].String)},
	}})
	return nil
}
