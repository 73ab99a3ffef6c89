package mysql

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// dumpTokens prints tokens as letters of their kinds with their texts.
func dumpTokens(src string, toks []token.Token) string {
	letters := map[token.Kind]string{
		token.Comment: "C", token.Word: "W", token.Quoted: "Q", token.String: "S", token.Number: "N",
		token.Param: "P", token.Punct: "", token.End: "E", token.Meta: "M", token.Hint: "H", token.Broken: "B",
	}
	var parts []string
	for _, t := range toks {
		if t.Kind != token.Space {
			parts = append(parts, letters[t.Kind]+t.Span.Text([]byte(src)))
		}
	}
	return strings.Join(parts, "|")
}

func TestLex(t *testing.T) {
	mysql8 := LexOptions{Version: [3]int{8, 0, 36}}
	maria := LexOptions{MariaDB: true, Version: [3]int{10, 11, 6}}
	tests := []struct {
		name, src, want string
		opt             LexOptions
	}{
		{"identifiers", "a `b``c` 2fa t.1e5 é$_ db.`x`.y", "Wa|Q`b``c`|W2fa|Wt|.|W1e5|Wé$_|Wdb|.|Q`x`|.|Wy", mysql8},
		{"strings", `'a''b' "c\"d" 'e\'' N'f' _utf8mb4'g' x'0f' b'1'`, `S'a''b'|S"c\"d"|S'e\''|SN'f'|S_utf8mb4'g'|Sx'0f'|Sb'1'`, mysql8},
		{"ansi quotes", `"a""b" 'c' x"d"`, `Q"a""b"|S'c'|Wx|Q"d"`, LexOptions{AnsiQuotes: true}},
		{"no backslash escapes", `'a\' 'b'`, `S'a\'|S'b'`, LexOptions{NoBackslashEscapes: true}},
		{"numbers", "1 1.5 .5 1e5 1.e-3 0xfF 0b10 0x 1e 1..2", "N1|N1.5|N.5|N1e5|N1.e-3|N0xfF|N0b10|W0x|W1e|N1|.|.|W2", mysql8},
		{"variables", "@a @`b c` @@global.x @'y' u@h @ ?", "P@a|P@`b c`|P@@global.x|P@'y'|Wu|P@h|@|P?", mysql8},
		{"operators", "a:=b<=>c->>'d'->'e'!=f||g&&h<>i", "Wa|:=|Wb|<=>|Wc|->>|S'd'|->|S'e'|!=|Wf||||Wg|&&|Wh|<>|Wi", mysql8},
		{"comments", "a -- b\n--c\n--\n# d\n/* e /* */ f", "Wa|C-- b|-|-|Wc|C--|C# d|C/* e /* */|Wf", mysql8},
		{"line ends", "a -- b\r\nc\r\n", "Wa|C-- b|Wc", mysql8},
		{"byte-order mark", "\xef\xbb\xbfa", "Wa", mysql8},
		{"executable", "/*! a */ /*!40101 b */ /*!080023 c */ /*!80036 d */", "H/*!|Wa|H*/|H/*!40101|Wb|H*/|H/*!080023|Wc|H*/|H/*!80036|Wd|H*/", mysql8},
		{"executable, later version", "/*!80037 a /* b */ c */ /*!090000 d */ /*M! e */ /*M!50000 f */", "C/*!80037 a /* b */ c */|C/*!090000 d */|C/*M! e */|C/*M!50000 f */", mysql8},
		{"executable, MariaDB", "/*M! a */ /*M!101100 b */ /*M!110000 c */ /*!50699 d */ /*!50700 e */ /*!100000 f */", "H/*M!|Wa|H*/|H/*M!101100|Wb|H*/|C/*M!110000 c */|H/*!50699|Wd|H*/|C/*!50700 e */|H/*!100000|Wf|H*/", maria},
		{"hint end without begin", "a */ b", "Wa|*|/|Wb", mysql8},
		{"broken", "a 'b\nc", "Wa|B'b\nc", mysql8},
		{"broken comment", "a /* b", "Wa|B/* b", mysql8},
		{"delimiter", "delimiter //\na; b//\nDELIMITER ;\nc;", "Mdelimiter //|Wa|;|Wb|E//|MDELIMITER ;|Wc|E;", mysql8},
		{"dollar delimiter", "DELIMITER $$\nEND$$ a$b$$", "MDELIMITER $$|WEND|E$$|Wa$b|E$$", mysql8},
		{"word delimiter", "DELIMITER go\na category go b", "MDELIMITER go|Wa|Wcategory|Ego|Wb", mysql8},
		{"double semicolon", "DELIMITER ;;\na;b;;", "MDELIMITER ;;|Wa|;|Wb|E;;", mysql8},
		{"column called delimiter", "CREATE TABLE t (\ndelimiter int)", "WCREATE|WTABLE|Wt|(|Wdelimiter|Wint|)", mysql8},
		{"go marks", "a\\G b\\g", "Wa|E\\G|Wb|E\\g", mysql8},
		{"optimizer hint", "SELECT /*+ x */ 1", "WSELECT|C/*+ x */|N1", mysql8},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := dumpTokens(tt.src, Lex([]byte(tt.src), change.Span{End: len(tt.src)}, tt.opt))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLexRange(t *testing.T) {
	src := "a; b 'c'; d"
	got := dumpTokens(src, Lex([]byte(src), change.Span{Start: 3, End: 6}, LexOptions{}))
	if got != "Wb|B'" {
		t.Errorf("a range that cuts a string reads as %s", got)
	}
	if toks := Lex([]byte(src), change.Span{Start: -5, End: 500}, LexOptions{}); token.SpanOf(toks) != (change.Span{End: len(src)}) {
		t.Errorf("a range beyond the text reads %v", token.SpanOf(toks))
	}
}

// TestSplitBodies: the semicolons of a body end nothing, those after it do.
// Each case is one statement, before SELECT 1.
func TestSplitBodies(t *testing.T) {
	maria := LexOptions{MariaDB: true}
	tests := []struct {
		sql string
		opt LexOptions
	}{
		{"CREATE PROCEDURE p() BEGIN END", LexOptions{}},
		{"CREATE PROCEDURE begin() BEGIN SELECT 1; END", LexOptions{}},
		{"CREATE PROCEDURE p() a: BEGIN b: BEGIN SELECT 1; END b; END a", LexOptions{}},
		{"CREATE DEFINER=`a`@`b` PROCEDURE IF NOT EXISTS p() SELECT IF(1, 2, 3)", LexOptions{}},
		{"CREATE PROCEDURE p() IF 1 THEN SELECT 1; ELSEIF 2 THEN SELECT 2; ELSE SELECT IF(1,2,3); END IF", LexOptions{}},
		{"CREATE PROCEDURE p() BEGIN IF (1) THEN IF 2 THEN SELECT 1; END IF; END IF; END", LexOptions{}},
		{"CREATE PROCEDURE p() BEGIN REPEAT SET x = REPEAT('a', 2); UNTIL (CASE WHEN 1 THEN 2 ELSE 3 END) END REPEAT; END", LexOptions{}},
		{"CREATE PROCEDURE p() BEGIN WHILE x DO SET y = 1; END WHILE; l: LOOP LEAVE l; END LOOP l; END", LexOptions{}},
		{"CREATE PROCEDURE p() BEGIN CASE WHEN 1 THEN SELECT CASE 1 WHEN 1 THEN IF(1,2,3) ELSE 2 END; ELSE BEGIN END; END CASE; END", LexOptions{}},
		{"CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLSTATE '02000' BEGIN SET a = 1; END; DECLARE CONTINUE HANDLER FOR NOT FOUND SET a = IF(1,2,3); SELECT 1; END", LexOptions{}},
		{"CREATE PROCEDURE p() BEGIN SELECT end, t.end, t.begin, t.case FROM t; UPDATE t SET end = 1; END", LexOptions{}},
		{"CREATE PROCEDURE p() BEGIN SELECT 'END;', `end`; -- END;\n END", LexOptions{}},
		{"CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW IF NEW.a THEN SET NEW.b = 1; END IF", LexOptions{}},
		{"CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW PRECEDES x BEGIN SET NEW.b = 1; END", LexOptions{}},
		{"CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW FOLLOWS x IF NEW.a THEN SET NEW.b = 1; END IF", LexOptions{}},
		{"CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1", LexOptions{}},
		{"CREATE TRIGGER r BEFORE INSERT ON `t` FOR EACH ROW SET NEW.b = 1", LexOptions{}},
		{"CREATE TRIGGER r BEFORE INSERT ON `t` FOR EACH ROW BEGIN IF NEW.a THEN SET NEW.b = 1; END IF; END", LexOptions{}},
		{"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; END", LexOptions{}},
		{"ALTER EVENT e DO BEGIN SELECT 1; END", LexOptions{}},
		{"CREATE FUNCTION f() RETURNS int BEGIN RETURN 1; END", LexOptions{}},
		{"CREATE FUNCTION f RETURNS STRING SONAME 'x.so'", LexOptions{}},
		{"CREATE TABLE `procedure` (begin int)", LexOptions{}},
		{"CREATE OR REPLACE PACKAGE p AS PROCEDURE a(); PROCEDURE b(); END", maria},
		{"BEGIN NOT ATOMIC SELECT 1; BEGIN SELECT 2; END; END", maria},
		{"FOR i IN 1..5 DO SELECT i; END FOR", maria},
		{"IF 1 THEN SELECT 1; END IF", maria},
		{"BEGIN", maria},
		{"BEGIN", LexOptions{}},
		{"XA END 'x'", LexOptions{}},
	}
	for _, tt := range tests {
		src := tt.sql + "; SELECT 1;"
		var got []string
		for _, st := range Split([]byte(src), change.Span{End: len(src)}, tt.opt) {
			got = append(got, st.Span.Text([]byte(src)))
		}
		if diff := cmp.Diff([]string{tt.sql, "SELECT 1"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.sql, diff)
		}
	}
}

// TestSQLModeInFile: a mode that a file sets holds for the statements behind it.
func TestSQLModeInFile(t *testing.T) {
	tests := []struct{ set, want string }{
		{"SET sql_mode='ANSI_QUOTES'", "Q"},
		{"SET SESSION sql_mode = 'STRICT_ALL_TABLES,ansi'", "Q"},
		{"SET @@session.sql_mode := CONCAT(@@sql_mode, ',ANSI_QUOTES')", "Q"},
		{"SET a = 1, sql_mode = 'ORACLE'", "Q"},
		{"SET GLOBAL sql_mode='ANSI_QUOTES'", "S"},
		{"SET @@global.sql_mode='ANSI_QUOTES'", "S"},
		{"SET @sql_mode='ANSI_QUOTES'", "S"},
		{"SET a = 'ANSI_QUOTES'", "S"},
		{"SET sql_mode='ANSI'; SET sql_mode=''", "S"},
		{"SET sql_mode='ANSI'; SET sql_mode=@old", "S"},
		{"SELECT 'SET sql_mode=ANSI_QUOTES'", "S"},
	}
	for _, tt := range tests {
		src := tt.set + `; "x"`
		toks := Lex([]byte(src), change.Span{End: len(src)}, LexOptions{})
		if got := dumpTokens(src, toks[len(toks)-1:]); got != tt.want+`"x"` {
			t.Errorf("%s: the text after it reads as %s", tt.set, got)
		}
	}
}

func ExampleSplit() {
	src := []byte("-- first\nSELECT 1; -- behind\nSELECT 2")
	for _, st := range Split(src, change.Span{End: len(src)}, LexOptions{}) {
		fmt.Printf("%s: %d comments\n", st.Span.Text(src), len(st.Comments))
	}
	// Output:
	// SELECT 1: 2 comments
	// SELECT 2: 0 comments
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
		{"b; " + strings.Repeat("a ", 1_000_000) + "; c", 3},
	} {
		found, at := Split([]byte(c.src), change.Span{End: len(c.src)}, LexOptions{}), -1
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
