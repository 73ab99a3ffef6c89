package delivery

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestPageOfCI holds docs/ci.md to action.yml: every input and output is on it, and its examples
// give only what there is.
func TestPageOfCI(t *testing.T) {
	t.Chdir("../..")
	page, err := os.ReadFile("docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var known action
	if err := yaml.Unmarshal(text, &known); err != nil {
		t.Fatal(err)
	}
	for name := range known.Inputs {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/ci.md lacks the input %s", name)
		}
	}
	for name := range known.Outputs {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/ci.md lacks the output %s", name)
		}
	}
	for _, example := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		checkExample(t, &known, example[1])
	}
}

func checkExample(t *testing.T, known *action, text string) {
	t.Helper()
	var parsed any
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil {
		t.Errorf("an example of docs/ci.md is no YAML: %v", err)
	}
	_, given, ok := strings.Cut(text, "uses: safemig/safemig@")
	if !ok {
		return
	}
	given, _, _ = strings.Cut(given, "- if:")
	for _, key := range regexp.MustCompile(`(?m)^ {10}([\w-]+):`).FindAllStringSubmatch(given, -1) {
		if _, ok := known.Inputs[key[1]]; !ok {
			t.Errorf("an example of docs/ci.md gives the action %q, which it does not take", key[1])
		}
	}
}
