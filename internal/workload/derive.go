package workload

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/synth"
)

// How often each kind of statement comes: an application reads more than it writes.
const (
	weightRead   = 8
	weightList   = 2
	weightUpdate = 6 // of all columns together
	weightInsert = 3
	weightDelete = 1
)

// add puts what can be done to a table into the application.
func (a *App) add(t *tableApp) {
	name := t.Table.Name
	put := func(kindName string, write bool, weight int, run action) {
		a.kinds = append(a.kinds, &kind{side: a.Side, name: kindName, write: write, weight: weight, run: run})
		a.total += weight
	}
	t.reads = &kind{side: a.Side, name: "read " + name, weight: weightRead, run: t.read}
	if len(t.keys.list) > 0 {
		a.kinds, a.total = append(a.kinds, t.reads), a.total+weightRead
		put("list "+name, false, weightList, t.list)
		settable := 0
		for _, c := range t.Columns {
			if c.Value != "" {
				settable++
			}
		}
		for _, c := range t.Columns {
			if c.Value != "" {
				put("update "+name+"."+c.Name, true, max(weightUpdate/settable, 1), t.update(c))
			}
		}
		if settable == 0 {
			a.Left = append(a.Left, fmt.Sprintf("%s is not updated: no value is known for a column of it that is not in a key and that its checks allow", t.Table))
		}
	} else {
		put("list "+name, false, weightList, t.first)
	}
	switch {
	case t.NoInsert != "":
		a.Left = append(a.Left, fmt.Sprintf("nothing is inserted into %s: %s", t.Table, t.NoInsert))
	case t.Insert.From && len(t.keys.list) == 0:
		a.Left = append(a.Left, fmt.Sprintf("nothing is inserted into %s: it has no row yet that could be a model", t.Table))
	default:
		put("insert "+name, true, weightInsert, t.insert)
		if len(t.Key) > 0 {
			put("delete "+name, true, weightDelete, t.delete)
		}
	}
}

func (t *tableApp) columns() string {
	var out []string
	for _, c := range t.Columns {
		out = append(out, c.Written)
	}
	return strings.Join(out, ", ")
}

func (t *tableApp) read(ctx context.Context, s *session) error {
	_, err := s.query(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s", t.columns(), t.Written, t.where("", t.keys.some())))
	return err
}

// listed is how many rows a page of a list has.
const listed = 20

func (t *tableApp) list(ctx context.Context, s *session) error {
	c, _ := t.Column(t.Key[0])
	_, err := s.query(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s >= %s ORDER BY %s LIMIT %d", t.columns(), t.Written, c.Written, t.keys.some()[0], c.Written, listed))
	return err
}

func (t *tableApp) first(ctx context.Context, s *session) error {
	_, err := s.query(ctx, fmt.Sprintf("SELECT %s FROM %s LIMIT %d", t.columns(), t.Written, listed))
	return err
}

// update sets a column of a row that no other session works on.
func (t *tableApp) update(c synth.WritableColumn) action {
	return func(ctx context.Context, s *session) error {
		key := t.keys.some()
		row := s.ledger.take(t.rows(), key)
		if row == nil {
			return nil
		}
		defer row.leave()
		number := s.next()
		if err := s.exec(ctx, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", t.Written, c.Written, filled(c.Value, "{i}", number), t.where("", key))); err != nil {
			row.doubt(err, t.logical[c.Name])
			return err
		}
		return t.keep(ctx, s, row, key, []string{c.Name}, false)
	}
}

// insert makes a row; what refers to other tables it takes from another.
func (t *tableApp) insert(ctx context.Context, s *session) error {
	number := s.next()
	values := filled(strings.Join(t.Insert.Values, ", "), "{i}", number)
	from := ""
	if t.Insert.From {
		from = fmt.Sprintf(" FROM %s safemig_o WHERE %s", t.Written, t.where("safemig_o.", t.keys.some()))
	}
	var names []string
	for _, name := range t.Insert.Columns {
		c, _ := t.Column(name)
		names = append(names, c.Written)
	}
	text := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s%s", t.Written, strings.Join(names, ", "), values, from)
	if len(names) == 0 { // the server fills them all
		text = "INSERT INTO " + t.Written + " DEFAULT VALUES"
		if t.dialect != "postgres" {
			text = "INSERT INTO " + t.Written + " () VALUES ()"
		}
	}
	if len(t.Key) == 0 {
		err := s.exec(ctx, text)
		if err == nil {
			s.ledger.wrote()
		}
		return err
	}
	key, err := t.inserted(ctx, s, text, number, from)
	if err != nil || key == nil {
		return err
	}
	row := s.ledger.take(t.rows(), key)
	if row == nil { // another session has written a row with the same key: a mistake of ours, or the server's
		return fmt.Errorf("the row %s was inserted into %s twice", strings.Join(key, ", "), t.Table)
	}
	defer row.leave()
	row.exists, row.deleted, row.unknown = true, false, false
	s.ledger.made(t.rows(), key)
	return t.keep(ctx, s, row, key, t.Insert.Columns, true)
}

// inserted runs the statement and tells the key of its row.
func (t *tableApp) inserted(ctx context.Context, s *session, text, number, from string) ([]string, error) {
	if t.dialect != "mysql" { // MariaDB has RETURNING from 10.5 on
		rows, err := s.query(ctx, text+" RETURNING "+t.keyLiterals())
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		return rows[0], nil
	}
	var key []string
	for _, name := range t.Key {
		key = append(key, t.valueOf(name, number))
	}
	if len(key) > 1 || t.Insert.Serial == "" {
		rows, err := s.aside(ctx, t.reads, "SELECT "+strings.Join(key, ", ")+from)
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		key = plain(rows)[0]
	}
	id, err := s.execForID(ctx, text)
	for i, name := range t.Key {
		if name == t.Insert.Serial {
			key[i] = "'" + strconv.FormatInt(id, 10) + "'"
		}
	}
	if err != nil || len(key) == 1 && t.Insert.Serial != "" {
		return key, err
	}
	return t.asStored(ctx, s, key)
}

// asStored is a key as the column gives it back: 4.5 for 4.5000.
func (t *tableApp) asStored(ctx context.Context, s *session, key []string) ([]string, error) {
	rows, err := s.aside(ctx, t.reads, fmt.Sprintf("SELECT %s FROM %s WHERE %s", t.keyLiterals(), t.Written, t.where("", key)))
	if err != nil || len(rows) != 1 {
		return nil, nil //nolint:nilerr // it cannot be told from others: nobody looks for it
	}
	return plain(rows)[0], nil
}

// valueOf is SQL for what a column of the key gets as a constant.
func (t *tableApp) valueOf(name, number string) string {
	for i, column := range t.Insert.Columns {
		if column == name {
			c, _ := t.Column(name)
			return filled(c.Literal, "{c}", "("+filled(t.Insert.Values[i], "{i}", number)+")")
		}
	}
	return "NULL"
}

// delete removes a row that the workload has made.
func (t *tableApp) delete(ctx context.Context, s *session) error {
	key := s.ledger.someMade(t.rows(), rand.IntN)
	if key == nil {
		return nil
	}
	row := s.ledger.take(t.rows(), key)
	if row == nil {
		return nil
	}
	defer row.leave()
	if !row.exists {
		return nil
	}
	if err := s.exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s", t.Written, t.where("", key))); err != nil {
		row.doubt(err)
		return err
	}
	row.exists, row.deleted = false, true
	s.ledger.wrote()
	return nil
}
