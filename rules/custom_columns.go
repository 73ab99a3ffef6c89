package rules

import "github.com/safemig/safemig/dialect/change"

// columnsOf are the columns that a change names, in its order.
func columnsOf(op change.Op) []string {
	if one := columnOf(op); one != "" {
		return []string{one}
	}
	switch op := op.(type) {
	case *change.CreateTable:
		return namesOfColumns(op.Columns)
	case *change.RenameColumn:
		return []string{op.From, op.To}
	case *change.ModifyColumn:
		return beforeAndAfter(op.From, op.Column.Name)
	case *change.AddConstraint:
		return op.Constraint.Columns
	case *change.CreateIndex:
		return append(columnsOfKeys(op.Keys), op.Include...)
	case *change.Update:
		return op.Columns
	}
	return nil
}

// columnOf is the column of a change that is about one.
func columnOf(op change.Op) string {
	switch op := op.(type) {
	case *change.AddColumn:
		return op.Column.Name
	case *change.DropColumn:
		return op.Column
	case *change.AlterColumnType:
		return op.Column
	case *change.SetNotNull:
		return op.Column
	case *change.DropNotNull:
		return op.Column
	case *change.ColumnDefault:
		return op.Column
	case *change.AlterGenerated:
		return op.Column
	case *change.ColumnOption:
		return op.Column
	}
	return ""
}

func namesOfColumns(columns []change.Column) []string {
	var out []string
	for i := range columns {
		out = append(out, columns[i].Name)
	}
	return out
}

func columnsOfKeys(keys []change.IndexKey) []string {
	var out []string
	for _, k := range keys {
		if k.Column != "" {
			out = append(out, k.Column)
		}
	}
	return out
}

func beforeAndAfter(from, to string) []string {
	if from == to {
		return []string{to}
	}
	return []string{from, to}
}
