package compare

import (
	"fmt"
	"slices"
	"strings"
)

// Repair is a statement that would make a row of the second side like that of the first.
type Repair struct{ SQL string }

// repair writes the statement for a row. It is never run.
func (r *run) repair(row *Row) error {
	sql, err := r.repairOf(row)
	if err == nil {
		r.out.Repaired++
		err = r.o.Repair(Repair{sql})
	}
	return err
}

func (p *pairing) repairOf(row *Row) (string, error) {
	if len(p.b.key) == 0 || !p.b.table {
		return "", fmt.Errorf("statements that repair rows need a table with a key: %s has none", p.b.name)
	}
	w, name := p.b.words, strings.TrimSuffix(p.b.from, " AS k")
	if at := slices.IndexFunc(row.Fields, func(f Field) bool {
		return f.A != nil && strings.HasPrefix(*f.A, digest) && p.valueOf(f.Column).form == Bytes
	}); at >= 0 {
		return "", fmt.Errorf("the value of %s at the key (%s) has more than %s bytes, which no statement repairs: leave the column out with --ignore, and copy it", row.Fields[at].Column, row.KeyText(), longBytes)
	}
	var where []string
	for i := range p.b.key {
		where = append(where, w.quote(p.b.key[i].Name)+" = "+constant(p.b, &p.b.key[i], &row.Key[i]))
	}
	found := " WHERE " + strings.Join(where, " AND ")
	switch row.Kind {
	case Extra:
		return "DELETE FROM " + name + found, nil
	case Different:
		var set []string
		for _, f := range row.Fields {
			v := p.valueOf(f.Column)
			set = append(set, w.quote(v.Name)+" = "+constant(p.b, v, f.A))
		}
		return "UPDATE " + name + " SET " + strings.Join(set, ", ") + found, nil
	}
	var columns, values []string
	for i := range p.b.key {
		columns, values = append(columns, w.quote(p.b.key[i].Name)), append(values, constant(p.b, &p.b.key[i], &row.Key[i]))
	}
	for _, f := range row.Fields {
		v := p.valueOf(f.Column)
		columns, values = append(columns, w.quote(v.Name)), append(values, constant(p.b, v, f.A))
	}
	return "INSERT INTO " + name + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")", nil
}

// valueOf is the second side's column of a field.
func (p *pairing) valueOf(field string) *value {
	for i := range p.b.values {
		if p.fieldName(i) == field {
			return &p.b.values[i]
		}
	}
	return &value{}
}

// constant is a value as a constant of its column's type.
func constant(s *side, v *value, text *string) string {
	if text == nil {
		return "NULL"
	}
	if l, ok := s.words.literal(v, *text); ok {
		return l
	}
	quoted := s.words.text(*text)
	postgres := s.db.Dialect == "postgres"
	switch {
	case v.form == Bytes && !isBinary(v.Base) && v.Base != "bytea":
		if postgres {
			return `convert_from(E'\\x` + *text + "'::bytea, 'UTF8')"
		}
		return "CONVERT(X'" + *text + "' USING utf8mb4)"
	case v.form == Bits && !postgres:
		return "b'" + *text + "'"
	case v.form == UUID:
		return uuidConstant(v, *text, postgres)
	case v.form == Float && !postgres, v.form == Integer && v.Base == "bit" && !postgres:
		return *text
	case v.form == Integer && v.Base == "bit":
		return *text + "::" + v.Type
	case postgres:
		return quoted + "::" + v.Type
	}
	return quoted
}

func uuidConstant(v *value, text string, postgres bool) string {
	switch {
	case v.Base == "bytea":
		return `E'\\x` + text + "'::bytea"
	case !postgres && isBinary(v.Base):
		return "X'" + text + "'"
	case postgres:
		return postgresText(dashed(text))
	}
	return mysqlText(dashed(text))
}
