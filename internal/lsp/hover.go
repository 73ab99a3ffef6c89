package lsp

import (
	"context"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/report"
)

// hover tells of the statement under the cursor what it locks, and of what is
// found there the rules. On its first line a file that is left alone says why.
func (s *Server) hover(ctx context.Context, m *message) (any, error) {
	params, err := decode[hoverParams](m)
	if err != nil {
		return nil, err
	}
	d, ask, ok := s.look(params.TextDocument.URI)
	if !ok || d.config {
		return nil, nil
	}
	at := d.text.offset(params.Position)
	found, err := alone(ctx, s, func() (*hover, error) { return s.hoverAt(ctx, d, ask, at) })
	if found == nil || err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.client.markdown {
		found.Contents.Kind = "plaintext"
	}
	return found, nil
}

func (s *Server) hoverAt(ctx context.Context, d *document, ask Ask, at int) (*hover, error) {
	v, err := s.migrations.Judge(ctx, ask)
	if err != nil {
		return nil, err
	}
	if v.Left != "" {
		if d.text.position(at).Line > 0 {
			return nil, nil
		}
		return markdown([]string{"safemig leaves this file alone: " + v.Left}, d.firstLine()), nil
	}
	statements, err := s.migrations.Locks(ctx, ask)
	if err != nil {
		return nil, err
	}
	var parts []string
	var where textRange
	for i := range statements {
		st := &statements[i]
		span := change.Span{Start: st.Start.Offset, End: st.Start.Offset + len(st.SQL)}
		if span.Start <= at && at <= span.End {
			parts, where = []string{strings.TrimSpace(report.LocksMarkdown(st))}, d.text.rangeOf(span)
			break
		}
	}
	found := foundAt(d, &v, at, at)
	for _, f := range found {
		where = d.findingRange(f)
		parts = append(parts, s.explained(ask, f, len(found) == 1))
	}
	if parts == nil {
		return nil, nil
	}
	return markdown(parts, where), nil
}

// foundAt are the findings whose place touches what is between two offsets, each rule
// once at a place.
func foundAt(d *document, v *Verdict, from, to int) []*report.Finding {
	var out []*report.Finding
	for i := range v.Findings {
		f := &v.Findings[i]
		where := d.findingRange(f)
		if d.text.offset(where.Start) <= to && from <= d.text.offset(where.End) {
			out = append(out, f)
		}
	}
	return out
}

// explained is what is found, and the page of its rule; of several pages only what
// they say, without the examples.
func (s *Server) explained(ask Ask, f *report.Finding, whole bool) string {
	text := "**" + f.Rule + "**: " + report.AsMarkdown(f.Message)
	if f.Help != "" {
		text += "\n\nInstead: " + report.AsMarkdown(f.Help)
	}
	r := s.migrations.Rule(ask, f.Rule)
	switch {
	case r == nil:
	case whole:
		text += "\n\n" + strings.TrimSpace(r.Markdown())
	default:
		text += "\n\nWhy: " + report.AsMarkdown(r.Doc.Why)
	}
	return text + "\n\n[" + f.Rule + "](" + report.RuleURL(f.Rule, f.Custom) + ")"
}

func markdown(parts []string, where textRange) *hover {
	return &hover{Contents: markup{Kind: "markdown", Value: strings.Join(parts, "\n\n---\n\n")}, Range: &where}
}
