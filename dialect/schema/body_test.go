package schema_test

import (
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
)

func replaySQL(sql string) *schema.State {
	s := schema.New("postgres")
	script := &change.Script{Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}}
	postgres.Parse(script)
	s.BeginFile(script)
	for _, st := range script.Stmts {
		s.BeginStmt(st)
		for _, op := range st.Ops {
			s.Apply(script, op)
		}
	}
	return s
}

func TestFunctionVolatility(t *testing.T) {
	const f = "CREATE FUNCTION f() RETURNS int LANGUAGE sql "
	for _, c := range []struct {
		sql  string
		want change.Volatility
		ok   bool
	}{
		{"SELECT 1", change.Constant, false},
		{f + "AS 'SELECT 1'", change.Volatile, true},
		{f + "IMMUTABLE AS 'SELECT 1'", change.Immutable, true},
		{f + "STABLE RETURN 1", change.Stable, true},
		{f + "STABLE RETURN 1; CREATE FUNCTION public.f(a int) RETURNS int IMMUTABLE RETURN a", change.Stable, true},
		{f + "RETURN 1; CREATE OR REPLACE FUNCTION f() RETURNS int IMMUTABLE RETURN 1", change.Immutable, true},
		{f + "RETURN 1; ALTER FUNCTION f() IMMUTABLE", change.Immutable, true},
		{f + "STABLE RETURN 1; ALTER FUNCTION f() COST 5", change.Stable, true},
		{f + "RETURN 1; DROP FUNCTION f()", change.Constant, false},
		{"CREATE FUNCTION g() RETURNS int STABLE RETURN 1; ALTER FUNCTION g() RENAME TO f", change.Stable, true},
		{"CREATE SCHEMA s; CREATE FUNCTION s.f() RETURNS int STABLE RETURN 1", change.Constant, false},
		{"BEGIN; " + f + "RETURN 1; ROLLBACK", change.Constant, false},
		{"DO $$ BEGIN IF x THEN " + f + "STABLE RETURN 1; END IF; END $$", change.Stable, true},
	} {
		got, ok := replaySQL(c.sql).FunctionVolatility(change.Name{Name: "f"})
		if got != c.want || ok != c.ok {
			t.Errorf("%s: got %v, %v, want %v, %v", c.sql, got, ok, c.want, c.ok)
		}
	}
}

// TestConditionalSession checks that settings and rollbacks of a branch do not count.
func TestConditionalSession(t *testing.T) {
	s := replaySQL(`BEGIN; CREATE TABLE t (a int); DO $$ BEGIN
		IF x THEN PERFORM set_config('lock_timeout', '1s', false); ROLLBACK; END IF; END $$`)
	if v, ok := s.Setting("lock_timeout"); ok {
		t.Errorf("lock_timeout is %q", v)
	}
	if s.Table(change.Name{Name: "t"}) == nil || !s.ExplicitTx() {
		t.Error("a rollback that may not happen undid what stands before it")
	}
}

// TestSteps checks that what a block runs is one transaction on PostgreSQL.
func TestSteps(t *testing.T) {
	sql := "DO $$ BEGIN DROP TABLE a; DROP TABLE b; COMMIT; DROP TABLE c; END $$; DROP TABLE d"
	s := schema.New("postgres")
	script := &change.Script{Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}, Tx: change.TxNone}
	postgres.Parse(script)
	s.BeginFile(script)
	var ids []int
	for _, stmt := range script.Stmts {
		s.BeginStmt(stmt)
		for _, step := range stmt.Steps() {
			s.BeginStep(stmt, step)
			block := len(stmt.Inner) > 0
			if inside := s.InTx() == schema.Inside; inside != block || s.InBlock() != block {
				t.Errorf("%s is in a transaction: %v, in a block: %v", step.Span.Text(script.Src), inside, s.InBlock())
			}
			ids = append(ids, s.TxID())
			for _, op := range step.Ops {
				s.Apply(script, op)
			}
		}
	}
	if ids[0] != ids[1] || ids[1] != ids[2] || ids[2] == ids[3] || ids[3] == ids[4] {
		t.Errorf("the transactions are %v", ids)
	}
}
