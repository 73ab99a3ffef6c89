package postgres

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// TestDynamic holds what EXECUTE of made texts is understood as against
// testdata/dynamic. Its places are not the text that is run.
func TestDynamic(t *testing.T) {
	files, err := filepath.Glob("testdata/dynamic/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { checkFile(t, file) })
	}
}

// body is a PL/pgSQL body of any nesting, and the tables that it drops.
type body struct {
	text  strings.Builder
	drops []string
	tree  *rapid.T
}

func (b *body) statements(depth int, conditional bool) {
	for range rapid.IntRange(0, 3).Draw(b.tree, "statements") {
		b.statement(depth, conditional)
	}
}

func (b *body) statement(depth int, conditional bool) {
	kinds := 4
	if depth > 3 {
		kinds = 2
	}
	switch rapid.IntRange(0, kinds).Draw(b.tree, "kind") {
	case 0:
		b.drop("DROP TABLE %s;\n", conditional)
	case 1:
		b.drop("EXECUTE 'DROP TABLE ' || '%s';\n", conditional)
	case 2:
		b.text.WriteString("RAISE EXCEPTION 'END IF; %', CASE WHEN a THEN 1 END;\n/* END; */ x := CASE a WHEN 1 THEN 2 END;\n")
	case 3:
		b.surround(depth)
	default:
		b.text.WriteString("BEGIN\n")
		b.statements(depth+1, conditional)
		b.text.WriteString("END;\n")
	}
}

func (b *body) drop(format string, conditional bool) {
	name := fmt.Sprintf("t%d", len(b.drops))
	fmt.Fprintf(&b.text, format, name)
	b.drops = append(b.drops, fmt.Sprint(name, conditional))
}

// surround writes statements within something that makes them conditional.
func (b *body) surround(depth int) {
	around := rapid.SampledFrom([][]string{
		{"IF a THEN\n", "END IF;\n"}, {"IF a THEN\n", "ELSIF (CASE WHEN a THEN b END) THEN\n", "ELSE\n", "END IF;\n"},
		{"CASE a WHEN 1 THEN\n", "ELSE\n", "END CASE;\n"}, {"<<l>> LOOP\n", "EXIT WHEN a; END LOOP l;\n"},
		{"FOR r IN 1..2 LOOP\n", "END LOOP;\n"}, {"WHILE a LOOP\n", "END LOOP;\n"},
		{"DECLARE v int; BEGIN\n", "EXCEPTION WHEN data_exception OR SQLSTATE '22012' THEN\n", "WHEN others THEN\n", "END;\n"},
	}).Draw(b.tree, "around")
	for i, text := range around {
		b.text.WriteString(text)
		if i < len(around)-1 {
			b.statements(depth+1, true)
		}
	}
}

// TestBodies reads bodies whose statements are known: each is found, in its
// order and under its condition, and nothing else is.
func TestBodies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := body{tree: t}
		b.statements(0, false)
		quote := rapid.SampledFrom([]string{"$$", "$body$", "'"}).Draw(t, "quote")
		text := "DECLARE x int; BEGIN\n" + b.text.String() + "END"
		if quote == "'" {
			text = strings.ReplaceAll(text, "'", "''")
		}
		s := parse("DO " + quote + text + quote)
		if n := theirStatements(t, s.Src); n != len(b.drops) {
			t.Fatalf("%s\nholds %d statements for PL/pgSQL's own parser, not %d", text, n, len(b.drops))
		}
		var found []string
		for _, op := range s.Stmts[0].Ops {
			switch op := op.(type) {
			case *change.DropTable:
				found = append(found, fmt.Sprint(op.Table.Name, op.Conditional))
				if !strings.Contains(op.Span.Text(s.Src), op.Table.Name) {
					t.Fatalf("%s stands at %q", op.Table.Name, op.Span.Text(s.Src))
				}
			case *change.Select: // where the body drops nothing
			default:
				t.Fatalf("%s\n%s", text, dump(s.Src, op))
			}
		}
		if diff := cmp.Diff(b.drops, found); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
	})
}

