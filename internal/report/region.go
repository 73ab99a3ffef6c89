package report

import (
	"strings"
	"unicode/utf8"
)

// region is the part of a finding's place that is on its first line. GitHub
// shows an alert of code scanning on a pull request only where all lines of its
// region are in the diff, and an annotation has columns only on one line.
// https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support#specifying-the-location-for-source-files
func (f *Finding) region() (start, end Position) {
	if f.End.Line == f.Start.Line || len(f.Frame.Lines) == 0 {
		return f.Start, oneLineEnd(f)
	}
	first := f.Frame.Lines[0]
	text := strings.TrimRight(first.Text[first.From:first.To], " \t\r")
	n := utf8.RuneCountInString(text)
	return f.Start, Position{
		Line: f.Start.Line, Column: f.Start.Column + n, Offset: f.Start.Offset + len(text),
		Chars: f.Start.Chars + n, ByteColumn: f.Start.ByteColumn + len(text),
	}
}

func oneLineEnd(f *Finding) Position {
	if f.End.Line == f.Start.Line {
		return f.End
	}
	return f.Start
}
