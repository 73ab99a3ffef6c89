package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// conversion is how values of a column become those of another type, and back.
type conversion struct {
	op       *change.AlterColumnType
	c        *Case
	old      *schema.Column
	from, to family
	// oldType and newType are the types as they are written.
	oldType, newType string
	up, down         func(column string) string
	// total says that every value can become one of the new type.
	total bool
	// fits says that every value of the new type can go back as it is; otherwise the
	// trigger tries, and refuses what would come back as something else.
	fits bool
	// given says that the way back is the user's.
	given bool
}

// newConversion reads the two types and the USING between them.
func newConversion(c *Case, op *change.AlterColumnType, old *schema.Column, oldType, newType string) (*conversion, error) {
	v := &conversion{
		op: op, c: c, old: old, oldType: oldType, newType: newType,
		from: familyOf(c.State, old.Type()), to: familyOf(c.State, op.Type),
	}
	if old.Type().Dims > 0 && op.Type.Dims > 0 { // arrays are cast by their elements
		v.from, v.to = familyOf(c.State, element(old.Type())), familyOf(c.State, element(op.Type))
	}
	if err := v.forth(); err != nil {
		return nil, err
	}
	if err := v.back(); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *conversion) shown() string { return v.c.Table() + "." + v.c.Q(v.op.Column) }

// forth finds the way to the new type.
func (v *conversion) forth() error {
	if v.op.Using != nil {
		return v.forthUsing()
	}
	switch {
	case v.from != unknownFamily && v.to != unknownFamily && !assigns(v.from, v.to):
		return Refuse("PostgreSQL does not cast %s to %s by itself: say how with USING", v.oldType, v.newType)
	case bySession(v.from, v.to):
		return v.refuseSession()
	case v.to == charFamily && v.from != charFamily || v.from == charFamily && v.to == charFamily && narrows(v.old.Type(), v.op.Type):
		return Refuse("whether values of %s that are longer than %s may be cut is not said: write USING %s::%s if they may", v.shown(), v.newType, v.c.Q(v.op.Column), v.newType)
	}
	v.up = castTo(v.newType)
	if v.from == textFamily && v.to == textFamily && v.op.Type.Dims == 0 {
		v.up = itself // a cast would cut what is too long, without a word
	}
	v.total = v.alwaysGoes(v.old.Type(), v.op.Type, v.from, v.to)
	return nil
}

func (v *conversion) refuseSession() error {
	how := "to_date, to_timestamp or to_char"
	if v.from.isTime() && v.to.isTime() {
		how = "AT TIME ZONE"
	}
	return Refuse("what a value of %s becomes as %s depends on the settings of whoever changes it, and the application's sessions may have others: say how with USING and %s", v.shown(), v.newType, how)
}

// forthUsing takes the user's own expression.
func (v *conversion) forthUsing() error {
	text := v.c.Source(v.op.Using.Span)
	table := v.c.State.Resolve(v.op.Table)
	piece := schema.Piece{Kind: schema.ExpressionPiece, Text: text, Of: table, Schema: table.Schema}
	refs, err := v.c.Text.ColumnRefs(piece, table)
	if err != nil {
		return asRefusal(err)
	}
	for _, r := range refs {
		if r.Column != v.op.Column {
			return Refuse("USING makes %s of %s too, which may change without it: make a new column of both, and drop the old one", v.shown(), v.c.Q(r.Column))
		}
	}
	if v.op.Using.Volatility == change.Volatile {
		return Refuse("USING gives another value each time it is asked, so that nobody can tell whether a row is done: fill a new column in batches, and drop the old one")
	}
	text = oneLine(v.renamedType(text, v.c.Source(v.op.Type.Span), v.newType))
	v.up = func(column string) string {
		p := piece
		p.Text = text
		out, err := v.c.Text.SubstituteColumn(p, table, v.op.Column, column)
		if err != nil {
			return ""
		}
		return "(" + out + ")"
	}
	if v.up("x") == "" {
		return Refuse("%s could not be put in the place of the column in USING %s", v.shown(), text)
	}
	chain, plain := v.castChain(text)
	if plain && slices.ContainsFunc(chain, func(t string) bool { return v.familyNamed(t).isTime() }) && bySession(v.from, v.to) {
		return v.refuseSession()
	}
	v.total = plain && len(chain) == 1 && v.alwaysGoes(v.old.Type(), v.op.Type, v.from, v.to)
	return nil
}
