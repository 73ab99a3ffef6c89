package postgres

import "github.com/safemig/safemig/dialect/token"

// table masks what is new in CREATE TABLE and ALTER TABLE, clause by clause.
// https://www.postgresql.org/docs/current/sql-altertable.html
// https://www.postgresql.org/docs/current/sql-createtable.html
func (m *masker) table() {
	alter := m.is(0, "ALTER")
	for _, list := range Clauses(m.src, token.Statement{Tokens: m.list}) {
		p := m.part(tokens{m.src, list})
		if alter {
			p.clause()
		} else {
			p.element(0)
		}
		m.changed = m.changed || p.changed
	}
}

// clause masks one clause of an ALTER TABLE.
func (m *masker) clause() {
	last := m.len() - 1
	switch {
	case m.is(0, "ADD"):
		m.element(1)
	case m.are(0, "ALTER", "CONSTRAINT"):
		m.alteredConstraint()
	case m.is(0, "ALTER"):
		m.alteredColumn()
	case m.splitsPartition(), m.mergesPartitions():
		m.write(0, m.len(), "SET LOGGED")
	case m.are(0, "SET", "ACCESS", "METHOD", "DEFAULT"):
		m.write(last, last+1, "heap")
	}
}

// alteredConstraint masks [NOT] ENFORCED and [NO] INHERIT.
func (m *masker) alteredConstraint() {
	for i := 3; i < m.len(); i++ {
		if !m.is(i, "ENFORCED") && !m.is(i, "INHERIT") {
			continue
		}
		m.blank(i, i+1)
		if i > 3 && (m.is(i-1, "NOT") || m.is(i-1, "NO")) {
			m.blank(i-1, i)
		}
	}
}

// splitsPartition says whether a clause is SPLIT PARTITION p INTO (PARTITION ..).
func (t tokens) splitsPartition() bool {
	into := t.find(3, "INTO")
	return t.are(0, "SPLIT", "PARTITION") && into > 0 && t.is(into+2, "PARTITION") && t.closing(into+1) == t.len()-1
}

// mergesPartitions says whether a clause is MERGE PARTITIONS (p, q) INTO r.
func (t tokens) mergesPartitions() bool {
	into := t.find(2, "INTO")
	return t.are(0, "MERGE", "PARTITIONS") && into > 0 && t.closing(2) == into-1 && t.afterName(into+1) == t.len()
}

// alteredColumn masks SET EXPRESSION AS (e) and SET STATISTICS DEFAULT.
func (m *masker) alteredColumn() {
	if i := m.find(2, "SET", "EXPRESSION", "AS"); i >= 0 {
		m.write(i, i+3, "SET DEFAULT")
	}
	if i := m.find(2, "SET", "STATISTICS", "DEFAULT"); i >= 0 {
		m.write(i+2, i+3, "-1")
	}
}

// element masks a column's definition or a table constraint, which begins at start.
func (m *masker) element(start int) {
	if n := m.tableNotNull(start); n >= 0 {
		// NOT NULL c, as a constraint of its own, becomes CHECK(c)
		m.write(n, n+3, "CHECK("+m.quoted(n+2)+")")
		return
	}
	m.generated(start)
	for i := range m.list {
		switch {
		case m.are(i, "NOT", "NULL", "NO", "INHERIT"):
			m.blank(i+2, i+4)
		case m.are(i, "WITHOUT", "OVERLAPS"):
			m.blank(i, i+2)
		case m.isPeriod(i):
			m.blank(i, i+1)
		case m.is(i, "ENFORCED") && m.isConstraintBefore(i):
			m.blank(i, i+1)
			if m.is(i-1, "NOT") {
				m.blank(i-1, i)
			}
		}
	}
}

// tableNotNull is the index of the NOT of a table constraint [CONSTRAINT n] NOT NULL c
// at i, -1 where there is none.
func (t tokens) tableNotNull(i int) int {
	if t.is(i, "CONSTRAINT") {
		i += 2
	}
	if !t.are(i, "NOT", "NULL") || i+2 >= t.len() {
		return -1
	}
	if k := t.list[i+2].Kind; k != token.Word && k != token.Quoted {
		return -1
	}
	return i
}

// quoted is the identifier at i in quotes: a column may be called values, which
// no expression can hold bare.
func (t tokens) quoted(i int) string {
	if t.list[i].Kind == token.Quoted {
		return t.text(i)
	}
	return `"` + t.name(i) + `"`
}

// generated masks GENERATED ALWAYS AS (e) with VIRTUAL or nothing behind it:
// without a word PostgreSQL 18 takes it as VIRTUAL. It becomes CHECK (e).
func (m *masker) generated(i int) {
	at := m.find(i, "GENERATED", "ALWAYS", "AS")
	if at < 0 || !m.punct(at+3, '(') {
		return
	}
	end := m.closing(at+3) + 1
	if m.is(end, "STORED") {
		return
	}
	m.write(at, at+3, "CHECK")
	if m.is(end, "VIRTUAL") {
		m.blank(end, end+1)
	}
}

// isPeriod says whether token i is the PERIOD of a temporal foreign key's last
// column: it stands in brackets, between a comma and the column.
func (t tokens) isPeriod(i int) bool {
	return t.is(i, "PERIOD") && t.punct(i-1, ',') && t.punct(i+2, ')')
}

// isConstraintBefore says whether a CHECK or a REFERENCES stands before i.
func (t tokens) isConstraintBefore(i int) bool {
	before := t.sub(0, i)
	return before.find(0, "CHECK") >= 0 || before.find(0, "REFERENCES") >= 0
}
