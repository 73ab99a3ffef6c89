package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// syncName is the name of the trigger, and of its function. Triggers of one kind
// fire in the order of their names, and this one must see what the others have
// made of the row. https://www.postgresql.org/docs/current/trigger-definition.html
func (s *shadow) syncName() (string, error) {
	base := MadeName("zz_"+s.Table.Name+"_"+s.Old, "sync")
	for _, front := range []string{"", "zz", "zzzz", "~"} {
		name := base
		if front != "" {
			name = MadeName(front+"zz_"+s.Table.Name+"_"+s.Old, "sync")
		}
		if !slices.ContainsFunc(s.t.Triggers, func(t string) bool { return t >= name }) {
			return name, nil
		}
	}
	return "", Refuse("%s has a trigger whose name sorts behind every other, so that none can fire after it: rename that trigger first", s.c.Table())
}

// function is the trigger's function with its schema.
func (s *shadow) function() change.Name { return change.Name{Schema: s.Table.Schema, Name: s.sync} }

// syncFunction keeps the two columns in step. A column that an UPDATE changes
// wins, the new one where both are changed; on INSERT the new one wins unless it
// is NULL, because only the old one has the default.
func (s *shadow) syncFunction(old, added string) string {
	if s.Swap {
		return s.syncBefore()
	}
	changed := func(column string) string {
		typ, collation := s.Type, s.Collation
		if column == old {
			typ, collation = s.parts.Type, s.parts.Collation
		}
		return differ(typ, collation, "NEW."+column, "OLD."+column)
	}
	moved := changed(added)
	if !s.Same { // a backfill must not change what it reads
		moved += " AND " + s.differ("NEW."+added, s.Up("NEW."+old))
	}
	body := fmt.Sprintf(`
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.%[2]s IS NULL THEN
      NEW.%[2]s := %[3]s;
    ELSE
      NEW.%[1]s := %[4]s;
    END IF;
  ELSIF %[5]s THEN
    NEW.%[1]s := %[4]s;
  ELSIF %[6]s OR NEW.%[2]s IS NULL THEN
    NEW.%[2]s := %[3]s;
  END IF;
  RETURN NEW;
END
`, old, added, s.Up("NEW."+old), s.Down("NEW."+added), moved, changed(old))
	return s.functionWith(body)
}

// functionWith is the trigger's function with a body.
func (s *shadow) functionWith(body string) string {
	path := "pg_catalog"
	if s.SearchPath != "" {
		path += ", " + s.SearchPath
	}
	return "CREATE OR REPLACE FUNCTION " + s.c.Text.QuoteName(s.function()) + "() RETURNS trigger LANGUAGE plpgsql SET search_path = " + path +
		" AS " + s.c.Text.DollarQuote(body)
}

// syncTrigger fires for replicated rows as well: ENABLE ALWAYS.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER
func (s *shadow) syncTrigger() []string {
	name, out := s.c.Q(s.sync), []string{s.syncFunction(s.old, s.new)}
	for _, at := range s.tables() {
		out = append(out,
			fmt.Sprintf("CREATE TRIGGER %s BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %s()", name, at, s.c.Text.QuoteName(s.function())),
			fmt.Sprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", at, name))
	}
	return out
}

func (s *shadow) dropSync() []string {
	var out []string
	for _, at := range s.tables() {
		out = append(out, fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", s.c.Q(s.sync), at))
	}
	return append(out, "DROP FUNCTION IF EXISTS "+s.c.Text.QuoteName(s.function())+"()")
}

// expandStep adds the column and the trigger in one transaction: there is no
// moment at which a row could be written with only one of them.
func (s *shadow) expandStep() Step {
	add := "ALTER TABLE " + s.at + " ADD COLUMN " + s.new + " " + s.Type
	if s.Collation != "" {
		add += " COLLATE " + s.Collation
	}
	if t := strings.ToLower(s.Type); t == "json" || t == "pg_catalog.json" {
		add = ignoring("add-column-json", s.old+" is json as well", add)
	}
	sql := append([]string{s.guard()}, s.guardPartitions()...)
	sql = append(sql, s.sent(add))
	sql = append(sql, s.extras...)
	sql = append(sql, s.syncTrigger()...)
	var down []string
	for _, t := range s.triggers {
		if t.dual == t.before {
			continue
		}
		sql = append(sql, t.make(t.dual)...)
		down = append(down, t.make(t.before)...)
	}
	sql = append(sql, s.guardCopied())
	down = append(down, s.dropSync()...)
	down = append(down, "ALTER TABLE "+s.at+" DROP COLUMN IF EXISTS "+s.new)
	return Step{
		Phase: Expand, Title: "add " + s.at + "." + s.new + " beside " + s.old + ", and a trigger that keeps them in step",
		Slug: Slug("add", s.Table.Name, s.New), SQL: sql, InTx: true, Down: down, DownInTx: true,
	}
}

// shadowTrigger is a trigger of the table's that is about the old column.
type shadowTrigger struct {
	drop                string
	before, dual, after string   // CREATE TRIGGER; the same in two of them where nothing changes
	said                []string // what is to be said again when it was made anew
}

// make drops the trigger and makes it: CREATE OR REPLACE TRIGGER is not in all versions.
func (t *shadowTrigger) make(create string) []string {
	return append([]string{t.drop, create}, t.said...)
}
