package report

import (
	"fmt"
	"io"
	"path"
	"strings"
)

// contextLines is how much is shown around a change.
const contextLines = 3

// FixDiff writes all files of all plans as a unified diff, which patch and git apply understand.
func FixDiff(w io.Writer, r *Fix) error {
	for i := range r.Plans {
		for _, f := range r.Plans[i].Files {
			if _, err := io.WriteString(w, f.diff()); err != nil {
				return err
			}
		}
	}
	return nil
}

// diff is the file's change as a unified diff.
func (f *FixFile) diff() string {
	var out strings.Builder
	from := "/dev/null"
	if f.Old != nil {
		from = path.Join("a", f.Path)
	}
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", from, path.Join("b", f.Path))
	old, text := splitLines(f.Old), splitLines(f.Text)
	for _, h := range hunks(edits(old, text)) {
		h.write(&out)
	}
	return out.String()
}

// splitLines keeps line ends; the last line may have none.
func splitLines(text []byte) []string {
	lines := strings.SplitAfter(string(text), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// edit is a line that stays (' '), goes ('-') or comes ('+').
type edit struct {
	op   byte
	line string
}

// mostCells bounds the work of comparing: what is larger is replaced whole.
const mostCells = 4 << 20

// commonEnds are how many lines two texts have in common at their beginnings and ends.
func commonEnds(a, b []string) (head, tail int) {
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// edits are the least changes between two texts: what is common at both ends
// stays, and of what is between the longest common subsequence.
func edits(a, b []string) []edit {
	head, tail := commonEnds(a, b)
	var out []edit
	add := func(op byte, lines []string) {
		for _, l := range lines {
			out = append(out, edit{op, l})
		}
	}
	add(' ', a[:head])
	middleA, middleB := a[head:len(a)-tail], b[head:len(b)-tail]
	if len(middleA)*len(middleB) > mostCells {
		add('-', middleA)
		add('+', middleB)
	} else {
		out = append(out, compare(middleA, middleB)...)
	}
	add(' ', a[len(a)-tail:])
	return out
}

// compare fills the table of common lengths from the end, and walks it from the start.
func compare(a, b []string) []edit {
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	var out []edit
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, edit{' ', a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[(i+1)*width+j] >= common[i*width+j+1]:
			out = append(out, edit{'-', a[i]})
			i++
		default:
			out = append(out, edit{'+', b[j]})
			j++
		}
	}
	return out
}

// hunk is changes with the lines around them.
type hunk struct {
	fromOld, fromNew int // the number of lines before it
	edits            []edit
}

// hunks cuts out what is far from any change.
func hunks(all []edit) []hunk {
	var out []hunk
	old, text, quiet := 0, 0, contextLines+1
	for i, e := range all {
		if e.op != ' ' && (len(out) == 0 || quiet > 2*contextLines) {
			start := max(0, i-contextLines)
			if len(out) > 0 {
				last := &out[len(out)-1]
				last.edits = last.edits[:len(last.edits)-(quiet-contextLines)]
			}
			back := i - start
			out = append(out, hunk{fromOld: old - back, fromNew: text - back, edits: append([]edit{}, all[start:i]...)})
		}
		if e.op == ' ' {
			quiet++
		} else {
			quiet = 0
		}
		if len(out) > 0 {
			out[len(out)-1].edits = append(out[len(out)-1].edits, e)
		}
		if e.op != '+' {
			old++
		}
		if e.op != '-' {
			text++
		}
	}
	if len(out) > 0 && quiet > contextLines {
		last := &out[len(out)-1]
		last.edits = last.edits[:len(last.edits)-(quiet-contextLines)]
	}
	return out
}

func (h *hunk) write(out *strings.Builder) {
	old, text := 0, 0
	for _, e := range h.edits {
		if e.op != '+' {
			old++
		}
		if e.op != '-' {
			text++
		}
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", hunkRange(h.fromOld, old), hunkRange(h.fromNew, text))
	for _, e := range h.edits {
		out.WriteByte(e.op)
		out.WriteString(e.line)
		if !strings.HasSuffix(e.line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// hunkRange counts lines from 1; an empty range names the line before it.
// https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
func hunkRange(before, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", before)
	}
	return fmt.Sprintf("%d,%d", before+1, n)
}
