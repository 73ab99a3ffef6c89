package rewrite

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
)

// constraints take what stands in the column's definition out of it.
func (n *newColumn) constraints() error {
	for i := range n.col.Constraints {
		con := &n.col.Constraints[i]
		if con.NotEnforced || con.Kind != change.ForeignKey && con.Kind != change.Check {
			continue
		}
		if err := n.notValid(con); err != nil {
			return err
		}
	}
	if n.col.Identity == "" {
		n.notNull()
	}
	for i := range n.col.Constraints {
		con := &n.col.Constraints[i]
		if con.Kind == change.Unique || con.Kind == change.PrimaryKey {
			if err := n.key(con); err != nil {
				return err
			}
		}
	}
	return nil
}

// tableConstraint is an inline constraint as one of the table, and its name.
func (n *newColumn) tableConstraint(con *change.Constraint) (text, name string, err error) {
	text, err = n.c.Text.TableConstraint(n.c.Source(con.Span), n.col.Name)
	if err != nil {
		return "", "", asRefusal(err)
	}
	named := *con
	if named.Kind != change.Check {
		named.Columns = []string{n.col.Name}
	}
	name = n.state.ConstraintName(n.op.Table, named)
	named.Name = name
	n.state.Apply(n.c.Script, &change.AddConstraint{Header: n.op.Header, Constraint: named})
	if con.Name == "" {
		text = "CONSTRAINT " + n.c.Q(name) + " " + text
	}
	return text, name, nil
}

// notValid adds a CHECK or a FOREIGN KEY as NOT VALID: a foreign key at once, as a
// NULL breaks none, a CHECK behind the backfill, since it may not let NULL pass.
func (n *newColumn) notValid(con *change.Constraint) error {
	text, name, err := n.tableConstraint(con)
	if err != nil {
		return err
	}
	n.remove(con.Span)
	validate := validateStep(n.c, n.op.Table, name)
	validate.Gate = n.gate
	t := n.c.State.Table(n.op.Table)
	switch {
	case con.Kind == change.ForeignKey && t != nil && t.Partitioned && !n.c.Has("partitioned-foreign-key-not-valid"):
		return n.partitionedReference(con.Ref, name, text)
	case con.Kind == change.ForeignKey || n.gate == nil:
		n.clauses = append(n.clauses, "ADD "+text+" NOT VALID")
	default:
		n.add = append(n.add, Step{
			Phase: n.phase, Gate: n.gate, Title: fmt.Sprintf("add %s to %s, for new rows", n.c.Q(name), n.table), Slug: Slug("check", name),
			SQL: []string{"ALTER TABLE " + n.table + " ADD " + text + " NOT VALID"}, InTx: true,
			Down: []string{"ALTER TABLE IF EXISTS " + n.table + " DROP CONSTRAINT IF EXISTS " + n.c.Q(name)}, DownInTx: true,
		})
	}
	if n.gate == nil { // before any step that waits
		n.res.After = append(n.res.After, validate)
	} else {
		n.check = append(n.check, validate)
	}
	n.res.Owns = append(n.res.Owns, name)
	return nil
}

func (n *newColumn) partitionedReference(ref *change.Reference, name, text string) error {
	res, err := partitionedForeignKey(n.c, n.op.Table, ref, name, text)
	if err != nil {
		return err
	}
	for i := range res.After {
		res.After[i].Gate, res.After[i].Phase = n.gate, max(res.After[i].Phase, n.phase)
	}
	n.finish = append(n.finish, res.After...)
	n.res.Owns = append(n.res.Owns, name)
	n.res.Notes = append(n.res.Notes, res.Notes...)
	return nil
}

// isRequired says whether the column cannot be NULL in the end.
func (n *newColumn) isRequired() bool {
	return n.col.NotNull || n.col.Identity != "" || n.isSerial() || n.col.Inline(change.PrimaryKey) != nil
}

func (n *newColumn) isSerial() bool {
	switch n.col.Type.Name {
	case "smallserial", "serial", "bigserial":
		return true
	}
	return false
}

// notNull makes the column NOT NULL where its rows have to get their values
// first: from the backfill, or from the application where nobody else knows them.
func (n *newColumn) notNull() {
	keeps := n.col.Default != nil && !n.col.Default.Null && n.gate == nil || n.col.Generated != nil
	if !n.isRequired() || keeps {
		return
	}
	if n.col.NotNullSpan.Valid() {
		n.remove(n.col.NotNullSpan)
	}
	shown := n.table + "." + n.name
	if n.gate == nil {
		n.gate, n.phase = &Gate{Deploy: []string{"every running version gives " + shown + " a value", "the rows from before have got one"}}, Contract
		n.note("The migration does not say what the rows that are there get in %s: fill them, in batches, before the contract steps. They fail, and change nothing, as long as one has a NULL.", shown)
	}
	r := required{c: n.c, table: n.op.Table, columns: []string{n.col.Name}, phase: n.phase, gate: n.gate, fresh: true}
	if con := n.col.Inline(change.NotNull); con != nil {
		r.named = map[string]string{n.col.Name: con.Name}
	}
	steps := r.steps()
	n.add = append(n.add, steps.add...)
	n.check = append(n.check, steps.check...)
	n.finish = append(n.finish, steps.set...)
}

// key makes a UNIQUE or PRIMARY KEY from an index that is built concurrently.
func (n *newColumn) key(con *change.Constraint) error {
	if t := n.c.State.Table(n.op.Table); t != nil && t.Partitioned {
		return Refuse("%s is partitioned: a key has to name the columns that it is partitioned by, which a new column is not", n.table)
	}
	text, name, err := n.tableConstraint(con)
	if err != nil {
		return err
	}
	n.remove(con.Span)
	named := *con
	named.Columns = []string{n.col.Name}
	k, err := newKey(n.c, n.op.Table, named, name, text)
	if err != nil {
		return err
	}
	k.phase, k.gate = n.phase, n.gate
	n.finish = append(n.finish, k.steps(notNull{})...)
	n.res.Owns = append(n.res.Owns, name)
	return nil
}
