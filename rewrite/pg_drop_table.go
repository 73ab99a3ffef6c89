package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// detach makes a partition a table of its own, while the whole is read and written
// where the server can do that.
// https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
func (d *drop) detach() []Step {
	if d.t == nil || d.t.PartitionOf.IsZero() {
		return nil
	}
	c := d.c
	parent := c.Text.QuoteName(d.t.PartitionOf)
	alter := "ALTER TABLE " + parent + " DETACH PARTITION " + c.Text.QuoteName(d.table)
	s := Step{
		Phase: Contract, Gate: d.gate(), Title: "detach " + c.Table() + " from " + parent, Slug: Slug("detach", d.table.Name),
		Final: "The rows of " + c.Table() + " are no longer in " + parent + ". To attach it again takes its bounds" + d.bounds() + ".",
	}
	whole := c.State.Table(d.t.PartitionOf)
	if c.Has("detach-concurrently") && (whole == nil || whole.DefaultPart.IsZero()) {
		s.SQL, s.Resume = []string{alter + " CONCURRENTLY"}, []string{alter + " FINALIZE"}
		return []Step{s}
	}
	s.SQL, s.InTx, s.DownInTx, s.keepAll = []string{alter}, true, true, true
	s.Accept = []Accept{{Rule: "detach-partition-not-concurrent", Reason: "it waits for its lock in short tries, and reads no row"}}
	return []Step{s}
}

// bounds are those that the partition was made with.
func (d *drop) bounds() string {
	for _, def := range d.c.State.DefsOf(d.table) {
		if at := strings.Index(strings.ToUpper(def.Text), "FOR VALUES"); at >= 0 && def.Class == "table" {
			return ": " + oneLine(def.Text[at:])
		}
	}
	return ""
}

// guard stops the plan before the table is aside where the server knows of what
// would keep it from being dropped.
// https://www.postgresql.org/docs/current/catalog-pg-depend.html
func (d *drop) guard() string {
	if d.op.Cascade {
		return ""
	}
	text := d.c.Text
	var others []string
	for _, stmt := range d.c.Script.Stmts {
		for _, op := range stmt.Ops {
			if _, drops := op.(*change.DropTable); drops && op != d.op {
				others = append(others, "to_regclass("+text.Literal(text.QuoteName(d.c.State.Resolve(op.Head().Table)))+")")
			}
		}
	}
	butThese := ""
	if len(others) > 0 {
		butThese = " AND conrelid <> ALL (array_remove(ARRAY[" + strings.Join(others, ", ") + "], NULL))"
	}
	body := fmt.Sprintf(`
DECLARE
  dropped CONSTANT regclass := to_regclass(%[1]s);
  found text;
BEGIN
  SELECT string_agg(DISTINCT what, ', ') INTO found FROM (
    SELECT 'foreign key ' || quote_ident(conname) || ' of ' || conrelid::regclass AS what
      FROM pg_constraint WHERE contype = 'f' AND confrelid = dropped AND conrelid <> dropped%[2]s
    UNION ALL
    SELECT 'view ' || r.ev_class::regclass
      FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
     WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = dropped AND r.ev_class <> dropped
  ) o;
  IF found IS NOT NULL THEN
    RAISE EXCEPTION '%% cannot be dropped in the end, because of %%', dropped, found
      USING HINT = 'Drop what nobody needs first.';
  END IF;
END
`, text.Literal(text.QuoteName(d.table)), butThese)
	return "DO " + text.DollarQuote(body)
}

// notes say what goes with the table.
func (d *drop) notes() []string {
	c := d.c
	aside := fmt.Sprintf("%s stays for %s under the name %s: to bring it back is to rename it back. Its indexes and sequences keep their names until then.", c.Table(), days(c.Options.Grace), c.Q(d.aside.Name))
	notes := []string{aside}
	if functions := c.functionsNaming(d.table, d.table.Name); len(functions) > 0 {
		notes = append(notes, fmt.Sprintf("The functions %s name %s in their text: they fail from the rename on.", strings.Join(functions, ", "), c.Table()))
	}
	if !d.op.Cascade || d.t == nil {
		return notes
	}
	views := c.State.ViewsOn(d.table)
	if goes := slices.Concat(views, d.t.Inheritors); len(goes) > 0 {
		notes = append(notes, fmt.Sprintf("CASCADE drops %s with %s: until then they show its rows.", c.list(goes), c.Table()))
	}
	return notes
}

// letsGo are the words that the table's definition has: what is called so may be
// in its way out until the last step.
func (d *drop) letsGo() []string {
	if d.t == nil || !d.t.Complete {
		return []string{anything}
	}
	var out []string
	for _, sequence := range d.c.State.OwnedBy(d.table, "") {
		out = append(out, strings.ToLower(sequence.Name))
	}
	for _, def := range d.c.State.Defs(d.table) {
		if def.Of != d.table && def.Name != d.table && def.Class != "sequence" {
			continue
		}
		for w := range wordsOf(def.Text) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
