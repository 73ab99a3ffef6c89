package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/safemig/safemig/rules"
)

// TestOtherToolsRules: what another tool's names stand for are rules of ours, and a
// rule that says it is known there by such a name is among them.
func TestOtherToolsRules(t *testing.T) {
	all := rules.All()
	for _, tool := range rules.OtherTools() {
		for name, ids := range rules.Counterparts(tool) {
			for _, id := range ids {
				if !slices.ContainsFunc(all, func(r *rules.Rule) bool { return r.ID == id }) {
					t.Errorf("%s's %s is %s, which is no rule", tool, name, id)
				}
			}
			for _, r := range all {
				if r.End == nil && slices.Contains(r.Doc.Aliases, name) && !slices.Contains(ids, r.ID) && !strings.HasPrefix(name, "MY1") {
					t.Errorf("%s says that it is %s's %s, which stands for %v", r.ID, tool, name, ids)
				}
			}
		}
	}
}
