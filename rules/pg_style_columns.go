package rules

import "github.com/safemig/safemig/dialect/change"

// definedColumns are the columns that a change defines.
func definedColumns(op change.Op) []change.Column {
	switch op := op.(type) {
	case *change.CreateTable:
		return op.Columns
	case *change.AddColumn:
		return []change.Column{op.Column}
	}
	return nil
}

func columnKinds() []change.Kind { return []change.Kind{change.KindCreateTable, change.KindAddColumn} }

// everyNewColumn calls f for the columns that the change defines, but for
// those of temporary tables.
func everyNewColumn(p *Pass, f func(c *change.Column)) {
	if t, ok := p.Op.(*change.CreateTable); ok && t.Temp {
		return
	}
	columns := definedColumns(p.Op)
	for i := range columns {
		f(&columns[i])
	}
}
