package synth

import (
	"fmt"
	"strings"
)

func (p postgres) values(c *column) []value {
	list := pgValues(c.typ, c.name)
	if c.fallback != "" && !strings.Contains(c.fallback, "(") {
		list = append(list, value{sql: c.fallback})
	}
	return list
}

// pgValues are values of a type, the best first.
func pgValues(t valueType, label string) []value {
	switch t.base {
	case "text", "varchar", "bpchar":
		return textValues(t.length, label)
	case "int2", "int4", "int8", "oid":
		return integerValues(t)
	case "numeric":
		return numericValues(t)
	case "float4", "float8", "money":
		return cast(t, value{"({i})::numeric / 4", true}, value{"0.5", false}, value{"0", false}, value{"100", false})
	case "enum":
		return enumValues(t)
	case "array":
		return arrayValues(t, label)
	case "range":
		return rangeValues(t, label)
	case "multirange":
		return cast(t, value{"'{}'", false})
	case "composite":
		return cast(t, value{literal("(" + strings.Repeat(",", max(t.fields-1, 0)) + ")"), false})
	}
	return otherValues(t)
}

func cast(t valueType, list ...value) []value {
	for i := range list {
		list[i].sql = "(" + list[i].sql + ")::" + t.text
	}
	return list
}

// textValues: short texts are numbers, which fit as long as there are digits for them.
func textValues(length int, label string) []value {
	words := []value{{literal(label+" ") + " || {i}", true}}
	if length > 0 && length < len(label)+12 {
		words = []value{{fmt.Sprintf("right(repeat('0', %d) || ({i}), %d)", length, length), length >= 7}}
	}
	for _, v := range []struct {
		sql      string
		distinct bool
		least    int
	}{
		{"'user' || {i} || '@example.com'", true, 28},
		{"'https://example.com/' || {i}", true, 32},
		{"'a' || {i}", true, 11},
		{"'A' || {i}", true, 11},
		{"'v-' || {i}", true, 12},
		{"right(repeat('0', 10) || ({i}), 10)", true, 10},
		{"md5({i}::text)", true, 32},
		{"md5({i}::text)::uuid::text", true, 36},
		{"'+4179' || lpad(({i})::text, 7, '0')", true, 12},
		{"'10.0.' || ({i}) / 250 % 250 || '.' || ({i}) % 250", false, 15},
		{"'#' || lpad(to_hex({i} % 16777216), 6, '0')", false, 7},
		{"chr(97 + (({i}) % 26)::int)", false, 1}, {"chr(65 + (({i}) % 26)::int)", false, 1},
		{"chr(97 + (({i}) % 26)::int) || chr(97 + (({i}) / 26 % 26)::int)", false, 2},
		{"chr(65 + (({i}) % 26)::int) || chr(65 + (({i}) / 26 % 26)::int)", false, 2},
		{"chr(65 + (({i}) % 26)::int) || chr(65 + (({i}) / 26 % 26)::int) || chr(65 + (({i}) / 676 % 26)::int)", false, 3},
		{"'2024-01-01'", false, 10}, {"'{}'", false, 2}, {"''", false, 0}, {"'1'", false, 1},
	} {
		if length == 0 || v.least <= length {
			words = append(words, value{v.sql, v.distinct})
		}
	}
	return words
}

func integerValues(t valueType) []value {
	first := value{"{i}", true}
	if t.base == "int2" {
		first = value{"({i}) % 32768", false}
	}
	return cast(t, first, value{"({i}) % 100 + 1", false}, value{"({i}) % 10", false}, value{"({i}) % 5 + 1", false}, value{"0", false},
		value{"1", false}, value{"-({i}) % 30000 - 1", false}, value{"2000 + ({i}) % 25", false})
}

func numericValues(t valueType) []value {
	whole, distinct := "({i})", true
	if t.digits > 0 && t.digits < 10 {
		whole, distinct = fmt.Sprintf("({i} %% %d)", power10(t.digits)), t.digits >= 7
	}
	if t.digits <= 0 && t.scale > 0 {
		scale := power10(min(t.scale, 9))
		return cast(t, value{fmt.Sprintf("({i} %% %d)::numeric / %d", scale, scale), t.scale >= 7}, value{"0", false})
	}
	return cast(t, value{whole, distinct}, value{"({i}) % 9 + 0.5", false}, value{"0", false}, value{"1", false}, value{"0.5", false}, value{"-1", false})
}

