package trace

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// physical is what InnoDB keeps of the tables: a rebuilt table has another id, a
// new index too.
type physical struct {
	names   []string
	parts   map[int64]part  // by table id
	indexes map[int64]int64 // table id by index id
}

// tablespaceDiscarded is the error of reading a table after DISCARD TABLESPACE.
// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html#error_er_tablespace_discarded
const tablespaceDiscarded = "1814"

// part is a table's, or a partition's, place in InnoDB.
type part struct {
	table  string
	filled bool
}

// physicalTables reads the database that the session is in.
// https://dev.mysql.com/doc/refman/8.4/en/information-schema-innodb-tables-table.html
func physicalTables(ctx context.Context, db *livedb.DB, s *sql.Conn) (physical, error) {
	prefix := "information_schema.innodb_"
	if db.Dialect == "mariadb" {
		prefix += "sys_"
	}
	p := physical{parts: map[int64]part{}, indexes: map[int64]int64{}}
	var err error
	if p.names, err = tableNames(ctx, s); err != nil {
		return p, err
	}
	type row struct {
		id   int64
		name string
	}
	rows, err := collect(ctx, s, func(r *sql.Rows, v *row) error { return r.Scan(&v.id, &v.name) },
		"SELECT table_id, name FROM "+prefix+"tables WHERE name LIKE concat(database(), '/%')")
	if err != nil {
		return p, err
	}
	for _, r := range rows {
		if p.parts[r.id], err = readPart(ctx, s, r.name, p.names); err != nil {
			return p, err
		}
	}
	type key struct{ id, table int64 }
	keys, err := collect(ctx, s, func(r *sql.Rows, v *key) error { return r.Scan(&v.id, &v.table) },
		"SELECT index_id, table_id FROM "+prefix+"indexes")
	for _, k := range keys {
		p.indexes[k.id] = k.table
	}
	return p, err
}

func tableNames(ctx context.Context, s *sql.Conn) ([]string, error) {
	return collect(ctx, s, func(r *sql.Rows, name *string) error { return r.Scan(name) },
		"SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY 1")
}

// readPart reads InnoDB's name of a table, "database/table#p#partition".
func readPart(ctx context.Context, s *sql.Conn, name string, names []string) (part, error) {
	_, name, _ = strings.Cut(name, "/")
	pieces := strings.Split(strings.ReplaceAll(name, "#P#", "#p#"), "#p#")
	if strings.HasPrefix(strings.ToLower(name), "fts_") || strings.Contains(pieces[0], "#") {
		return part{}, nil // the inside of a FULLTEXT or a VECTOR index
	}
	table := fromFileName(pieces[0], names)
	from := backquote(table)
	if len(pieces) > 1 {
		partitions, err := partitionNames(ctx, s, table)
		if err != nil {
			return part{}, err
		}
		from += " PARTITION (" + backquote(fromFileName(strings.Split(pieces[1], "#")[0], partitions)) + ")"
	}
	out := part{table: table}
	err := s.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+from+")").Scan(&out.filled)
	if err != nil && livedb.ErrorCode(err) != tablespaceDiscarded {
		return out, fmt.Errorf("rows of %s: %w", from, err)
	}
	return out, nil
}

// rewritten says whether rows of a table are where none of the old tables was:
// in another table of InnoDB's, or in another engine.
func (p physical) rewritten(before physical, table string) bool {
	for id, now := range p.parts {
		if _, old := before.parts[id]; now.table == table && now.filled && !old {
			return true
		}
	}
	return !p.inside(table) && slices.Contains(p.names, table) && before.holdsRows(table)
}

// anyRewritten says so of any table, whatever it is called now.
func (p physical) anyRewritten(before physical) bool {
	return slices.ContainsFunc(p.names, func(table string) bool { return p.rewritten(before, table) })
}

// inside says whether the table is InnoDB's.
func (p physical) inside(table string) bool {
	for _, part := range p.parts {
		if part.table == table {
			return true
		}
	}
	return false
}

func (p physical) holdsRows(table string) bool {
	for _, part := range p.parts {
		if part.table == table && part.filled {
			return true
		}
	}
	return false
}

// indexBuilt says whether a table that kept its rows has a new index. A table that
// EXCHANGE PARTITION put in another's place does not count.
func (p physical) indexBuilt(before physical, table string) bool {
	for index, id := range p.indexes {
		_, old := before.indexes[index]
		was, kept := before.parts[id]
		now := p.parts[id].table
		exchanged := now != table && slices.Contains(before.names, now)
		if !old && kept && was.table == table && was.filled && !exchanged {
			return true
		}
	}
	return false
}
