package postgres

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct{ src, place, message string }{
		{"SELECT 1; ALTER TABLE t FROB c; SELECT 2", "FROB", `syntax error at or near "FROB"`},
		{"SELECT 'é', 'ü' FROM WHERE", "WHERE", `syntax error at or near "WHERE"`},
		{"ALTER TABLE t ADD", "ADD", "syntax error at end of input"},
		{"SELECT 'abc", "'abc", "the string that starts here is not closed"},
		{`SELECT "abc`, `"abc`, "the quoted name that starts here is not closed"},
		{`SELECT U&"abc`, `U&"abc`, "the quoted name that starts here is not closed"},
		{"SELECT $a$ abc", "$a$ abc", "the dollar-quoted string that starts here is not closed"},
		{"/* abc", "/* abc", "the comment that starts here is not closed"},
		{"SELECT a\x00b", "\x00", "a zero byte cannot stand in SQL"},
		{"SELECT 'é\xff'", "'é\xff'", "byte 0xff is not valid UTF-8"},
		{"ALTER TABLE t ADD NOT NULL a, FROB", "FROB", `syntax error at or near "FROB"`},
		{"ALTER TABLE t ALTER CONSTRAINT k NOT ENFORCED FROB", "FROB", `syntax error at or near "FROB"`},
		{"ALTER TABLE t MERGE PARTITIONS (a, b)", "MERGE", `syntax error at or near "MERGE"`},
		{"ALTER TABLE t SPLIT PARTITION a INTO", "SPLIT", `syntax error at or near "SPLIT"`},
		{"REPACK t USING INDEX i FROB", "FROB", `syntax error at or near "FROB"`},
		{"CHECKPOINT FROB", "FROB", `syntax error at or near "FROB"`},
		{`SELECT 1 \ 2`, `\`, `syntax error at or near "\"`},
		{"SELECT 1 AS a\n\\echo x\nFROM FROM", "FROM", `syntax error at or near "FROM"`},
	} {
		s := parse(c.src)
		var found *change.SyntaxError
		for _, stmt := range s.Stmts {
			if (stmt.Err == nil) != (len(stmt.Ops) > 0) {
				t.Errorf("%q: want either changes or an error", stmt.Span.Text(s.Src))
			}
			if stmt.Err != nil {
				found = stmt.Err
			}
		}
		if found == nil || found.Span.Text(s.Src) != c.place || found.Message != c.message {
			t.Errorf("%q: got %+v, want %q at %q", c.src, found, c.message, c.place)
		}
	}
}

// TestErrorStaysInItsStatement checks that the statements around a wrong one are read.
func TestErrorStaysInItsStatement(t *testing.T) {
	s := parse("DROP TABLE a; CREATE TABLE (b int; DROP TABLE c; FROB; DROP TABLE d")
	var kinds []string
	for i, stmt := range s.Stmts {
		if stmt.Index != i {
			t.Errorf("statement %d has index %d", i, stmt.Index)
		}
		kinds = append(kinds, stmt.Kind)
	}
	want := []string{"drop_table", "syntax_error", "drop_table", "syntax_error", "drop_table"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestPsql(t *testing.T) {
	s := parse("SELECT 1\n\\echo 'x' \\\\\nFROM t;\n\\i other.sql\nSELECT format('DROP TABLE %I', a) FROM t \\gexec\n\\copy t from x\n\\set a 1\n")
	want := `# SELECT 1 \echo 'x' \\ FROM t
select
	Select Sources=[t]
# \i other.sql
psql
	Opaque Why=psql's \i runs another file, which is not looked into
# SELECT format('DROP TABLE %I', a) FROM t
select
	Select Sources=[t] Calls=[format]
# \gexec
psql
	Opaque Why=psql's \gexec runs the rows of the query before it as SQL
# \copy t from x
psql
	Opaque Why=psql's \copy moves rows between a table and a file
`
	if diff := cmp.Diff(want, dumpScript(s)); diff != "" {
		t.Error(diff)
	}
}

// TestSpansAreExact cuts every expression and every type of the test data out
// of its statement: alone they must be read as the same as in their place.
func TestSpansAreExact(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	exprs, types := 0, 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := parse(string(archive.Files[0].Data))
		for _, stmt := range s.Stmts {
			for _, op := range stmt.Ops {
				n, m := checkCuts(t, s.Src, op)
				exprs, types = exprs+n, types+m
			}
		}
	}
	if exprs < 80 || types < 80 {
		t.Errorf("only %d expressions and %d types were found", exprs, types)
	}
}

func checkCuts(t *testing.T, src []byte, op change.Op) (exprs, types int) {
	t.Helper()
	visit(reflect.ValueOf(op), func(v any) {
		switch v := v.(type) {
		case change.Expr:
			exprs++
			if got, want := reread(v.Span.Text(src)), describe(v); got != want {
				t.Errorf("%s: expression %q alone is %q, in its place %q", dump(src, op), v.Span.Text(src), got, want)
			}
		case change.Type:
			if v.Name == "" {
				return // PARTITION OF p (a NOT NULL)
			}
			types++
			if got := retyped(v.Span.Text(src)); got != v.Name+fmt.Sprint(v.Args, v.Dims) {
				t.Errorf("%s: type %q alone is %q", dump(src, op), v.Span.Text(src), got)
			}
		}
	})
	return exprs, types
}

// visit calls f with every struct within v.
func visit(v reflect.Value, f func(any)) {
	switch v.Kind() {
	case reflect.Pointer: // an interface holds code, which has no places to check
		if !v.IsNil() {
			visit(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), f)
		}
	case reflect.Struct:
		f(v.Interface())
		for i := range v.NumField() {
			visit(v.Field(i), f)
		}
	}
}

