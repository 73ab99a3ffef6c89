package report

import (
	"io"
	"slices"

	"github.com/safemig/safemig/rules"
)

type rulesJSON struct {
	Version int        `json:"version"`
	Rules   []ruleJSON `json:"rules"`
}

type ruleJSON struct {
	ID         string        `json:"id"`
	Family     string        `json:"family"`
	Severity   string        `json:"severity"`
	InForce    string        `json:"in_force"`
	Dialects   []string      `json:"dialects"`
	Recipe     string        `json:"recipe"`
	Title      string        `json:"title"`
	Why        string        `json:"why"`
	Instead    string        `json:"instead"`
	Bad        []exampleJSON `json:"bad"`
	Good       []exampleJSON `json:"good"`
	Aliases    []string      `json:"aliases"`
	References []string      `json:"references"`
	URL        string        `json:"url"`
}

type exampleJSON struct {
	Dialect string   `json:"dialect"`
	Version string   `json:"server_version,omitempty"`
	Before  string   `json:"before,omitempty"`
	Was     string   `json:"was,omitempty"` // the first of the files on the branch to merge into
	Files   []string `json:"files"`
}

// RulesJSON writes rules with all that is known of them.
func RulesJSON(w io.Writer, list []*rules.Rule) error {
	out := rulesJSON{Version: schemaVersion, Rules: make([]ruleJSON, 0, len(list))}
	for _, r := range list {
		out.Rules = append(out.Rules, ruleOf(r))
	}
	return encode(w, out)
}

func ruleOf(r *rules.Rule) ruleJSON {
	return ruleJSON{
		ID: r.ID, Family: string(r.Family), Severity: r.Severity.String(), InForce: r.InForce(), Dialects: dialectsOf(r), Recipe: r.Recipe,
		Title: r.Doc.Title, Why: r.Doc.Why, Instead: r.Doc.Instead,
		Bad: examplesOf(r, r.Doc.Bad), Good: examplesOf(r, r.Doc.Good),
		Aliases: notNil(r.Doc.Aliases), References: notNil(r.Doc.Refs), URL: RuleURL(r.ID, r.Custom),
	}
}

func examplesOf(r *rules.Rule, list []rules.Example) []exampleJSON {
	out := make([]exampleJSON, 0, len(list))
	for _, e := range list {
		out = append(out, exampleJSON{Dialect: exampleDialect(r, e), Version: e.Version, Before: e.Before, Was: e.Was, Files: notNil(e.Files)})
	}
	return out
}

// exampleDialect is what an example is written for.
func exampleDialect(r *rules.Rule, e rules.Example) string {
	if e.Dialect != "" {
		return e.Dialect
	}
	return dialectsOf(r)[0]
}

func dialectsOf(r *rules.Rule) []string {
	if len(r.Dialects) == 0 {
		return []string{"postgres", "mysql", "mariadb"}
	}
	return slices.Clone(r.Dialects)
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
