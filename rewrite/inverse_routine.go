package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/schema"
)

// overload are the definitions of the one routine that the change names, where
// several have its name.
func (u *undoing) overload(defs []schema.Def) []schema.Def {
	args, told := bracketed(u.Text, u.text)
	if !told {
		return defs
	}
	several := 0
	for _, d := range defs {
		if u.makes(d) {
			several++
		}
	}
	return slices.DeleteFunc(slices.Clone(defs), func(d schema.Def) bool {
		if u.makes(d) {
			of, ok := signature(u.Text, d.Text, d.Class)
			return !ok || !u.sameArguments(of, args)
		}
		of, ok := bracketed(u.Text, d.Text)
		return several > 1 && (!ok || !u.sameArguments(of, args))
	})
}

// sameArguments says whether a routine's parameters have the types that are named:
// "n int" is "int".
func (u *undoing) sameArguments(params, args string) bool {
	have, want := listed(u.Text, params), listed(u.Text, args)
	if len(have) != len(want) {
		return false
	}
	for i := range have {
		a, b := typeWords(u.Text, have[i]), typeWords(u.Text, want[i])
		if len(a) < len(b) || !slices.Equal(a[len(a)-len(b):], b) {
			return false
		}
	}
	return true
}

// typeWords are the words of a type, and of the parameter's name before it, with one
// word for a type that has several.
func typeWords(t Text, param string) []string {
	text := " "
	for _, k := range t.Tokens(param) {
		text += strings.ToLower(k.Span.Text([]byte(param))) + " "
	}
	for _, other := range [][2]string{{"integer", "int"}, {"int4", "int"}, {"int8", "bigint"}, {"int2", "smallint"}, {"bool", "boolean"}, {"character varying", "varchar"}, {"decimal", "numeric"}, {"double precision", "float8"}, {"timestamp with time zone", "timestamptz"}, {"timestamp without time zone", "timestamp"}} {
		text = strings.ReplaceAll(text, " "+other[0]+" ", " "+other[1]+" ")
	}
	return strings.Fields(text)
}
