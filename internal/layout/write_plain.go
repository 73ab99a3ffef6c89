package layout

import (
	"path"
	"strings"
)

// scribePlain writes files for psql -f and the like: a file opens its own
// transactions. What cannot run in one stands alone all the same, because
// nobody knows whether the runner sends a file whole.
func scribePlain() scribe {
	return scribe{
		version: plainNumber, way: inPairs,
		cannot: func(r *Rewrite) string {
			if r.Script.Section.End < len(r.Script.Raw) {
				return "its way back stands behind a mark in the same file, of a tool that safemig does not write files for: name the tool with --layout"
			}
			return ""
		},
		sheets: func(t *task) []sheet {
			forth := t.piece.forth()
			if t.piece.Bare && usesDelimiter(t.style.raw) {
				forth = delimited(t.piece.SQL)
			} else if t.piece.InTx {
				forth = t.piece.block(t.piece.SQL)
			}
			return t.pair(t.piece.head(false)+forth, t.back(true))
		},
	}
}

// plainNumber is where a number stands in a name whose pattern nobody knows: the
// first one, a date with its dashes, the last number of 1.2.3. Behind the name
// where there is none.
func plainNumber(rel string) (from, to int) {
	name, at := rel, 0
	if isFolderFile(base(rel)) {
		name = folder(rel)
	} else if dir := path.Dir(rel); dir != "." {
		at = len(dir) + 1
		name = rel[at:]
	}
	first := strings.IndexAny(name, "0123456789")
	if first < 0 {
		end := len(rel) - len(tailOf(rel))
		return end, end
	}
	if n := len(name[first:]) - len(strings.TrimLeft(name[first:], "0123456789-")); nextTime(strings.ReplaceAll(strings.Trim(name[first:first+n], "-"), "-", ""), 1) != "" {
		return at + first, at + first + len(strings.TrimRight(name[first:first+n], "-"))
	}
	from, to = first, first+len(digits(name[first:]))
	for to+1 < len(name) && strings.ContainsRune("._", rune(name[to])) {
		more := digits(name[to+1:])
		end := to + 1 + len(more)
		if more == "" || end < len(name) && isNameByte(name[end]) && name[end] != '_' {
			break
		}
		from, to = to+1, end
	}
	return at + from, at + to
}
