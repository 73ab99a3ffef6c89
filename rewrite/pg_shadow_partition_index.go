package rewrite

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// takePartitionedIndex builds the index on each partition, and joins them.
func (s *shadow) takePartitionedIndex(ix *shadowIndex, create schema.Piece) error {
	p := &partitionedIndex{
		c: s.c, text: withoutOnly(s.c.Text, create.Text), schema: create.Schema, table: s.Table,
		nameOn: func(part change.Name) change.Name { return s.madeOn(part, ix.name.Name) },
	}
	var err error
	ix.tree, err = p.steps(ix.made)
	return err
}

// withoutOnly is a CREATE INDEX without the ONLY that the server writes for a
// partitioned table's.
func withoutOnly(t Text, text string) string {
	src, toks := []byte(text), t.Tokens(text)
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].Is(src, "ON") && toks[i+1].Is(src, "ONLY") {
			return text[:toks[i].Span.End] + text[toks[i+1].Span.End:]
		}
	}
	return text
}

// takePartitionedKey builds the index of a key on each partition. A UNIQUE
// constraint is made of them at once; a PRIMARY KEY in the last step, when the
// column of a swap has the name that the key's own text has.
func (s *shadow) takePartitionedKey(ix *shadowIndex, k *key, text string) error {
	if len(s.leaves) == 0 {
		return Refuse("the migrations make no partition of %s, so that nobody knows where to build its keys: run fix with --dsn, or give it a dump with --schema", s.c.Table())
	}
	k.con.Kind = ix.key
	last := *k
	if s.Swap {
		if err := last.cut(text); err != nil {
			return asRefusal(err)
		}
	}
	ix.whole = last.parts.whole
	var attach []Step
	for _, leaf := range s.leaves {
		made := s.madeOn(leaf, ix.name.Name)
		ix.onLeaves = append(ix.onLeaves, made)
		ix.tree = append(ix.tree, k.build(leaf, made.Name))
		attach = append(attach, k.attach(leaf, made.Name))
	}
	if ix.key == change.Unique {
		ix.tree = append(append(ix.tree, attach...), k.whole(s.leaves))
	}
	return nil
}

// primaryKeyAgain makes the PRIMARY KEY of the partitions' indexes, when the old
// column is gone: the server takes the partitions' keys in the place of new ones.
func (s *shadow) primaryKeyAgain(ix shadowIndex) []string {
	var out []string
	for i, leaf := range s.leaves {
		made := s.c.Q(ix.onLeaves[i].Name)
		out = append(out, ignoring("add-primary-key-not-using-index, statement-after-access-exclusive", "its columns are NOT NULL: no row is read",
			fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s PRIMARY KEY USING INDEX %s%s", s.c.Text.QuoteName(leaf), made, made, ix.terms)))
	}
	return append(out, ignoring("add-primary-key-not-using-index, statement-after-access-exclusive", "every partition has the key already: the server takes those and builds no index",
		fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s %s", s.at, s.c.Q(ix.name.Name), ix.whole)))
}

// guardLeaves stops the last step where a partition has no index for the PRIMARY KEY.
func (s *shadow) guardLeaves() []string {
	for _, ix := range s.indexes {
		if ix.key == change.PrimaryKey && s.t.Partitioned {
			return []string{onlyThese(s.c.Text, s.Table, s.leaves)}
		}
	}
	return nil
}

// isPartitionedKey says whether a constraint is a foreign key that cannot be NOT
// VALID, because its table is partitioned.
func (s *shadow) isPartitionedKey(con shadowConstraint) bool {
	return s.inParts(con) && !s.c.Has("partitioned-foreign-key-not-valid")
}

// partitionedKeySteps add a foreign key to each partition first.
func (s *shadow) partitionedKeySteps(con shadowConstraint) ([]Step, error) {
	res, err := partitionedForeignKey(s.c, con.on, &change.Reference{Table: con.ref}, con.made, con.text)
	if err != nil {
		return nil, err
	}
	for i := range res.After {
		for j, sql := range res.After[i].SQL {
			res.After[i].SQL[j] = s.crossType(con, sql)
		}
	}
	return validated(res.After), nil
}
