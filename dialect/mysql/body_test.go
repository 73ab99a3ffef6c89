package mysql

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
)

// bodyText is a body of any nesting, and the tables that it drops.
type bodyText struct {
	text  strings.Builder
	drops []string
	tree  *rapid.T
}

func (b *bodyText) statements(depth int, conditional bool) {
	for range rapid.IntRange(1, 3).Draw(b.tree, "statements") {
		b.statement(depth, conditional)
	}
}

func (b *bodyText) statement(depth int, conditional bool) {
	kinds := 4
	if depth > 3 {
		kinds = 2
	}
	switch rapid.IntRange(0, kinds).Draw(b.tree, "kind") {
	case 0:
		b.drop("DROP TABLE %s;\n", conditional)
	case 1:
		b.drop("PREPARE s FROM 'DROP TABLE %s'; EXECUTE s;\n", conditional)
	case 2:
		b.text.WriteString("SET @x = CASE a WHEN 1 THEN 'END IF;' END; -- END;\n")
	case 3:
		b.surround(depth)
	default:
		b.text.WriteString("b: BEGIN\n")
		b.statements(depth+1, conditional)
		b.text.WriteString("END b;\n")
	}
}

func (b *bodyText) drop(format string, conditional bool) {
	name := fmt.Sprintf("t%d", len(b.drops))
	fmt.Fprintf(&b.text, format, name)
	b.drops = append(b.drops, fmt.Sprint(name, conditional))
}

// surround writes statements within something that makes them conditional.
func (b *bodyText) surround(depth int) {
	around := rapid.SampledFrom([][]string{
		{"IF if(a, 1, 2) THEN\n", "END IF;\n"}, {"IF a THEN\n", "ELSEIF CASE WHEN a THEN b END THEN\n", "ELSE\n", "END IF;\n"},
		{"CASE a WHEN 1 THEN\n", "ELSE\n", "END CASE;\n"}, {"CASE WHEN a THEN\n", "WHEN CASE WHEN a THEN b END THEN\n", "END CASE;\n"},
		{"l: LOOP\n", "LEAVE l; END LOOP l;\n"}, {"WHILE a DO\n", "END WHILE;\n"}, {"REPEAT\n", "UNTIL CASE WHEN a THEN b END END REPEAT;\n"},
		{"BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN\n", "END;\n", "END;\n"},
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
		b := bodyText{tree: t}
		b.statements(0, false)
		body := "BEGIN\n" + b.text.String() + "END"
		sql, mariadb := "CREATE PROCEDURE p() "+body+"; CALL p()", rapid.Bool().Draw(t, "mariadb")
		if mariadb {
			sql = strings.Replace(body, "BEGIN", "BEGIN NOT ATOMIC", 1)
		}
		s := &change.Script{Src: []byte(sql), Section: change.Span{End: len(sql)}}
		New(mariadb, [3]int{11, 4, 0}).Parse(s)
		var found []string
		for _, op := range s.Stmts[len(s.Stmts)-1].Ops {
			switch op := op.(type) {
			case *change.DropTable:
				found = append(found, fmt.Sprint(op.Table.Name, op.Conditional))
				if op.Span.Text(s.Src) != "DROP TABLE "+op.Table.Name {
					t.Fatalf("%s stands at %q", op.Table.Name, op.Span.Text(s.Src))
				}
			case *change.Opaque:
				t.Fatalf("%s\n%s at %q", sql, op.Why, op.Span.Text(s.Src))
			}
		}
		if diff := cmp.Diff(b.drops, found); diff != "" {
			t.Fatalf("%s\n%s", sql, diff)
		}
	})
}

// TestAnyBody reads bodies that need not make sense.
func TestAnyBody(t *testing.T) {
	fragments := []string{
		"BEGIN", "END;", "END", "IF a THEN", "ELSE", "ELSEIF b THEN", "END IF;", "LOOP", "END LOOP;", "WHILE a DO", "CASE", "WHEN 1 THEN", "END CASE;",
		"REPEAT", "UNTIL a", "END REPEAT;", "DECLARE v text DEFAULT 'DROP TABLE a';", "DECLARE EXIT HANDLER FOR SQLEXCEPTION", "l:", "LEAVE l;",
		"SET @s = 'DROP TABLE a';", "SET @s = CONCAT(@s, p, ' x');", "PREPARE s FROM @s;", "EXECUTE s;", "DROP TABLE a;", "SELECT 'x' INTO @s;", "FETCH c INTO p;",
		"CALL p('x');", "CALL q(@s);", "é", "(", ")", ";", "'", "\\", "INTO", "EXECUTE IMMEDIATE p;", "/*!50001", "*/", "SELECT 1", "RETURN;", "FOR i IN 1..2 DO",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 25).Draw(t, "parts"), " ")
		sql := fmt.Sprintf("DELIMITER $$\nCREATE PROCEDURE q(OUT p text) BEGIN %[1]s END$$\nCREATE PROCEDURE p(p text) %[1]s$$\nCALL p('y')$$\nCALL q(@s)$$\n%[1]s", text)
		if why := unsound([]byte(sql), rapid.Bool().Draw(t, "mariadb")); why != "" {
			t.Fatal(why)
		}
	})
}

// TestInner checks that a statement's changes are those of the statements that it runs.
func TestInner(t *testing.T) {
	s := parseText(t, "mysql 8.0.36", "CREATE PROCEDURE p() BEGIN DROP TABLE a, b; CALL q(); END; CREATE PROCEDURE q() ALTER TABLE c ADD d int, ADD e int; "+
		"CREATE PROCEDURE r() CALL p(); CREATE PROCEDURE q() ALTER TABLE c ADD d int, ADD e int; CALL r()")
	call := s.Stmts[len(s.Stmts)-1]
	var kinds []string
	var ops []change.Op
	for _, inner := range call.Inner {
		kinds, ops = append(kinds, inner.Kind+" "+inner.Span.Text(s.Src)), append(ops, inner.Ops...)
		if len(inner.Inner) > 0 || inner.Index != call.Index {
			t.Errorf("%s is no plain statement of the call", inner.Kind)
		}
	}
	want := []string{"drop_table DROP TABLE a, b", "alter_table ALTER TABLE c ADD d int, ADD e int"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(ops, call.Ops) {
		t.Error("the statement's changes are not those that it runs")
	}
}

// TestBodiesEnd checks that what calls itself or each other over and over is given up.
func TestBodiesEnd(t *testing.T) {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "CREATE PROCEDURE p%d() BEGIN CALL p%[2]d(); CALL p%[2]d(); CALL p%[2]d(); END;\n", i, i-1)
	}
	b.WriteString("CALL p11(); SET @s = 'DROP TABLE ';" + strings.Repeat("SET @s = CONCAT(@s, @s);", 100) + "PREPARE s FROM @s; EXECUTE s")
	s := parseText(t, "mysql 8.0.36", b.String())
	if n := len(s.Stmts[12].Ops); n == 0 || n > 2*mostInner {
		t.Errorf("%d changes", n)
	}
	last := s.Stmts[len(s.Stmts)-1]
	if o, ok := last.Ops[0].(*change.Opaque); !ok || o.Why != textAtRunTime {
		t.Errorf("the text that doubles is %v", last.Ops[0])
	}
}
