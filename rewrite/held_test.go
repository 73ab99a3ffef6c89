package rewrite_test

import (
	"runtime"
	"testing"
	"weak"

	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/rewrite"
)

// TestPlansHoldNoSchema: fix keeps all plans until it has written them, and what was
// known of all tables before each would be most of its memory.
func TestPlansHoldNoSchema(t *testing.T) {
	cases, err := fixcase.Glob("../testdata/fix")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	plans, schemas := make([]rewrite.Plan, len(cases)), make([]weak.Pointer[schema.State], len(cases))
	for i, c := range cases {
		built, err := c.Build(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		plans[i], schemas[i] = built.Plan, weak.Make(built.State)
	}
	runtime.GC()
	for i, c := range cases {
		if schemas[i].Value() != nil {
			t.Errorf("the plan of %s holds what was known before it", c.Name)
		}
	}
	runtime.KeepAlive(plans)
}
