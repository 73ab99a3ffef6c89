package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func onlineDDL() Recipe {
	return Recipe{
		ID: "online-ddl", Dialect: "mysql",
		Summary: "one DDL statement in a file, what is INSTANT by itself, each with the ALGORITHM and LOCK that make the server refuse rather than block, and with a short lock_wait_timeout",
		// Every statement of a MySQL plan is kept so: there is nothing to add.
		Build: func(*Case) (Result, error) { return Result{}, nil },
	}
}

// keptOnline is what is left of a user's DDL on MySQL or MariaDB. Each statement
// commits by itself, so that each is a step of its own; clauses that work
// differently come apart, because the whole statement works as its worst clause does.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html
func (b *builder) keptOnline(stmt *change.Stmt, m made) ([]Step, error) {
	units, err := b.units(stmt, m.clauses)
	if err != nil || len(units) == 0 {
		return nil, err
	}
	state := b.state.Clone()
	var out []Step
	for i, unit := range units {
		text := b.textOf(stmt, m.clauses, unit, i == 0)
		pin, err := b.pinned(state, stmt, text)
		if err != nil {
			return nil, err
		}
		part := made{clauses: unit}
		titles, slug := b.describe(stmt, &part)
		s := Step{Phase: Expand, Title: summary(titles), titles: titles, Slug: slug, SQL: []string{pin}, kept: true, Commits: true, Done: b.doneAlready(state, stmt, unit)}
		b.triggerAgain(stmt, &s)
		way, final := b.undoOnline(state, stmt, unit)
		s.Final = final
		for _, w := range way {
			s.Down, s.DownDone = append(s.Down, w.sql), append(s.DownDone, w.done)
		}
		out = append(out, s)
	}
	return out, nil
}

// textOf is the statement with the clauses of one unit. Comments that stood between
// clauses of different units stay with the first.
func (b *builder) textOf(stmt *change.Stmt, all, unit []clause, first bool) string {
	marked := slices.Clone(all)
	for i := range marked {
		if !slices.ContainsFunc(unit, func(c clause) bool { return c.span == marked[i].span }) {
			marked[i].text = TakenOut()
		}
	}
	if first {
		return splice(b.in.Script.Raw, stmt, marked)
	}
	bare := *stmt
	bare.Comments = nil
	return splice(b.in.Script.Raw, &bare, marked)
}

// units are the clauses that stay together, in their order: those that need each
// other, and neighbours that the server carries out in the same way together as
// each alone. ALGORITHM and LOCK are the plan's to ask for.
func (b *builder) units(stmt *change.Stmt, all []clause) ([][]clause, error) {
	var kept []clause
	for _, c := range all {
		if (c.text == nil || *c.text != "") && !asksHow(opAt(stmt, c.span)) {
			kept = append(kept, c)
		}
	}
	if stmt.Kind != "alter_table" {
		if len(kept) == 0 {
			return nil, nil
		}
		return [][]clause{kept}, nil
	}
	var out [][]clause
	for _, unit := range needing(stmt, kept) {
		if n := len(out); n > 0 {
			together := slices.Concat(out[n-1], unit)
			alike, err := b.asGoodTogether(stmt, all, out[n-1], unit, together)
			if err != nil {
				return nil, err
			}
			if alike {
				out[n-1] = together
				continue
			}
		}
		out = append(out, unit)
	}
	return out, nil
}

// asksHow says whether a clause is ALGORITHM=, LOCK= or WAIT.
func asksHow(op change.Op) bool {
	o, ok := op.(*change.TableOption)
	return ok && (o.Option == "algorithm" || o.Option == "lock" || o.Option == "wait" || o.Option == "nowait")
}

// needing joins clauses that mean something else, or nothing, without each other:
// all from what goes to what takes its place.
func needing(stmt *change.Stmt, kept []clause) [][]clause {
	until := make([]int, len(kept))
	for i := range kept {
		until[i] = i
		for j := i + 1; j < len(kept); j++ {
			if belongTogether(opAt(stmt, kept[i].span), opAt(stmt, kept[j].span)) {
				until[i] = j
			}
		}
	}
	var out [][]clause
	for i := 0; i < len(kept); {
		end := until[i]
		for j := i; j <= end; j++ {
			end = max(end, until[j])
		}
		out = append(out, kept[i:end+1])
		i = end + 1
	}
	return out
}

// belongTogether: a key that is dropped and made again (one rebuild, and never a
// moment without it), and a column that counts by itself with the key it must have.
func belongTogether(a, b change.Op) bool {
	if gone, is := keyGoing(a); is {
		made, is := keyComing(b)
		return is && strings.EqualFold(gone, made)
	}
	if add, is := a.(*change.AddColumn); is && add.Column.AutoIncrement {
		_, isKey := keyComing(b)
		return isKey
	}
	if add, is := b.(*change.AddColumn); is && add.Column.AutoIncrement {
		_, drops := keyGoing(a)
		return drops
	}
	return false
}

