package lsp

import (
	"context"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/report"
)

// openDocs is the command that shows a rule's page.
const openDocs = "safemig.openDocs"

// codeActions are what can be done about what is found in a range.
func (s *Server) codeActions(ctx context.Context, m *message) (any, error) {
	params, err := decode[actionParams](m)
	if err != nil {
		return nil, err
	}
	list := []codeAction{}
	d, ask, ok := s.look(params.TextDocument.URI)
	if !ok || d.config {
		return list, nil
	}
	s.mu.Lock()
	a := &offer{Server: s, client: s.client, d: d, ask: ask}
	s.mu.Unlock()
	return alone(ctx, s, func() ([]codeAction, error) {
		if err := a.judge(ctx); err != nil {
			return nil, err
		}
		found := foundAt(d, &a.verdict, d.text.offset(params.Range.Start), d.text.offset(params.Range.End))
		if wants(params.Context.Only, kindQuickFix, true) {
			more, err := a.quickFixes(ctx, found)
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
		if wants(params.Context.Only, kindFixAll, false) {
			more, err := a.fixAll(ctx)
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
		return list, nil
	})
}

// wants says whether the client asked for a kind, or for one above it.
func wants(only []string, kind string, byDefault bool) bool {
	if len(only) == 0 {
		return byDefault
	}
	return slices.ContainsFunc(only, func(o string) bool { return o == "" || o == kind || strings.HasPrefix(kind, o+".") })
}

// offer is what is offered for one document.
type offer struct {
	*Server
	client  client
	d       *document
	ask     Ask
	verdict Verdict
}

func (a *offer) judge(ctx context.Context) (err error) {
	a.verdict, err = a.migrations.Judge(ctx, a.ask)
	return err
}

// quickFixes are the plan where it cures one of the findings, a comment for each to
// ignore it, and the pages of their rules.
func (a *offer) quickFixes(ctx context.Context, found []*report.Finding) ([]codeAction, error) {
	if len(found) == 0 {
		return nil, nil
	}
	plan, err := a.migrations.Plan(ctx, a.ask)
	if err != nil {
		return nil, err
	}
	var ignores []codeAction
	if plan.Applied {
		ignores = a.suppressions(found)
	}
	if ignores == nil {
		if ignores, err = a.ignores(ctx, found); err != nil {
			return nil, err
		}
	}
	return slices.Concat(a.cures(&plan, found), ignores, a.pages(found)), nil
}

// pages are the ways to the pages of the rules.
func (a *offer) pages(found []*report.Finding) []codeAction {
	if !a.client.opens {
		return nil
	}
	var out []codeAction
	var seen []string
	for _, f := range found {
		url := report.RuleURL(f.Rule, f.Custom)
		if slices.Contains(seen, url) {
			continue
		}
		seen = append(seen, url)
		title := "Read about " + f.Rule
		out = append(out, codeAction{Title: title, Kind: kindQuickFix, Command: &command{Title: title, Command: openDocs, Arguments: []any{url}}})
	}
	return out
}

// execute runs the one command that there is.
func (s *Server) execute(_ context.Context, m *message) (any, error) {
	params, err := decode[commandParams](m)
	if err != nil {
		return nil, err
	}
	if params.Command != openDocs {
		return nil, failed(codeInvalidParams, "no command %s", params.Command)
	}
	url := ""
	if len(params.Arguments) == 1 {
		url, _ = params.Arguments[0].(string)
	}
	if !strings.HasPrefix(url, report.DocsURL) {
		return nil, failed(codeInvalidParams, "%s wants the address of a page of safemig's", openDocs)
	}
	s.call("window/showDocument", map[string]any{"uri": url, "external": true})
	return nil, nil
}
