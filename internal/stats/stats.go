// Package stats keeps the sizes of a server's tables in a file, so that linting
// needs no server.
package stats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/safemig/safemig/rules"
)

// formatVersion is the version of the file's format.
const formatVersion = 1

// Stats are the sizes of the tables of one server.
type Stats struct {
	Version int       `json:"version"`
	Dialect string    `json:"dialect"` // "postgres", "mysql", "mariadb"
	Taken   time.Time `json:"taken"`
	// Tables are by name, with the schema: "public.orders".
	Tables map[string]Table `json:"tables"`
}

// Table is how large a table is, its partitions included. What is not known is
// left out.
type Table struct {
	Rows  *int64 `json:"rows,omitempty"`  // the server's estimate
	Bytes *int64 `json:"bytes,omitempty"` // without indexes
}

// Read reads a file of sizes.
func Read(name string) (*Stats, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the sizes of tables: %w", err)
	}
	s, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("the sizes of tables: %s: %w", name, err)
	}
	return s, nil
}

// Parse reads the text of a file of sizes.
func Parse(text []byte) (*Stats, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var s Stats
	if err := d.Decode(&s); err != nil {
		return nil, fmt.Errorf("line %d: %w", lineOf(text, d, err), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: there is something behind the closing brace", lineAt(text, d.InputOffset()))
	}
	return &s, s.check()
}

// lineOf is the line that a decoder stopped at.
func lineOf(text []byte, d *json.Decoder, err error) int {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return lineAt(text, syntax.Offset)
	case errors.As(err, &kind):
		return lineAt(text, kind.Offset)
	}
	return lineAt(text, d.InputOffset())
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
}

func (s *Stats) check() error {
	switch {
	case s.Version != formatVersion:
		return fmt.Errorf("version %d of the format is not known, only %d", s.Version, formatVersion)
	case !slices.Contains([]string{"postgres", "mysql", "mariadb"}, s.Dialect):
		return fmt.Errorf("dialect %q is none of postgres, mysql, mariadb", s.Dialect)
	}
	for name, t := range s.Tables {
		if negative(t.Rows) || negative(t.Bytes) {
			return fmt.Errorf("table %s has a negative size", name)
		}
	}
	return nil
}

func negative(n *int64) bool { return n != nil && *n < 0 }

// Write writes a file of sizes, its tables sorted by name.
func (s *Stats) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(s); err != nil {
		return fmt.Errorf("writing the sizes of tables: %w", err)
	}
	return nil
}

// For says whether the sizes are those of a server of that dialect. A MariaDB
// is often taken for a MySQL where only the migrations tell.
func (s *Stats) For(dialect string) bool {
	return s.Dialect == dialect || s.Dialect != "postgres" && dialect != "postgres"
}

// Sizes are the sizes as rules use them; tables below small are small.
func (s *Stats) Sizes(small rules.Size) *rules.Sizes {
	tables := make(map[string]rules.Size, len(s.Tables))
	for name, t := range s.Tables {
		tables[name] = rules.Size{Rows: orUnknown(t.Rows), Bytes: orUnknown(t.Bytes)}
	}
	return rules.NewSizes(s.Dialect, tables, small)
}

func orUnknown(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}
