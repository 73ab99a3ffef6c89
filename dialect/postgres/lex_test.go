package postgres

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// kindNames has a letter for each kind of token.
func kindNames() map[token.Kind]string {
	return map[token.Kind]string{
		token.Space: "_", token.Comment: "C", token.Word: "W", token.Quoted: "Q", token.String: "S", token.Number: "N",
		token.Param: "P", token.Punct: "p", token.End: "E", token.Meta: "M", token.Data: "D", token.Broken: "B",
	}
}

// dumpTokens writes each token's kind and text, spaces left out.
func dumpTokens(src string) string {
	var parts []string
	for _, t := range Lex([]byte(src), change.Span{End: len(src)}) {
		if t.Kind != token.Space {
			parts = append(parts, kindNames()[t.Kind]+":"+t.Span.Text([]byte(src)))
		}
	}
	return strings.Join(parts, " ")
}

func TestLex(t *testing.T) {
	for _, c := range [][2]string{
		{`select a$b$c, "x""y", U&"d\0061"`, `W:select W:a$b$c p:, Q:"x""y" p:, Q:U&"d\0061"`},
		{`'it''s' 'c:\' E'it\'s' b'01' X'1f' n'x' U&'d'`, `S:'it''s' S:'c:\' S:E'it\'s' S:b'01' S:X'1f' S:n'x' S:U&'d'`},
		{`e 'x' exb'x'`, `W:e S:'x' W:exb S:'x'`},
		{`$1 $$ a $b$ ' $$ $t$ $$ $t$ $ x`, `P:$1 S:$$ a $b$ ' $$ S:$t$ $$ $t$ p:$ W:x`},
		{`$1$2 a$$b $é$x$é$`, `P:$1 P:$2 W:a$$b S:$é$x$é$`},
		{`1 1.5 .5 1. 1e5 1.5e-3 1_000 0xFF 0b01 0o17 1..10 1e 1ex`, `N:1 N:1.5 N:.5 N:1. N:1e5 N:1.5e-3 N:1_000 N:0xFF N:0b01 N:0o17 N:1 p:. N:.10 N:1 W:e N:1 W:ex`},
		{`a::b :=c a<=b->>'x'@-1 a+-1 a=-1 ~~* <>-1`, `W:a p::: W:b p::= W:c W:a p:<= W:b p:->> S:'x' p:@- N:1 W:a p:+ p:- N:1 W:a p:= p:- N:1 p:~~* p:<> p:- N:1`},
		{`a--b` + "\n" + `c/*d/*e*/f*/g`, `W:a C:--b W:c C:/*d/*e*/f*/ W:g`},
		{`a+--b`, `W:a p:+ C:--b`},
		{`a*/*c*/b`, `W:a p:* C:/*c*/ W:b`},
		{`'abc`, `B:'abc`},
		{`"abc""`, `B:"abc""`},
		{`/* a /* b */`, `B:/* a /* b */`},
		{`$a$ b $a`, `B:$a$ b $a`},
		{`E'\`, `B:E'\`},
		{"\xef\xbb\xbfselect", `W:select`},
		{"a;b;;c", "W:a E:; W:b E:; E:; W:c"},
		{"f(a;b)", "W:f p:( W:a E:; W:b p:)"},
		{`\connect db` + "\n" + `select 1`, `M:\connect db W:select N:1`},
		{"select 1 \\gexec\r\nx", `W:select N:1 M:\gexec W:x`},
		{`a \ b \x`, `W:a p:\ W:b p:\ W:x`},
		{"  \\.\nx", `M:\. W:x`},
		{`select 1\; select 2;`, `W:select N:1 E:\; W:select N:2 E:;`},
		{"create rule r as on insert to t do (a; b); c", "W:create W:rule W:r W:as W:on W:insert W:to W:t W:do p:( W:a p:; W:b p:) E:; W:c"},
		{"copy t from stdin; -- x\n1\t;'\n\\.\nselect", "W:copy W:t W:from W:stdin E:; C:-- x D:1\t;'\n\\.\n W:select"},
		{"copy t from stdin;\n\\.\nx", "W:copy W:t W:from W:stdin E:; D:\\.\n W:x"},
		{"COPY t FROM STDIN WITH csv;\n1\n2", "W:COPY W:t W:FROM W:STDIN W:WITH W:csv E:; D:1\n2"},
		{"copy t from stdin;\n \n", "W:copy W:t W:from W:stdin E:;"},
		{"copy (select a from stdin) to 'x';\n1", "W:copy p:( W:select W:a W:from W:stdin p:) W:to S:'x' E:; N:1"},
		{"copy t from stdout;\n1\n", "W:copy W:t W:from W:stdout E:; D:1\n"},
		{"\\copy t FROM STDIN csv\n1\n\\.\nx", "M:\\copy t FROM STDIN csv D:1\n\\.\n W:x"},
		{"\\copy t from x\n1", "M:\\copy t from x N:1"},
		{"copy t from stdin; a", "W:copy W:t W:from W:stdin E:; W:a"},
		{"a\x00b\xff;", "W:a p:\x00 W:b\xff E:;"},
	} {
		if got := dumpTokens(c[0]); got != c[1] {
			t.Errorf("Lex(%q)\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"", nil},
		{" ; ;; -- x\n", nil},
		{"a; b;c", []string{"a", "b", "c"}},
		{"a (b;c); d", []string{"a (b", "c)", "d"}},
		{"begin; a; end;", []string{"begin", "a", "end"}},
		{
			"create or replace function f() returns int language sql begin atomic select case when a then 1 else 2 end as end; select t.end; end; b",
			[]string{"create or replace function f() returns int language sql begin atomic select case when a then 1 else 2 end as end; select t.end; end", "b"},
		},
		{"create procedure p() begin atomic end; b", []string{"create procedure p() begin atomic end", "b"}},
		{"create table begin (atomic int); b", []string{"create table begin (atomic int)", "b"}},
		{"create rule r as on update to t do also (a; (b); c); d", []string{"create rule r as on update to t do also (a; (b); c)", "d"}},
		{"do $$ a; b $$; c", []string{"do $$ a; b $$", "c"}},
		{"create table t (a int; drop table x; b", []string{"create table t (a int", "drop table x", "b"}},
		{"select 1 \\gset\nselect 2", []string{"select 1", "select 2"}},
		{"\\if :x\nselect 1;\n\\endif\n", []string{"select 1"}},
		{"a\n\\i x.sql\nb", []string{"a", `\i x.sql`, "b"}},
		{"a\n\\echo x\nb", []string{"a\n\\echo x\nb"}},
		{"select 'x' \\gexec\n", []string{"select 'x'", `\gexec`}},
		{"copy t from stdin;\n1;2\n\\.\nb", []string{"copy t from stdin", "b"}},
		{"a 'b; c", []string{"a 'b; c"}},
	} {
		var got []string
		for _, s := range Split([]byte(c.src), change.Span{End: len(c.src)}) {
			got = append(got, s.Span.Text([]byte(c.src)))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("Split(%q) (-want +got):\n%s", c.src, diff)
		}
	}
}

// TestComments says to which statement each comment belongs.
func TestComments(t *testing.T) {
	src := "-- one\n\na /* two */ b -- three\n; -- four\n-- five\n; -- six\nc; /* seven\n*/ -- eight\nd -- nine"
	want := []string{
		"a /* two */ b: -- one|/* two */|-- three|-- four",
		"c: -- five|-- six|/* seven\n*/",
		"d: -- eight|-- nine",
	}
	var got []string
	for _, s := range Split([]byte(src), change.Span{End: len(src)}) {
		var comments []string
		for _, c := range s.Comments {
			comments = append(comments, c.Text)
		}
		got = append(got, s.Span.Text([]byte(src))+": "+strings.Join(comments, "|"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
}

func TestCopyData(t *testing.T) {
	src := []byte("copy t from stdin;\n1\n\\.\nb;")
	stmts := Split(src, change.Span{End: len(src)})
	if got := stmts[0].Data.Text(src); got != "1\n\\.\n" {
		t.Errorf("data is %q", got)
	}
	if stmts[1].Data.Valid() {
		t.Errorf("data %v where there is none", stmts[1].Data)
	}
}

func TestSection(t *testing.T) {
	src := []byte("drop table x; up a; up b; drop table y")
	section := change.Span{Start: 14, End: 25}
	var got []string
	for _, s := range Split(src, section) {
		got = append(got, s.Span.Text(src))
	}
	if diff := cmp.Diff([]string{"up a", "up b"}, got); diff != "" {
		t.Error(diff)
	}
}

// checkTiling says what is wrong with the tokens of a part of a text.
func checkTiling(src []byte, at change.Span) error {
	pos := at.Start
	for _, t := range Lex(src, at) {
		if t.Span.Start != pos || !t.Span.Valid() {
			return fmt.Errorf("token %v does not follow %d", t, pos)
		}
		pos = t.Span.End
	}
	if pos != at.End {
		return fmt.Errorf("tokens end at %d of %d", pos, at.End)
	}
	return nil
}

// checkStatements says what is wrong with the statements of a part of a text.
func checkStatements(src []byte, at change.Span) error {
	pos := at.Start
	for _, s := range Split(src, at) {
		if s.Span.Start < pos || !s.Span.Valid() || s.Span.End > at.End {
			return fmt.Errorf("statement %v does not lie behind %d and before %d", s.Span, pos, at.End)
		}
		pos = s.Span.End
		if len(s.Tokens) > 0 && token.SpanOf(s.Tokens) != s.Span {
			return fmt.Errorf("statement %v has tokens %v", s.Span, token.SpanOf(s.Tokens))
		}
		if s.Data.Valid() && (s.Data.Start < pos || s.Data.End > at.End) {
			return fmt.Errorf("data %v of statement %v", s.Data, s.Span)
		}
	}
	return nil
}

// fragments is what a text for the properties is made of.
func fragments() []string {
	return []string{
		" ", "\n", "\r\n", ";", "'", `"`, "$$", "$a$", "$1", "E'", "U&'", "\\", "\\.", "\n\\i x\n", "\\g", "--", "/*", "*/", "(", ")",
		"create", "or replace", "function", "rule", "begin", "atomic", "case", "end", "copy", "from stdin", "a", "é", "\xff", "\x00",
		"1", "0x", ".", "::", "+", "-", "@", "\xef\xbb\xbf", "alter table t ", "add", "drop", "column", "not null", "default", "check", ",",
		"select", "update t set a = 1", "where", "generated always as", "enforced", "references o", "int", "without overlaps", "period",
	}
}

func anyText(t *rapid.T) []byte {
	parts := rapid.SliceOf(rapid.SampledFrom(fragments())).Draw(t, "parts")
	return []byte(strings.Join(parts, rapid.SampledFrom([]string{"", " "}).Draw(t, "between")))
}

func anySpan(t *rapid.T, n int) change.Span {
	start := rapid.IntRange(0, n).Draw(t, "start")
	return change.Span{Start: start, End: rapid.IntRange(start, n).Draw(t, "end")}
}

func TestTokensTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := anyText(t)
		at := anySpan(t, len(src))
		if err := checkTiling(src, at); err != nil {
			t.Fatal(err)
		}
		if err := checkStatements(src, at); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzLex(f *testing.F) {
	for _, s := range fragments() {
		f.Add([]byte(s + s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		at := change.Span{End: len(src)}
		if err := checkTiling(src, at); err != nil {
			t.Fatal(err)
		}
		if err := checkStatements(src, at); err != nil {
			t.Fatal(err)
		}
	})
}

// TestTooMuch: the first token behind the limit stands for all that is not read.
func TestTooMuch(t *testing.T) {
	const most = token.MostStatements
	for _, c := range []struct {
		src  string
		want int // the place of what is not read; -1: all is
	}{
		{strings.Repeat("a;", most) + " -- b\n;", -1},
		{strings.Repeat("a;", most) + " b c; d", 2*most + 1},
		{strings.Repeat("\\i x\n", most) + "\\i y\n", 5 * most},
		{"b; " + strings.Repeat("a ", 1_000_000) + "; c", 3},
	} {
		found, at := Split([]byte(c.src), change.Span{End: len(c.src)}), -1
		for _, s := range found {
			if s.TooMuch != "" {
				at = s.Span.Start
			}
		}
		if at != c.want || len(found) > most+1 {
			t.Errorf("%.20s...: %d statements, not read from %d on, want %d", c.src, len(found), at, c.want)
		}
	}
}
