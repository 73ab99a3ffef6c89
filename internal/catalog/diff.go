package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Ignore is what Diff leaves out. An empty field means any: {Class: "sequence value"}
// is all of a class, {Class: "column", Property: "statistics target"} one property.
type Ignore struct{ Class, Name, Property string }

func (i Ignore) covers(class, name, property string) bool {
	return (i.Class == "" || i.Class == class) && (i.Name == "" || i.Name == name) && (i.Property == "" || i.Property == property)
}

// Difference is one thing in which two catalogues differ.
type Difference struct {
	Class, Name string
	Property    string // empty: the whole object is missing or extra
	A, B        string // the property's values; empty: it is not there
	Missing     bool   // the object is in the first catalogue alone
	Extra       bool   // the object is in the second catalogue alone
}

func (d Difference) String() string {
	switch {
	case d.Missing:
		return fmt.Sprintf("%s %s is missing", d.Class, d.Name)
	case d.Extra:
		return fmt.Sprintf("%s %s is extra", d.Class, d.Name)
	}
	a, b := differing(d.A, d.B)
	return fmt.Sprintf("%s %s: %s is %s, was %s", d.Class, d.Name, oneLine(d.Property), b, a)
}

// Diff compares two catalogues, the second against the first, and lists what
// differs by class and name.
func Diff(a, b []Object, ignore ...Ignore) []Difference {
	second := map[[2]string][]Object{}
	for _, o := range b {
		k := [2]string{o.Class, o.Name}
		second[k] = append(second[k], o)
	}
	var out []Difference
	for _, o := range a {
		k := [2]string{o.Class, o.Name}
		if len(second[k]) == 0 {
			out = append(out, Difference{Class: o.Class, Name: o.Name, Missing: true})
			continue
		}
		out = append(out, changed(o, second[k][0])...)
		second[k] = second[k][1:]
	}
	for _, left := range second {
		for _, o := range left {
			out = append(out, Difference{Class: o.Class, Name: o.Name, Extra: true})
		}
	}
	out = slices.DeleteFunc(out, func(d Difference) bool {
		return slices.ContainsFunc(ignore, func(i Ignore) bool { return i.covers(d.Class, d.Name, d.Property) })
	})
	slices.SortStableFunc(out, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.Class, y.Class), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Property, y.Property))
	})
	return out
}

// Differences are those of two catalogues in words. Where sequences stand is data: it
// goes with the values that they have handed out, and a number that was drawn and not
// used is no difference.
func Differences(a, b []Object) []string {
	var out []string
	for _, d := range Diff(a, b, Ignore{Class: "sequence value"}) {
		out = append(out, d.String())
	}
	return out
}

// changed are the properties in which one object differs.
func changed(a, b Object) []Difference {
	if a.Value == b.Value {
		return nil
	}
	var out []Difference
	before, after := propertiesOf(a.Value), propertiesOf(b.Value)
	for _, p := range before {
		if now, there := textOf(after, p.name); now != p.text || !there {
			out = append(out, Difference{Class: a.Class, Name: a.Name, Property: p.name, A: p.text, B: now})
		}
	}
	for _, p := range after {
		if _, there := textOf(before, p.name); !there {
			out = append(out, Difference{Class: a.Class, Name: a.Name, Property: p.name, B: p.text})
		}
	}
	return out
}

func textOf(properties []property, name string) (text string, there bool) {
	for _, p := range properties {
		if p.name == name {
			return p.text, true
		}
	}
	return "", false
}

// shownBefore and shownAfter are how much of two long texts is shown around the
// place where they begin to differ.
const (
	shownBefore = 40
	shownAfter  = 80
)

// differing writes two texts on a line, long ones from where they begin to differ.
func differing(a, b string) (string, string) {
	x, y := oneLine(a), oneLine(b)
	if x == y { // white space alone
		x, y = fmt.Sprintf("%q", a), fmt.Sprintf("%q", b)
	}
	same := 0
	for same < len(x) && same < len(y) && x[same] == y[same] {
		same++
	}
	return excerpt(x, same), excerpt(y, same)
}

func excerpt(text string, at int) string {
	if text == "" {
		return "not set"
	}
	if len(text) <= shownBefore+shownAfter {
		return text
	}
	start, end := boundary(text, max(0, at-shownBefore)), boundary(text, min(len(text), at+shownAfter))
	var b strings.Builder
	if start > 0 {
		b.WriteString("...")
	}
	b.WriteString(text[start:end])
	if end < len(text) {
		b.WriteString("...")
	}
	return b.String()
}

// boundary is the beginning of the character that a byte is of.
func boundary(text string, at int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
