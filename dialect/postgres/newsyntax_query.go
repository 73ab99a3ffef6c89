package postgres

// queries masks what is new in queries and in changes of rows, at any depth.
// https://www.postgresql.org/docs/current/release.html
func (m *masker) queries() {
	for i := range m.list {
		switch {
		case m.is(i, "RETURNING"):
			m.returning(i)
		case m.are(i, "NOT", "MATCHED", "BY", "SOURCE"):
			m.write(i, i+4, "MATCHED")
		case m.are(i, "NOT", "MATCHED", "BY", "TARGET"):
			m.blank(i+2, i+4)
		case m.are(i, "AT", "LOCAL") && i > 0:
			m.write(i, i+2, "::text")
		case m.punct(i-1, ')') && (m.are(i, "IGNORE", "NULLS") || m.are(i, "RESPECT", "NULLS")):
			m.blank(i, i+2)
		case m.are(i, "GROUP", "BY", "ALL") && m.endsGroup(i+3):
			m.write(i+2, i+3, "()")
		case m.are(i, "ON", "CONFLICT"):
			m.conflict(i)
		case m.are(i, "FOR", "PORTION", "OF"):
			m.portion(i)
		case m.punct(i+1, '(') && m.isJSONFunction(i):
			m.jsonClauses(i + 1)
		}
	}
}

// returning masks RETURNING WITH (OLD AS o) and the RETURNING of a MERGE.
func (m *masker) returning(i int) {
	if m.is(i+1, "WITH") && m.punct(i+2, '(') {
		m.blank(i+1, m.closing(i+2)+1)
	}
	start, end := m.bracketed(i)
	if m.sub(start, i).find(0, "MERGE", "INTO") >= 0 {
		m.blank(i, end)
	}
}

// endsGroup says whether nothing that could be grouped by stands at i.
func (m *masker) endsGroup(i int) bool {
	if i >= m.len() || m.punct(i, ')') {
		return true
	}
	for _, word := range [...]string{
		"HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "UNION", "INTERSECT", "EXCEPT",
	} {
		if m.is(i, word) {
			return true
		}
	}
	return false
}

// conflict masks ON CONFLICT .. DO SELECT of PostgreSQL 19, which writes nothing.
func (m *masker) conflict(i int) {
	rest := m.from(i)
	if rest.find(0, "DO", "SELECT") < 0 {
		return
	}
	end := rest.search(0, func(i int) bool { return rest.is(i, "RETURNING") || rest.punct(i, ')') })
	if end < 0 {
		end = rest.len()
	}
	m.blank(i, i+end)
}

// portion masks FOR PORTION OF c FROM a TO b (or (range)) of PostgreSQL 19.
func (m *masker) portion(i int) {
	rest := m.from(i)
	end := rest.search(0, func(i int) bool {
		return rest.is(i, "SET") || rest.is(i, "AS") || rest.is(i, "USING") || rest.is(i, "WHERE") ||
			rest.is(i, "RETURNING") || rest.punct(i, ')')
	})
	if end < 0 {
		end = rest.len()
	}
	m.blank(i, i+end)
}

// isJSONFunction says whether a word is one of the SQL/JSON functions of PostgreSQL 17.
// https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-SQLJSON-QUERYING
func (m *masker) isJSONFunction(i int) bool {
	for _, name := range [...]string{
		"JSON", "JSON_SCALAR", "JSON_SERIALIZE", "JSON_EXISTS", "JSON_VALUE", "JSON_QUERY", "JSON_TABLE",
	} {
		if m.is(i, name) {
			return true
		}
	}
	return false
}

// jsonClauses masks the words behind the arguments in the brackets at open.
func (m *masker) jsonClauses(open int) {
	args := m.inside(open)
	from := args.search(1, func(i int) bool {
		for _, word := range [...]string{
			"PASSING", "RETURNING", "COLUMNS", "WITH", "WITHOUT", "KEEP", "OMIT", "ERROR", "NULL", "EMPTY",
			"DEFAULT", "TRUE", "FALSE", "UNKNOWN", "FORMAT", "AS",
		} {
			if args.is(i, word) {
				return true
			}
		}
		return false
	})
	if from > 0 {
		m.blank(open+1+from, open+1+args.len())
	}
}
