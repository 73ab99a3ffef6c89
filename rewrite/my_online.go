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
	if len(stmt.Inner) > 0 {
		return b.keptCall(stmt, m), nil
	}
	units, err := b.unitsAround(stmt, &m)
	if err != nil || len(units) == 0 {
		return nil, err
	}
	state := b.state.Clone()
	var out []Step
	for i, unit := range units {
		text := b.textOf(stmt, m.clauses, unit, i == 0)
		if m.engine.has(unit) {
			s, err := b.engineStep(state, stmt, unit, m.engine, text)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
			continue
		}
		pin, err := b.pinned(state, stmt, text)
		if err != nil {
			return nil, err
		}
		part := made{clauses: unit}
		titles, slug := b.describe(stmt, &part)
		s := Step{Phase: Expand, Title: summary(titles), titles: titles, Slug: slug, SQL: []string{pin}, kept: true, Commits: true, Done: b.doneAlready(stmt, unit)}
		b.triggerAgain(stmt, &s)
		b.routineAgain(stmt, &s)
		way, final := b.undoOnline(state, stmt, unit)
		s.Final = final
		for _, w := range way {
			s.Down, s.DownDone = append(s.Down, w.sql), append(s.DownDone, w.done)
		}
		b.in.repeatable(&s)
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
		return b.in.unasked(splice(b.in.Script.Raw, stmt, marked))
	}
	bare := *stmt
	bare.Comments = nil
	return b.in.unasked(splice(b.in.Script.Raw, &bare, marked))
}

// units are those of some of the clauses that stay together, in their order: those that need each
// other, and neighbours that the server carries out in the same way together as
// each alone. ALGORITHM and LOCK are the plan's to ask for.
func (b *builder) units(stmt *change.Stmt, all, some []clause) ([][]clause, error) {
	var kept []clause
	for _, c := range some {
		if (c.text == nil || *c.text != "") && !asksHow(opAt(stmt, c.span)) {
			kept = append(kept, c)
		}
	}
	if stmt.Kind != "alter_table" || b.hasList(stmt) {
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

// hasList says whether a statement has ADD (a int, b int), which does not come apart.
func (b *builder) hasList(stmt *change.Stmt) bool {
	return slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		add, ok := op.(*change.AddColumn)
		return ok && add.Span.Start == add.Column.Span.Start
	})
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
	var effects []change.Effect
	for _, unit := range [][]clause{x, y, both} {
		o, err := b.in.online(b.state, b.textOf(stmt, all, unit, false))
		if err != nil {
			return false, err
		}
		effects = append(effects, o.effect)
	}
	return worksAs(effects[2], effects[0]) && worksAs(effects[2], effects[1]), nil
}

func worksAs(a, b change.Effect) bool {
	return a.Algorithm == b.Algorithm && a.ConcurrentDML == b.ConcurrentDML && a.Rebuild == b.Rebuild
}

// pinned is a part of the user's statement that says how the server is to carry it
// out, and applies it to the state.
func (b *builder) pinned(state *schema.State, stmt *change.Stmt, text string) (string, error) {
	o, err := b.in.online(state, text)
	if err != nil {
		return "", err
	}
	o.applyTo(state)
	if b.fresh(stmt) {
		return text, nil
	}
	if asks := requestOf(stmt); isForbidden(asks, o.effect) && o.mayPin() { // the server is to refuse it, as it would have
		return text + o.separated(asks), nil
	}
	return o.pinned(), nil
}

// fresh says whether the statement is about a table that the migration makes.
func (b *builder) fresh(stmt *change.Stmt) bool {
	return b.in.madeHere(b.state.Resolve(stmt.Ops[0].Head().Table))
}
