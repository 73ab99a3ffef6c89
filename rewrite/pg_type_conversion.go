package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
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
		from: familyOf(c.State, old.Type), to: familyOf(c.State, op.Type),
	}
	if old.Type.Dims > 0 && op.Type.Dims > 0 { // arrays are cast by their elements
		v.from, v.to = familyOf(c.State, element(old.Type)), familyOf(c.State, element(op.Type))
	}
	if err := v.forth(); err != nil {
		return nil, err
	}
	if err := v.back(); err != nil {
		return nil, err
	}
	return v, nil
}

func element(t change.Type) change.Type {
	t.Dims = 0
	return t
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
	case v.to == charFamily && v.from != charFamily || v.from == charFamily && v.to == charFamily && narrows(v.old.Type, v.op.Type):
		return Refuse("whether values of %s that are longer than %s may be cut is not said: write USING %s::%s if they may", v.shown(), v.newType, v.c.Q(v.op.Column), v.newType)
	}
	v.up = castTo(v.newType)
	if v.from == textFamily && v.to == textFamily && v.op.Type.Dims == 0 {
		v.up = itself // a cast would cut what is too long, without a word
	}
	v.total = v.alwaysGoes(v.old.Type, v.op.Type, v.from, v.to)
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
	v.total = plain && len(chain) == 1 && v.alwaysGoes(v.old.Type, v.op.Type, v.from, v.to)
	return nil
}

// renamedType is the text with another name of a type in the place of the one
// that is written.
func (v *conversion) renamedType(text, written, name string) string {
	if written == name {
		return text
	}
	src, toks := []byte(text), v.c.Text.Tokens(text)
	want := v.c.Text.Tokens(written)
	out, at := "", 0
	for i := 0; i+len(want) <= len(toks); i++ {
		if i == 0 || !toks[i-1].IsPunct(src, "::") && !toks[i-1].Is(src, "AS") || !sameTokens(src, toks[i:i+len(want)], []byte(written), want) {
			continue
		}
		out += text[at:toks[i].Span.Start] + name
		at = toks[i+len(want)-1].Span.End
	}
	return out + text[at:]
}

func sameTokens(a []byte, as []token.Token, b []byte, bs []token.Token) bool {
	for i := range as {
		if identifier(as[i].Span.Text(a)) != identifier(bs[i].Span.Text(b)) {
			return false
		}
	}
	return len(as) == len(bs)
}

// castChain are the types that the column is cast to, one after the other, where
// that is all that an expression does: c::text::mood.
func (v *conversion) castChain(text string) ([]string, bool) {
	src, toks := []byte(text), v.c.Text.Tokens(text)
	for len(toks) > 1 && toks[0].IsPunct(src, "(") && group(src, toks) == len(toks) {
		toks = toks[1 : len(toks)-1]
	}
	if len(toks) == 0 {
		return nil, false
	}
	if toks[0].IsPunct(src, "(") { // (c::text)::mood
		n := group(src, toks)
		inner := token.SpanOf(toks[:n]).Text(src)
		chain, plain := v.castChain(inner)
		if !plain {
			return nil, false
		}
		rest, plain := v.castTypes(src, toks[n:])
		return append(chain, rest...), plain
	}
	if token.Words(src, toks, "CAST") && v.op.UsingCast {
		return []string{v.newType}, true
	}
	n := 1
	if len(toks) > 2 && toks[1].IsPunct(src, ".") { // t.c
		n = 3
	}
	if identifier(toks[n-1].Span.Text(src)) != v.op.Column {
		return nil, false
	}
	return v.castTypes(src, toks[n:])
}

// castTypes reads ::a::b.
func (v *conversion) castTypes(src []byte, toks []token.Token) ([]string, bool) {
	var out []string
	for len(toks) > 0 {
		if !toks[0].IsPunct(src, "::") {
			return nil, false
		}
		toks = toks[1:]
		n := slices.IndexFunc(toks, func(t token.Token) bool { return t.IsPunct(src, "::") })
		if n < 0 {
			n = len(toks)
		}
		if n == 0 || slices.ContainsFunc(toks[:n], func(t token.Token) bool {
			return t.Kind == token.Punct && !slices.Contains([]string{".", "(", ")", ",", "[", "]"}, t.Span.Text(src)) || t.Is(src, "AT")
		}) {
			return nil, false
		}
		out = append(out, token.SpanOf(toks[:n]).Text(src))
		toks = toks[n:]
	}
	return out, true
}

// zone is the constant in "c AT TIME ZONE 'UTC'", where that is all there is.
func (v *conversion) zone(text string) string {
	src, toks := []byte(text), v.c.Text.Tokens(text)
	for len(toks) > 1 && toks[0].IsPunct(src, "(") && group(src, toks) == len(toks) {
		toks = toks[1 : len(toks)-1]
	}
	n := len(toks)
	if n < 5 || toks[n-1].Kind != token.String || !token.Words(src, toks[n-4:], "AT", "TIME", "ZONE") || identifier(toks[n-5].Span.Text(src)) != v.op.Column || n != 5 && n != 7 {
		return ""
	}
	return toks[n-1].Span.Text(src)
}

// familyNamed is the family of a type in a text: of the ones that are written in
// chains of casts.
func (v *conversion) familyNamed(text string) family {
	switch name := identifier(strings.TrimSpace(text)); name {
	case "text", "varchar":
		return textFamily
	case "date", "uuid", "json", "jsonb", "boolean":
		return family(name)
	case "timestamp":
		return stampFamily
	case "timestamptz":
		return stampTzFamily
	}
	return unknownFamily
}

func castTo(typeText string) func(string) string {
	return func(column string) string { return column + "::" + typeText }
}

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
	steps := append(through, v.oldType)
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
		return wholeWidth(v.old.Type.Name) >= wholeWidth(v.op.Type.Name)
	case v.from == textFamily && v.to == textFamily:
		return len(v.old.Type.Args) == 0 || len(v.op.Type.Args) > 0 && !narrows(v.op.Type, v.old.Type)
	case v.from == textFamily && v.to != charFamily:
		return len(v.old.Type.Args) == 0
	case v.from == numericFamily && v.to.in(wholeFamily, numericFamily):
		return len(v.old.Type.Args) == 0 || v.to == numericFamily && v.alwaysGoes(v.op.Type, v.old.Type, v.to, v.from)
	case v.from == v.to && v.from.in(stampFamily, stampTzFamily, timeFamily, timeTzFamily):
		return len(v.old.Type.Args) == 0
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