// theirStatements is how many statements PL/pgSQL's own parser hands to SQL,
// as they stand or as a text.
func theirStatements(t *rapid.T, do []byte) int {
	tree, err := pg.ParsePlPgSQL(string(do))
	if err != nil {
		t.Fatalf("%s\n%v", do, err)
	}
	return strings.Count(tree, `"PLpgSQL_stmt_execsql"`) + strings.Count(tree, `"PLpgSQL_stmt_dynexecute"`)
}

// TestAnyBody reads bodies that need not make sense.
func TestAnyBody(t *testing.T) {
	fragments := []string{
		"BEGIN", "END;", "END", "IF a THEN", "ELSE", "ELSIF b THEN", "END IF;", "LOOP", "END LOOP;", "FOR i IN 1..2 LOOP", "CASE", "WHEN 1 THEN",
		"END CASE;", "EXCEPTION WHEN others THEN", "DECLARE", "v text := 'DROP TABLE a';", "EXECUTE v;", "v := v || ' CASCADE';", "<<l>>", "EXIT l;",
		"EXECUTE format('DROP TABLE %I', x);", "EXECUTE 'DROP TABLE ' || x;", "EXECUTE 'DO ''BEGIN DROP TABLE a; END''';", "DROP TABLE a;", "SELECT 1 INTO x;",
		"PERFORM f('a');", "CALL p(1);", "RETURN;", "é", "(", ")", ";", "$a$", "INTO", ":=", "COMMIT;", "''", "%", "E'\\n'", "EXECUTE p;", "CREATE FUNCTION f(b text) RETURNS int LANGUAGE plpgsql AS",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 25).Draw(t, "parts"), " ")
		s := parse(fmt.Sprintf(`CREATE PROCEDURE p(p text) LANGUAGE plpgsql AS $$BEGIN %[1]s END$$;
			CREATE FUNCTION f(p text) RETURNS int LANGUAGE plpgsql AS $$BEGIN %[1]s END$$; CALL p('x'); DO $$BEGIN %[1]s END$$`, text))
		if err := checkScript(s); err != nil {
			t.Fatal(err)
		}
	})
}

// TestInner checks that a statement's changes are those of the statements that it runs.
func TestInner(t *testing.T) {
	s := parse("DO $$ BEGIN CREATE TABLE a (); ALTER TABLE a ADD b int, ADD c int; DO $b$ BEGIN DROP TABLE a; END $b$; END $$; DROP TABLE b")
	var kinds []string
	var ops []change.Op
	for _, inner := range s.Stmts[0].Inner {
		kinds, ops = append(kinds, inner.Kind+" "+inner.Span.Text(s.Src)), append(ops, inner.Ops...)
		if len(inner.Inner) > 0 || inner.Index != 0 {
			t.Errorf("%s is no plain statement of the first", inner.Kind)
		}
	}
	want := []string{"create_table CREATE TABLE a ()", "alter_table ALTER TABLE a ADD b int, ADD c int", "drop_table DROP TABLE a"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(ops, s.Stmts[0].Ops) || len(s.Stmts[1].Inner) != 0 {
		t.Error("the statement's changes are not those that it runs")
	}
}

// TestBodiesEnd checks that what calls itself or each other over and over is given up.
func TestBodiesEnd(t *testing.T) {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "CREATE PROCEDURE p%d() LANGUAGE sql AS 'CALL p%[2]d(); CALL p%[2]d(); CALL p%[2]d()';\n", i, i-1)
	}
	b.WriteString("CALL p11(); DO $$ DECLARE q text := 'DROP TABLE '; BEGIN " + strings.Repeat("q := q || q;", 100) + " EXECUTE q; END $$")
	s := parse(b.String())
	if n := len(s.Stmts[12].Ops); n == 0 || n > 2*mostInner {
		t.Errorf("%d changes", n)
	}
	if err := checkScript(s); err != nil {
		t.Error(err)
	}
}
