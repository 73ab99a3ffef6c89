package mysql

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
)

var update = flag.Bool("update", false, "write the wanted results anew")

// parseText parses a whole text for a target such as "mysql 8.0.36".
func parseText(t testing.TB, target, sql string) *change.Script {
	t.Helper()
	name, version, _ := strings.Cut(target, " ")
	var v [3]int
	for i, part := range strings.SplitN(version, ".", 3) {
		n, err := strconv.Atoi(part)
		if err != nil {
			t.Fatalf("target %q: %v", target, err)
		}
		v[i] = n
	}
	script := &change.Script{Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}}
	New(name == "mariadb", v).Parse(script)
	return script
}

// TestConversions holds what the SQL of testdata/*.txtar is understood as
// against the dump beside it. The comment's first line names the target.
func TestConversions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { conversions(t, file) })
	}
}

func conversions(t *testing.T, file string) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(ar.Comment), "\n")
	target, ok := strings.CutPrefix(line, "# target: ")
	if !ok {
		t.Fatalf("%s does not begin with # target:", file)
	}
	want := map[string]string{}
	for _, f := range ar.Files {
		want[f.Name] = string(f.Data)
	}
	out := &txtar.Archive{Comment: ar.Comment}
	for _, f := range ar.Files {
		name, isSQL := strings.CutSuffix(f.Name, ".sql")
		if !isSQL {
			continue
		}
		got := dumpScript(parseText(t, target, string(f.Data)))
		out.Files = append(out.Files, f, txtar.File{Name: name + ".want", Data: []byte(got)})
		if diff := cmp.Diff(want[name+".want"], got); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// dumpScript prints every statement with its operations and all their fields
// that are set. A span prints as the text it covers.
func dumpScript(s *change.Script) string {
	var b strings.Builder
	for _, st := range s.Stmts {
		b.WriteString(st.Kind)
		for _, c := range st.Comments {
			fmt.Fprintf(&b, " %q", c.Text)
		}
		b.WriteByte('\n')
		if st.Err != nil {
			fmt.Fprintf(&b, "  error at %q: %s\n", st.Err.Span.Text(s.Src), st.Err.Message)
		}
		for _, op := range st.Ops {
			v := reflect.ValueOf(op).Elem()
			fmt.Fprintf(&b, "  %s", v.Type().Name())
			if op.Head().Span != st.Span {
				fmt.Fprintf(&b, " %q", op.Head().Span.Text(s.Src))
			}
			if !op.Head().Table.IsZero() {
				fmt.Fprintf(&b, " on %s", op.Head().Table)
			}
			if op.Head().Conditional {
				b.WriteString(" conditional")
			}
			fmt.Fprintf(&b, "%s\n", dumpFields(s.Src, v))
		}
	}
	return b.String()
}

func dumpFields(src []byte, v reflect.Value) string {
	var b strings.Builder
	for i := range v.NumField() {
		name, f := v.Type().Field(i).Name, v.Field(i)
		if name == "Header" || f.IsZero() {
			continue
		}
		if f.Kind() == reflect.Interface { // code, which is told by what it runs
			fmt.Fprintf(&b, " %s", name)
			continue
		}
		fmt.Fprintf(&b, " %s=%s", name, dumpValue(src, f))
	}
	return b.String()
}

func dumpValue(src []byte, v reflect.Value) string {
	switch x := v.Interface().(type) {
	case change.Span:
		return strconv.Quote(x.Text(src))
	case fmt.Stringer:
		return strconv.Quote(x.String())
	}
	switch v.Kind() {
	case reflect.Pointer:
		return dumpValue(src, v.Elem())
	case reflect.Struct:
		return "{" + strings.TrimPrefix(dumpFields(src, v), " ") + "}"
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			parts = append(parts, dumpValue(src, v.Index(i)))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case reflect.String:
		return strconv.Quote(v.String())
	default:
		return fmt.Sprint(v.Interface())
	}
}
