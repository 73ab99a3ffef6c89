package rules_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/safemig/safemig/rules"
)

// TestNotTaken holds the page on other tools' checks to the rules: each rule
// that its tables name exists, and each is off where it says so.
func TestNotTaken(t *testing.T) {
	page, err := os.ReadFile("../docs/rules-not-taken.md")
	if err != nil {
		t.Fatal(err)
	}
	var taken strings.Builder
	for section := range strings.SplitSeq(string(page), "\n## ") {
		if title, table, _ := strings.Cut(section, "\n"); title == "Taken" || title == "MySQL: taken" {
			taken.WriteString(table)
		}
	}
	named := regexp.MustCompile("`([a-z0-9-]+)`( \\(off\\))?").FindAllStringSubmatch(taken.String(), -1)
	if len(named) < 100 {
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
