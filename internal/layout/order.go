package layout

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
)

// compareNumbers orders strings of digits by their value, however long they are.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// compareDotted orders versions such as 1.10 or 1_10 by their numbers; a number that is missing is 0.
func compareDotted(a, b string) int {
	as, bs := strings.FieldsFunc(a, isVersionDot), strings.FieldsFunc(b, isVersionDot)
	for i := range max(len(as), len(bs)) {
		if c := compareNumbers(fieldAt(as, i), fieldAt(bs, i)); c != 0 {
			return c
		}
	}
	return 0
}

func isVersionDot(r rune) bool { return r == '.' || r == '_' }

func fieldAt(fields []string, i int) string {
	if i < len(fields) {
		return fields[i]
	}
	return ""
}

// compareNatural orders names as people do: runs of digits by their value, the rest by bytes.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da == "" || db == "" {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		if c := compareNumbers(da, db); c != 0 {
			return c
		}
		a, b = a[len(da):], b[len(db):]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is the run of digits at the start of a name.
func digits(name string) string {
	for i := range len(name) {
		if name[i] < '0' || name[i] > '9' {
			return name[:i]
		}
	}
	return name
}

// fitsBits says whether a string of digits fits an unsigned number of that many bits.
func fitsBits(number string, bits int) bool {
	n, ok := new(big.Int).SetString(number, 10)
	return ok && n.BitLen() <= bits
}

// sortEntries orders entries by version, the late ones last, and the way back
// behind the way forth. Ties go by path, so that the order is total.
func sortEntries(entries []Entry, compare func(a, b string) int) {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(
			compareBool(a.Late, b.Late),
			compare(a.Version, b.Version),
			compareBool(a.Down, b.Down),
			strings.Compare(a.Rel, b.Rel),
		)
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// listBy lists the files whose names parse, which returns an error saying why
// the tool does not load the others.
func listBy(parse func(rel string) (Entry, error), compare func(a, b string) int) func(*Dir) Listing {
	return func(d *Dir) Listing {
		var found Listing
		for _, rel := range d.Names {
			e, err := parse(rel)
			if err != nil {
				found.Skipped = append(found.Skipped, Skipped{Path: rel, Why: err.Error()})
				continue
			}
			e.Rel = rel
			found.Entries = append(found.Entries, e)
		}
		sortEntries(found.Entries, compare)
		return found
	}
}
