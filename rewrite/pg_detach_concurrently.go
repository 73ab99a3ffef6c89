package rewrite

import "github.com/safemig/safemig/dialect/change"

func detachConcurrently() Recipe {
	return Recipe{
		ID: "detach-concurrently", Dialect: "postgres",
		Summary: "DETACH PARTITION CONCURRENTLY, alone in its file, outside a transaction",
		Build:   buildDetachConcurrently,
	}
}

// buildDetachConcurrently has two transactions of the server's own in it; what is
// interrupted between them is finished by FINALIZE.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION
func buildDetachConcurrently(c *Case) (Result, error) {
	op, ok := c.Op.(*change.DetachPartition)
	if !ok {
		return Result{}, Refuse("only a DETACH PARTITION can be done concurrently")
	}
	part := c.Text.QuoteName(op.Partition)
	t := c.State.Table(op.Table)
	switch {
	case !c.Has("detach-concurrently"):
		return Result{}, Refuse("%s %s has no DETACH PARTITION CONCURRENTLY: detach %s with a short lock_timeout", c.Target.Name(), c.Target.Version, part)
	case t != nil && !t.DefaultPart.IsZero():
		return Result{}, Refuse("%s has a DEFAULT partition, and the server refuses DETACH CONCURRENTLY then: detach %s with a short lock_timeout", c.Table(), part)
	}
	alter := "ALTER TABLE " + c.Table() + " " + c.Source(op.Span)
	s := Step{
		Phase: Expand, Title: "detach " + part + " while " + c.Table() + " is read and written", Slug: Slug("detach", op.Partition.Name),
		SQL: []string{alter + " CONCURRENTLY"}, Resume: []string{alter + " FINALIZE"},
	}
	again, note := c.attachAgain(op)
	if again == "" {
		s.Final = "To attach " + part + " again takes its bounds, which are in its CHECK from now on."
	} else {
		s.Down, s.DownInTx = []string{again}, true
	}
	out := Result{Clause: TakenOut(), After: []Step{s}, Owns: []string{op.Partition.Name}}
	if note != "" {
		out.Notes = append(out.Notes, note)
	}
	if check, known := c.boundCheckLeft(op); known {
		if again != "" {
			out.After[0].Down = append(out.After[0].Down, "ALTER TABLE "+part+" DROP CONSTRAINT IF EXISTS "+c.Q(check))
		}
		out.After = append(out.After, Step{
			Phase: Expand, Title: "drop the CHECK of its bounds that DETACH CONCURRENTLY leaves on " + part, Slug: Slug("drop", check),
			SQL: []string{"ALTER TABLE " + part + " DROP CONSTRAINT IF EXISTS " + c.Q(check)}, InTx: true, DownInTx: true,
		})
	} else {
		out.Notes = append(out.Notes, part+" keeps a CHECK of its bounds: DETACH CONCURRENTLY leaves one, so that attaching it again needs no scan.")
	}
	return out, nil
}

// boundCheckLeft is the name of the CHECK that the server gives to a partition
// that it detaches concurrently, where that can be told.
func (c *Case) boundCheckLeft(op *change.DetachPartition) (name string, known bool) {
	parent, part := c.State.Table(op.Table), c.State.Table(op.Partition)
	if parent == nil || part == nil || !part.Complete || len(parent.PartKey) != 1 {
		return "", false
	}
	return c.State.ConstraintName(op.Partition, change.Constraint{Kind: change.Check, Expr: &change.Expr{Columns: parent.PartKey}}), true
}
