package layout

import (
	"bytes"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Placeholders are those of a directory's files that stand for schemas, or for
// parts of their names. Whoever runs the files puts the same value in wherever one
// stands, so that a plan can have them as the migration has them.
type Placeholders struct {
	mask     func([]byte) []byte
	names    map[string]string // by what masks them
	charsets bool              // some stand for character sets, whose values are not known
	// Charsets says that the script itself has such.
	Charsets bool
	unclear  bool // nobody could tell two of them apart again
}

// note remembers the placeholders of a file. Those that steer are none of a name.
func (g *Group) note(s *change.Script) {
	if string(s.Src) == string(s.Raw) {
		return
	}
	p := &g.placeholders
	for _, at := range placeholdersOf(s.Raw) {
		if at.End > len(s.Src) {
			continue
		}
		mask, text := at.Text(s.Src), at.Text(s.Raw)
		p.charsets = p.charsets || isCharsetMask(mask)
		if !strings.HasPrefix(mask, maskPrefix) {
			continue
		}
		if p.names == nil {
			p.names = map[string]string{}
		}
		was, seen := p.names[mask]
		p.unclear = p.unclear || seen && was != text
		p.names[mask] = text
	}
}

// same says whether two texts are one in memory.
func same(a, b []byte) bool { return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] }

// maskPrefix begins all that fillName writes.
const maskPrefix = "p_"

// mostNames is more placeholders than a project has: each is held against all others,
// and against every file.
const mostNames = 500

// compareMasks finds masks that a file has as a name of its own, and masks within
// others: nobody could tell what they stand for.
func (g *Group) compareMasks() {
	p := &g.placeholders
	if p.unclear = p.unclear || len(p.names) > mostNames; p.unclear {
		return
	}
	for mask := range p.names {
		for other := range p.names {
			p.unclear = p.unclear || other != mask && strings.Contains(other, mask)
		}
		for i := range g.Files {
			p.unclear = p.unclear || bytes.Contains(g.Files[i].Script.Raw, []byte(mask))
		}
	}
}

// Placeholders are those of the script, and of the files before it. ok is false
// where one stands for something else than a schema or a character set.
func (g *Group) Placeholders(s *change.Script) (p Placeholders, ok bool) {
	p = g.placeholders
	p.mask = g.Layout.Mask
	if p.mask == nil || p.unclear {
		return p, false
	}
	p.Charsets = slices.ContainsFunc(placeholdersOf(s.Raw), func(at change.Span) bool { return isCharsetMask(at.Text(s.Src)) })
	return p, namesOnly(s.Section.Text(g.Unbroken(s.Raw)), s.Section.Text(s.Src))
}

// Mask is a text with what stands for its placeholders.
func (p *Placeholders) Mask(text []byte) []byte { return p.mask(text) }

// Respell puts the placeholders back.
func (p *Placeholders) Respell(text string) string {
	for mask, name := range p.names {
		text = strings.ReplaceAll(text, mask, name)
	}
	return text
}

// Guesses says whether a text names a character set that the migration does not:
// one that only masks a placeholder.
func (p *Placeholders) Guesses(text string, migration []byte) bool {
	return p.charsets && slices.ContainsFunc(charsetMasks(), func(name string) bool {
		return strings.Contains(text, name) && !bytes.Contains(migration, []byte(name))
	})
}

// placeholdersOf are the places of what a name can be made of in a text.
func placeholdersOf(text []byte) []change.Span {
	var out []change.Span
	for _, next := range []find{nextBraceDollar, nextDollarBrace, nextAction} {
		for at := 0; ; {
			start, end := next(text, at)
			if start < 0 {
				break
			}
			out = append(out, change.Span{Start: start, End: end})
			at = end
		}
	}
	return out
}

func charsetMasks() []string { return []string{"utf8mb4_bin", "binary", "utf8mb4", "utf8"} }

func isCharsetMask(text string) bool {
	return slices.Contains(charsetMasks(), strings.TrimSpace(text))
}

// namesOnly says whether all that is masked in a text is the name of a schema, or a
// character set.
func namesOnly(raw, src string) bool {
	rest := []byte(raw)
	for _, at := range placeholdersOf([]byte(raw)) {
		mask := at.Text([]byte(src))
		if !isCharsetMask(mask) && !isSchema(src, at) {
			return false
		}
		copy(rest[at.Start:at.End], mask)
	}
	return string(rest) == src
}

// isSchema says whether what stands at a place is a name with a dot behind it.
func isSchema(src string, at change.Span) bool {
	if !strings.HasPrefix(at.Text([]byte(src)), maskPrefix) {
		return false
	}
	to := at.End
	for to < len(src) && isNameByte(src[to]) {
		to++
	}
	if to < len(src) && (src[to] == '`' || src[to] == '"') {
		to++
	}
	return to < len(src) && src[to] == '.'
}

// Masked is a text as a parser takes it.
func (g *Group) Masked(text []byte) []byte {
	if g.Layout.Mask == nil {
		return text
	}
	return g.Layout.Mask(text)
}
