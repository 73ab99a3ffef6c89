package ledger_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/safemig/safemig/internal/ledger"
)

// FuzzParse: a plan is read or refused as a mistake in its file; one that is read is
// written as one that reads the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte("version: 1\nname: a\nsource: a.sql\ndialect: postgres\nlayout: plain\ncreated: 2026-01-31\ndeadline: 2026-02-28\nsteps:\n  - phase: expand\n    title: x\n    files: [a.sql]\n" +
		"  - phase: backfill\n    title: y\n    files: [b.sql]\n    backfill: {name: b, table: t, key: [id]}\n  - phase: contract\n    title: z\n    files: [c.sql]\n    waits: true\n    requires: ['backfill:b', 'deploy:x']\n"))
	f.Add([]byte("a: &a [1]\nb: *a\nname: !!binary x\n? {}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ledger.Parse("plan.yml", text)
		if err != nil {
			var m *ledger.Mistake
			if !errors.As(err, &m) || m.Error() == "" {
				t.Fatalf("%v is no mistake", err)
			}
			return
		}
		once, err := p.Write()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ledger.Parse("plan.yml", once)
		if err != nil {
			t.Fatalf("%v in\n%s", err, once)
		}
		if twice, err := again.Write(); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s\nis written as\n%s\n%v", once, twice, err)
		}
		p.Story()
	})
}
