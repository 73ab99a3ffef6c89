package report

import (
	"strings"
	"unicode/utf8"
)

const (
	tabWidth = 4
	ellipsis = "…"
)

// shownLine is a line as the terminal shows it, and the columns of its mark.
type shownLine struct {
	text     string
	from, to int
}

// cell is a character with the columns it takes.
type cell struct {
	text  string
	width int
}

// shown expands tabs and cuts the line to the room there is, around its mark.
func (t *frameText) shown(line Line) shownLine {
	if isPlain(line.Text) {
		return plainWindow(line, t.room)
	}
	return cellWindow(line, t.room)
}

func cellWindow(line Line, room int) shownLine {
	cells, from, to := toCells(line)
	if line.CutLeft {
		cells, from, to = append([]cell{{ellipsis, 1}}, cells...), from+1, to+1
	}
	if line.CutRight {
		cells = append(cells, cell{ellipsis, 1})
	}
	return window(cells, from, to, room)
}

// toCells also tells the index of the first cell of the mark and of the one behind it.
func toCells(line Line) (cells []cell, from, to int) {
	condition := widths()
	from, to = -1, -1
	column := 0
	for at := 0; at < len(line.Text); {
		r, size := utf8.DecodeRuneInString(line.Text[at:])
		if from < 0 && at >= line.From {
			from = len(cells)
		}
		if to < 0 && at >= line.To {
			to = len(cells)
		}
		c := cell{string(harmless(r)), condition.RuneWidth(harmless(r))}
		if r == '\t' {
			n := tabWidth - column%tabWidth
			c = cell{strings.Repeat(" ", n), n}
		}
		cells, column, at = append(cells, c), column+c.width, at+size
	}
	if from < 0 {
		from = len(cells)
	}
	if to < 0 {
		to = len(cells)
	}
	return cells, from, to
}

// window is the part of a line that fits the room: from its start, if the mark
// can be seen there, else from a little before the mark.
func window(cells []cell, from, to, room int) shownLine {
	first, last := 0, len(cells)
	if span(cells) > room {
		if span(cells[:to]) >= room && span(cells[:from]) > room/2 {
			first = back(cells, from, room/4)
		}
		last = ahead(cells, first, room-2)
	}
	var b strings.Builder
	shift := 0
	if first > 0 {
		b.WriteString(ellipsis)
		shift = 1
	}
	for _, c := range cells[first:last] {
		b.WriteString(c.text)
	}
	if last < len(cells) {
		b.WriteString(ellipsis)
	}
	from, to = min(max(from, first), last), min(max(to, first), last)
	return shownLine{
		text: strings.TrimRight(b.String(), " "),
		from: shift + span(cells[first:from]), to: shift + span(cells[first:to]),
	}
}

// plainWindow is cellWindow for a text whose bytes take a column each.
func plainWindow(line Line, room int) shownLine {
	text, left, right := line.Text, 0, 0 // columns of the ellipses where the line was cut before
	if line.CutLeft {
		left = 1
	}
	if line.CutRight {
		right = 1
	}
	n := left + len(text) + right
	from, to := left+min(max(line.From, 0), len(text)), left+min(max(line.To, 0), len(text))
	first, last := 0, n
	if n > room {
		if to >= room && from > room/2 {
			first = from - min(from, room/4)
		}
		last = min(n, first+max(room-2, 0))
	}
	var b strings.Builder
	shift := min(first, 1)
	b.WriteString(strings.Repeat(ellipsis, shift+max(min(left, last)-first, 0)))
	b.WriteString(text[max(first-left, 0):min(max(last-left, 0), len(text))])
	b.WriteString(strings.Repeat(ellipsis, max(last-left-len(text), 0)+min(n-last, 1)))
	return shownLine{
		text: strings.TrimRight(b.String(), " "),
		from: shift + min(max(from, first), last) - first, to: shift + min(max(to, first), last) - first,
	}
}

// back is the first of the cells before from that fit the room.
func back(cells []cell, from, room int) int {
	for from > 0 && cells[from-1].width <= room {
		from--
		room -= cells[from].width
	}
	return from
}

// ahead is the cell behind the last of those from first on that fit the room.
func ahead(cells []cell, first, room int) int {
	for first < len(cells) && cells[first].width <= room {
		room -= cells[first].width
		first++
	}
	return first
}

// span is the columns that cells take.
func span(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}
