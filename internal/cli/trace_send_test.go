package cli

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
)

// sent notes what reaches a server.
type sent struct {
	lines []string
	in    bool
}

func (s *sent) InTx() bool { return s.in }

func (s *sent) Begin(context.Context, string) error {
	s.in = true
	s.lines = append(s.lines, "(begin)")
	return nil
}

func (s *sent) Commit(context.Context) error {
	s.in = false
	s.lines = append(s.lines, "(commit)")
	return nil
}

// TestSend: the tool's transactions, and those that the server makes of what is sent at once.
func TestSend(t *testing.T) {
	tests := []struct {
		name, sql string
		tx        change.TxScope
		send      change.SendUnit
		chunks    []string
		want      string
	}{
		{name: "one by one", sql: "SELECT 1; SELECT 2;", tx: change.TxNone, want: "SELECT 1|SELECT 2"},
		{name: "tool's", sql: "SELECT 1; SELECT 2;", tx: change.TxFile, want: "(begin)|SELECT 1|SELECT 2|(commit)"},
		{name: "at once", sql: "SELECT 1; SELECT 2;", tx: change.TxNone, send: change.SendFile, want: "(begin)|SELECT 1|SELECT 2|(commit)"},
		{name: "one at once", sql: "SELECT 1;", tx: change.TxNone, send: change.SendFile, want: "SELECT 1"},
		{name: "file's own", sql: "BEGIN; SELECT 1; COMMIT; SELECT 2;", tx: change.TxNone, want: "BEGIN|SELECT 1|COMMIT|SELECT 2"},
		{
			name: "file's own, at once", sql: "SELECT 0; BEGIN; SELECT 1; COMMIT; SELECT 2;", tx: change.TxNone, send: change.SendFile,
			want: "(begin)|SELECT 0|BEGIN|SELECT 1|COMMIT|(begin)|SELECT 2|(commit)",
		},
		{
			name: "chunks", sql: "SELECT 1; SELECT 2; SELECT 3;", tx: change.TxNone, send: change.SendChunk, chunks: []string{"SELECT 1; SELECT 2;", "SELECT 3;"},
			want: "(begin)|SELECT 1|SELECT 2|(commit)|SELECT 3",
		},
	}
	d, err := dialect.Open("postgres", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		s := &change.Script{Src: []byte(test.sql), Raw: []byte(test.sql), Section: change.Span{End: len(test.sql)}, Tx: test.tx, Send: test.send}
		for _, c := range test.chunks {
			at := strings.Index(test.sql, c)
			s.Chunks = append(s.Chunks, change.Span{Start: at, End: at + len(c)})
		}
		d.Parse(s)
		to := &sent{}
		err := send(t.Context(), s, "postgres", to, func(_ context.Context, stmt *change.Stmt) error {
			to.lines = append(to.lines, stmt.Span.Text(s.Raw))
			begins, ends := control(stmt)
			to.in = (to.in || begins) && !ends
			return nil
		})
		if diff := cmp.Diff(strings.Split(test.want, "|"), to.lines); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", test.name, err, diff)
		}
	}
}

func TestCopyRows(t *testing.T) {
	d, err := dialect.Open("postgres", "")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"COPY t (a) FROM stdin;\n1\n\\N\n\\.\nSELECT 1;": {"1\n\\N\n", "no"},
		"COPY t FROM stdin;\n\\.\n":                      {""},
		"COPY t TO '/tmp/x';":                            {"no"},
	} {
		s := &change.Script{Src: []byte(text), Raw: []byte(text), Section: change.Span{End: len(text)}}
		d.Parse(s)
		var got []string
		for _, stmt := range s.Stmts {
			rows, is := copyRows(s, stmt, stmt.Span.Text(s.Raw))
			if !is {
				rows = "no"
			}
			got = append(got, rows)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", text, diff)
		}
	}
}

func TestSizesOfFlags(t *testing.T) {
	for text, want := range map[string]int64{"1kB": 1024, "120 MB": 120 << 20, "10GB": 10 << 30, "1tb": 1 << 40} {
		if got, err := bytesOf(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5", "GB", "-1GB", "0MB", "1.5GB", "99999999999TB"} {
		if got, err := bytesOf(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}
