package lsp

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/report"
)

// cures is the plan for the migration, or why there is none for what is found.
func (a *offer) cures(plan *Plan, found []*report.Finding) []codeAction {
	var out []codeAction
	var cured []*report.Finding
	for _, f := range found {
		if plan.Title != "" && slices.Contains(plan.Rules, f.Rule) {
			cured = append(cured, f)
		} else if why := plan.why(f); why != "" && f.Recipe != "" {
			out = append(out, a.cannot("Make it safe: "+f.Rule, why, f)...)
		}
	}
	if len(cured) == 0 {
		return out
	}
	return slices.Concat(a.planned(plan, kindQuickFix, cured), out)
}

// why is the reason why the plan does not cure a finding.
func (p *Plan) why(f *report.Finding) string {
	for _, u := range p.Unfixed {
		if u.Rule == f.Rule && u.Offset == f.Start.Offset {
			return u.Reason
		}
	}
	return ""
}

// fixAll is the plan where it does no more than to change the migration: what is
// done to many files at once, or when a file is saved, must not make new ones.
func (a *offer) fixAll(ctx context.Context) ([]codeAction, error) {
	plan, err := a.migrations.Plan(ctx, a.ask)
	if err != nil || plan.Title == "" || !a.inPlace(&plan) {
		return nil, err
	}
	return a.planned(&plan, kindFixAll, nil), nil
}

func (a *offer) inPlace(p *Plan) bool { return len(p.Files) == 1 && p.Files[0].Path == a.d.path }

// planned is the action that makes a plan's changes.
func (a *offer) planned(p *Plan, kind string, cured []*report.Finding) []codeAction {
	title := "Make it safe: " + p.Title
	if !a.inPlace(p) {
		title = fmt.Sprintf("Write the plan, %s: %s", counted(len(p.Files), "file"), p.Title)
	}
	edit, why := a.edit(p)
	if why != "" {
		return a.cannot(title, why, cured...)
	}
	return []codeAction{{Title: title, Kind: kind, Diagnostics: a.shown(cured), Preferred: kind == kindQuickFix, Edit: edit}}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// cannot is an action that says why it cannot be done, for clients that show such.
func (a *offer) cannot(title, why string, found ...*report.Finding) []codeAction {
	if !a.client.disabled {
		return nil
	}
	return []codeAction{{Title: title, Kind: kindQuickFix, Diagnostics: a.shown(found), Disabled: &disabled{Reason: why}}}
}

func (a *offer) shown(found []*report.Finding) []diagnostic {
	var out []diagnostic
	for _, f := range found {
		out = append(out, a.d.diagnostic(f))
	}
	return out
}

// edit is a plan as changes of documents, the new files first; or why it cannot be made.
func (a *offer) edit(p *Plan) (edit *workspaceEdit, why string) {
	var creations, changes []any
	for _, f := range p.Files {
		if f.Old == nil {
			creations = append(creations, createFile{Kind: "create", URI: uriOf(f.Path)})
			changes = append(changes, documentEdit{
				TextDocument: versionedID{URI: uriOf(f.Path)}, Edits: []any{textEdit{NewText: string(f.Text)}},
			})
			continue
		}
		e, why := a.rewritten(f)
		if why != "" {
			return nil, why
		}
		changes = append(changes, e)
	}
	switch {
	case len(creations) > 0 && !a.client.creates:
		return nil, "the plan has new files, which this editor does not make for a language server; run safemig fix --write " + filepath.Base(a.d.path)
	case a.client.documents:
		return &workspaceEdit{DocumentChanges: append(creations, changes...)}, ""
	case len(changes) > 1:
		return nil, "the plan changes several files, which this editor does not do at once; run safemig fix --write " + filepath.Base(a.d.path)
	}
	e := changes[0].(documentEdit)
	return &workspaceEdit{Changes: map[string][]textEdit{e.TextDocument.URI: {e.Edits[0].(textEdit)}}}, ""
}

// rewritten is the change of a file that is there, as small as whole lines let it be.
func (a *offer) rewritten(f File) (e documentEdit, why string) {
	e.TextDocument.URI = uriOf(f.Path)
	before := newText(string(f.Old), a.client.units)
	open := a.d
	if f.Path != a.d.path {
		open = a.document(f.Path)
	}
	if open != nil {
		if !bytes.Equal([]byte(open.text.src), f.Old) {
			return e, filepath.Base(f.Path) + " has changes that are not saved: save it first"
		}
		e.TextDocument = versionedID{URI: open.uri, Version: &open.version}
	}
	span, text := difference(before.src, string(f.Text))
	e.Edits = []any{textEdit{Range: before.rangeOf(span), NewText: text}}
	return e, ""
}

// difference is the lines that change between two texts: where they are in the old
// one, and what stands there in the new one.
func difference(before, after string) (change.Span, string) {
	from := 0
	for {
		i := strings.IndexByte(before[from:], '\n') + 1
		if i == 0 || !strings.HasPrefix(after[from:], before[from:from+i]) {
			break
		}
		from += i
	}
	end, till := len(before), len(after)
	for end > from && till > from {
		i := max(from, strings.LastIndexByte(before[from:end-1], '\n')+1+from)
		line := before[i:end]
		if !strings.HasSuffix(after[from:till], line) || till-len(line) > from && after[till-len(line)-1] != '\n' {
			break
		}
		end, till = i, till-len(line)
	}
	return change.Span{Start: from, End: end}, after[from:till]
}
