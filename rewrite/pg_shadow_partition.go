package rewrite

import (
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// fitPartitions refuses where a partition cannot follow its table, and lists those
// that hold rows.
func (s *shadow) fitPartitions(of *schema.Table, window string) error {
	for _, n := range of.Partitions {
		part := s.c.State.Table(n)
		switch {
		case part == nil || part.Foreign:
			return Refuse("%s, a partition of %s, is a foreign table or not known: its column cannot follow that of %s alone; %s", s.c.Text.QuoteName(n), s.c.Table(), s.c.Table(), window)
		case slices.Contains(part.PartKey, s.Old):
			return Refuse("%s.%s is in the partition key of %s, which cannot be moved to another column; %s", s.c.Table(), s.old, s.c.Text.QuoteName(n), s.partitionKeyWay())
		case part.Partitioned:
			if err := s.fitPartitions(part, window); err != nil {
				return err
			}
		default:
			s.leaves = append(s.leaves, part.Name)
		}
	}
	return nil
}

// partitionKeyWay is what to do with a column in a partition key.
// https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE
func (s *shadow) partitionKeyWay() string {
	c := s.c
	if !s.Swap {
		return fmt.Sprintf("rename it by a view in the place of %s (rename-column: view under fix in safemig.yml)", c.Table())
	}
	return fmt.Sprintf("make a new table that is parted by a column of the new type beside %s, fill it in batches, and change the names; or do it in a window, when nobody uses the table", c.Table())
}

// firesFromParent says whether the trigger can stand on the partitioned table; before 13 only
// its partitions have BEFORE triggers for rows.
// https://www.postgresql.org/docs/12/sql-createtrigger.html
func (s *shadow) firesFromParent() bool { return s.c.Has("before-row-trigger-on-partitioned") }

// onEachPartition says that something of the plan is done to each partition by
// itself, so that it must know all of them.
func (s *shadow) onEachPartition() bool {
	if !s.t.Partitioned {
		return false
	}
	return !s.firesFromParent() || len(s.indexes) > 0 || slices.ContainsFunc(s.constraints, func(con shadowConstraint) bool { return con.on == s.Table && s.isPartitionedKey(con) })
}

// guardPartitions stops the plan where it does not know a partition.
func (s *shadow) guardPartitions() []string {
	if !s.onEachPartition() {
		return nil
	}
	return []string{onlyThese(s.c.Text, s.Table, s.leaves)}
}

// guardTrigger stops the switch where a partition was made meanwhile that has no
// trigger of its own.
func (s *shadow) guardTrigger() []string {
	if !s.t.Partitioned || s.firesFromParent() {
		return nil
	}
	return s.guardPartitions()
}

// notePartitions says what the plan expects of partitions that are made meanwhile.
func (s *shadow) notePartitions() {
	if !s.onEachPartition() {
		return
	}
	s.note("%s is partitioned: the plan has steps for each partition that the migrations make. Partitions made by a job are found by fix --dsn; the first step fails, and changes nothing, where there is another.", s.c.Table())
	if !s.firesFromParent() {
		s.note("Before PostgreSQL 13 the trigger %s stands on each partition of %s: one that is made or attached before the plan is through needs it too, from the moment at which it takes rows.", s.c.Q(s.sync), s.c.Table())
	}
	if slices.ContainsFunc(s.indexes, func(ix shadowIndex) bool { return ix.key == change.PrimaryKey }) {
		s.note("The PRIMARY KEY of %s moves in the last step, for which every partition needs its unique index on %s: one that is made before needs it too.", s.c.Table(), s.new)
		s.noteOwnNotNull()
	}
}

// madeOn is the name for a while of an index on a partition.
func (s *shadow) madeOn(part change.Name, index string) change.Name {
	return change.Name{Schema: part.Schema, Name: MadeName(part.Name+"_"+index, "new")}
}

// ownTrigger is true for a trigger g of a partition's own.
// https://www.postgresql.org/docs/current/catalog-pg-trigger.html
func (s *shadow) ownTrigger() string {
	if s.firesFromParent() {
		return "coalesce(g.tgparentid, 0) = 0"
	}
	return "NOT EXISTS (SELECT FROM pg_depend o WHERE o.classid = 'pg_trigger'::regclass AND o.objid = g.oid AND o.refclassid = 'pg_trigger'::regclass)"
}

// fitForeignKey refuses foreign keys that the server keeps in more than one place.
func (s *shadow) fitForeignKey(d *dependent, con *schema.Constraint) error {
	if con.Kind != change.ForeignKey {
		return nil
	}
	if s.t.Partitioned && con.Ref == s.Table && s.inPrimaryKey() && s.refersToOld(con) {
		return Refuse("the foreign key %s of %s refers to the PRIMARY KEY of %s, which is partitioned: the key moves in one moment, and nothing can refer to it before. Drop the foreign key in a migration before this one, and add it in one after", s.c.Q(con.Name), s.c.Text.QuoteName(d.Of), s.c.Table())
	}
	return nil
}

// noteOwnNotNull tells of what a PRIMARY KEY that is made of an index leaves behind
// from 18 on, and ATTACH PARTITION alone would undo.
// https://www.postgresql.org/docs/18/catalog-pg-constraint.html (conislocal)
func (s *shadow) noteOwnNotNull() {
	if s.c.Has("not-null-constraints") {
		s.note("%s", noteOwnNotNull(s.c))
	}
}

func noteOwnNotNull(c *Case) string {
	return fmt.Sprintf("In the end NOT NULL of the columns of the PRIMARY KEY is each partition's own as well as inherited from %s: where it is dropped from %[1]s one day, it must be dropped from each partition too.", c.Table())
}
