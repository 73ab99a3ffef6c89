package compare

import (
	"testing"

	"github.com/safemig/safemig/internal/livedb"
)

// TestCommon: columns whose types hold the same kind of values are compared as that;
// others are not.
func TestCommon(t *testing.T) {
	pg := func(base, category string) Column { return Column{Base: base, Type: base, Category: category} }
	my := func(full string) Column { return Column{Base: base(full), Type: full, Full: full} }
	for _, c := range []struct {
		dialectA string
		a        Column
		dialectB string
		b        Column
		want     Form
		ok       bool
	}{
		{"postgres", pg("bigint", "N"), "mysql", my("int"), Integer, true},
		{"postgres", pg("boolean", "B"), "mysql", my("tinyint(1)"), Integer, true},
		{"postgres", pg("boolean", "B"), "mysql", my("bit(1)"), Integer, true},
		{"postgres", pg("numeric", "N"), "mysql", my("bigint"), Decimal, true},
		{"postgres", pg("uuid", "U"), "mysql", my("binary(16)"), UUID, true},
		{"postgres", pg("uuid", "U"), "mysql", my("char(36)"), UUID, true},
		{"postgres", pg("timestamp with time zone", "D"), "mysql", my("timestamp"), Instant, true},
		{"postgres", pg("timestamp with time zone", "D"), "mysql", my("datetime"), 0, false},
		{"postgres", pg("mood", "E"), "mysql", my("enum"), Text, true},
		{"postgres", pg("jsonb", "U"), "postgres", pg("json", "U"), JSON, true},
		{"postgres", pg("jsonb", "U"), "mariadb", my("longtext"), JSON, true},
		{"postgres", pg("inet", "I"), "postgres", pg("inet", "I"), Verbatim, true},
		{"postgres", pg("inet", "I"), "postgres", pg("cidr", "I"), Verbatim, false},
		{"postgres", pg("inet", "I"), "mysql", my("varchar"), Verbatim, false},
		{"postgres", pg("interval", "T"), "mysql", my("time"), Verbatim, false},
		{"postgres", pg("text[]", "A"), "mysql", my("json"), Verbatim, false},
		{"mysql", my("int"), "mysql", my("varchar"), Verbatim, false},
		{"mysql", my("double"), "mariadb", my("float"), Float, true},
	} {
		x, y := &side{db: &livedb.DB{Dialect: c.dialectA}}, &side{db: &livedb.DB{Dialect: c.dialectB}}
		got, ok := common(x, y, &c.a, &c.b, false, false)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%s %s and %s %s: %v %v", c.dialectA, c.a.Type, c.dialectB, c.b.Type, got, ok)
		}
		back, okBack := common(y, x, &c.b, &c.a, false, false)
		if okBack != ok || back != got {
			t.Errorf("%s %s and %s %s, the other way round: %v %v", c.dialectB, c.b.Type, c.dialectA, c.a.Type, back, okBack)
		}
	}
}

func base(full string) string {
	for i := range len(full) {
		if full[i] == '(' {
			return full[:i]
		}
	}
	return full
}

func TestRefine(t *testing.T) {
	for _, same := range []struct {
		form Form
		a, b string
	}{
		{Float, "-0", "0"}, {Float, "1e+15", "1000000000000000"}, {Float, "0.1", "0.1000"}, {Decimal, "-0", "0"},
		{JSON, `{"b":1, "a":[1.0,2e0]}`, `{"a":[1,2],"b":1}`}, {JSON, ` "\u00e9"`, `"é"`}, {JSON, "not json", "not json"},
	} {
		if x, y := refine(same.form, same.a), refine(same.form, same.b); x != y {
			t.Errorf("%s %s and %s: %s and %s", same.form, same.a, same.b, x, y)
		}
	}
	for _, other := range []struct {
		form Form
		a, b string
	}{
		{Float, "0.1", "0.10000000000000002"}, {Float, "NaN", "0"}, {JSON, `{"a":1}`, `{"a":"1"}`}, {JSON, "[1,2]", "[2,1]"}, {JSON, "1", "1 2"},
		{JSON, "1e999", "1e998"}, {JSON, `["a","b"]`, `["a\",\"b"]`}, {Text, "a", "a "},
	} {
		if x := refine(other.form, other.a); x == refine(other.form, other.b) {
			t.Errorf("%s %s and %s are both %s", other.form, other.a, other.b, x)
		}
	}
}
