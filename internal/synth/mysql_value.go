package synth

import (
	"fmt"
	"strings"
)

func (m mysql) values(c *column) []value {
	t := c.typ
	switch t.base {
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		return myTexts(t, c.name)
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		return myIntegers(t)
	case "decimal":
		return myDecimals(t)
	case "float", "double":
		return []value{{"({i}) / 4", true}, {"0.5", false}, {"0", false}}
	case "enum":
		return myEnum(t)
	case "set":
		if len(t.labels) > 0 {
			return []value{{literal(t.labels[0]), false}}
		}
		return nil
	}
	return myOthers(t)
}

func myTexts(t valueType, label string) []value {
	words := []value{{"concat(" + literal(label+" ") + ", {i})", true}}
	if t.length < len(label)+12 {
		words = []value{{fmt.Sprintf("right(concat(repeat('0', %d), {i}), %d)", t.length, t.length), t.length >= 7}}
	}
	for _, v := range []struct {
		sql      string
		distinct bool
		least    int
	}{
		{"concat('user', {i}, '@example.com')", true, 28}, {"concat('https://example.com/', {i})", true, 32},
		{"concat('a', {i})", true, 11}, {"concat('A', {i})", true, 11}, {"right(concat(repeat('0', 10), {i}), 10)", true, 10}, {"left(sha2({i}, 256), 32)", true, 32},
		{"concat('#', lpad(hex({i} % 16777216), 6, '0'))", false, 7}, {"char(97 + {i} % 26 USING utf8mb4)", false, 1},
		{"char(97 + {i} % 26, 97 + {i} DIV 26 % 26 USING utf8mb4)", false, 2}, {"char(65 + {i} % 26, 65 + {i} DIV 26 % 26 USING utf8mb4)", false, 2},
		{"char(65 + {i} % 26, 65 + {i} DIV 26 % 26, 65 + {i} DIV 676 % 26 USING utf8mb4)", false, 3},
		{"'2024-01-01'", false, 10}, {"'{}'", false, 2}, {"''", false, 0}, {"'1'", false, 1},
	} {
		if v.least <= t.length {
			words = append(words, value{v.sql, v.distinct})
		}
	}
	return words
}

func myIntegers(t valueType) []value {
	first := value{"{i}", true}
	for base, most := range map[string]int{"tinyint": 127, "smallint": 32767, "mediumint": 8388607} {
		if t.base == base {
			first = value{fmt.Sprintf("{i} %% %d", most+1), base == "mediumint"}
		}
	}
	if strings.HasPrefix(t.text, "tinyint(1)") {
		first = value{"{i} % 2", false}
	}
	list := []value{first, {"{i} % 100 + 1", false}, {"{i} % 10", false}, {"{i} % 5 + 1", false}, {"0", false}, {"1", false}}
	if !t.unsigned {
		list = append(list, value{"-({i} % 100) - 1", false})
	}
	return list
}

func myDecimals(t valueType) []value {
	if t.digits <= 0 {
		return []value{{fmt.Sprintf("({i} %% %d) / %d", power10(min(t.scale, 9)), power10(min(t.scale, 9))), false}, {"0", false}}
	}
	first := value{"{i}", true}
	if t.digits < 10 {
		first = value{fmt.Sprintf("{i} %% %d", power10(t.digits)), t.digits >= 7}
	}
	return []value{first, {"{i} % 9", false}, {"0", false}, {"1", false}}
}

func myEnum(t valueType) []value {
	if len(t.labels) == 0 {
		return nil
	}
	var quoted []string
	for _, l := range t.labels {
		quoted = append(quoted, literal(strings.ReplaceAll(l, `\`, `\\`)))
	}
	list := []value{{fmt.Sprintf("elt(1 + {i} %% %d, %s)", len(quoted), strings.Join(quoted, ", ")), false}}
	for _, q := range quoted {
		list = append(list, value{q, false})
	}
	return list
}

func myOthers(t valueType) []value {
	switch t.base {
	case "date":
		return []value{{"date_add('2020-01-01', INTERVAL ({i} % 1000000) DAY)", true}, {"date_add('1990-01-01', INTERVAL ({i} % 3650) DAY)", false}, {"current_date", false}}
	case "datetime", "timestamp":
		return []value{{"date_add('2020-01-01 06:00:00', INTERVAL {i} SECOND)", true}, {"date_add('1990-01-01 06:00:00', INTERVAL {i} SECOND)", true}, {"now()", false}}
	case "time":
		return []value{{"sec_to_time({i} % 86400)", false}}
	case "year":
		return []value{{"2000 + {i} % 100", false}}
	case "json":
		return []value{{"json_object('n', {i})", true}, {"'{}'", false}, {"'[]'", false}}
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		if t.length >= 16 {
			return []value{{"unhex(left(sha2({i}, 256), 32))", true}, {"''", false}}
		}
		return []value{{fmt.Sprintf("left(unhex(left(sha2({i}, 256), 32)), %d)", max(t.length, 1)), t.length >= 8}, {"''", false}}
	case "bit":
		return []value{{fmt.Sprintf("{i} %% %d", int64(1)<<min(max(t.length, 1), 40)), t.length >= 24}}
	case "uuid":
		return []value{{"concat(lpad(hex({i}), 8, '0'), '-0000-4000-8000-000000000000')", true}}
	case "inet4":
		return []value{{"inet_ntoa(167772160 + {i})", true}}
	case "inet6":
		return []value{{"concat('::', hex({i} % 65536))", false}}
	case "point", "geometry":
		return []value{{"st_geomfromtext(concat('POINT(', {i} % 90, ' ', {i} % 90, ')'))", false}}
	case "linestring":
		return []value{{"st_geomfromtext('LINESTRING(0 0, 1 1)')", false}}
	case "polygon":
		return []value{{"st_geomfromtext('POLYGON((0 0, 0 1, 1 1, 0 0))')", false}}
	}
	return nil
}

func (mysql) literals(c *column, checks []string) []value {
	for i := range checks {
		checks[i] = strings.NewReplacer(`\'`, "''", `\\`, `\`).Replace(checks[i])
	}
	texts, numbers := said(checks)
	var out []value
	switch c.typ.base {
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		for _, text := range texts {
			out = append(out, value{literal(strings.ReplaceAll(text, `\`, `\\`)), false})
		}
		out = append(out, ofLengths(c.typ.length, numbers, "right(concat(repeat('0', %d), {i}), %[1]d)")...)
	case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double":
		for _, v := range near(numbers) {
			if !c.typ.unsigned || !strings.HasPrefix(v.sql, "-") {
				out = append(out, v)
			}
		}
	case "date", "datetime", "timestamp":
		for _, text := range texts {
			if isDate(text) {
				out = append(out, value{literal(text), false}, value{"date_add(" + literal(text) + ", INTERVAL {i} % 20 HOUR)", false},
					value{"date_sub(" + literal(text) + ", INTERVAL 1 DAY)", false}, value{"date_add(" + literal(text) + ", INTERVAL 1 DAY)", false})
			}
		}
	}
	return out
}
