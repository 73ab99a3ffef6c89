package lsp

import "testing"

func TestSuppressionIsPutIntoTheConfiguration(t *testing.T) {
	const item = "- file: a.sql\n  rule: r\n  reason:\n"
	const inner = "  - file: a.sql\n    rule: r\n    reason:\n"
	for config, want := range map[string]string{
		"":                                      "suppressions:\n" + inner,
		"dialect: mysql":                        "dialect: mysql\nsuppressions:\n" + inner,
		"suppressions:\n- rule: x\nfix: {}\n":   "suppressions:\n" + item + "- rule: x\nfix: {}\n",
		"suppressions: # a\n\n # b\n  - x: y\n": "suppressions: # a\n\n # b\n" + inner + "  - x: y\n",
		"suppressions:\r\n  - x: y\r\n":         "suppressions:\r\n" + inner + "  - x: y\r\n",
		"suppressions: [{file: b.sql}]\n":       "",
		"suppressions:\n  {file: b.sql}\n":      "",
	} {
		if got, ok := withSuppression(config, "a.sql", "r"); got != want || ok != (want != "") {
			t.Errorf("%q becomes %q, %v; want %q", config, got, ok, want)
		}
	}
	if got := yamlText("it's #1: a.sql"); got != "'it''s #1: a.sql'" {
		t.Errorf("quoted as %s", got)
	}
}
