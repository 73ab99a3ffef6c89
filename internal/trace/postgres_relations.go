package trace

import (
	"context"
	"database/sql"

	"github.com/safemig/safemig/dialect/change"
)

// relation is what the catalogue says of a table, index, view or sequence.
type relation struct {
	oid   uint32
	name  change.Name
	kind  string
	file  uint32 // its file on disk; another one after a rewrite
	pages int64
	read  int64  // pages of it that this session has read
	table uint32 // an index's table
}

// snapshot is all relations of the user's by their oid.
type snapshot map[uint32]relation

// relationsQuery does not lock anything but for the sizes, which need a moment's
// ACCESS SHARE: it is for the session that runs the statement alone.
const relationsQuery = `
SELECT c.oid, n.nspname, c.relname, c.relkind,
       coalesce(pg_relation_filenode(c.oid), 0),
       CASE WHEN c.relkind IN ('r', 'm') THEN coalesce(pg_relation_size(c.oid) / current_setting('block_size')::int, 0) ELSE 0 END,
       coalesce(pg_stat_get_xact_blocks_fetched(c.oid), 0),
       coalesce(i.indrelid, 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'`

func relations(ctx context.Context, s *sql.Conn) (snapshot, error) {
	rows, err := collect(ctx, s, func(r *sql.Rows, v *relation) error {
		return r.Scan(&v.oid, &v.name.Schema, &v.name.Name, &v.kind, &v.file, &v.pages, &v.read, &v.table)
	}, relationsQuery)
	if err != nil {
		return nil, err
	}
	out := make(snapshot, len(rows))
	for _, r := range rows {
		out[r.oid] = r
	}
	return out, nil
}

// compare says what became of each relation that was there before.
func compare(before, after snapshot, locks lockSet) []Observed {
	var out []Observed
	for oid, b := range before {
		if b.kind == "i" || b.kind == "I" || b.kind == "c" {
			continue // indexes are their tables', composite types hold nothing
		}
		o := Observed{Name: b.name, Lock: locks[oid], IndexLock: indexLock(before, locks, oid), Empty: b.pages == 0, Partitioned: b.kind == "p"}
		a, exists := after[oid]
		if exists && b.pages > 0 && a.pages > 0 { // it had rows and was not emptied
			o.Rewrite = a.file != b.file
			o.IndexBuild = buildsIndex(before, after, oid)
			o.Scan = a.read-b.read >= b.pages
		}
		if o.Lock != change.NoLock || o.IndexLock != change.NoLock || o.Work() != change.NoWork {
			out = append(out, o)
		}
	}
	sortTables(out)
	return out
}

func indexLock(before snapshot, locks lockSet, table uint32) change.Lock {
	strongest := change.NoLock
	for oid, r := range before {
		if r.table == table {
			strongest = max(strongest, locks[oid])
		}
	}
	return strongest
}

// buildsIndex says whether a table has an index in a file that was not there
// before.
func buildsIndex(before, after snapshot, table uint32) bool {
	files := map[uint32]bool{}
	for _, r := range before {
		files[r.file] = true
	}
	for _, r := range after {
		if r.table == table && r.kind == "i" && !files[r.file] {
			return true
		}
	}
	return false
}
