package rules

import (
	"fmt"
	"slices"
)

// Choice is what a project wants of a rule; the zero Choice is the rule on, with
// its own severities.
type Choice struct {
	Off      bool
	Severity Severity // zero: the rule's own
}

// ChoiceWords are the choices as configurations write them.
func ChoiceWords() []string { return []string{"error", "warning", "info", "off", "on"} }

// ChoiceNamed is the choice that one of ChoiceWords stands for.
func ChoiceNamed(word string) Choice {
	s, err := ParseSeverity(word)
	if err != nil {
		return Choice{Off: word == "off"}
	}
	return Choice{Severity: s}
}

// muted is the severity of a finding that nobody is shown.
const muted Severity = 0

// Select is the rules that run: Configure without those that nobody asked for. A
// rule that a project turned off still runs, muted: what it finds must not come
// back from the rule that speaks where no other one does.
func Select(list []*Rule, choices map[string]Choice) ([]*Rule, error) {
	out, err := Configure(list, choices)
	return slices.DeleteFunc(out, func(r *Rule) bool { return r.Off }), err
}

// Configure applies a project's choices, by rule id. A rule of style or policy
// stays Off unless the project names it.
func Configure(list []*Rule, choices map[string]Choice) ([]*Rule, error) {
	left := len(choices)
	out := make([]*Rule, 0, len(list))
	for _, r := range list {
		if choice, named := choices[r.ID]; named {
			left--
			chosen := *r
			chosen.Off, chosen.choice = r.Off && choice.Off, choice
			r = &chosen
		}
		out = append(out, r)
	}
	if left > 0 {
		return nil, unknownChoice(list, choices)
	}
	return out, nil
}

func unknownChoice(list []*Rule, choices map[string]Choice) error {
	known := map[string]bool{}
	for _, r := range list {
		known[r.ID] = true
	}
	for id := range choices {
		if !known[id] {
			return fmt.Errorf("there is no rule %q", id)
		}
	}
	return fmt.Errorf("a rule is listed twice")
}

// InForce is the severity at which the rule reports, for those who list rules:
// "off" where it does not.
func (r *Rule) InForce() string {
	switch {
	case r.Off || r.choice.Off:
		return "off"
	case r.choice.Severity != 0:
		return r.choice.Severity.String()
	}
	return r.Severity.String()
}

// chosen is the severity of a finding that the rule reports at sev. The severity
// that a project chose takes the place of the rule's own. A case that the rule
// itself takes for milder stays as mild, and never becomes worse than what was chosen.
func (r *Rule) chosen(sev Severity) Severity {
	switch {
	case r.choice.Off:
		return muted
	case r.choice.Severity == 0:
		return sev
	case sev < r.Severity:
		return min(sev, r.choice.Severity)
	}
	return r.choice.Severity
}
