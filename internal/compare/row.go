package compare

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// record is a row that was read.
type record struct {
	match  string // by which it is found on the other side
	key    []string
	values []sql.NullString
	hash   string // in place of the values
	times  int64  // of rows without a key: how many there are
}

// readRows reads rows one by one: their keys and values, or in place of these a hash.
func (s *side) readRows(ctx context.Context, q *session, hashed bool, where string, hear func(*record) error) (err error) {
	what := reads(s.words, s.key)
	if hashed {
		what = append(what, s.words.hash(s.rowText()))
	} else {
		what = append(what, reads(s.words, s.values)...)
	}
	rows, err := q.QueryContext(ctx, "SELECT "+strings.Join(what, ", ")+where)
	if err != nil {
		return fmt.Errorf("reading rows of %s: %w", s.name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	texts, into := make([]sql.NullString, len(what)), make([]any, len(what))
	for i := range texts {
		into[i] = &texts[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("reading rows of %s: %w", s.name, err)
		}
		if err := hear(s.record(texts, hashed)); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading rows of %s: %w", s.name, err)
	}
	return nil
}

func (s *side) record(texts []sql.NullString, hashed bool) *record {
	r := &record{key: make([]string, len(s.key)), times: 1}
	for i := range s.key {
		r.key[i] = refine(s.key[i].form, texts[i].String)
		if !texts[i].Valid {
			r.key[i] = "NULL"
		}
	}
	if rest := texts[len(s.key):]; hashed {
		r.hash = rest[0].String
	} else {
		r.values = append(r.values, rest...)
	}
	r.match = strings.Join(r.key, "\x01")
	if len(s.key) == 0 {
		r.match = s.whole(r)
	}
	return r
}

// whole is all of a row as one text.
func (s *side) whole(r *record) string {
	var out strings.Builder
	for i := range s.values {
		text, is := s.refined(i, r.values[i])
		if !is {
			out.WriteString(null)
		} else {
			fmt.Fprintf(&out, "%d:%s", len(text), text)
		}
	}
	return out.String()
}

// refined is a value as it is compared; none: it is NULL.
func (s *side) refined(i int, v sql.NullString) (string, bool) {
	if !v.Valid && !s.values[i].nullEmpty {
		return "", false
	}
	return refine(s.values[i].form, v.String), true
}

// fields are the values in which two rows differ; of all, all values.
func (p *pairing) fields(a, b *record, all bool) []Field {
	var out []Field
	for i := range p.a.values {
		f := Field{Column: p.fieldName(i)}
		same := a != nil && b != nil
		if a != nil {
			f.A = pointer(a.values[i])
		}
		if b != nil {
			f.B = pointer(b.values[i])
		}
		if same {
			x, isX := p.a.refined(i, a.values[i])
			y, isY := p.b.refined(i, b.values[i])
			if same = x == y && isX == isY; !same {
				f.Nature = nature(p.a.values[i].form, f.A, f.B)
			}
		}
		if all || !same {
			out = append(out, f)
		}
	}
	return out
}

func (p *pairing) fieldName(i int) string {
	a, b := p.a.values[i].Name, p.b.values[i].Name
	if a == b {
		return a
	}
	return a + "=" + b
}

func pointer(v sql.NullString) *string {
	if !v.Valid {
		return nil
	}
	return &v.String
}

// differing is what two rows of the same key, one of which may be missing, differ in; nil:
// nothing.
func (p *pairing) differing(a, b *record) *Row {
	switch {
	case a == nil && b == nil:
		return nil
	case b == nil:
		return &Row{Key: a.key, Kind: Missing, Fields: p.fields(a, nil, true)}
	case a == nil:
		return &Row{Key: b.key, Kind: Extra, Fields: p.fields(nil, b, true)}
	}
	if f := p.fields(a, b, false); len(f) > 0 {
		return &Row{Key: a.key, Kind: Different, Fields: f}
	}
	return nil
}

// notUnique: a key that several rows have tells none of them apart.
func (s *side) notUnique(r *record) error {
	var names []string
	for _, k := range s.key {
		names = append(names, k.Name)
	}
	return fmt.Errorf("several rows of %s have the key (%s) = (%s): name a key that tells them apart with --key", s.name, strings.Join(names, ", "), strings.Join(r.key, ", "))
}

// gather reads rows into a map; rows without a key are counted where they are the same.
func (s *side) gather(ctx context.Context, q *session, hashed bool, where string, most int) (map[string]*record, error) {
	out := map[string]*record{}
	err := s.readRows(ctx, q, hashed, where, func(r *record) error {
		if old, there := out[r.match]; there {
			if len(s.key) > 0 {
				return s.notUnique(r)
			}
			old.times++
			return nil
		}
		if len(out) == most {
			return fmt.Errorf("more than %d rows of %s would have to be held in memory: name a key with --key, or leave out with --ignore what the servers write differently", most, s.name)
		}
		out[r.match] = r
		return nil
	})
	return out, err
}
