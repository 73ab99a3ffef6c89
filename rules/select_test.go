package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/rules"
)

// project runs PostgreSQL files, of which the last is judged, through the rules
// that a project wants.
func project(t *testing.T, list []*rules.Rule, choices map[string]rules.Choice, set func(*rules.Checker), sql ...string) []rules.Finding {
	t.Helper()
	return projectOn(t, "postgres", list, choices, set, sql...)
}

func projectOn(t *testing.T, name string, list []*rules.Rule, choices map[string]rules.Choice, set func(*rules.Checker), sql ...string) []rules.Finding {
	t.Helper()
	d, err := dialect.Open(name, "")
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := rules.Select(list, choices)
	if err != nil {
		t.Fatal(err)
	}
	c := rules.NewChecker(d.Target, d.Facts, chosen)
	if set != nil {
		set(c)
	}
	for i, text := range sql {
		s := script(file{name: "f.sql", sql: text, tx: strings.HasPrefix(text, "-- tx")})
		d.Parse(s)
		if i < len(sql)-1 {
			c.Replay(s)
			continue
		}
		found, err := c.File(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	return nil
}

// shown are findings as "severity[rule] message".
func shown(found []rules.Finding) []string {
	out := []string{}
	for _, f := range found {
		out = append(out, f.Severity.String()+"["+f.Rule+"] "+f.Message)
	}
	return out
}

// reports is a rule that reports every statement at each of the severities.
func reports(own rules.Severity, at ...rules.Severity) *rules.Rule {
	return &rules.Rule{ID: "one", Severity: own, Stmt: func(p *rules.Pass) {
		for _, sev := range at {
			p.ReportAs(sev, p.Stmt.Span, "", "found")
		}
	}}
}

// TestSeverities: a chosen severity takes the place of the rule's own, and the
// milder cases stay as mild.
func TestSeverities(t *testing.T) {
	tests := []struct {
		choice  rules.Choice
		own, at rules.Severity
		want    rules.Severity
	}{
		{rules.Choice{}, rules.Error, rules.Error, rules.Error},
		{rules.Choice{}, rules.Error, rules.Warning, rules.Warning},
		{rules.Choice{Severity: rules.Error}, rules.Warning, rules.Warning, rules.Error},
		{rules.Choice{Severity: rules.Error}, rules.Warning, rules.Info, rules.Info},
		{rules.Choice{Severity: rules.Error}, rules.Warning, rules.Error, rules.Error},
		{rules.Choice{Severity: rules.Warning}, rules.Error, rules.Error, rules.Warning},
		{rules.Choice{Severity: rules.Warning}, rules.Error, rules.Warning, rules.Warning},
		{rules.Choice{Severity: rules.Info}, rules.Error, rules.Error, rules.Info},
		{rules.Choice{Severity: rules.Info}, rules.Error, rules.Warning, rules.Info},
		{rules.Choice{Severity: rules.Info}, rules.Warning, rules.Error, rules.Info},
		{rules.Choice{Off: true}, rules.Error, rules.Warning, 0},
	}
	for _, c := range tests {
		found := project(t, []*rules.Rule{reports(c.own, c.at)}, map[string]rules.Choice{"one": c.choice}, nil, "SELECT 1;")
		switch {
		case c.want == 0 && len(found) > 0:
			t.Errorf("%+v: found %v", c, shown(found))
		case c.want != 0 && (len(found) != 1 || found[0].Severity != c.want):
			t.Errorf("%+v: found %v", c, shown(found))
		}
	}
}

func TestRulesThatAreOffWaitToBeAsked(t *testing.T) {
	style := reports(rules.Info, rules.Info)
	style.Off = true
	for word, want := range map[string]string{"": "off", "off": "off", "on": "info", "warning": "warning"} {
		choices := map[string]rules.Choice{}
		if word != "" {
			choices["one"] = rules.ChoiceNamed(word)
		}
		configured, err := rules.Configure([]*rules.Rule{style}, choices)
		if err != nil {
			t.Fatal(err)
		}
		if got := configured[0].InForce(); got != want {
			t.Errorf("%q: in force is %s, want %s", word, got, want)
		}
		found := project(t, []*rules.Rule{style}, choices, nil, "SELECT 1;")
		if (want == "off") != (len(found) == 0) || len(found) > 0 && found[0].Severity.String() != want {
			t.Errorf("%q: found %v", word, shown(found))
		}
	}
	if !style.Off {
		t.Error("choosing changed the rule itself")
	}
}

// TestMutedRuleIsNotReplaced: what a project does not want to hear from one rule
// does not come from the rule that speaks where no other one does.
func TestMutedRuleIsNotReplaced(t *testing.T) {
	const before, sql = "CREATE TABLE orders (id bigint);", "SET lock_timeout = '2s';\nCREATE INDEX orders_id ON orders (id);"
	if got := project(t, rules.All(), nil, nil, before, sql); len(got) != 1 || got[0].Rule != "index-not-concurrent" {
		t.Fatalf("found %v", shown(got))
	}
	off := map[string]rules.Choice{"index-not-concurrent": {Off: true}}
	if got := project(t, rules.All(), off, nil, before, sql); len(got) > 0 {
		t.Errorf("found %v", shown(got))
	}
}

func TestUnknownRuleCannotBeChosen(t *testing.T) {
	_, err := rules.Select(rules.All(), map[string]rules.Choice{"drop-column": {}, "drop-colum": {}})
	if err == nil || !strings.Contains(err.Error(), `"drop-colum"`) {
		t.Errorf("error %v", err)
	}
}

func TestChoiceWords(t *testing.T) {
	var got []rules.Choice
	for _, w := range rules.ChoiceWords() {
		got = append(got, rules.ChoiceNamed(w))
	}
	want := []rules.Choice{{Severity: rules.Error}, {Severity: rules.Warning}, {Severity: rules.Info}, {Off: true}, {}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
