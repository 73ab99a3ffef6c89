package report

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// tracedExample is a migration of two statements, the second of which fails.
func tracedExample() *Trace {
	orders, users := change.Name{Schema: "public", Name: "orders"}, change.Name{Schema: "shop", Name: "users"}
	index := change.Name{Schema: "public", Name: "orders_state"}
	all := change.Reads | change.Writes | change.DDL
	return &Trace{
		Target: fact.Target{Dialect: "postgres", Version: fact.V(17, 10)}, Where: "a throw-away server on this machine", Took: 1500 * time.Millisecond,
		Rows:    []TracedRows{{Table: orders, Rows: 10000}, {Table: users, Rows: 0, Why: "no values were found that satisfy CHECK <b>"}},
		Remarks: []string{"the rows are those of seed.sql"},
		Steps: []TracedStep{
			{
				Path: "db/2.sql", Start: Position{Line: 1}, Kind: "alter_table", SQL: "ALTER TABLE orders\n  ADD COLUMN note text", Scope: "in the tool's transaction around the file",
				Tx: 1, To: 2 * time.Millisecond, WAL: 5000,
				Tables: []TracedTable{{Table: orders, Lock: "ACCESS EXCLUSIVE", Blocks: all, Held: 1500 * time.Millisecond}},
			},
			{
				Path: "db/2.sql", Index: 1, Start: Position{Line: 4}, Kind: "create_index", SQL: "CREATE INDEX orders_state ON orders (state) WHERE state <> '<script>'",
				Scope: "in the tool's transaction around the file", Tx: 1, From: 2 * time.Millisecond, To: 1500 * time.Millisecond, WAL: 3 << 20,
				Tables: []TracedTable{
					{Table: orders, Lock: "SHARE", Blocks: change.Writes | change.DDL, Held: 1400 * time.Millisecond, Work: change.IndexBuild},
					{Table: orders, Index: index, Lock: "ACCESS EXCLUSIVE", Blocks: all, Held: 100 * time.Microsecond},
				},
				Contradictions: []string{"public.orders: lock: the facts say SHARE, the server did ACCESS EXCLUSIVE (fact create-index)"},
				Remarks:        []string{"shop.users has no rows"},
				Failed:         "disk is full",
			},
		},
		Locks: []TracedLock{
			{Table: orders, Lock: "ACCESS EXCLUSIVE", Blocks: all, To: 1500 * time.Millisecond},
			{Table: orders, Lock: "ACCESS SHARE", From: 2 * time.Millisecond, To: 1500 * time.Millisecond, Step: 1},
			{Table: orders, Lock: "SHARE", Blocks: change.Writes, From: 100 * time.Millisecond, To: 1500 * time.Millisecond, Step: 1},
			{Table: orders, Index: index, Lock: "ACCESS EXCLUSIVE", Blocks: all, From: 1499900 * time.Microsecond, To: 1500 * time.Millisecond, Step: 1},
		},
	}
}

func TestTraceText(t *testing.T) {
	var b bytes.Buffer
	if err := TraceText(&b, tracedExample(), Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "trace.txt", b.Bytes())
	for _, line := range strings.Split(b.String(), "\n") {
		if columns(line) > DefaultWidth {
			t.Errorf("wider than the screen: %s", line)
		}
	}
}

// TestTraceHTML: the page needs nothing from elsewhere, and what the migration holds is text.
func TestTraceHTML(t *testing.T) {
	var b bytes.Buffer
	if err := TraceHTML(&b, tracedExample(), Style{}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, bad := range []string{"<script", "http://", "https://", "<link", "@import", "CHECK <b>", "ZgotmplZ", "<no value>"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	for _, good := range []string{"prefers-color-scheme: dark", "@media print", "&lt;script&gt;", "Contradiction: public.orders: lock", "Failed: disk is full", "index orders_state", "3.0 MB of WAL"} {
		if !strings.Contains(page, good) {
			t.Errorf("the page lacks %s", good)
		}
	}
	for _, m := range regexp.MustCompile(`<rect class="\w+" x="(\d+)"`).FindAllStringSubmatch(page, -1) {
		if len(m[1]) > 3 {
			t.Errorf("a bar is outside of the picture: %s", m[0])
		}
	}
}

func TestTraceJSON(t *testing.T) {
	var b bytes.Buffer
	if err := TraceJSON(&b, tracedExample(), Style{}); err != nil {
		t.Fatal(err)
	}
	var out traceJSON
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Statements) != 2 || out.Statements[1].ToMS != 1500 || *out.Statements[1].LogBytes != 3<<20 || len(out.Locks) != 4 || !out.Locks[0].BlocksReads ||
		out.Summary.Contradictions != 1 || !out.Summary.Failed || out.Statements[1].Tables[1].Index != "public.orders_state" {
		t.Errorf("%s", b.String())
	}
}
