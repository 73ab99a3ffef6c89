package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
)

// undoCreateTrigger is the way back of CREATE TRIGGER.
func (b *builder) undoCreateTrigger(c *Case, op *change.CreateTrigger) (sql []string, final string) {
	drop := "DROP TRIGGER IF EXISTS " + c.Q(op.Name) + " ON " + c.Table()
	if !op.OrReplace || triggerGone(c, op) {
		return []string{drop}, ""
	}
	made := c.retold(c.State.DefsOfMember("trigger", op.Table, op.Name))
	if len(made) == 0 || !c.State.Seen("trigger", change.Name{Name: op.Name}, op.Table) {
		return nil, upperFirst("whether " + c.Table() + " had a trigger " + c.Q(op.Name) + " before is not known: it stays as it is now.")
	}
	return append([]string{drop}, made...), ""
}

// triggerGone says whether the migration itself has dropped the trigger before.
func triggerGone(c *Case, made *change.CreateTrigger) bool {
	for _, stmt := range c.Script.Stmts[:c.Stmt.Index] {
		for _, op := range stmt.Ops {
			if o, is := op.(*change.DropTrigger); is && o.Name == made.Name && c.State.Resolve(o.Table) == c.State.Resolve(made.Table) {
				return true
			}
		}
	}
	return false
}

// undoDropTrigger makes a dropped trigger again.
func (b *builder) undoDropTrigger(c *Case, op *change.DropTrigger) (sql []string, final string) {
	text := c.Script.Text(c.Stmt.Span)
	made := c.retold(c.State.DefsOfMember("trigger", op.Table, op.Name))
	seen := c.State.Seen("trigger", change.Name{Name: op.Name}, op.Table)
	switch t := c.State.Table(op.Table); {
	case wordsOf(text)["cascade"]:
		return nil, "What CASCADE drops together with the trigger " + c.Q(op.Name) + " is not made again from here."
	case seen && len(made) > 0:
		return append([]string{"DROP TRIGGER IF EXISTS " + c.Q(op.Name) + " ON " + c.Table()}, made...), ""
	case !seen && t != nil && t.Complete && wordsOf(text)["exists"]:
		return nil, ""
	}
	return nil, "How the trigger " + c.Q(op.Name) + " of " + c.Table() + " was made is not known: it cannot be made again from here."
}