func describe(e change.Expr) string {
	return fmt.Sprint(e.Volatility, e.Null, e.Funcs, e.Columns)
}

// reread is what an expression's text is when it is a condition.
func reread(text string) string {
	stmt := parse("DELETE FROM t WHERE " + text).Stmts[0]
	if stmt.Err != nil {
		return stmt.Err.Message
	}
	return describe(*stmt.Ops[0].(*change.Delete).Where)
}

// retyped is what a type's text is when a column is changed to it.
func retyped(text string) string {
	stmt := parse("ALTER TABLE t ALTER c TYPE " + text).Stmts[0]
	if stmt.Err != nil {
		return stmt.Err.Message
	}
	typ := stmt.Ops[0].(*change.AlterColumnType).Type
	return typ.Name + fmt.Sprint(typ.Args, typ.Dims)
}

// checkScript says what is wrong with a parsed script, whatever its text was.
func checkScript(s *change.Script) error {
	for _, stmt := range s.Stmts {
		switch {
		case stmt.Kind == "":
			return fmt.Errorf("%v has no kind", stmt.Span)
		case stmt.Err == nil && len(stmt.Ops) == 0:
			return fmt.Errorf("%q has neither changes nor an error", stmt.Span.Text(s.Src))
		case stmt.Err != nil && (!stmt.Err.Span.Valid() || !stmt.Span.Contains(stmt.Err.Span) || stmt.Err.Message == ""):
			return fmt.Errorf("%q has an error: %w", stmt.Span.Text(s.Src), stmt.Err)
		}
		for _, op := range stmt.Ops {
			if err := checkOp(s, stmt, op); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkOp(s *change.Script, stmt *change.Stmt, op change.Op) (err error) {
	span := op.Head().Span
	if !span.Valid() || !placeOf(s, stmt, op).Contains(span) {
		return fmt.Errorf("%s has the place %v in %v", dump(s.Src, op), span, stmt.Span)
	}
	visit(reflect.ValueOf(op), func(v any) {
		if inner, ok := v.(change.Span); ok && inner.Valid() && !span.Contains(inner) {
			err = fmt.Errorf("%s: %v lies outside of it", dump(s.Src, op), inner)
		}
	})
	return err
}

// placeOf is where a change must stand: in its statement, or in the one that
// the statement runs, anywhere in the file.
func placeOf(s *change.Script, stmt *change.Stmt, op change.Op) change.Span {
	for _, inner := range stmt.Inner {
		if slices.Contains(inner.Ops, op) {
			if !(change.Span{End: len(s.Src)}).Contains(inner.Span) || inner.Kind == "" {
				return change.Span{}
			}
			return inner.Span
		}
	}
	return stmt.Span
}

func TestParseAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := anyText(t)
		s := &change.Script{Src: src, Section: anySpan(t, len(src))}
		Parse(s)
		if err := checkScript(s); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for stmt := range strings.SplitSeq(string(archive.Files[0].Data), ";\n") {
			f.Add([]byte(stmt))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s := &change.Script{Src: src, Section: change.Span{End: len(src)}}
		Parse(s)
		if err := checkScript(s); err != nil {
			t.Fatal(err)
		}
	})
}

// TestLongBody: a body of which not all is read may be too deep where nobody looked.
func TestLongBody(t *testing.T) {
	deep := "SELECT 1" + strings.Repeat("+1", 300_000)
	for _, body := range []string{deep, strings.Repeat("SELECT 1;", token.MostStatements+1) + deep, "SELECT 1" + strings.Repeat(",1", 600_000) + strings.Repeat("+1", 300_000)} {
		text := []byte("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$" + body + "$$;")
		script := &change.Script{Src: text, Raw: text, Section: change.Span{End: len(text)}}
		if Parse(script); len(script.Stmts) != 1 || script.Stmts[0].Err != nil {
			t.Errorf("%d statements", len(script.Stmts))
		}
	}
}
