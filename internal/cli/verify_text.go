package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/report"
)

func verifyText(w io.Writer, r *verifyReport, s report.Style) error {
	var lines []string
	for _, res := range r.results() {
		lines = append(lines, verifyLines(&res, s.Quiet)...)
	}
	for _, f := range r.Failed {
		lines = append(lines, f.Name+": no verdict: "+f.Error)
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// verifyLines are a result for people.
func verifyLines(r *compare.Result, quiet bool) []string {
	lines := []string{verifyHead(r)}
	add := func(format string, args ...any) { lines = append(lines, "  "+fmt.Sprintf(format, args...)) }
	for _, part := range verifyCounts(r) {
		add("%s", part)
	}
	for _, f := range r.Fields {
		add("  %s: %s", f.Column, natures(f))
	}
	if len(r.First) > 0 {
		add("%s", firstOf(r))
	}
	for i := range r.First {
		add("  %s", rowText(&r.First[i], r))
	}
	for i := range r.Rows {
		if r.Rows[i].Kind == "" && !quiet {
			add("  %s: the same: %s", keyText(&r.Rows[i], r), fieldTexts(&r.Rows[i]))
		}
	}
	if r.Settled > 0 {
		add("%s seemed to differ and did not when looked at again", progress.Count(r.Settled, "row"))
	}
	if quiet {
		return lines
	}
	for _, note := range r.Notes {
		add("note: %s", note)
	}
	return lines
}

// verifyWhom is what was compared: two sides, or columns of one table.
func verifyWhom(r *compare.Result) string {
	what := r.A + " and " + r.B
	if r.A == r.B {
		var pairs []string
		for _, c := range r.Columns {
			pairs = append(pairs, c.A+"="+c.B)
		}
		what = strings.Join(pairs, ", ") + " of " + r.A
	}
	if r.Name != "" {
		what = r.Name + ": " + what
	}
	return what
}

func verifyHead(r *compare.Result) string {
	what := verifyWhom(r)
	rows := progress.Count(r.RowsA, "row")
	switch {
	case r.Sampled > 0 && r.Same():
		return fmt.Sprintf("%s: a sample of %s is the same", what, progress.Count(r.Sampled, "row"))
	case r.Sampled > 0:
		return fmt.Sprintf("%s differ in a sample of %s", what, progress.Count(r.Sampled, "row"))
	case r.Same():
		return fmt.Sprintf("%s are the same: %s of %s compared in %s", what, rows, progress.Count(int64(len(r.Columns)+len(r.Key)), "column"), progress.Time(r.Took.Duration()))
	case r.RowsA == r.RowsB:
		return fmt.Sprintf("%s differ: %s on both sides", what, rows)
	}
	return fmt.Sprintf("%s differ: %s against %s", what, rows, progress.Number(r.RowsB))
}

func verifyCounts(r *compare.Result) (out []string) {
	for _, part := range []struct {
		n    int64
		what string
	}{{r.Missing, "only in " + r.A}, {r.Extra, "only in " + r.B}, {r.Differ, "with other values"}} {
		if part.n > 0 {
			out = append(out, progress.Count(part.n, "row")+" "+part.what)
		}
	}
	return out
}

func natures(f compare.Counted) string {
	var parts []string
	for _, n := range slices.Sorted(maps.Keys(f.Natures)) {
		parts = append(parts, n+" "+progress.Number(f.Natures[n]))
	}
	return progress.Count(f.Rows, "row") + " (" + strings.Join(parts, ", ") + ")"
}

func firstOf(r *compare.Result) string {
	if all := r.Missing + r.Extra + r.Differ; all > int64(len(r.First)) {
		return fmt.Sprintf("the first %d of them, a value of %s before one of %s:", len(r.First), r.A, r.B)
	}
	return fmt.Sprintf("a value of %s before one of %s:", r.A, r.B)
}

func keyText(row *compare.Row, r *compare.Result) string {
	if len(r.Key) == 0 {
		return "a row"
	}
	if len(r.Key) == 1 {
		return r.Key[0] + " = " + row.Key[0]
	}
	return "(" + strings.Join(r.Key, ", ") + ") = " + row.KeyText()
}

// rowText is a row that differs, on one line.
func rowText(row *compare.Row, r *compare.Result) string {
	text := keyText(row, r) + ": "
	switch row.Kind {
	case compare.Missing:
		text += "only in " + r.A
	case compare.Extra:
		text += "only in " + r.B
	default:
		return text + fieldTexts(row)
	}
	if row.Times > 1 {
		text += ", " + progress.Number(row.Times) + " times"
	}
	if len(row.Fields) > 0 {
		text += ": " + fieldTexts(row)
	}
	return text
}

func fieldTexts(row *compare.Row) string {
	var out []string
	for _, f := range row.Fields {
		switch row.Kind {
		case compare.Different:
			a, b := shortened(f.A, f.B)
			out = append(out, f.Column+" "+a+" -> "+b)
		case compare.Extra:
			b, _ := shortened(f.B, nil)
			out = append(out, f.Column+" "+b)
		default:
			a, _ := shortened(f.A, nil)
			out = append(out, f.Column+" "+a)
		}
	}
	return strings.Join(out, ", ")
}

// mostShown is how many letters of a value are shown.
const mostShown = 40

// shortened are two values in few letters: those around the first that differs.
func shortened(a, b *string) (string, string) {
	from := 0
	if a != nil && b != nil {
		x, y := []rune(*a), []rune(*b)
		for from < len(x) && from < len(y) && x[from] == y[from] {
			from++
		}
		if max(len(x), len(y)) <= mostShown {
			from = 0
		}
	}
	return shownFrom(a, from), shownFrom(b, from)
}

func shownFrom(v *string, from int) string {
	if v == nil {
		return "NULL"
	}
	r := []rune(*v)
	before, behind := "", ""
	if start := min(from-mostShown/4, len(r)); start > 0 {
		r, before = r[start:], ".."
	}
	if len(r) > mostShown {
		r, behind = r[:mostShown], ".."
	}
	return before + strconv.Quote(string(r)) + behind
}
