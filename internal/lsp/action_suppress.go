package lsp

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/safemig/safemig/internal/report"
)

// suppressions put rules out of force for a file in the configuration: a migration that
// was run somewhere must not change, its comments included, where its tool keeps sums.
func (a *offer) suppressions(found []*report.Finding) []codeAction {
	config := a.verdict.Config
	file, err := filepath.Rel(filepath.Dir(config.Path), a.d.path)
	if config.Path == "" || err != nil || !filepath.IsLocal(file) || strings.ContainsAny(file, "*?[]{}") {
		return nil // or it would be taken for a pattern
	}
	var out []codeAction
	seen := map[string]bool{}
	for _, f := range found {
		text, ok := withSuppression(string(config.Old), filepath.ToSlash(file), f.Rule)
		if seen[f.Rule] || !ok {
			continue
		}
		seen[f.Rule] = true
		config.Text = []byte(text)
		title := "Suppress " + f.Rule + " for this file in " + filepath.Base(config.Path) + ", for a reason that you give"
		edit, why := a.edit(&Plan{Files: []File{config}})
		if why != "" {
			out = append(out, a.cannot(title, why, f)...)
			continue
		}
		out = append(out, codeAction{Title: title, Kind: kindQuickFix, Diagnostics: a.shown([]*report.Finding{f}), Edit: edit})
	}
	return out
}

// listOfSuppressions is the key with nothing behind it, and the indentation of its first item.
var listOfSuppressions = regexp.MustCompile(`(?m)^suppressions:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*([ \t]*)-`)

// withSuppression is the text of a configuration with one suppression more, which lacks
// its reason. A list that is written in another way is left to people.
func withSuppression(config, file, rule string) (string, bool) {
	item := func(indent string) string {
		return indent + "- file: " + yamlText(file) + "\n" + indent + "  rule: " + rule + "\n" + indent + "  reason:\n"
	}
	if at := listOfSuppressions.FindStringSubmatchIndex(config); at != nil {
		return config[:at[2]] + item(config[at[2]:at[3]]) + config[at[2]:], true
	}
	if strings.Contains(config, "suppressions") {
		return "", false
	}
	if config != "" && !strings.HasSuffix(config, "\n") {
		config += "\n"
	}
	return config + "suppressions:\n" + item("  "), true
}

// plainYAML is a text that means itself without quotes.
var plainYAML = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_./-]*$`)

func yamlText(text string) string {
	if plainYAML.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
