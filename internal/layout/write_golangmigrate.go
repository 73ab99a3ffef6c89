package layout

// scribeGolangMigrate: the tool sends a file whole, which makes several
// statements one transaction, and one statement none.
func scribeGolangMigrate() scribe {
	return scribe{version: digitsAt, sep: "_", way: inPairs, sheets: func(t *task) []sheet {
		return t.pair(t.piece.head(false)+t.piece.forth(), t.back(false))
	}}
}

// pair is a file and the one that takes it back, where the migration has one.
func (t *task) pair(forth, back string) []sheet {
	down := ""
	if t.style.downRel != "" {
		down = downName(t.rel)
	}
	if down == "" {
		return []sheet{{t.rel, forth + t.piece.remembered()}}
	}
	return []sheet{{t.rel, forth}, {down, back}}
}
