package gate

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/ledger"
)

// stands says whether an entry of the history confirms something that nobody has taken
// back since.
func (c *checker) stands(at int) bool {
	e := &c.Plan.History[at]
	if e.What != ledger.Confirmed || e.Requirement == "" {
		return false
	}
	for i := range c.Plan.History[at+1:] {
		if later := &c.Plan.History[at+1+i]; later.Requirement == e.Requirement && later.What != ledger.Confirmed {
			return false
		}
	}
	return true
}

// confirmedStep is the step that an entry of the history confirms to have run; 0 where
// it confirms none.
func (c *checker) confirmedStep(at int) int {
	text, is := strings.CutPrefix(c.Plan.History[at].Requirement, "step:")
	n, err := strconv.Atoi(text)
	if !is || err != nil || !c.stands(at) {
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
