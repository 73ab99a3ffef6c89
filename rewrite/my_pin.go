package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// online is one statement of DDL for MySQL or MariaDB, and what the server does to
// carry it out in a state.
type online struct {
	in     *Input
	sql    string
	script *change.Script
	effect change.Effect // on the statement's own table
}

func (in *Input) online(state *schema.State, sql string) (*online, error) {
	script, err := in.parsed([]string{sql})
	if err != nil {
		return nil, err
	}
	o := &online{in: in, sql: sql, script: script}
	table := state.Resolve(o.stmt().Ops[0].Head().Table)
	effects := in.Facts.Statement(o.stmt(), state, in.Target).Effects
	if i := slices.IndexFunc(effects, func(e change.Effect) bool { return e.Table == table }); i >= 0 {
		o.effect = effects[i]
	}
	return o, nil
}

func (o *online) stmt() *change.Stmt { return o.script.Stmts[0] }

// applyTo gives a state what the statement changes.
func (o *online) applyTo(state *schema.State) {
	for _, op := range o.stmt().Ops {
		state.Apply(o.script, op)
	}
}

// pinned is the statement, and says how the server is to carry it out. The server
// refuses what it cannot do so, and does nothing then.
func (o *online) pinned() string {
	if !o.mayPin() {
		return o.sql
	}
	return o.sql + o.pin()
}

// mayPin says whether a statement takes ALGORITHM and LOCK behind its clauses:
// partitions come last, RENAME is always a matter of names, and DROP INDEX takes
// them on MySQL alone.
// https://mariadb.com/kb/en/drop-index/
func (o *online) mayPin() bool {
	switch o.stmt().Kind {
	case "alter_table", "create_index":
	case "drop_index":
		if o.in.Target.Dialect != "mysql" {
			return false
		}
	default:
		return false
	}
	return !slices.ContainsFunc(o.stmt().Ops, func(op change.Op) bool {
		switch op.(type) {
		case *change.PartitionOp, *change.RenameTable, *change.AttachPartition, *change.DetachPartition:
			return true
		}
		return false
	})
}

// pin is what to write behind the clauses: nothing where the server could only
// block. INSTANT takes no LOCK on MySQL.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-concurrency
func (o *online) pin() string {
	switch e := o.effect; {
	case e.Algorithm == change.Instant && o.addsZeroDate():
		return o.separated("ALGORITHM=INPLACE, LOCK=NONE")
	case e.Algorithm == change.Instant:
		return o.separated("ALGORITHM=INSTANT")
	case e.Algorithm == change.NoAlgorithm || !e.ConcurrentDML || e.Blocks.Has(change.Writes) && e.Work.Grows():
		return ""
	default:
		return o.separated("ALGORITHM=" + e.Algorithm.String() + ", LOCK=NONE")
	}
}

// addsZeroDate says whether rows that are there would have 0000-00-00 in a new column:
// strict mode looks whether there are any, which MySQL does not do with INSTANT
// (error 1845, measured on 9.7).
func (o *online) addsZeroDate() bool {
	return o.in.Target.Dialect == "mysql" && slices.ContainsFunc(o.stmt().Ops, func(op change.Op) bool {
		add, is := op.(*change.AddColumn)
		if !is || !add.Column.NotNull || add.Column.Default != nil || add.Column.Generated != nil {
			return false
		}
		return add.Column.Type.Name == "date" || add.Column.Type.Name == "datetime"
	})
}

// separated is what a statement asks for, as it stands behind the clauses: with commas
// in ALTER TABLE, without in CREATE INDEX.
func (o *online) separated(asks string) string {
	if o.stmt().Kind == "alter_table" {
		return ", " + asks
	}
	return " " + strings.ReplaceAll(asks, ",", "")
}
