package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// alwaysGoes says whether no value is refused, or cut, on the way.
func (v *conversion) alwaysGoes(a, b change.Type, from, to family) bool {
	switch {
	case from == wholeFamily && to == wholeFamily:
		return wholeWidth(b.Name) >= wholeWidth(a.Name)
	case from.in(wholeFamily, numericFamily) && to == numericFamily:
		return len(b.Args) == 0
	case from == numericFamily && to == numericFamily && len(a.Args) == 2 && len(b.Args) == 2:
		return number(b.Args[1]) >= number(a.Args[1]) && number(b.Args[0])-number(b.Args[1]) >= number(a.Args[0])-number(a.Args[1])
	case from == textFamily && to == textFamily:
		return len(b.Args) == 0 || len(a.Args) > 0 && !narrows(a, b)
	case from == wholeFamily && to == floatFamily:
		return true
	case to == textFamily:
		return len(b.Args) == 0
	case from == stampFamily && to == stampFamily, from == stampTzFamily && to == stampTzFamily, from.in(jsonFamily) && to == jsonbFamily:
		return from != jsonFamily // \u0000 is no jsonb
	case from == jsonbFamily && to == jsonFamily, from == stampFamily && to == dateFamily, from == dateFamily && to == stampFamily:
		return true
	}
	return false
}

// narrows says whether the second type is shorter than the first.
func narrows(a, b change.Type) bool {
	if len(a.Args) == 1 && len(b.Args) == 1 {
		return number(b.Args[0]) < number(a.Args[0])
	}
	return len(a.Args) != len(b.Args)
}

// number is a type's modifier; 0 where it is none.
func number(arg string) int {
	n, err := strconv.Atoi(arg)
	if err != nil {
		return 0
	}
	return n
}

// back finds the way back: the user's, or the one that undoes the casts.
func (v *conversion) back() error {
	if given, name := v.inverse(); given != "" {
		return v.backBy(given, name)
	}
	if v.op.Using == nil || v.op.UsingCast {
		if casts(v.to, v.from) && !bySession(v.to, v.from) {
			v.down = castTo(v.oldType)
			v.fits = v.exact()
			return nil
		}
		return v.askInverse()
	}
	text := v.c.Source(v.op.Using.Span)
	if zone := v.zone(text); zone != "" && v.from.in(stampFamily, stampTzFamily) && v.to.in(stampFamily, stampTzFamily) && v.from != v.to {
		v.down = func(column string) string { return "(" + column + " AT TIME ZONE " + zone + ")" }
		v.fits = true // but for the hour that clocks show twice
		return nil
	}
	chain, plain := v.castChain(text)
	if !plain || len(chain) == 0 {
		return v.askInverse()
	}
	return v.backAlong(chain)
}

// backAlong casts back along a chain of casts.
func (v *conversion) backAlong(chain []string) error {
	through := slices.Clone(chain[:len(chain)-1])
	slices.Reverse(through)
	steps := slices.Concat(through, []string{v.oldType})
	texts := len(through) > 0 && !slices.ContainsFunc(through, func(t string) bool { return !v.familyNamed(t).isText() })
	if !texts && (len(through) > 0 || !casts(v.to, v.from)) || bySession(v.from, v.to) {
		return v.askInverse()
	}
	v.down = func(column string) string { return column + "::" + strings.Join(steps, "::") }
	v.fits = v.exact() || texts && v.from == enumFamily && v.to == enumFamily
	return nil
}

// exact says that what goes back is the same when it comes again, or is refused
// by the cast itself.
func (v *conversion) exact() bool {
	switch {
	case v.from == wholeFamily && v.to == wholeFamily, v.from == enumFamily && v.to.isText():
		return true // the cast itself refuses what does not fit
	}
	return v.holdsAll()
}

// holdsAll says whether the old type holds every value of the new one.
func (v *conversion) holdsAll() bool {
	switch {
	case v.from == wholeFamily && v.to == wholeFamily:
		return wholeWidth(v.old.Type().Name) >= wholeWidth(v.op.Type.Name)
	case v.from == textFamily && v.to == textFamily:
		return len(v.old.Type().Args) == 0 || len(v.op.Type.Args) > 0 && !narrows(v.op.Type, v.old.Type())
	case v.from == textFamily && v.to != charFamily:
		return len(v.old.Type().Args) == 0
	case v.from == numericFamily && v.to.in(wholeFamily, numericFamily):
		return len(v.old.Type().Args) == 0 || v.to == numericFamily && v.alwaysGoes(v.op.Type, v.old.Type(), v.to, v.from)
	case v.from == v.to && v.from.in(stampFamily, stampTzFamily, timeFamily, timeTzFamily):
		return len(v.old.Type().Args) == 0
	case v.from == stampFamily && v.to == dateFamily:
		return true
	}
	return v.from.in(jsonFamily, jsonbFamily) && v.to.in(jsonFamily, jsonbFamily) // how it is laid out is not kept
}

// inverse is the way back that the project gives, and the name it is found by.
func (v *conversion) inverse() (text, name string) {
	table := v.c.State.Resolve(v.op.Table)
	for _, name := range []string{table.Schema + "." + table.Name + "." + v.op.Column, table.Name + "." + v.op.Column} {
		if text := v.c.Options.Inverses[name]; text != "" {
			return text, name
		}
	}
	return "", ""
}

func (v *conversion) backBy(text, name string) error {
	table := v.c.State.Resolve(v.op.Table)
	if before, known := v.c.Input.State.ColumnDef(v.op.Table, v.op.Column); known {
		text = v.renamedType(text, before.Type, v.oldType)
	}
	piece := schema.Piece{Kind: schema.ExpressionPiece, Text: text, Of: table, Schema: table.Schema}
	refs, err := v.c.Text.ColumnRefs(piece, table)
	if err != nil {
		return Refuse("the inverse of %s cannot be read: %s", name, err)
	}
	for _, r := range refs {
		if r.Column != v.op.Column {
			return Refuse("the inverse of %s names the column %s: only the column itself can stand in it", name, v.c.Q(r.Column))
		}
	}
	v.down = func(column string) string {
		out, err := v.c.Text.SubstituteColumn(piece, table, v.op.Column, column)
		if err != nil {
			return ""
		}
		return "(" + out + ")"
	}
	if v.down("x") == "" {
		return Refuse("the column could not be replaced in the inverse of %s: %s", name, text)
	}
	v.fits, v.given = true, true
	return nil
}

// askInverse says how to give the way back.
func (v *conversion) askInverse() error {
	table := v.c.State.Resolve(v.op.Table)
	name := table.Name + "." + v.op.Column
	if table.Schema != "public" {
		name = table.String() + "." + v.op.Column
	}
	return Refuse("how %s becomes %s again is not known, and without it going back would lose what is written meanwhile: give it in safemig.yml under fix, inverse, as an expression over the column: %q: \"%s\"",
		v.newType, v.oldType, name, fmt.Sprintf("some_function(%s)::%s", v.c.Q(v.op.Column), v.oldType))
}
