package postgres

// masker writes old syntax of the same length over syntax that is newer than
// the parser's grammar, which is that of PostgreSQL 16. The tokens still are
// the user's own: what was written over is read back from them.
type masker struct {
	tokens
	text    []byte
	base    int
	changed bool
}

// write puts s over the tokens from i up to but without j, and blanks the rest
// of them. It does nothing where s is too long.
func (m *masker) write(i, j int, s string) {
	span := m.sub(i, j).span()
	if !span.Valid() || len(s) > span.End-span.Start {
		return
	}
	text := m.text[span.Start-m.base : span.End-m.base]
	blank(text)
	copy(text, s)
	m.changed = true
}

// blank makes the parser skip the tokens from i up to but without j.
func (m *masker) blank(i, j int) { m.write(i, j, "") }

// part is a masker of the same text for some of the tokens.
func (m *masker) part(t tokens) *masker {
	return &masker{tokens: t, text: m.text, base: m.base}
}

// statement masks what is new in a statement of a kind.
func (m *masker) statement() {
	switch {
	case m.is(0, "ALTER"), m.is(0, "CREATE"):
		m.definition()
	case m.is(0, "REPACK"):
		// REPACK [(options)] [t [(columns)] [USING INDEX [i]]]: as VACUUM
		m.write(0, 1, "VACUUM")
		if i := m.find(0, "USING", "INDEX"); i >= 0 {
			m.blank(i, m.afterName(i+2))
		}
	case m.is(0, "VACUUM"), m.is(0, "ANALYZE"), m.is(0, "ANALYSE"):
		for i := m.find(0, "ONLY"); i >= 0; i = m.find(i+1, "ONLY") {
			m.blank(i, i+1)
		}
	case m.is(0, "CHECKPOINT") && m.punct(1, '('):
		m.blank(1, m.closing(1)+1)
	}
}

// definition masks what is new in a CREATE or an ALTER.
func (m *masker) definition() {
	switch {
	case m.are(0, "ALTER", "DEFAULT", "PRIVILEGES"):
		if i := m.find(3, "LARGE", "OBJECTS"); i >= 0 {
			m.write(i, i+2, "FUNCTIONS")
		}
	case m.are(0, "ALTER", "DOMAIN"):
		if i := m.find(3, "NOT", "NULL"); i >= 0 && m.is(m.afterName(2), "ADD") {
			m.write(i, i+2, "CHECK(1)")
		}
	case m.are(0, "ALTER", "OPERATOR"):
		// SET (MERGES, HASHES) have no values
		for i := range m.list {
			if m.is(i, "MERGES") || m.is(i, "HASHES") {
				m.write(i, i+1, "a=NONE")
			}
		}
	case m.are(0, "ALTER", "STATISTICS"):
		if last := m.len() - 1; m.is(last, "DEFAULT") {
			m.write(last, last+1, "-1")
		}
	case m.is(1, "PUBLICATION"):
		m.publication()
	default:
		m.table()
	}
}

// publication masks FOR ALL SEQUENCES and FOR ALL TABLES EXCEPT (..) of PostgreSQL 19.
// https://www.postgresql.org/docs/current/sql-createpublication.html
func (m *masker) publication() {
	if i := m.find(2, "EXCEPT"); i >= 0 && m.punct(m.len()-1, ')') {
		m.blank(i, m.closing(i+1)+1)
	}
	i := m.find(2, "ALL", "SEQUENCES")
	switch {
	case i < 0:
	case m.punct(i-1, ','), m.is(i-1, "FOR"):
		m.blank(i-1, i+2)
	case m.punct(i+2, ','):
		m.blank(i, i+3)
	}
}
