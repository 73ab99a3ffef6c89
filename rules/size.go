package rules

import (
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// Size is how large a table is. A negative number is one that is not known.
type Size struct{ Rows, Bytes int64 }

// SmallTable is the size below which a table is small where the project does not
// say otherwise: work on so few rows is done within the time that a lock is
// usually waited for.
func SmallTable() Size { return Size{Rows: 10_000, Bytes: 10 << 20} }

// Sizes are the sizes of a server's tables.
type Sizes struct {
	small  Size
	fold   bool // MySQL: names are looked up without regard to case
	tables map[string]Size
	// bare are the tables by name alone, for names that are written without a
	// schema; a name that several schemas have is left out.
	bare map[string]Size
}

// NewSizes is the sizes of tables by name, with the schema where there is one. A
// table with fewer rows and fewer bytes than small is small.
func NewSizes(dialect string, tables map[string]Size, small Size) *Sizes {
	s := &Sizes{small: small, fold: dialect != "postgres", tables: map[string]Size{}, bare: map[string]Size{}}
	count := map[string]int{}
	for name, size := range tables {
		name = s.key(name)
		s.tables[name] = size
		if _, bare, ok := strings.Cut(name, "."); ok {
			s.bare[bare] = size
			count[bare]++
		}
	}
	for name, n := range count {
		if n > 1 {
			delete(s.bare, name)
		}
	}
	return s
}

func (s *Sizes) key(name string) string {
	if s.fold {
		return strings.ToLower(name)
	}
	return name
}

// Of is the size of a table, where it is known.
func (s *Sizes) Of(table change.Name) (Size, bool) {
	if size, ok := s.tables[s.key(table.String())]; ok {
		return size, true
	}
	if table.Schema != "" {
		return Size{}, false
	}
	size, ok := s.bare[s.key(table.Name)]
	return size, ok
}

// Small says whether a table of that size is small: nothing that is known of it
// is above the threshold. A threshold of zero rows or bytes makes no table small.
func (s *Sizes) Small(size Size) bool {
	if size.Rows < 0 && size.Bytes < 0 || s.small.Rows == 0 || s.small.Bytes == 0 {
		return false
	}
	return size.Rows < s.small.Rows && size.Bytes < s.small.Bytes
}

// rates are how many bytes of table a second of work gets through. They are
// round numbers for the order of magnitude, on ordinary hardware with the table
// not in memory; a server may well be three times faster or slower.
//
// Scan: 56 GB read by VACUUM ANALYZE in 91 s.
// https://www.cybertec-postgresql.com/en/speeding-up-index-creation-in-postgresql/
//
// IndexBuild: 21 GB of numeric indexed in a quarter of an hour by one process,
// cheaper types and parallel workers in half and less of that.
// https://www.cybertec-postgresql.com/en/postgresql-parallel-create-index-for-better-performance/
//
// Rewrite, with the indexes that are built again: 600 MB in 22 s.
// https://notso.boringsql.com/posts/how-not-to-change-postgresql-column-type/
func rates() map[change.Work]int64 {
	return map[change.Work]int64{
		change.Scan:       500_000_000,
		change.IndexBuild: 50_000_000,
		change.Rewrite:    25_000_000,
	}
}

// Speed is how many bytes of table a second of some work gets through, in order of
// magnitude; 0 where the work does not grow with the table.
func Speed(work change.Work) int64 { return rates()[work] }

// Estimate is about how long work on a table of that size takes. There is none
// for work that does not grow with the table, or where its bytes are not known.
func Estimate(work change.Work, size Size) (time.Duration, bool) {
	rate := Speed(work)
	if rate == 0 || size.Bytes < 0 {
		return 0, false
	}
	return time.Duration(float64(size.Bytes) / float64(rate) * float64(time.Second)), true
}
