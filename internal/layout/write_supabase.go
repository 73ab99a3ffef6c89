package layout

// scribeSupabase: forward only. The pipeline makes a file one transaction, and a
// statement that cannot be in one runs only alone: since when the CLI sends such a
// statement by itself depends on its version and on the statement.
func scribeSupabase() scribe {
	return scribe{version: digitsAt, sep: "_", sheets: func(t *task) []sheet {
		return []sheet{{t.rel, t.piece.head(false) + t.piece.forth() + t.piece.remembered()}}
	}}
}
