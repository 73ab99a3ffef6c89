package postgres

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// dump writes a change compactly: its name and the fields that are set, spans
// as the text they cover.
func dump(src []byte, op change.Op) string {
	v := reflect.ValueOf(op).Elem()
	return v.Type().Name() + dumpFields(src, v)
}

func dumpFields(src []byte, v reflect.Value) string {
	var b strings.Builder
	for i := range v.NumField() {
		f := v.Field(i)
		if f.IsZero() && !zeroTells(v, f) {
			continue
		}
		name := v.Type().Field(i).Name
		if v.Type().Field(i).Anonymous {
			b.WriteString(dumpFields(src, f))
			continue
		}
		b.WriteString(" " + name)
		if f.Kind() != reflect.Bool && f.Kind() != reflect.Interface { // an interface holds code, told by what it runs
			b.WriteString("=" + dumpValue(src, f))
		}
	}
	return b.String()
}

// zeroTells says whether a field's zero value is worth showing.
func zeroTells(v, f reflect.Value) bool {
	return v.Type() == reflect.TypeFor[change.Expr]() && f.Type() == reflect.TypeFor[change.Volatility]()
}

func dumpSpan(src []byte, s change.Span) string {
	return "`" + strings.Join(strings.Fields(s.Text(src)), " ") + "`"
}

func dumpValue(src []byte, v reflect.Value) string {
	switch x := v.Interface().(type) {
	case change.Span:
		return dumpSpan(src, x)
	case change.Name:
		return x.String()
	case fmt.Stringer:
		return x.String()
	}
	switch v.Kind() {
	case reflect.Pointer:
		return dumpValue(src, v.Elem())
	case reflect.Struct:
		return "{" + strings.TrimSpace(dumpFields(src, v)) + "}"
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = dumpValue(src, v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}
