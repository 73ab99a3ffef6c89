package workload

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// mostNumber is as high as numbers may begin: there must be room behind it in every type.
const mostNumber = 1_000_000_000

// highest is the highest number that rows have where new ones get their own; higher ones
// than there is room behind are passed over, as then there is room before them.
func (t *tableApp) highest(ctx context.Context, s livedb.Queryer) (highest int64, err error) {
	if t.NoInsert != "" {
		return 0, nil
	}
	for i, name := range t.Insert.Columns {
		c, _ := t.Column(name)
		if !wholeNumber(c.Type) || !strings.Contains(t.Insert.Values[i], "{i}") {
			continue
		}
		var n sql.NullInt64
		_, rows, err := livedb.Texts(ctx, s, fmt.Sprintf("SELECT max(%[1]s) FROM %[2]s WHERE %[1]s < %[3]d", c.Written, t.Written, mostNumber))
		if err != nil || len(rows) == 0 {
			return 0, err
		}
		if err := n.Scan(rows[0][0].String); err == nil {
			highest = max(highest, n.Int64)
		}
	}
	return highest, nil
}

// wholeNumber says so of a type as the server writes it.
func wholeNumber(shown string) bool {
	return regexp.MustCompile(`(?i)^(int|integer|bigint|mediumint)(\(\d+\))?( unsigned)?( zerofill)?$`).MatchString(shown)
}
