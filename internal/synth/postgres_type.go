package synth

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// pgType is a row of pg_type, with what hangs on it.
type pgType struct {
	name, kind, category, text string
	base, element              string
	modifier                   int
	notNull                    bool
	labels, checks             []string
	fields                     int
}

const typesQuery = `
SELECT t.oid::text, t.typname, t.typtype, t.typcategory, format_type(t.oid, NULL), t.typbasetype::text,
	CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE coalesce(r.rngsubtype, 0) END::text, t.typtypmod::text, t.typnotnull::text,
	(SELECT count(*) FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0)::text
FROM pg_type t LEFT JOIN pg_range r ON r.rngtypid = t.oid`

func readTypes(ctx context.Context, s *sql.Conn) (map[string]pgType, error) {
	out := map[string]pgType{}
	err := each(ctx, s, typesQuery, func(v []string) {
		out[v[0]] = pgType{name: v[1], kind: v[2], category: v[3], text: v[4], base: v[5], element: v[6], modifier: atoi(v[7]), notNull: v[8] == "true", fields: atoi(v[9])}
	})
	if err != nil {
		return nil, err
	}
	err = each(ctx, s, "SELECT enumtypid::text, enumlabel FROM pg_enum ORDER BY enumtypid, enumsortorder", func(v []string) {
		t := out[v[0]]
		t.labels = append(t.labels, v[1])
		out[v[0]] = t
	})
	if err != nil {
		return nil, err
	}
	err = each(ctx, s, "SELECT contypid::text, pg_get_expr(conbin, 0) FROM pg_constraint WHERE contypid <> 0 AND contype = 'c'", func(v []string) {
		t := out[v[0]]
		t.checks = append(t.checks, v[1])
		out[v[0]] = t
	})
	return out, err
}

// atoi reads a number that the server has written.
func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// resolve looks through domains.
func resolve(types map[string]pgType, oid string, modifier int) (out valueType, notNull bool, checks []string) {
	t := types[oid]
	for t.kind == "d" {
		notNull, checks = notNull || t.notNull, append(checks, t.checks...)
		if modifier < 0 {
			modifier = t.modifier
		}
		oid = t.base
		t = types[oid]
	}
	out = valueType{text: t.text, base: t.name, labels: t.labels, fields: t.fields}
	switch {
	case t.kind == "e":
		out.base = "enum"
	case t.kind == "c":
		out.base = "composite"
	case t.kind == "r":
		out.base = "range"
	case t.kind == "m":
		out.base = "multirange"
	case t.category == "A":
		out.base = "array"
	case t.kind == "b" && t.category == "S" && t.name != "varchar" && t.name != "bpchar":
		out.base = "text"
	}
	if (t.category == "A" || t.kind == "r") && t.element != "0" {
		element, _, _ := resolve(types, t.element, modifier)
		if types[t.element].kind == "d" {
			element.text = types[t.element].text
		}
		out.element = &element
	}
	out.setModifier(modifier)
	out.withoutLength()
	return out, notNull, checks
}

// withoutLength: some types have the length 1 where none is said.
func (t *valueType) withoutLength() {
	switch t.base {
	case "bpchar":
		t.text = "bpchar"
	case "bit":
		t.text = `"bit"`
	case "array":
		if t.element != nil {
			t.text = t.element.text + "[]"
		}
	}
}

// setModifier reads the length or the precision of a type.
// https://www.postgresql.org/docs/current/catalog-pg-attribute.html
func (t *valueType) setModifier(modifier int) {
	if modifier < 0 {
		return
	}
	switch t.base {
	case "varchar", "bpchar":
		t.length = modifier - 4
	case "bit", "varbit":
		t.length = modifier
	case "numeric":
		precision := (modifier - 4) >> 16 & 0xffff
		t.scale = (modifier - 4) & 0x7ff
		t.digits = precision - t.scale
		if t.scale > 1000 { // a negative scale, from PostgreSQL 15 on
			t.scale, t.digits = 0, precision
		}
	}
}

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
