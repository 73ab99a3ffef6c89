package baseline

import (
	"bytes"
	"testing"
)

// FuzzDecode: a baseline is read or refused, and one that is read is written as the same.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":1,"findings":[{"rule":"drop-table","path":"a.sql","statement":"0123456789abcdef","count":2}]}`))
	f.Add([]byte(`{"version":1,"findings":[null]} {`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := New("baseline.json")
		if err != nil {
			t.Fatal(err)
		}
		if b.decode(text) != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := b.Write(&once); err != nil {
			t.Fatal(err)
		}
		again, err := New("baseline.json")
		if err != nil {
			t.Fatal(err)
		}
		if err := again.decode(once.Bytes()); err != nil {
			t.Fatalf("%v in\n%s", err, once.String())
		}
		if err := again.Write(&twice); err != nil || once.String() != twice.String() {
			t.Fatalf("%s\nis written as\n%s", once.String(), twice.String())
		}
	})
}
