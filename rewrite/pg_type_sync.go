package rewrite

import (
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/schema"
)

// lookStep fails where a row has a value that cannot become one of the new type:
// better now than in the application's next write of that row.
func (s *shadow) lookStep() Step {
	from := "ONLY " + s.at // tables that inherit are refused
	if s.t.Partitioned {
		from = s.at
	}
	check := "PERFORM count(" + s.Up(s.old) + ") FROM " + from
	if s.swap.conv.op.Using == nil && s.swap.conv.to == textFamily { // a cast would cut
		check = fmt.Sprintf(`IF EXISTS (SELECT FROM %[1]s WHERE rtrim(%[2]s) <> rtrim(%[2]s::%[3]s)) THEN
    RAISE string_data_right_truncation USING MESSAGE = %[4]s, HINT = 'Nothing is changed yet. Shorten it, and run this again.';
  END IF`, from, s.old, s.Type, s.c.Text.Literal(s.at+"."+s.old+" has a value that is too long for "+s.Type))
	}
	return Step{
		Phase: Expand, Title: "look for values of " + s.at + "." + s.old + " that cannot become " + s.Type, Slug: Slug("look_at", s.Table.Name, s.Old),
		SQL: []string{"DO " + s.c.Text.DollarQuote("\nBEGIN\n  "+check+";\nEND\n")}, InTx: true, DownInTx: true, StatementTimeout: NoLimit, keepAll: true,
	}
}

// syncBefore keeps the new column in step while the name is the old one's. Only
// foreign keys with an action, and the backfill, write to the new one.
func (s *shadow) syncBefore() string {
	return s.functionWith(fmt.Sprintf(`
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.%[2]s := %[3]s;
  ELSIF %[5]s OR NEW.%[2]s IS NULL THEN
    NEW.%[2]s := %[3]s;
  ELSIF %[6]s THEN
    NEW.%[1]s := %[4]s;
  END IF;
  RETURN NEW;
END
`, s.old, s.new, s.Up("NEW."+s.old), s.Down("NEW."+s.new), s.oldDiffers("NEW."+s.old, "OLD."+s.old), s.differ("NEW."+s.new, s.Up("NEW."+s.old))))
}

// syncAfter keeps the old column in step once the name is the new one's, so that
// going back loses nothing: what the old type cannot hold is refused.
func (s *shadow) syncAfter() string {
	v := s.swap.after
	refuse := ""
	if !v.fits {
		refuse = fmt.Sprintf(`
    IF %s THEN
      RAISE data_exception USING MESSAGE = %s, HINT = 'The last step of the plan lifts this: it gives up the way back.';
    END IF;`, differ(v.newType, s.Collation, v.up("NEW."+s.dropped), "NEW."+s.kept), s.c.Text.Literal(s.at+"."+s.kept+" must still fit "+v.oldType+", to which it can go back"))
	}
	return s.functionWith(fmt.Sprintf(`
BEGIN
  IF TG_OP = 'INSERT' OR %[5]s THEN
    NEW.%[1]s := %[4]s;%[7]s
  ELSIF %[6]s THEN
    NEW.%[2]s := %[3]s;
  END IF;
  RETURN NEW;
END
`, s.dropped, s.kept, v.up("NEW."+s.dropped), v.down("NEW."+s.kept), differ(v.newType, s.Collation, "NEW."+s.kept, "OLD."+s.kept),
		s.oldDiffers("NEW."+s.dropped, "OLD."+s.dropped)+" AND "+s.oldDiffers("NEW."+s.dropped, v.down("NEW."+s.kept)), refuse))
}

// oldDiffers compares two values of the old column's type.
func (s *shadow) oldDiffers(a, b string) string {
	return differ(baseType(s.swap.before.Type), s.swap.before.Collation, a, b)
}

// resetFunctions makes every session read the functions of the table's triggers
// anew: what they have prepared for a column is prepared for its type. The COST is
// set to what it is, which changes nothing.
// https://www.postgresql.org/docs/current/plpgsql-implementation.html#PLPGSQL-PLAN-CACHING
func (s *shadow) resetFunctions() []string {
	if !slices.ContainsFunc(s.c.State.Defs(s.Table), func(d schema.Def) bool { return d.Class == "trigger" && d.Of == s.Table }) {
		return nil
	}
	text := s.c.Text
	return []string{"DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  reset text;
BEGIN
  FOR reset IN
    SELECT DISTINCT format('ALTER FUNCTION %%s COST %%s', p.oid::regprocedure, p.procost)
      FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
     WHERE t.tgrelid = %s::regclass AND l.lanname = 'plpgsql' AND NOT t.tgisinternal
  LOOP
    EXECUTE reset;
  END LOOP;
END
`, text.Literal(s.at)))}
}
