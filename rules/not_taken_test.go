package rules_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/safemig/safemig/rules"
)

// TestNotTaken holds the page on other tools' checks to the rules: each rule
// that its tables name exists, and each of PostgreSQL's is off where it says so.
func TestNotTaken(t *testing.T) {
	page, err := os.ReadFile("../docs/rules-not-taken.md")
	if err != nil {
		t.Fatal(err)
	}
	_, taken, ok := strings.Cut(string(page), "## Taken")
	if !ok {
		t.Fatal("docs/rules-not-taken.md lacks its table of rules taken")
	}
	named := regexp.MustCompile("`([a-z0-9-]+)`( \\(off\\))?").FindAllStringSubmatch(taken, -1)
	if len(named) < 50 {
		t.Fatalf("only %d rules are named", len(named))
	}
	for _, m := range named {
		r := rules.Find(rules.All(), m[1])
		switch {
		case r == nil || r.ID != m[1]:
			t.Errorf("there is no rule %s", m[1])
		case r.Off != (m[2] != ""):
			t.Errorf("%s: the page and the rule differ on whether it is off", m[1])
		}
	}
}
