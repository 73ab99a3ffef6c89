package backfill

import "testing"

// TestCommon: columns whose types hold the same kind of values are compared as that;
// others are not.
func TestCommon(t *testing.T) {
	pg := func(base, category string) tableColumn { return tableColumn{base: base, typ: base, category: category} }
	my := func(base string) tableColumn { return tableColumn{base: base, typ: base} }
	for _, c := range []struct {
		dialectA string
		a        tableColumn
		dialectB string
		b        tableColumn
		want     Canon
		ok       bool
	}{
		{"postgres", pg("bigint", "N"), "mysql", my("int"), CanonInteger, true},
		{"postgres", pg("boolean", "B"), "mysql", my("tinyint"), CanonInteger, true},
		{"postgres", pg("numeric", "N"), "mysql", my("bigint"), CanonDecimal, true},
		{"postgres", pg("uuid", "U"), "mysql", my("binary"), CanonUUID, true},
		{"postgres", pg("uuid", "U"), "mysql", my("char"), CanonUUID, true},
		{"postgres", pg("timestamp with time zone", "D"), "mysql", my("timestamp"), CanonInstant, true},
		{"postgres", pg("timestamp with time zone", "D"), "mysql", my("datetime"), 0, false},
		{"postgres", pg("mood", "E"), "mysql", my("enum"), CanonText, true},
		{"postgres", pg("jsonb", "U"), "postgres", pg("json", "U"), CanonJSON, true},
		{"postgres", pg("inet", "I"), "postgres", pg("inet", "I"), CanonText, true},
		{"postgres", pg("inet", "I"), "postgres", pg("cidr", "I"), 0, false},
		{"postgres", pg("inet", "I"), "mysql", my("varchar"), 0, false},
		{"mysql", my("int"), "mysql", my("varchar"), 0, false},
		{"mysql", my("double"), "mariadb", my("float"), CanonFloat, true},
	} {
		if got, ok := common(c.dialectA, c.a, c.dialectB, c.b); got != c.want || ok != c.ok {
			t.Errorf("%s %s and %s %s: %v %v", c.dialectA, c.a.typ, c.dialectB, c.b.typ, got, ok)
		}
	}
}
