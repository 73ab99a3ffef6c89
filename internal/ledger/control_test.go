package ledger

import (
	"strings"
	"testing"
)

func TestNamesWithLineEndsAreRefused(t *testing.T) {
	const plan = "version: 1\nname: %s\nsource: ../../db/1.sql\ndialect: postgres\nlayout: plain\ncreated: 2026-01-01\ndeadline: 2026-02-01\n" +
		"steps:\n  - phase: expand\n    title: a\n    files:\n      - ../../db/1.sql\n"
	if _, err := Parse("plan.yml", []byte(strings.ReplaceAll(plan, "%s", "a"))); err != nil {
		t.Fatal(err)
	}
	if _, err := Parse("plan.yml", []byte(strings.ReplaceAll(plan, "%s", `"a\nDROP TABLE users; --"`))); err == nil || !strings.Contains(err.Error(), "control character") {
		t.Errorf("%v", err)
	}
	j := &Job{Name: "a", Table: "t", Set: "a = 1"}
	if text := j.Text([]string{"about\nDROP TABLE users;"}); strings.Contains(text, "\nDROP") {
		t.Errorf("a comment ends: %s", text)
	}
}
