package engine_test

import (
	"regexp"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/engine"
	"github.com/safemig/safemig/internal/livedb"
)

// liveCase is a change that engines are run for.
type liveCase struct {
	name, table, before, migration string

	fill  []string // rows
	write []string // what the application does; {t} is the table, {i} a growing number
	// engines are those that can make the change; stops are what those say that cannot.
	engines []engine.Name
	stops   map[engine.Name]string
	only    string // the dialect
	// fails is what the application's writes may fail with meanwhile.
	fails map[engine.Name]string
	// inTheWay says that there are rows for which the change has no place.
	inTheWay bool
	// loses says that the engines, which are not to be chosen, lose data.
	loses bool
	// differs takes out of the end what the notes tell of.
	differs func(string) string
}

func (c *liveCase) runsOn(n engine.Name, s livedb.Server) bool {
	return (c.only == "" || c.only == s.Dialect) && (slices.Contains(c.engines, n) || c.stops[n] != "")
}

func (c *liveCase) normal(state string) string {
	if c.differs == nil {
		return state
	}
	return c.differs(state)
}

const orders = "CREATE TABLE orders (id bigint NOT NULL AUTO_INCREMENT, total int NOT NULL, note varchar(40) CHARACTER SET latin1, " +
	"code varchar(20), state enum('new','paid','sent') NOT NULL DEFAULT 'new', PRIMARY KEY (id), KEY by_note (note));\n"

func someOrders() []string {
	fill := []string{"INSERT INTO orders (total, note, code) VALUES (1, 'é', 'c1'), (2, NULL, 'c2')"}
	for range 11 {
		fill = append(fill, "INSERT INTO orders (total, note, code) SELECT total + (SELECT count(*) FROM orders), note, concat('c', id + (SELECT max(id) FROM orders)) FROM orders")
	}
	return append(fill, "UPDATE orders SET code = concat('u', id)")
}

func busy() []string {
	return []string{
		"INSERT INTO {t} (id, total, note, code) VALUES (100000 + {i}, {i}, 'n{i}', 'w{i}')",
		"UPDATE {t} SET total = total + 1, note = 'u{i}' WHERE id = {i} * 7 % 2000",
		"DELETE FROM {t} WHERE id = {i} * 11 % 2000 + 100",
		"UPDATE {t} SET state = 'paid' WHERE id BETWEEN {i} % 500 AND {i} % 500 + 20",
	}
}

func all() []engine.Name { return []engine.Name{engine.GhOst, engine.PtOsc, engine.Spirit} }

