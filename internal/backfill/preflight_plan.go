package backfill

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// pgNode is a node of a plan.
// https://www.postgresql.org/docs/current/using-explain.html
type pgNode struct {
	Type      string   `json:"Node Type"`
	Schema    string   `json:"Schema"`
	Relation  string   `json:"Relation Name"`
	Alias     string   `json:"Alias"`
	Index     string   `json:"Index Name"`
	IndexCond string   `json:"Index Cond"`
	Rows      float64  `json:"Plan Rows"`
	Plans     []pgNode `json:"Plans"`
}

// all are a node and those below it.
func (n pgNode) all() []pgNode {
	out := []pgNode{n}
	for _, p := range n.Plans {
		out = append(out, p.all()...)
	}
	return out
}

// bitmaps are the index scans that a bitmap scan takes its rows from.
func (n pgNode) bitmaps() []pgNode {
	var out []pgNode
	for _, p := range n.Plans {
		for _, b := range p.all() {
			if b.Type == "Bitmap Index Scan" {
				out = append(out, b)
			}
		}
	}
	return out
}

func explainPostgres(ctx context.Context, c executor, statement string) (pgNode, error) {
	rows, err := ask(ctx, c, "EXPLAIN (FORMAT JSON, VERBOSE) "+statement)
	if err != nil {
		return pgNode{}, err
	}
	var plans []struct{ Plan pgNode }
	if err := json.Unmarshal([]byte(rows[0][0]), &plans); err != nil || len(plans) == 0 {
		return pgNode{}, fmt.Errorf("the plan of %s: %w", statement, err)
	}
	return plans[0].Plan, nil
}

// postgresPlan asks how the server would do a batch: the look for its end, and the
// statement itself. Nothing is run but that look.
func postgresPlan(ctx context.Context, x *exam) error {
	if len(x.table.Parts) == 0 {
		return nil
	}
	if going, err := x.whole(ctx); err != nil || !going {
		return err
	}
	p := x.largest()
	if x.table.Key[0].Class != Block {
		look := lookup(x.flavour, x.table, p, nil, nil, x.firstRows())
		plan, err := explainPostgres(ctx, x.look, look)
		if err != nil {
			return err
		}
		if ok, err := x.byKey(ctx, plan, "k", p); err != nil || !ok {
			return x.notByKey(ctx, x.look, look, "looking for the end of a batch", err)
		}
	}
	b, err := x.firstBatches(ctx, p, 1)
	if err != nil || len(b) == 0 {
		return err
	}
	return x.judgeBatch(ctx, b[0], p)
}

// whole has the statement planned as it is, for the number of its rows; whether
// it is worth going on is what it answers. Where some of the rows are on another
// server its batches still leave those out.
func (x *exam) whole(ctx context.Context) (bool, error) {
	plan, err := explainPostgres(ctx, x.conn, x.job.SQL)
	switch {
	case err != nil && x.report.Has("foreign-partition") && livedb.ErrorCode(err) != "":
		x.report.Estimate.Changed = math.MaxInt64
		return true, nil
	case err != nil:
		return false, x.refused(err)
	}
	x.report.Estimate.Changed = int64(plan.Rows)
	if len(plan.Plans) > 0 {
		x.report.Estimate.Changed = int64(plan.Plans[0].Rows)
	}
	return true, nil
}

func (x *exam) judgeBatch(ctx context.Context, statement string, p *Part) error {
	plan, err := explainPostgres(ctx, x.conn, statement)
	if err != nil {
		return x.refused(err)
	}
	shown, err := ask(ctx, x.conn, "EXPLAIN "+statement)
	if err != nil {
		return err
	}
	x.report.Plan = strings.Join(first(shown), "\n")
	_, called := x.job.Naming(p)
	if ok, err := x.byKey(ctx, plan, plainName(called), p); err != nil || !ok {
		return x.notByKey(ctx, x.conn, statement, "a batch", err)
	}
	return x.otherTables(ctx, plan, plainName(called))
}

// plainName is what a plan calls a table: without its schema, its quotes taken off.
func plainName(called string) string {
	toks := called
	if at := strings.LastIndexByte(called, '.'); at >= 0 && !strings.HasSuffix(called, `"`) {
		toks = called[at+1:]
	} else if at := strings.LastIndex(called, `."`); at >= 0 {
		toks = called[at+1:]
	}
	if strings.HasPrefix(toks, `"`) {
		return bare(toks)
	}
	return strings.ToLower(toks)
}

