package stats

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzParse: what is read has no negative size, and is written as the same again; what is
// refused is refused at a line of the text.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"version":1,"dialect":"postgres","tables":{"public.a":{"rows":5,"bytes":8192}}}`, `{"version":1,"dialect":"mysql"} {}`,
		`{"version":1,"dialect":"mariadb","tables":{"a":{"rows":-1}}}`, "{\n\"version\": 1e9}", `[[[[`, "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		for name, table := range s.Tables {
			if negative(table.Rows) || negative(table.Bytes) {
				t.Errorf("%s has a negative size", name)
			}
		}
		var first, again bytes.Buffer
		if err := s.Write(&first); err != nil {
			t.Fatal(err)
		}
		same, err := Parse(first.Bytes())
		if err != nil {
			t.Fatalf("%v in %s", err, first.String())
		}
		if err := same.Write(&again); err != nil || again.String() != first.String() {
			t.Errorf("%v: %s, and then %s", err, first.String(), strings.TrimSpace(again.String()))
		}
	})
}
