package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/stats"
	"github.com/safemig/safemig/rules"
)

// block is one fenced block of a page.
type block struct{ language, text string }

func blocksOf(t *testing.T, path string) []block {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllSubmatch(page, -1) {
		out = append(out, block{string(m[1]), string(m[2])})
	}
	return out
}

const configurationPage = "../../docs/configuration.md"

// TestConfigurationExamples reads every example of the page. SQL behind a
// configuration is linted with it: its custom rules must find just the lines
// that name them.
func TestConfigurationExamples(t *testing.T) {
	blocks := blocksOf(t, configurationPage)
	known := (&program{rules: rules.All()}).knownNames()
	linted, last := 0, ""
	for _, b := range blocks {
		switch b.language {
		case "yaml":
			if _, err := config.Parse("safemig.yml", []byte(b.text), known); err != nil {
				t.Errorf("%v", err)
			}
			last = b.text
		case "json":
			if _, err := stats.Parse([]byte(b.text)); err != nil {
				t.Errorf("%s\n%v", b.text, err)
			}
		case "sql":
			linted++
			if diff := cmp.Diff(marked(b.text), found(t, last, b.text)); diff != "" {
				t.Errorf("%s\n%s(-want +got):\n%s", last, b.text, diff)
			}
		}
	}
	if linted < 3 {
		t.Errorf("%d examples of custom rules", linted)
	}
}

// marked are the lines that name a rule: "3 no-drop-on-billing".
func marked(sql string) []string {
	out := []string{}
	for i, line := range strings.Split(sql, "\n") {
		if _, rule, ok := strings.Cut(line, "; -- "); ok {
			out = append(out, fmt.Sprintf("%d %s", i+1, rule))
		}
	}
	return out
}

// found are the lines in which a custom rule finds something.
func found(t *testing.T, configuration, sql string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"safemig.yml": configuration, "1.sql": sql} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	args := []string{"safemig", "lint", "--config", filepath.Join(dir, "safemig.yml"), "--dialect", "postgres", "--format", "concise", filepath.Join(dir, "1.sql")}
	Main(context.Background(), args, strings.NewReader(""), &stdout, &stderr, func(string) string { return "" })
	if stderr.Len() > 0 {
		t.Fatal(stderr.String())
	}
	out := []string{}
	for _, m := range regexp.MustCompile(`(?m)1\.sql:(\d+):\d+: \w+\[([a-z-]+)\]`).FindAllStringSubmatch(stdout.String(), -1) {
		if strings.Contains(configuration, "id: "+m[2]+"\n") {
			out = append(out, m[1]+" "+m[2])
		}
	}
	return out
}

// TestConfigurationPageNamesEveryKey and every kind of change.
func TestConfigurationPageNamesEveryKey(t *testing.T) {
	page, err := os.ReadFile(configurationPage)
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Parse("safemig.yml", []byte("none: 1"), config.Known{})
	_, keys, ok := strings.Cut(strings.SplitN(fmt.Sprint(err), "\n", 2)[0], "known are ")
	if !ok {
		t.Fatalf("no keys in %v", err)
	}
	for key := range strings.SplitSeq(keys, ", ") {
		if !bytes.Contains(page, []byte("`"+key+"`")) {
			t.Errorf("the page does not tell of %s", key)
		}
	}
	_, list, _ := strings.Cut(string(page), "<!-- kinds: a test holds this list to the program -->\n")
	var got, want []string
	for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(list, -1) {
		got = append(got, m[1])
	}
	for k := range change.KindCount {
		want = append(want, k.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("the page's kinds of change (-want +got):\n%s", cmp.Diff(want, got))
	}
}
