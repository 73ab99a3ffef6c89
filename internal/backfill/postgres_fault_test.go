package backfill

import (
	"fmt"
	"testing"
)

// answer is an error as PostgreSQL gives it.
type answer struct{ code, text string }

func (a answer) Error() string    { return a.text + " (SQLSTATE " + a.code + ")" }
func (a answer) SQLState() string { return a.code }

func TestPostgresFaults(t *testing.T) {
	for _, c := range []struct {
		code, text string
		want       Fault
	}{
		{"53100", "could not extend file \"base/5/16384\": No space left on device", Full},
		{"53200", "out of memory", Full},
		{"XX000", "could not extend file \"base/5/16384\": Disk quota exceeded", Full},
		{"XX000", "could not write to file \"base/5/16384\": File too large", Full},
		{"XX000", "cache lookup failed", Fatal},
		{"53300", "sorry, too many clients already", Lost},
		{"53400", "temporary file size exceeds temp_file_limit", Fatal},
		{"23514", "new row violates check constraint \"No space left on device\"", Data},
		{"P0001", "File too large", Data},
		{"40P01", "deadlock detected", Collision},
		{"55P03", "canceling statement due to lock timeout", Timeout},
		{"57P01", "terminating connection due to administrator command", Lost},
	} {
		err := fmt.Errorf("rows after 1 up to 9: %w", answer{c.code, c.text})
		if got := (postgresFlavour{}).fault(err); got != c.want {
			t.Errorf("%v: a %s, not a %s", err, got, c.want)
		}
	}
}