// refused is a statement that the server does not take, as it tells before running it.
func (x *exam) refused(err error) error {
	switch code := livedb.ErrorCode(err); {
	case code == "" || strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57"):
		return err
	case x.report.Has("privileges") && code == "42501", x.report.Has("generated-column-set"), x.report.Has("replica-identity"):
	case code == "42501":
		x.raise("privileges", final, "The user may not run the statement: "+cause(err)+".", "GRANT what is missing, or use another user.")
	case code == "42P10":
		x.raise("insert-no-unique-key", final, "No unique index fits the statement's ON CONFLICT: "+cause(err)+".", "Create the unique index first (CREATE UNIQUE INDEX CONCURRENTLY).")
	default:
		x.raise("statement-fails", final, "The server does not take the statement: "+cause(err)+".", "Correct the job; it was not begun.")
	}
	return nil
}

// cause is what the server said, without the query around it.
func cause(err error) string {
	text := err.Error()
	if at := strings.Index(text, "ERROR: "); at >= 0 {
		text = text[at+len("ERROR: "):]
	}
	return strings.TrimSuffix(text, ".")
}

// byKey says whether a plan reads the walked table by the range of its key. A table
// that is small is read as a whole, rightly.
func (x *exam) byKey(ctx context.Context, plan pgNode, alias string, p *Part) (bool, error) {
	if p.Bytes <= smallTable {
		return true, nil
	}
	indexes, err := x.ask(ctx, "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indrelid = "+
		p.ID+" AND i.indpred IS NULL AND a.attname = "+pgLiteral(x.table.Key[0].Name))
	if err != nil {
		return false, err
	}
	scans, walk := 0, 0
	for _, n := range plan.all() {
		switch {
		case n.Relation == "" || n.Type == "ModifyTable":
		case n.Alias != alias:
			scans++
		case !walks(n, first(indexes), alias == "k"):
			return false, nil
		default:
			walk++
		}
	}
	return walk > 0 || scans == 0, nil // a condition that never holds reads nothing
}

// walks says whether a node reads a range of an index or of blocks. The look for
// a batch's end begins at the first key, and has no condition there.
func walks(n pgNode, indexes []string, whole bool) bool {
	switch n.Type {
	case "Tid Range Scan":
		return true
	case "Index Scan", "Index Only Scan":
		return slices.Contains(indexes, n.Index) && (n.IndexCond != "" || whole)
	case "Bitmap Heap Scan":
		return slices.ContainsFunc(n.bitmaps(), func(b pgNode) bool { return slices.Contains(indexes, b.Index) && b.IndexCond != "" })
	}
	return false
}

func (x *exam) notByKey(ctx context.Context, c executor, statement, what string, err error) error {
	if err != nil {
		return err
	}
	shown, err := ask(ctx, c, "EXPLAIN "+statement)
	if err != nil {
		return err
	}
	by := "the index " + x.table.Index
	remedy := "ANALYZE the table; see whether the statement's own conditions lead the planner elsewhere."
	if x.table.Key[0].Class == Block {
		by, remedy = "the range of blocks", "PostgreSQL reads ranges of blocks from version 14 on: add a primary key, or accept that each batch reads the whole table."
	}
	x.raise("plan-not-by-key", refusal, fmt.Sprintf("The server does not use %s of %s for %s:\n%s", by, x.table.Name, what, strings.Join(first(shown), "\n")), remedy)
	return nil
}

// largeTable is the size from which reading a joined table as a whole for each batch is
// no choice that a planner makes for want of anything to gain.
const largeTable = 64 << 20

// otherTables are those that a batch reads as a whole, besides the one that is walked along.
func (x *exam) otherTables(ctx context.Context, plan pgNode, alias string) error {
	var named []string
	for _, n := range plan.all() {
		if n.Type != "Seq Scan" || n.Alias == alias {
			continue
		}
		name := pgQuote(n.Schema) + "." + pgQuote(n.Relation)
		rows, err := x.ask(ctx, "SELECT pg_relation_size("+pgLiteral(name)+")")
		if err != nil {
			return err
		}
		if size := number(rows[0][0]); size > largeTable {
			named = append(named, fmt.Sprintf("%s (%s)", name, inBytes(size)))
		}
	}
	if len(named) > 0 {
		x.raise("plan-reads-whole-table", refusal, "Each batch reads all of "+strings.Join(named, ", ")+":\n"+x.report.Plan, "Create an index on the columns that it is joined by, and ANALYZE it.")
	}
	return nil
}
