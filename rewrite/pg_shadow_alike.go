package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// guardAlike stops the switch where an index or a constraint on the new column is
// not what the old column's is: a statement that nobody saw has changed that.
func (s *shadow) guardAlike() []string {
	if s.Swap {
		return nil
	}
	parts := append(s.unlikeIndexes(), s.unlikeConstraints()...)
	if len(parts) == 0 {
		return nil
	}
	text := s.c.Text
	return []string{"DO " + text.DollarQuote(fmt.Sprintf(`
DECLARE
  unlike text;
BEGIN
  SELECT string_agg(what, '; ') INTO unlike FROM (
    %s
  ) x;
  IF unlike IS NOT NULL THEN
    RAISE EXCEPTION 'what %%.%% has is not what %%.%% has: %%', %[2]s, %[3]s, %[2]s, %[4]s, unlike
      USING HINT = 'Go back by the rollback files, and make the plan anew with safemig fix --dsn.';
  END IF;
END
`, strings.Join(parts, "\n    UNION ALL "), text.Literal(s.at), text.Literal(s.new), text.Literal(s.old)))}
}

// unlikeIndexes is a query for what the indexes have that those made for the new
// column have not. https://www.postgresql.org/docs/current/catalog-pg-index.html
func (s *shadow) unlikeIndexes() []string {
	var pairs []string
	for _, ix := range s.indexes {
		for _, made := range ix.onLeaves {
			if ix.key == change.PrimaryKey {
				pairs = append(pairs, fmt.Sprintf("(%s::regclass, %s::regclass)", s.c.Text.Literal(s.c.Text.QuoteName(ix.name)), s.c.Text.Literal(s.c.Text.QuoteName(made))))
			}
		}
		if ix.key == change.PrimaryKey && s.t.Partitioned {
			continue
		}
		pairs = append(pairs, fmt.Sprintf("(%s::regclass, %s::regclass)", s.c.Text.Literal(s.c.Text.QuoteName(ix.name)), s.c.Text.Literal(s.c.Text.QuoteName(ix.made))))
	}
	if len(pairs) == 0 {
		return nil
	}
	return []string{fmt.Sprintf(`SELECT was::text || ' ' || d.key AS what FROM (VALUES %s) p (was, now)
     CROSS JOIN LATERAL (
       (SELECT key, value FROM json_each_text((SELECT row_to_json(i) FROM pg_index i WHERE indexrelid = was)) WHERE key IN (%[2]s)
         UNION ALL SELECT 'method', relam::text FROM pg_class WHERE oid = was)
       EXCEPT
       (SELECT key, value FROM json_each_text((SELECT row_to_json(i) FROM pg_index i WHERE indexrelid = now)) WHERE key IN (%[2]s)
         UNION ALL SELECT 'method', relam::text FROM pg_class WHERE oid = now)
     ) d`, strings.Join(pairs, ", "), "'indnatts', 'indnkeyatts', 'indisunique', 'indnullsnotdistinct', 'indimmediate', 'indcollation', 'indclass', 'indoption'")}
}

// unlikeConstraints is the same for constraints. The PRIMARY KEY is made of its
// index in the last step; what was altered is altered again there.
// https://www.postgresql.org/docs/current/catalog-pg-constraint.html
func (s *shadow) unlikeConstraints() []string {
	var pairs []string
	pair := func(on change.Name, was, now string) {
		text := s.c.Text
		pairs = append(pairs, fmt.Sprintf("(%s::regclass, %s, %s)", text.Literal(text.QuoteName(on)), text.Literal(was), text.Literal(now)))
	}
	for _, ix := range s.indexes {
		if ix.key == change.Unique {
			pair(s.Table, ix.name.Name, ix.made.Name)
		}
	}
	for _, con := range s.constraints {
		altered := func(said string) bool { return s.begins(said, "ALTER") }
		if !slices.ContainsFunc(con.said, altered) {
			pair(con.on, con.name, con.made)
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return []string{fmt.Sprintf(`SELECT was || ' ' || d.key AS what FROM (VALUES %s) p (on_table, was, now)
     CROSS JOIN LATERAL (
       SELECT key, value FROM json_each_text((SELECT row_to_json(c) FROM pg_constraint c WHERE conrelid = on_table AND conname = was)) WHERE key IN (%[2]s)
       EXCEPT
       SELECT key, value FROM json_each_text((SELECT row_to_json(c) FROM pg_constraint c WHERE conrelid = on_table AND conname = now)) WHERE key IN (%[2]s)
     ) d`, strings.Join(pairs, ", "), "'contype', 'condeferrable', 'condeferred', 'convalidated', 'conenforced', 'connoinherit', 'confupdtype', 'confdeltype', 'confmatchtype'")}
}
