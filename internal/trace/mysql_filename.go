package trace

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strconv"
)

// fromFileName is which of some names is written so in InnoDB's names of files: "a@0020b"
// is "a b". Letters that have shorter codes stand for any one letter.
// https://dev.mysql.com/doc/refman/8.4/en/identifier-mapping.html
func fromFileName(file string, names []string) string {
	if slices.Contains(names, file) {
		return file
	}
	code := regexp.MustCompile(`@[0-9a-f]{4}|@[0-9a-z]{2}|[^@]+|@`)
	pattern := ""
	for _, piece := range code.FindAllString(file, -1) {
		n, err := strconv.ParseUint(piece[1:], 16, 16)
		switch {
		case piece[0] != '@' || piece == "@":
			pattern += regexp.QuoteMeta(piece)
		case len(piece) == 5 && err == nil:
			pattern += regexp.QuoteMeta(string(rune(n)))
		default:
			pattern += "."
		}
	}
	whole := regexp.MustCompile("(?is)^" + pattern + "$") // of partitions, case is kept by some servers
	if i := slices.IndexFunc(names, whole.MatchString); i >= 0 {
		return names[i]
	}
	return file
}

func partitionNames(ctx context.Context, s *sql.Conn, table string) ([]string, error) {
	return collect(ctx, s, func(r *sql.Rows, name *string) error { return r.Scan(name) },
		"SELECT partition_name FROM information_schema.partitions WHERE table_schema = database() AND table_name = ? AND partition_name IS NOT NULL", table)
}
