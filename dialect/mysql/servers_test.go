package mysql

import (
	"os"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

// dataLines are the lines of a test data file that are not comments.
func dataLines(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "# ") {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestAcceptedByServers: what a server parsed is no syntax error here, and
// every statement is understood or said not to be.
func TestAcceptedByServers(t *testing.T) {
	for _, line := range dataLines(t, "testdata/accepted.txt") {
		servers, sql, _ := strings.Cut(line, "\t")
		target := "mysql 9.7.4"
		if !strings.Contains(servers, "my") {
			target = "mariadb 11.8.6"
		}
		script := parseText(t, target, sql)
		if len(script.Stmts) != 1 {
			t.Errorf("%s: %d statements", sql, len(script.Stmts))
			continue
		}
		checkUnderstood(t, script)
	}
}

func checkUnderstood(t *testing.T, script *change.Script) {
	t.Helper()
	st := script.Stmts[0]
	if st.Err != nil {
		t.Errorf("%s: %v", script.Src, st.Err)
		return
	}
	if len(st.Ops) == 0 {
		t.Errorf("%s: no operation", script.Src)
	}
	for _, op := range st.Ops {
		if span := op.Head().Span; !span.Valid() || !st.Span.Contains(span) {
			t.Errorf("%s: the span of %T is %q", script.Src, op, span.Text(script.Src))
		}
		if o, ok := op.(*change.Opaque); ok && strings.HasPrefix(o.Why, "not understood") {
			t.Errorf("%s: %s", script.Src, o.Why)
		}
	}
}

// TestRefusedByServers: what every server refuses is a syntax error here, with
// a place within the statement.
func TestRefusedByServers(t *testing.T) {
	for _, sql := range dataLines(t, "testdata/refused.txt") {
		for _, target := range []string{"mysql 8.0.36", "mariadb 10.11.0"} {
			script := parseText(t, target, sql)
			if len(script.Stmts) != 1 || script.Stmts[0].Err == nil {
				t.Errorf("%s: %s has no syntax error:\n%s", target, sql, dumpScript(script))
				continue
			}
			st := script.Stmts[0]
			if !st.Err.Span.Valid() || !st.Span.Contains(st.Err.Span) || st.Err.Message == "" {
				t.Errorf("%s: the error %q stands at %v", sql, st.Err.Message, st.Err.Span)
			}
		}
	}
}

// TestSecondOpinion: our grammar and TiDB's count the same clauses wherever
// TiDB's knows the syntax.
func TestSecondOpinion(t *testing.T) {
	agreed := 0
	for _, line := range dataLines(t, "testdata/accepted.txt") {
		_, sql, _ := strings.Cut(line, "\t")
		r := readerOf(t, []byte(sql))
		if r.statement(); r.err != nil || !r.seconded {
			continue
		}
		node, refused := r.ask(r.draft(r.piece.Span))
		if refused != nil {
			continue
		}
		if n, counted := clauseCount(node); counted {
			agreed++
			if n != r.clauses {
				t.Errorf("%s: %d clauses, TiDB says %d", sql, r.clauses, n)
			}
		}
	}
	if agreed < 150 {
		t.Errorf("only %d statements were held against TiDB's parse", agreed)
	}
}
