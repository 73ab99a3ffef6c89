package rules

import "github.com/safemig/safemig/dialect/change"

// emptied says whether the file has taken all rows from a table and put none
// back: whatever reads or writes every row of it has nothing to do.
func (p *Pass) emptied(table change.Name) bool {
	empty := false
	for _, d := range p.File.InFile {
		if p.State.Resolve(d.Op.Head().Table) != p.State.Resolve(table) {
			continue
		}
		switch d.Op.Kind() {
		case change.KindTruncate:
			empty = !d.Op.Head().Conditional
		case change.KindInsert:
			empty = false
		default: // leaves as many rows as there were
		}
	}
	return empty
}
