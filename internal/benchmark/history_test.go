package benchmark

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// history makes up the migrations of a project, file by file, in the proportions
// that real ones have (a table to three files, two statements to a file); the
// same ones each time.
type history struct {
	sql    strings.Builder
	mysql  bool
	most   int // tables; 0: as many as it makes
	rand   *rand.Rand
	tables []*table
}

type table struct {
	name        string
	columns     []string
	indexes     []string
	constraints []string
	made        int
}

func newHistory(dialect string) *history {
	return &history{mysql: dialect == "mysql", rand: rand.New(rand.NewPCG(8, 2026))}
}

// next is the next file.
func (h *history) next() string {
	h.sql.Reset()
	h.change()
	for h.rand.IntN(10) < 4 {
		h.change()
	}
	return h.sql.String()
}

// change writes one change, as often as projects make it.
func (h *history) change() {
	if len(h.tables) < 3 {
		h.newTable()
		return
	}
	t := h.tables[h.rand.IntN(len(h.tables))]
	kinds := []struct {
		weight int
		write  func(*table)
	}{
		{20, func(*table) { h.newTable() }},
		{24, h.addColumn},
		{18, h.addIndex},
		{9, h.addForeignKey},
		{5, h.dropConstraint},
		{6, h.dropColumn},
		{5, h.dropIndex},
		{5, h.changeType},
		{4, h.require},
		{3, h.fill},
		{1, h.rename},
	}
	n := h.rand.IntN(100)
	for _, k := range kinds {
		if n -= k.weight; n < 0 {
			k.write(t)
			return
		}
	}
}

func (h *history) write(format string, args ...any) { fmt.Fprintf(&h.sql, format, args...) }

// one picks a string.
func (h *history) one(of ...string) string { return of[h.rand.IntN(len(of))] }

func (h *history) newTable() {
	if h.most > 0 && len(h.tables) >= h.most {
		h.addColumn(h.tables[h.rand.IntN(len(h.tables))])
		return
	}
	n := len(h.tables)
	t := &table{name: fmt.Sprintf("%s_%05d", h.one("customer", "invoice", "session", "shipment", "webhook_delivery", "audit_entry"), n)}
	h.write("-- CreateTable\nCREATE TABLE %s (\n    id %s,\n", t.name, h.pick("bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bigint NOT NULL AUTO_INCREMENT PRIMARY KEY"))
	for range 5 + h.rand.IntN(8) {
		h.write("    %s %s%s,\n", h.newColumn(t), h.typ(), h.one("", " NOT NULL", " NOT NULL DEFAULT 0"))
	}
	h.write("    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP\n);\n\n")
	h.tables = append(h.tables, t)
	h.addIndex(t)
}

func (h *history) pick(postgres, mysql string) string {
	if h.mysql {
		return mysql
	}
	return postgres
}

func (h *history) newColumn(t *table) string {
	t.made++
	name := fmt.Sprintf("%s_%d", h.one("status", "owner_id", "amount", "external_ref", "note", "position", "enabled"), t.made)
	t.columns = append(t.columns, name)
	return name
}

// typ is a type for which 0 is a default, too.
func (h *history) typ() string {
	return h.one("integer", "bigint", "numeric(12,2)", "varchar(100)", "varchar(255)", "smallint")
}

func (h *history) addColumn(t *table) {
	h.write("-- AlterTable\nALTER TABLE %s\n    ADD COLUMN %s %s%s;\n\n", t.name, h.newColumn(t), h.typ(), h.one("", "", " NOT NULL DEFAULT 0", " DEFAULT 0"))
}

func (h *history) column(t *table) string { return t.columns[h.rand.IntN(len(t.columns))] }

func (h *history) addIndex(t *table) {
	t.made++
	name := fmt.Sprintf("%s_idx_%d", t.name, t.made)
	t.indexes = append(t.indexes, name)
	h.write("-- CreateIndex\nCREATE %sINDEX %s%s ON %s (%s);\n\n", h.one("", "", "UNIQUE "), h.pick(h.one("", "", "", "CONCURRENTLY "), ""), name, t.name, h.column(t))
}

func (h *history) addForeignKey(t *table) {
	to := h.tables[h.rand.IntN(len(h.tables))]
	t.made++
	name := fmt.Sprintf("%s_fk_%d", t.name, t.made)
	t.constraints = append(t.constraints, name)
	h.write("-- AddForeignKey\nALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (id) ON DELETE %s;\n\n",
		t.name, name, h.column(t), to.name, h.one("CASCADE", "SET NULL", "RESTRICT"))
}

func (h *history) dropConstraint(t *table) {
	name := last(&t.constraints)
	if name == "" {
		h.addForeignKey(t)
		return
	}
	h.write("ALTER TABLE %s DROP %s %s;\n\n", t.name, h.pick("CONSTRAINT", "FOREIGN KEY"), name)
}

func (h *history) dropColumn(t *table) {
	if len(t.columns) < 4 {
		h.addColumn(t)
		return
	}
	h.write("ALTER TABLE %s DROP COLUMN %s;\n\n", t.name, last(&t.columns))
}

func (h *history) dropIndex(t *table) {
	name := last(&t.indexes)
	if name == "" {
		h.addIndex(t)
		return
	}
	h.write("DROP INDEX %s%s;\n\n", name, h.pick("", " ON "+t.name))
}

// last takes the last name out of a list, or none of an empty one.
func last(names *[]string) string {
	n := len(*names)
	if n == 0 {
		return ""
	}
	name := (*names)[n-1]
	*names = (*names)[:n-1]
	return name
}

func (h *history) changeType(t *table) {
	h.write("ALTER TABLE %s %s %s %s;\n\n", t.name, h.pick("ALTER COLUMN", "MODIFY"), h.column(t), h.pick("TYPE ", "")+h.typ())
}

func (h *history) require(t *table) {
	c := h.column(t)
	if h.mysql {
		h.write("ALTER TABLE %s MODIFY COLUMN %s %s NOT NULL;\n\n", t.name, c, h.typ())
		return
	}
	h.write("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL;\n\n", t.name, c)
}

func (h *history) fill(t *table) {
	h.write("UPDATE %s SET %s = 0%s;\n\n", t.name, h.column(t), h.one("", " WHERE created_at < '2026-01-01'"))
}

func (h *history) rename(t *table) {
	i := h.rand.IntN(len(t.columns))
	before := t.columns[i]
	t.columns[i] = before + "_new"
	h.write("ALTER TABLE %s RENAME COLUMN %s TO %s;\n\n", t.name, before, t.columns[i])
}
