package gate

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/ledger"
)

// confirmedStep is the step that an entry of the history confirms to have run; 0 where
// it confirms none.
func (c *checker) confirmedStep(at int) int {
	e := &c.Plan.History[at]
	text, is := strings.CutPrefix(e.Requirement, "step:")
	n, err := strconv.Atoi(text)
	if !is || err != nil || e.What != ledger.Confirmed {
		return 0
	}
	return n
}

// sooner is the earlier of two proofs, each of which may be missing.
func sooner(a, b *proof) *proof {
	if a == nil || b != nil && b.at.Before(a.at) {
		return b
	}
	return a
}
