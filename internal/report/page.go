package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html trace.html proof.html
var pages embed.FS

// writePage writes a page whole or not at all. What its data holds is text, and harmless.
func writePage(w io.Writer, name string, data any) error {
	page, err := template.ParseFS(pages, "page.html", name)
	if err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	_, err = io.WriteString(w, clean(strings.ReplaceAll(b.String(), "\r\n", "\n")))
	return err
}

type pageRows struct{ Table, Rows, Why string }

func pageRowsOf(rows []TracedRows) (out []pageRows) {
	for _, t := range rows {
		out = append(out, pageRows{tableName(t.Table), grouped(t.Rows), t.Why})
	}
	return out
}
