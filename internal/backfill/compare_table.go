package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/livedb"
)

// TableSides are two tables as sides of a comparison, along the key of the first one,
// which the second must have too. Columns go by their names; those to be left out are
// in ignore.
func TableSides(ctx context.Context, one *livedb.DB, table string, two *livedb.DB, other string, ignore []string) (a, b Side, err error) {
	first, err := look(ctx, one, table, nil)
	if err != nil {
		return a, b, err
	}
	second, err := look(ctx, two, other, key{columns: first.table.Key}.names())
	if err != nil {
		return a, b, err
	}
	a, b = Side{DB: one, From: first.table.Name, Key: first.table.Key}, Side{DB: two, From: second.table.Name, Key: second.table.Key}
	if a.Columns, b.Columns, err = pair(first, second, ignore); err != nil {
		return a, b, err
	}
	return a, b, nil
}

// looked is a table and its columns.
type looked struct {
	db      *livedb.DB
	table   *Table
	columns []tableColumn
}

// look reads what is known of a table; without a key it is the primary one.
func look(ctx context.Context, db *livedb.DB, name string, columns []string) (*looked, error) {
	f, err := flavourOf(db)
	if err != nil {
		return nil, err
	}
	d, err := dialect.Open(db.Dialect, db.Version.String())
	if err != nil {
		return nil, err
	}
	j, err := Read("", "DELETE FROM "+name, d)
	if err != nil || j.Alias != "" || j.From != "" || j.Where != "" {
		return nil, fmt.Errorf("%q is no name of a table", name)
	}
	j.Key = columns
	c, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	t, err := f.describe(ctx, c, j)
	if err != nil {
		return nil, err
	}
	if t.Key[0].Class == Block {
		return nil, fmt.Errorf("%s has no key by which its rows could be told apart", t.Name)
	}
	out := &looked{db: db, table: t}
	out.columns, err = (&verification{db: db, conn: c}).columns(ctx, t)
	return out, err
}

// pair puts the columns of two tables side by side. What only one of them has must be
// left out by whoever asks: it is no difference that could be passed over.
func pair(a, b *looked, ignore []string) (one, two []CompareColumn, err error) {
	leave := func(name string) bool {
		return slices.ContainsFunc(slices.Concat(ignore, key{columns: a.table.Key}.names()), func(i string) bool { return strings.EqualFold(i, name) })
	}
	for _, name := range ignore {
		_, here := find(a.columns, name)
		_, there := find(b.columns, name)
		if !here && !there {
			return nil, nil, fmt.Errorf("neither %s nor %s has a column %s that could be left out", a.table.Name, b.table.Name, name)
		}
	}
	for _, k := range a.columns {
		if leave(k.name) {
			continue
		}
		o, ok := find(b.columns, k.name)
		if !ok {
			return nil, nil, fmt.Errorf("%s has no column %s, which %s has", b.table.Name, k.name, a.table.Name)
		}
		as, ok := common(a.db.Dialect, k, b.db.Dialect, o)
		if !ok {
			return nil, nil, fmt.Errorf("the column %s is of type %s in %s and of type %s in %s: their values cannot be compared", k.name, k.typ, a.table.Name, o.typ, b.table.Name)
		}
		one, two = append(one, CompareColumn{k.name, as}), append(two, CompareColumn{o.name, as})
	}
	for _, o := range b.columns {
		if _, ok := find(a.columns, o.name); !ok && !leave(o.name) {
			return nil, nil, fmt.Errorf("%s has no column %s, which %s has", a.table.Name, o.name, b.table.Name)
		}
	}
	return one, two, nil
}

// common is the form in which the values of two columns can be compared.
func common(dialectA string, a tableColumn, dialectB string, b tableColumn) (Canon, bool) {
	one, knownA := canonType(dialectA, a)
	two, knownB := canonType(dialectB, b)
	is := func(x, y Canon) bool { return one == x && two == y || one == y && two == x }
	switch {
	case dialectA == dialectB && a.typ == b.typ && !knownA:
		return CanonText, true // as the server writes it
	case !knownA || !knownB:
		return 0, false
	case one == two:
		return one, true
	case is(CanonInteger, CanonDecimal):
		return CanonDecimal, true
	case is(CanonUUID, CanonText), is(CanonUUID, CanonBytes):
		return CanonUUID, true
	}
	return 0, false
}

// canonType is the form of a type's values.
func canonType(dialect string, k tableColumn) (Canon, bool) {
	forms := mysqlForms
	if dialect == "postgres" {
		if k.category == "E" {
			return CanonText, true
		}
		forms = postgresForms
	}
	as, known := forms()[k.base]
	return as, known
}

func postgresForms() map[string]Canon {
	return map[string]Canon{
		"smallint": CanonInteger, "integer": CanonInteger, "bigint": CanonInteger, "boolean": CanonInteger, "numeric": CanonDecimal,
		"real": CanonFloat, "double precision": CanonFloat, "bytea": CanonBytes, "uuid": CanonUUID, "date": CanonDate,
		"time without time zone": CanonTime, "timestamp without time zone": CanonTimestamp, "timestamp with time zone": CanonInstant,
		"json": CanonJSON, "jsonb": CanonJSON, "text": CanonText, "character varying": CanonText, "character": CanonText, "citext": CanonText,
	}
}

func mysqlForms() map[string]Canon {
	return map[string]Canon{
		"tinyint": CanonInteger, "smallint": CanonInteger, "mediumint": CanonInteger, "int": CanonInteger, "bigint": CanonInteger, "year": CanonInteger,
		"decimal": CanonDecimal, "float": CanonFloat, "double": CanonFloat, "uuid": CanonUUID, "date": CanonDate, "time": CanonTime,
		"binary": CanonBytes, "varbinary": CanonBytes, "tinyblob": CanonBytes, "blob": CanonBytes, "mediumblob": CanonBytes, "longblob": CanonBytes,
		"datetime": CanonTimestamp, "timestamp": CanonInstant, "json": CanonJSON, "char": CanonText, "varchar": CanonText,
		"tinytext": CanonText, "text": CanonText, "mediumtext": CanonText, "longtext": CanonText, "enum": CanonText, "set": CanonText,
	}
}
