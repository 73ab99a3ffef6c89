package backfill

import (
	"strings"

	"github.com/safemig/safemig/internal/ledger"
)

// lastOf is a written name without its schema and quotes.
func lastOf(name string) string {
	parts := strings.Split(name, ".")
	return bare(parts[len(parts)-1])
}

// readHeading reads the line "-- safemig:backfill table=NAME key=COLUMN,COLUMN",
// which stands above the statement. A job may have none: its key is then the
// primary key.
func readHeading(text string) (heading, error) {
	mark := strings.TrimSpace(ledger.Mark)
	at := strings.Index(text, mark)
	if at < 0 || strings.TrimSpace(lineBefore(text, at)) != "" {
		return heading{}, nil
	}
	line, _, _ := strings.Cut(text[at+len(mark):], "\n")
	table, key, err := ledger.HeadingWords(strings.TrimRight(line, "\r"))
	if err != nil {
		return heading{}, mistake(at, "%v", err)
	}
	for i := range key {
		key[i] = bare(key[i])
	}
	return heading{table: table, key: key}, nil
}

func lineBefore(text string, at int) string {
	return text[strings.LastIndexByte(text[:at], '\n')+1 : at]
}
