package postgres

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
)

// BenchmarkParse measures a statement of the kinds that migrations are made of.
func BenchmarkParse(b *testing.B) {
	var src []byte
	for _, name := range []string{"alter_table", "index", "rows"} {
		archive, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			b.Fatal(err)
		}
		src = append(src, archive.Files[0].Data...)
	}
	statements := 0
	b.ReportAllocs()
	for b.Loop() {
		s := &change.Script{Src: src, Section: change.Span{End: len(src)}}
		Parse(s)
		statements += len(s.Stmts)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(statements), "ns/stmt")
}

// BenchmarkSplit measures the lexer alone.
func BenchmarkSplit(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/object.txtar")
	if err != nil {
		b.Fatal(err)
	}
	src := archive.Files[0].Data
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		Split(src, change.Span{End: len(src)})
	}
}
