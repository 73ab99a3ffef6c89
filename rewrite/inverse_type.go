package rewrite

import "github.com/safemig/safemig/dialect/change"

// undoType is the way back of a type change that stays as it is, where a cast
// undoes it and refuses, or keeps, whatever the old type has no room for.
func (b *builder) undoType(c *Case, op *change.AlterColumnType) (sql []string, final string) {
	column := c.Q(op.Column)
	t := b.state.Table(op.Table)
	parts, known := b.state.ColumnDef(op.Table, op.Column)
	if t == nil || t.Column(op.Column) == nil || !known || parts.Type == "" || parts.Generated != "" {
		return nil, "What type " + c.Table() + "." + column + " had is not known: it cannot be given back from here."
	}
	oldType := baseType(parts.Type)
	v, err := newConversion(c, op, t.Column(op.Column), oldType, c.Source(op.Type.Span))
	if err != nil || !v.undoneByCast() {
		return nil, "How values of " + c.Table() + "." + column + " become " + oldType + " again without loss is not known: the type stays."
	}
	what := oldType
	if parts.Collation != "" {
		what += " COLLATE " + parts.Collation
	}
	if !assigns(v.to, v.from) { // an assignment refuses what is too long; a cast cuts it
		what += " USING " + v.down(column)
	}
	alter := "ALTER COLUMN " + column + " TYPE " + what
	if parts.Default != "" {
		alter = "ALTER COLUMN " + column + " DROP DEFAULT, " + alter + ", ALTER COLUMN " + column + " SET DEFAULT " + parts.Default
	}
	b.plan.Notes = appendNew(b.plan.Notes, "Going back gives "+c.Table()+"."+column+" the type "+oldType+" again under ACCESS EXCLUSIVE, for which its rows may be written anew; where values have come in that "+oldType+" has no room for, it fails.")
	return []string{"ALTER TABLE IF EXISTS " + c.Table() + " " + alter}, ""
}

// undoneByCast says whether every value survives the way there and back, and what
// has come in meanwhile goes back as it is, or not at all.
func (v *conversion) undoneByCast() bool {
	there := v.from == v.to && v.from.in(wholeFamily, numericFamily, textFamily) || v.to == textFamily
	texts := v.from == textFamily && v.to == textFamily
	return v.total && there && !v.given && (v.fits || texts) && (v.op.Using == nil || v.op.UsingCast)
}