func liveCases() []liveCase {
	order := liveCase{table: "orders", before: orders, fill: someOrders(), write: busy()}
	with := func(name, migration string, engines []engine.Name, edit func(*liveCase)) liveCase {
		c := order
		c.name, c.migration, c.engines = name, migration, engines
		if edit != nil {
			edit(&c)
		}
		return c
	}
	return []liveCase{
		with("wider", "ALTER TABLE orders MODIFY total bigint NOT NULL COMMENT 'it''s $HOME', ADD COLUMN (extra varchar(10) DEFAULT 'a, b', more int)", all(), nil),
		with("charset", "ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4", []engine.Name{engine.GhOst, engine.PtOsc}, func(c *liveCase) {
			c.stops = map[engine.Name]string{engine.Spirit: "incorrect string value"}
		}),
		with("partitioned", "ALTER TABLE orders MODIFY total bigint NOT NULL PARTITION BY HASH (id) PARTITIONS 3", all(), nil),
		with("members", "ALTER TABLE orders MODIFY state enum('paid','new','sent') NOT NULL DEFAULT 'new'", []engine.Name{engine.GhOst, engine.PtOsc}, func(c *liveCase) {
			c.stops = map[engine.Name]string{engine.Spirit: "enum"}
		}),
		with("renamed", "ALTER TABLE orders CHANGE code label varchar(20), MODIFY total bigint NOT NULL", []engine.Name{engine.GhOst, engine.Spirit}, func(c *liveCase) {
			c.write = []string{"INSERT INTO {t} (id, total) VALUES (100000 + {i}, {i})", "UPDATE {t} SET total = total + 1 WHERE id = {i} * 7 % 2000"}
			c.stops = map[engine.Name]string{engine.PtOsc: "appears to rename"}
		}),
		with("rename column", "ALTER TABLE orders RENAME COLUMN code TO label, MODIFY total bigint NOT NULL", []engine.Name{engine.GhOst, engine.PtOsc}, func(c *liveCase) {
			c.write, c.loses = []string{"UPDATE {t} SET total = total + 1 WHERE id = {i} * 7 % 2000"}, true
		}),
		with("dropped and added", "ALTER TABLE orders DROP COLUMN code, ADD COLUMN code varchar(20) DEFAULT 'x'", []engine.Name{engine.PtOsc}, func(c *liveCase) {
			c.write, c.loses = []string{"UPDATE {t} SET total = total + 1 WHERE id = {i} * 7 % 2000"}, true
		}),
		with("made anew", "ALTER TABLE orders DROP COLUMN code, ADD COLUMN code varchar(20) DEFAULT 'x', MODIFY total bigint NOT NULL", []engine.Name{engine.GhOst}, func(c *liveCase) {
			c.write = []string{"UPDATE {t} SET total = total + 1 WHERE id = {i} * 7 % 2000"}
			c.stops = map[engine.Name]string{engine.Spirit: "code is mentioned 2 times|duplicate column"}
		}),
		with("renamed key", "ALTER TABLE orders CHANGE id number bigint NOT NULL AUTO_INCREMENT, MODIFY total bigint NOT NULL", nil, func(c *liveCase) {
			c.write = []string{"UPDATE {t} SET total = total + 1 WHERE total = {i} * 7 % 2000"}
			c.stops = map[engine.Name]string{engine.GhOst: "shared unique key", engine.PtOsc: "appears to rename", engine.Spirit: "primary key"}
		}),
		with("unique key", "ALTER TABLE orders ADD UNIQUE KEY by_code (code), MODIFY total bigint NOT NULL", []engine.Name{engine.GhOst, engine.Spirit}, func(c *liveCase) {
			c.stops = map[engine.Name]string{engine.PtOsc: "trying to add an unique key"}
		}),
		with("duplicates", "ALTER TABLE orders ADD UNIQUE KEY by_total (total), MODIFY total bigint NOT NULL", nil, func(c *liveCase) {
			c.fill, c.inTheWay = append(someOrders(), "UPDATE orders SET total = 5 WHERE id IN (700, 701)"), true
			c.stops = map[engine.Name]string{engine.GhOst: "duplicate|warning", engine.PtOsc: "trying to add an unique key", engine.Spirit: "checksum|duplicate|unsafe warning"}
		}),
		with("nulls", "ALTER TABLE orders MODIFY note varchar(40) CHARACTER SET latin1 NOT NULL", nil, func(c *liveCase) {
			c.inTheWay = true
			c.stops = map[engine.Name]string{engine.GhOst: "null", engine.PtOsc: "null", engine.Spirit: "null|checksum"}
			c.fails = map[engine.Name]string{engine.PtOsc: "Column 'note' cannot be null"} // through its triggers
		}),
		with("too long", "ALTER TABLE orders MODIFY code varchar(3)", nil, func(c *liveCase) {
			c.stops = map[engine.Name]string{engine.GhOst: "truncated|too long", engine.Spirit: "truncated|too long|checksum"}
		}),
		with("primary key", "ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (id, total)", nil, func(c *liveCase) {
			c.stops = map[engine.Name]string{engine.PtOsc: "DROP PRIMARY KEY|unique key", engine.Spirit: "primary key"}
		}),
		with("triggers", "ALTER TABLE orders MODIFY total bigint NOT NULL", []engine.Name{engine.GhOst}, func(c *liveCase) {
			c.before += "CREATE TRIGGER noted BEFORE UPDATE ON orders FOR EACH ROW SET NEW.note = concat('t', OLD.total);\n"
			c.stops = map[engine.Name]string{engine.PtOsc: "preserve-triggers", engine.Spirit: "triggers"}
			c.differs = func(s string) string { return strings.ReplaceAll(s, "noted_gho ", "noted ") }
		}),
		with("referenced", "ALTER TABLE orders MODIFY total bigint NOT NULL", []engine.Name{engine.PtOsc}, func(c *liveCase) {
			c.before = "CREATE TABLE buyers (id int PRIMARY KEY);\n" + strings.TrimSuffix(orders, ");\n") +
				", buyer int, CONSTRAINT of_buyer FOREIGN KEY (buyer) REFERENCES buyers (id));\n" +
				"CREATE TABLE items (id int PRIMARY KEY, order_id bigint, CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES orders (id));\n"
			c.fill = append(someOrders(), "INSERT INTO items SELECT id, id FROM orders WHERE id < 50")
			c.write = []string{"INSERT INTO {t} (id, total) VALUES (100000 + {i}, {i})", "UPDATE {t} SET total = total + 1 WHERE id = {i} * 7 % 2000"}
			c.stops = map[engine.Name]string{engine.GhOst: "foreign key", engine.Spirit: "foreign key"}
			c.differs = func(s string) string { return regexp.MustCompile("(CONSTRAINT|KEY) `_+").ReplaceAllString(s, "$1 `") }
		}),
		with("not null", "ALTER TABLE orders MODIFY code varchar(20) NOT NULL, ADD CONSTRAINT positive CHECK (total > 0)", all(), nil),
		with("broken check", "ALTER TABLE orders ADD CONSTRAINT small CHECK (total < 1000000), MODIFY total bigint NOT NULL", nil, func(c *liveCase) {
			c.fill, c.inTheWay = append(someOrders(), "UPDATE orders SET total = 2000000 WHERE id = 700"), true
			c.write = []string{"UPDATE {t} SET total = total + 1 WHERE id = {i} * 7 % 600"}
			c.stops = map[engine.Name]string{engine.GhOst: "constraint", engine.PtOsc: "constraint", engine.Spirit: "constraint|checksum"}
		}),
		with("foreign key added", "ALTER TABLE orders ADD CONSTRAINT of_state FOREIGN KEY (code) REFERENCES codes (code), MODIFY total bigint NOT NULL", []engine.Name{engine.PtOsc}, func(c *liveCase) {
			c.before = "CREATE TABLE codes (code varchar(20) PRIMARY KEY);\n" + orders
			c.fill = append(someOrders(), "INSERT INTO codes SELECT code FROM orders")
			c.write = []string{"UPDATE {t} SET total = total + 1 WHERE id = {i} * 7 % 2000"}
			c.stops = map[engine.Name]string{engine.Spirit: "foreign key"}
		}),
		with("foreign key broken", "ALTER TABLE orders ADD CONSTRAINT of_state FOREIGN KEY (code) REFERENCES codes (code), MODIFY total bigint NOT NULL", nil, func(c *liveCase) {
			c.before = "CREATE TABLE codes (code varchar(20) PRIMARY KEY);\n" + orders
			c.fill = append(someOrders(), "INSERT INTO codes SELECT code FROM orders WHERE id <> 700")
			c.write = []string{"UPDATE {t} SET total = total + 1 WHERE id = {i} * 7 % 600"}
			c.stops = map[engine.Name]string{engine.PtOsc: "foreign key constraint fails"}
		}),
		with("checks", "ALTER TABLE orders MODIFY total bigint NOT NULL", all(), func(c *liveCase) {
			c.only = "mysql"
			c.before = strings.TrimSuffix(orders, ");\n") + ", CONSTRAINT positive CHECK (total > 0));\n"
			c.differs = func(s string) string {
				return regexp.MustCompile("CONSTRAINT `[^`]*` CHECK").ReplaceAllString(s, "CHECK")
			}
		}),
	}
}
