package prove

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Row is a case's result on one server, for the matrix.
type Row struct {
	Case    string // "index-concurrently/plain"
	Version string
	Result  Result
}

// Cell is a property's result in a word.
func (r *Result) Cell(p Property) string {
	o, tried := r.Outcomes[p]
	switch {
	case !tried || o.Skipped != "":
		return "–"
	case len(o.Faults) > 0:
		return "FAIL"
	case o.Left:
		return "left"
	case o.UpTo > 0:
		return fmt.Sprintf("pass to step %d", o.UpTo)
	}
	return "pass"
}

// Stalled is the longest stall in milliseconds.
func (r *Result) Stalled() string {
	if r.Statements == 0 {
		return "–"
	}
	return fmt.Sprint(r.Longest().Longest.Round(time.Millisecond).Milliseconds())
}

// Markdown is the matrix as a table: a line for each case on each version.
func Markdown(rows []Row) string {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Case, b.Case), cmp.Compare(a.Version, b.Version))
	})
	var out strings.Builder
	out.WriteString("| case | server | a end state | b workloads | c locks | d rollback | e killed | longest stall (ms) |\n")
	out.WriteString("| --- | --- | --- | --- | --- | --- | --- | ---: |\n")
	for i := range sorted {
		r := &sorted[i]
		if r.Result.NotApplicable != "" {
			fmt.Fprintf(&out, "| %s | %s | %s | | | | | |\n", r.Case, r.Version, "not for this version: "+cut(r.Result.NotApplicable))
			continue
		}
		fmt.Fprintf(&out, "| %s | %s |", r.Case, r.Version)
		for _, p := range Properties() {
			out.WriteString(" " + r.Result.Cell(p) + " |")
		}
		out.WriteString(" " + r.Result.Stalled() + " |\n")
	}
	return out.String()
}

// cut keeps a line of the table readable.
func cut(s string) string {
	s = strings.ReplaceAll(oneLine(s), "|", "\\|")
	if r := []rune(s); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return s
}
