package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// copyLines are MariaDB's facts about changes that only COPY can do. From 11.2
// on a copy lets writes go on, but for some tables.
// https://mariadb.com/docs/server/reference/sql-statements/data-definition/alter/alter-table/online-schema-change
func copyLines(kind change.Kind, find func(*fact.Ctx) class, ref string, lines []line) []fact.Row {
	var before, online, locked []line
	for _, l := range lines {
		l.before = fact.V(11, 2)
		before = append(before, l)

		l.before, l.from = fact.Version{}, fact.V(11, 2)
		l.id += "-locked"
		l.when, l.effect = copyNeedsLock, copying(l.effect.Why+", and a foreign key that changes its rows, or IGNORE, forbids writes meanwhile")
		locked = append(locked, l)
	}
	for _, l := range lines {
		l.from = fact.V(11, 2)
		l.id += "-online"
		l.when, l.effect = func(c *fact.Ctx) bool { return !copyNeedsLock(c) }, onlineCopying(l.effect.Why)
		online = append(online, l)
	}
	return slices.Concat(
		classified(kind, find, ref, before),
		classified(kind, find, mariadbOnline, online),
		classified(kind, find, mariadbOnline, locked),
	)
}

// copiesOnline says whether COPY lets writes go on.
func copiesOnline(c *fact.Ctx) bool {
	return c.Target.Dialect == "mariadb" && !c.Target.Version.Less(fact.V(11, 2)) && !copyNeedsLock(c)
}

// copyOf copies every row in the best way that the server has.
func copyOf(c *fact.Ctx, why string) change.Effect {
	if copiesOnline(c) {
		return onlineCopying(why)
	}
	return copying(why)
}

// copyNeedsLock says whether a copy keeps writes out on MariaDB 11.2 and later:
// a foreign key with CASCADE or SET NULL changes rows behind the copy's back,
// and IGNORE leaves rows out that later writes may be about.
// https://mariadb.com/docs/server/reference/sql-statements/data-definition/alter/alter-table/online-schema-change#limitations
func copyNeedsLock(c *fact.Ctx) bool {
	if _, ignore := option(c.Stmt, "ignore"); ignore != nil {
		return true
	}
	t := ownTable(c)
	return t != nil && slices.ContainsFunc(t.Constraints, func(k *schema.Constraint) bool {
		return k.Kind == change.ForeignKey && (changesRows(k.OnDelete) || changesRows(k.OnUpdate))
	})
}

// changesRows says whether a foreign key's action writes to the table that has it.
func changesRows(action string) bool {
	switch action {
	case "", "NO ACTION", "RESTRICT":
		return false
	}
	return true
}
