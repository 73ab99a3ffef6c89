package throttle

import (
	"testing"

	"github.com/safemig/safemig/internal/engine"
)

// TestEnginesHaveTheSameLimits: what holds a backfill back holds back an online
// schema change engine as well.
func TestEnginesHaveTheSameLimits(t *testing.T) {
	if standardLag != engine.StandardLag || standardSessions != engine.StandardSessions || standardFlowControl != engine.StandardFlowControl {
		t.Errorf("the limits are %s, %d and %g here, and %s, %d and %g there", standardLag, standardSessions, standardFlowControl,
			engine.StandardLag, engine.StandardSessions, engine.StandardFlowControl)
	}
}
