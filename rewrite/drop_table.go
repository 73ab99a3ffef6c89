package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func dropTable() Recipe {
	return Recipe{
		ID:      "drop-table",
		Summary: "its foreign keys dropped one by one; the table renamed aside; dropped when nobody has asked for it for a while",
		Build:   buildDropTable,
	}
}

func buildDropTable(c *Case) (Result, error) {
	op, ok := c.Op.(*change.DropTable)
	switch {
	case c.commitsDDL():
		return buildMyDropTable(c)
	case !ok:
		return Result{}, Refuse("only DROP TABLE has this recipe")
	case c.givenAgain(op.Table):
		return Result{}, Refuse("the migration gives the name %s to something else at once, so that the table cannot be kept aside until nobody asks for it: drop it in a migration of its own, under another name", c.Table())
	}
	d := &drop{c: c, op: op, table: c.State.Resolve(op.Table), t: c.State.Table(op.Table)}
	if d.t == nil && !op.IfExists {
		return Result{}, Refuse("the migrations do not show how %s was made, so that nobody knows what hangs on it: run fix with --dsn, or give it a dump with --schema", c.Table())
	}
	d.aside = change.Name{Schema: d.table.Schema, Name: MadeName(d.table.Name, "dropped")}
	if err := d.refuse(); err != nil {
		return Result{}, err
	}
	steps := append(d.detach(), d.foreignKeys()...)
	steps = append(steps, d.asideStep(), d.finalStep())
	return Result{Clause: TakenOut(), After: steps, Notes: d.notes(), LetsGo: d.letsGo(), Frees: []string{d.table.Name}}, nil
}

// drop is a table on its way out. t is nil where only IF EXISTS makes it known
// that there may be one.
type drop struct {
	c            *Case
	op           *change.DropTable
	table, aside change.Name
	t            *schema.Table
}

// refuse says what would keep the server from dropping the table in the end.
func (d *drop) refuse() error {
	c := d.c
	if c.State.IsView(d.table) || d.op.Cascade || d.t == nil {
		return nil
	}
	if views := c.State.ViewsOn(d.table); len(views) > 0 {
		return Refuse("DROP TABLE %s fails as long as it is read by %s: drop that first, or make it read something else", c.Table(), c.list(views))
	}
	if tables := d.referring(); len(tables) > 0 {
		return Refuse("DROP TABLE %s fails as long as foreign keys of %s point to it: drop those first", c.Table(), c.list(tables))
	}
	if tables := slices.DeleteFunc(slices.Clone(d.t.Inheritors), d.goesToo); len(tables) > 0 {
		return Refuse("DROP TABLE %s fails as long as it is inherited from by %s: drop that first", c.Table(), c.list(tables))
	}
	for _, sequence := range c.State.OwnedBy(d.table, "") {
		if users := slices.DeleteFunc(c.State.Using(sequence), func(n change.Name) bool { return n == d.table }); len(users) > 0 {
			return Refuse("DROP TABLE %s fails as long as %s takes its numbers from %s: make the sequence OWNED BY that first", c.Table(), c.list(users), c.Text.QuoteName(sequence))
		}
	}
	return nil
}

// referring are other tables with foreign keys to the table, those left out that
// the migration drops as well.
func (d *drop) referring() []change.Name {
	return slices.DeleteFunc(d.c.State.Referencing(d.table), func(n change.Name) bool { return n == d.table || d.goesToo(n) })
}

// goesToo says whether the migration drops the other table as well.
func (d *drop) goesToo(n change.Name) bool { return d.c.dropsAt(n) >= 0 }

// dropsAt is the place of a table's DROP among those of the migration, or -1.
func (c *Case) dropsAt(table change.Name) int {
	at := 0
	for _, stmt := range c.Script.Stmts {
		for _, op := range stmt.Ops {
			if _, drops := op.(*change.DropTable); !drops {
				continue
			}
			if c.State.Resolve(op.Head().Table) == c.State.Resolve(table) {
				return at
			}
			at++
		}
	}
	return -1
}

// asideStep renames the table: whoever still asks for it fails, and the way back
// is as short.
func (d *drop) asideStep() Step {
	c, ifExists := d.c, ""
	if d.op.IfExists {
		ifExists = "IF EXISTS "
	}
	var sql []string
	if guard := d.guard(); guard != "" {
		sql = append(sql, guard)
	}
	aside := c.Text.QuoteName(d.aside)
	return Step{
		Phase: Contract, Gate: d.gate(), InTx: true, DownInTx: true, keepAll: true, perhaps: d.op.IfExists,
		Title: "rename " + c.Table() + " aside, to " + c.Q(d.aside.Name), Slug: Slug("rename_aside", d.table.Name),
		SQL:       append(sql, "ALTER TABLE "+ifExists+c.Text.QuoteName(d.table)+" RENAME TO "+c.Q(d.aside.Name)),
		Down:      []string{"ALTER TABLE IF EXISTS " + aside + " RENAME TO " + c.Q(d.table.Name)},
		downLocks: []TableLock{{Table: d.aside, Lock: change.AccessExclusive}},
		Accept:    []Accept{{Rule: "rename-table", Reason: "no running version uses " + c.Table()}},
	}
}

// gate: when the migration moves rows somewhere else first, that must be done.
func (d *drop) gate() *Gate {
	uses := "no running version uses " + d.c.Table()
	if d.t != nil && !d.t.PartitionOf.IsZero() {
		uses = "no running version needs the rows of " + d.c.Table()
	}
	return &Gate{Backfill: d.c.hasJobs(), Deploy: []string{uses}}
}

// finalStep drops what has been aside for a while.
func (d *drop) finalStep() Step {
	c, ifExists, cascade := d.c, "", ""
	if d.op.IfExists {
		ifExists = "IF EXISTS "
	}
	accept := []Accept{{Rule: "drop-table", Reason: "nobody has asked for " + c.Table() + " since it was renamed aside"}}
	if d.op.Cascade {
		cascade = " CASCADE"
		accept = append(accept, Accept{Rule: "drop-cascade", Reason: "the migration asks for it"})
	}
	aside := c.Text.QuoteName(d.aside)
	return Step{
		Phase: Contract, Gate: &Gate{Grace: c.Options.Grace}, InTx: true, DownInTx: true, keepAll: true, perhaps: d.op.IfExists,
		Title: "drop " + aside, Slug: Slug("drop", d.table.Name), SQL: []string{"DROP TABLE " + ifExists + aside + cascade},
		Final:  "The rows of " + c.Table() + " are gone: only a backup has them.",
		Accept: accept,
	}
}
