package lsp

import (
	"context"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/report"
)

// ignores are comments that take a statement out of the judgement of a rule. The
// reason is left to who knows it: without one the comment ignores nothing.
func (a *offer) ignores(ctx context.Context, found []*report.Finding) ([]codeAction, error) {
	statements, err := a.migrations.Locks(ctx, a.ask)
	if err != nil {
		return nil, err
	}
	type place struct {
		rule      string
		statement int
	}
	seen := map[place]bool{}
	var out []codeAction
	for _, f := range found {
		at := place{f.Rule, f.Statement}
		if seen[at] || f.Statement >= len(statements) || len(statements) == 0 || strings.HasPrefix(f.Rule, "ignore-") {
			continue
		}
		seen[at] = true
		word, where, offset := "safemig:ignore ", "here", statements[max(0, f.Statement)].Start.Offset
		if f.Statement < 0 {
			word, where = "safemig:ignore-file ", "in this file"
		}
		out = append(out, codeAction{
			Title: "Ignore " + f.Rule + " " + where + ", for a reason that you give", Kind: kindQuickFix, Diagnostics: a.shown([]*report.Finding{f}),
			Edit: a.comment("-- "+word+f.Rule+" -- ", offset),
		})
	}
	return out, nil
}

// comment puts a comment above the statement that begins at an offset.
func (a *offer) comment(mark string, offset int) *workspaceEdit {
	t := a.d.text
	line := t.position(offset).Line
	before := t.src[t.lines[line]:offset]
	head, tail, at := "", "\n"+before, offset
	if strings.TrimSpace(before) != "" { // behind another statement
		head, tail = "\n", "\n"
	}
	if strings.Contains(t.src, "\r\n") {
		head, tail = strings.ReplaceAll(head, "\n", "\r\n"), strings.ReplaceAll(tail, "\n", "\r\n")
	}
	where := t.rangeOf(change.Span{Start: at, End: at})
	switch id := (versionedID{URI: a.d.uri, Version: &a.d.version}); {
	case a.client.snippets:
		value := strings.NewReplacer(`\`, `\\`, "$", `\$`, "}", `\}`).Replace(head+mark) + "$0" + tail
		return &workspaceEdit{DocumentChanges: []any{documentEdit{TextDocument: id, Edits: []any{snippetEdit{Range: where, Snippet: stringValue{Kind: "snippet", Value: value}}}}}}
	case a.client.documents:
		return &workspaceEdit{DocumentChanges: []any{documentEdit{TextDocument: id, Edits: []any{textEdit{Range: where, NewText: head + mark + tail}}}}}
	}
	return &workspaceEdit{Changes: map[string][]textEdit{a.d.uri: {{Range: where, NewText: head + mark + tail}}}}
}