const primaryName = "PRIMARY"

func keyGoing(op change.Op) (name string, is bool) {
	switch op := op.(type) {
	case *change.DropIndex:
		return op.Index.Name, true
	case *change.DropConstraint:
		if op.ConstraintKind == change.PrimaryKey {
			return primaryName, true
		}
		return op.Name, true
	}
	return "", false
}

func keyComing(op change.Op) (name string, is bool) {
	switch op := op.(type) {
	case *change.CreateIndex:
		return op.Name, true
	case *change.AddConstraint:
		if op.Constraint.Kind == change.PrimaryKey {
			return primaryName, true
		}
		return op.Constraint.Name, true
	case *change.AddColumn:
		if op.Column.Inline(change.PrimaryKey) != nil {
			return primaryName, true
		}
	}
	return "", false
}

// asGoodTogether says whether the server does two units in one statement as well as
// each by itself. What does no work joins what does none; two that each read or
// write the whole table are better done at once.
func (b *builder) asGoodTogether(stmt *change.Stmt, all, x, y, both []clause) (bool, error) {
	one, err := b.effectOf(b.state, stmt, b.textOf(stmt, all, x, false))
	if err != nil {
		return false, err
	}
	other, err := b.effectOf(b.state, stmt, b.textOf(stmt, all, y, false))
	if err != nil {
		return false, err
	}
	joined, err := b.effectOf(b.state, stmt, b.textOf(stmt, all, both, false))
	if err != nil {
		return false, err
	}
	return worksAs(joined, one) && worksAs(joined, other), nil
}

func worksAs(a, b change.Effect) bool {
	return a.Algorithm == b.Algorithm && a.ConcurrentDML == b.ConcurrentDML && a.Rebuild == b.Rebuild
}

// effectOf is what a statement does to the table of the user's statement.
func (b *builder) effectOf(state *schema.State, stmt *change.Stmt, text string) (change.Effect, error) {
	script, err := b.in.parsed([]string{text})
	if err != nil {
		return change.Effect{}, err
	}
	table := state.Resolve(stmt.Ops[0].Head().Table)
	for _, e := range b.in.Facts.Statement(script.Stmts[0], state, b.in.Target).Effects {
		if e.Table == table {
			return e, nil
		}
	}
	return change.Effect{}, nil
}

// pinned is a statement that says how the server is to carry it out, and applies
// it to the state. The server refuses what it cannot do so, and does nothing then.
func (b *builder) pinned(state *schema.State, stmt *change.Stmt, text string) (string, error) {
	e, err := b.effectOf(state, stmt, text)
	if err != nil {
		return "", err
	}
	if pin := b.pin(stmt, e); pin != "" && b.mayPin(stmt) && !b.fresh(stmt) {
		text += pin
	}
	script, err := b.in.parsed([]string{text})
	if err != nil {
		return "", err
	}
	for _, op := range script.Stmts[0].Ops {
		state.Apply(script, op)
	}
	return text, nil
}

// fresh says whether the statement is about a table that the migration makes.
func (b *builder) fresh(stmt *change.Stmt) bool {
	return b.in.madeHere(b.state.Resolve(stmt.Ops[0].Head().Table))
}

// mayPin says whether a statement takes ALGORITHM and LOCK behind its clauses:
// partitions come last, RENAME is always a matter of names, and DROP INDEX takes
// them on MySQL alone.
// https://mariadb.com/kb/en/drop-index/
func (b *builder) mayPin(stmt *change.Stmt) bool {
	switch stmt.Kind {
	case "alter_table", "create_index":
	case "drop_index":
		if b.in.Target.Dialect != "mysql" {
			return false
		}
	default:
		return false
	}
	return !slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		switch op.(type) {
		case *change.PartitionOp, *change.RenameTable, *change.AttachPartition, *change.DetachPartition:
			return true
		}
		return false
	})
}

// pin is what to write behind a statement with that effect: nothing where the
// server could only block. INSTANT takes no LOCK on MySQL.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-concurrency
func (b *builder) pin(stmt *change.Stmt, e change.Effect) string {
	sep := ", "
	if stmt.Kind != "alter_table" {
		sep = " "
	}
	switch {
	case e.Algorithm == change.Instant:
		return sep + "ALGORITHM=INSTANT"
	case e.Algorithm == change.NoAlgorithm || !e.ConcurrentDML:
		return ""
	}
	return sep + "ALGORITHM=" + e.Algorithm.String() + sep + "LOCK=NONE"
}

// isDDL says whether a statement does anything else than to read and write rows.
func isDDL(stmt *change.Stmt) bool {
	return slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		switch op.(type) {
		case *change.Insert, *change.Update, *change.Delete, *change.Select, *change.SetOption, *change.TxControl:
			return false
		}
		return true
	})
}
