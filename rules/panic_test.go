package rules_test

import (
	"context"
	"errors"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// TestPanic: a rule that fails is named, and the file has no verdict.
func TestPanic(t *testing.T) {
	d, err := dialect.Open("postgres", "")
	if err != nil {
		t.Fatal(err)
	}
	broken := &rules.Rule{ID: "broken", Kinds: []change.Kind{change.KindDropTable}, Op: func(*rules.Pass) { panic("on purpose") }}
	s := script(file{name: "1.sql", sql: "DROP TABLE a;"})
	d.Parse(s)
	found, err := rules.NewChecker(d.Target, d.Facts, []*rules.Rule{broken}).File(context.Background(), s)
	var failed *rules.RuleError
	if !errors.As(err, &failed) || failed.Rule != "broken" || failed.Path != "1.sql" {
		t.Errorf("got %v and %v, want a RuleError of rule broken on 1.sql", found, err)
	}
}

// TestCancel: a cancelled context ends the walk with its error.
func TestCancel(t *testing.T) {
	d, err := dialect.Open("postgres", "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := script(file{name: "1.sql", sql: "DROP TABLE a;"})
	d.Parse(s)
	if _, err := rules.NewChecker(d.Target, d.Facts, rules.All()).File(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
