package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/report"
)

// verifyMarkdown is the report for a pull request or a ticket.
func verifyMarkdown(w io.Writer, r *verifyReport, _ report.Style) error {
	var b strings.Builder
	b.WriteString("| compared | rows | missing | extra | different |\n| --- | --- | --- | --- | --- |\n")
	for _, res := range r.results() {
		fmt.Fprintf(&b, "| %s | %s, %s | %s | %s | %s |\n", report.AsMarkdown(verifyWhom(&res)), progress.Number(res.RowsA), progress.Number(res.RowsB),
			progress.Number(res.Missing), progress.Number(res.Extra), progress.Number(res.Differ))
	}
	for _, f := range r.Failed {
		fmt.Fprintf(&b, "| %s | no verdict: %s | | | |\n", report.AsMarkdown(f.Name), report.AsMarkdown(f.Error))
	}
	for _, res := range r.results() {
		if !res.Same() {
			markdownRows(&b, &res)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownRows(b *strings.Builder, r *compare.Result) {
	fmt.Fprintf(b, "\n**%s**\n\n| row | kind | column | %s | %s |\n| --- | --- | --- | --- | --- |\n", report.AsMarkdown(verifyHead(r)), report.AsMarkdown(r.A), report.AsMarkdown(r.B))
	for i := range r.First {
		row := &r.First[i]
		for _, f := range row.Fields {
			x, y := shortened(f.A, f.B)
			switch row.Kind {
			case compare.Missing:
				y = ""
			case compare.Extra:
				x = ""
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", report.AsMarkdown(keyText(row, r)), row.Kind, report.AsMarkdown(f.Column), report.AsMarkdown(x), report.AsMarkdown(y))
		}
		if len(row.Fields) == 0 {
			fmt.Fprintf(b, "| %s | %s | | | |\n", report.AsMarkdown(keyText(row, r)), row.Kind)
		}
	}
	if shown := int64(len(r.First)); r.Missing+r.Extra+r.Differ > shown {
		fmt.Fprintf(b, "\nand %s more\n", progress.Number(r.Missing+r.Extra+r.Differ-shown))
	}
}
