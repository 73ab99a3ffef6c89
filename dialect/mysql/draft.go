package mysql

import (
	"bytes"

	"github.com/safemig/safemig/dialect/change"
)

// draft is a copy of a part of the source for TiDB's parser. What that parser
// does not know is masked by text of the same length, so that every position
// stays what it was.
type draft struct {
	text []byte
	base int // the source's offset of the first byte
}

// draft copies a range of the source. All that is no token of the statement -
// comments, and the marks of executable ones - is blank in it.
func (r *reader) draft(span change.Span) *draft {
	d := &draft{text: bytes.Repeat([]byte{' '}, span.End-span.Start), base: span.Start}
	for _, t := range r.toks {
		if span.Contains(t.Span) {
			copy(d.text[t.Span.Start-span.Start:], r.src[t.Span.Start:t.Span.End])
		}
	}
	return d
}

// expressionDraft is a query of one expression.
func (r *reader) expressionDraft(span change.Span) *draft {
	const before = "SELECT "
	d := r.draft(span)
	return &draft{text: append([]byte(before), d.text...), base: d.base - len(before)}
}

// clip is the part of the draft that a span of the source covers.
func (d *draft) clip(span change.Span) []byte {
	from := min(max(span.Start-d.base, 0), len(d.text))
	to := min(max(span.End-d.base, from), len(d.text))
	return d.text[from:to]
}

// blank masks a span, and says whether there was anything left to mask.
func (d *draft) blank(span change.Span) bool {
	part := d.clip(span)
	if len(bytes.TrimSpace(part)) == 0 {
		return false
	}
	for i := range part {
		part[i] = ' '
	}
	return true
}

// put masks a span by a text, which must not be longer.
func (d *draft) put(span change.Span, text string) bool {
	part := d.clip(span)
	if len(part) < len(text) || bytes.HasPrefix(part, []byte(text)) || !d.blank(span) {
		return false
	}
	copy(part, text)
	return true
}