func power10(n int) int64 {
	out := int64(1)
	for range n {
		out *= 10
	}
	return out
}

func enumValues(t valueType) []value {
	if len(t.labels) == 0 {
		return nil
	}
	var quoted []string
	for _, l := range t.labels {
		quoted = append(quoted, literal(l))
	}
	all := fmt.Sprintf("(ARRAY[%s])[1 + (({i}) %% %d)::int]", strings.Join(quoted, ", "), len(quoted))
	list := []value{{all, false}}
	for _, q := range quoted {
		list = append(list, value{q, false})
	}
	return cast(t, list...)
}

func arrayValues(t valueType, label string) []value {
	list := []value{}
	if t.element != nil {
		if inside := pgValues(*t.element, label); len(inside) > 0 {
			list = append(list, value{"ARRAY[" + inside[0].sql + "]", inside[0].distinct})
		}
	}
	return cast(t, append(list, value{"'{}'", false})...)
}

// rangeValues do not overlap.
func rangeValues(t valueType, label string) []value {
	var list []value
	if t.element != nil {
		if inside := pgValues(*t.element, label); len(inside) > 0 && inside[0].distinct {
			list = append(list, value{fmt.Sprintf("%s(%s, %s)", t.text, inside[0].at("({i} * 2)"), inside[0].at("({i} * 2 + 1)")), true})
		}
	}
	return cast(t, append(list, value{"'empty'", false})...)
}

func otherValues(t valueType) []value {
	switch t.base {
	case "bool":
		return []value{{"({i}) % 2 = 0", false}, {"true", false}, {"false", false}}
	case "date":
		return cast(t, value{"date '2020-01-01' + (({i}) % 1000000)::int", true}, value{"date '1990-01-01' + (({i}) % 3650)::int", false}, value{"current_date", false})
	case "timestamp", "timestamptz":
		return cast(t, value{"timestamptz '2020-01-01 00:00:00+00' + ({i}) * interval '1 minute'", true}, value{"now()", false},
			value{"timestamptz '1990-01-01 00:00:00+00' + ({i}) * interval '1 second'", true}, value{"now() + interval '1 year'", false})
	case "time", "timetz":
		return cast(t, value{"time '00:00' + (({i}) % 86400) * interval '1 second'", false})
	case "interval":
		return cast(t, value{"({i}) * interval '1 second'", true})
	case "uuid":
		return []value{{"md5({i}::text)::uuid", true}}
	case "json", "jsonb":
		return cast(t, value{"json_build_object('n', {i})", t.base == "jsonb"}, value{"'{}'", false}, value{"'[]'", false})
	case "bytea":
		return []value{{"decode(md5({i}::text), 'hex')", true}, {`'\x'::bytea`, false}}
	case "inet", "cidr":
		return cast(t, value{"inet '10.0.0.0' + ({i})", true})
	case "macaddr":
		return cast(t, value{"lpad(to_hex({i}), 12, '0')", true})
	case "macaddr8":
		return cast(t, value{"lpad(to_hex({i}), 16, '0')", true})
	case "bit":
		return cast(t, value{fmt.Sprintf("({i})::bigint::bit(%d)", max(t.length, 1)), t.length >= 20})
	case "varbit":
		n := 32
		if t.length > 0 {
			n = min(n, t.length)
		}
		return cast(t, value{fmt.Sprintf("({i})::bigint::bit(%d)", n), n >= 20})
	case "xml":
		return cast(t, value{"'<a>' || ({i}) || '</a>'", false})
	case "tsvector", "tsquery":
		return cast(t, value{"'word' || {i}", true})
	case "point":
		return []value{{"point({i}, {i})", false}}
	case "box":
		return []value{{"box(point({i}, {i}), point({i} + 1, {i} + 1))", false}}
	case "circle":
		return []value{{"circle(point({i}, {i}), 1)", false}}
	case "line", "lseg", "path", "polygon":
		return cast(t, value{map[string]string{"line": "'{1,2,3}'", "lseg": "'[(0,0),(1,1)]'", "path": "'[(0,0),(1,1)]'", "polygon": "'((0,0),(1,1),(1,0))'"}[t.base], false})
	case "ltree":
		return cast(t, value{"'a' || {i}", true})
	case "hstore":
		return cast(t, value{"'n=>' || {i}", true})
	}
	return nil
}
