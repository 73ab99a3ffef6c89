package cli

import (
	"bytes"
	"strings"
	"testing"
)

// filling is a stream that takes so many bytes and no more.
type filling struct{ room int }

func (f *filling) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return full{}.Write(p)
	}
	return len(p), nil
}

// Half a report is no verdict, wherever it ends.
func TestReportThatFillsTheDisk(t *testing.T) {
	sql := strings.Repeat("CREATE INDEX i ON t (a);\n", 200)
	for _, room := range []int{0, 20_000, 60_000} {
		var said bytes.Buffer
		args := []string{"safemig", "lint", "--dialect", "postgres", "-"}
		status := Main(t.Context(), args, strings.NewReader(sql), &filling{room}, &said, func(string) string { return "" })
		if status != 2 || strings.Count(said.String(), "writing the report: disk is full") != 1 {
			t.Errorf("room for %d bytes: exit %d: %s", room, status, said.String())
		}
	}
}
