package lsp

import (
	"context"
	"slices"
	"strings"
)

// diagnose judges documents as they become due, until the context ends.
func (s *Server) diagnose(ctx context.Context) {
	for {
		uri, ok := s.due.next(ctx)
		if !ok {
			return
		}
		s.diagnoseOne(ctx, uri)
	}
}

func (s *Server) diagnoseOne(ctx context.Context, uri string) {
	_, seen := s.opened()
	d, ask, ok := s.look(uri)
	if !ok {
		return
	}
	v, err := guarded(func() (Verdict, error) { return s.verdict(ctx, d, ask) })
	if _, now := s.opened(); ctx.Err() != nil || now != seen && !d.config { // it is judged anew
		return
	}
	if err != nil {
		s.log(logError, "%s: %v", d.path, err)
		problem, _, _ := strings.Cut(err.Error(), "\n")
		v = Verdict{Problems: []string{problem}}
	}
	s.sayWhy(d, v.Left)
	if d.config && err == nil {
		s.publish(d, mistakesShown(v.Mistakes))
		return
	}
	s.publish(d, s.diagnostics(d, &v))
	s.configuration(d, &v, seen)
}

func (s *Server) verdict(ctx context.Context, d *document, ask Ask) (Verdict, error) {
	return alone(ctx, s, func() (Verdict, error) {
		if d.config {
			return Verdict{Mistakes: s.migrations.Mistakes(d.path, []byte(d.text.src))}, nil
		}
		return s.migrations.Judge(ctx, ask)
	})
}

// sayWhy writes into the log why a document is left alone, once.
func (s *Server) sayWhy(d *document, left string) {
	s.mu.Lock()
	known := s.told[d.uri]
	s.told[d.uri] = left
	s.mu.Unlock()
	if left != "" && left != known {
		s.log(logInfo, "%s is left alone: %s", d.path, left)
	}
}

// publish tells the client of a document, unless it has changed or was closed meanwhile.
func (s *Server) publish(d *document, list []diagnostic) {
	s.publishes.Lock()
	defer s.publishes.Unlock()
	s.mu.Lock()
	now := s.docs[d.uri]
	s.mu.Unlock()
	if now != d {
		return
	}
	s.notify("textDocument/publishDiagnostics", publishParams{URI: d.uri, Version: &d.version, Diagnostics: list})
}

// closed takes back what was said of a document.
func (s *Server) closed(uri string) {
	s.publishes.Lock()
	defer s.publishes.Unlock()
	s.mu.Lock()
	delete(s.told, uri)
	s.mu.Unlock()
	s.notify("textDocument/publishDiagnostics", publishParams{URI: uri, Diagnostics: []diagnostic{}})
	open, _ := s.opened()
	for config := range s.faulty {
		s.forgive(config, uri, open)
	}
}

// configuration tells of what is wrong with the configurations that a document was
// judged by, and takes back what is mended.
func (s *Server) configuration(d *document, v *Verdict, seen int) {
	s.publishes.Lock()
	defer s.publishes.Unlock()
	open, changes := s.opened()
	if changes != seen {
		return
	}
	byFile := map[string][]Mistake{}
	for _, m := range v.Mistakes {
		byFile[m.File] = append(byFile[m.File], m)
	}
	for file, mistakes := range byFile {
		if !slices.Contains(s.faulty[file], d.uri) {
			s.faulty[file] = append(s.faulty[file], d.uri)
		}
		if !open[file] { // else what is open says more than what is on disk
			s.notify("textDocument/publishDiagnostics", publishParams{URI: uriOf(file), Diagnostics: mistakesShown(mistakes)})
		}
	}
	for file := range s.faulty {
		if byFile[file] == nil {
			s.forgive(file, d.uri, open)
		}
	}
}

// forgive takes back what was said of a configuration when the last document that
// it was met for is gone, or does without it. The caller holds publishes.
func (s *Server) forgive(config, uri string, open map[string]bool) {
	left := slices.DeleteFunc(s.faulty[config], func(other string) bool { return other == uri })
	if s.faulty[config] = left; len(left) > 0 {
		return
	}
	delete(s.faulty, config)
	if !open[config] {
		s.notify("textDocument/publishDiagnostics", publishParams{URI: uriOf(config), Diagnostics: []diagnostic{}})
	}
}

// opened are the paths of what is open, and how often a configuration among them changed.
func (s *Server) opened() (paths map[string]bool, configs int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	paths = map[string]bool{}
	for _, d := range s.docs {
		paths[d.path] = true
	}
	return paths, s.configs
}

func mistakesShown(list []Mistake) []diagnostic {
	out := []diagnostic{}
	for _, m := range list {
		at := position{Line: max(0, m.Line-1), Character: max(0, m.Column-1)}
		out = append(out, diagnostic{
			Range: textRange{Start: at, End: position{Line: at.Line, Character: at.Character + 1}}, Severity: severityError, Source: source, Message: m.Message,
		})
	}
	return out
}
