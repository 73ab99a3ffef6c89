package lsp

import (
	"path/filepath"
	"strings"
	"time"
)

// document is an open file. It is never changed: a new version is a new one.
type document struct {
	uri     string
	path    string
	version int
	text    *text
	// config says that it is a configuration, and no SQL.
	config bool
}

func (s *Server) didOpen(m *message) error {
	params, err := decode[openParams](m)
	if err != nil {
		return err
	}
	d := params.TextDocument
	path, ok := pathOf(d.URI)
	if !ok {
		s.log(logInfo, "%s is left alone: it is no file", d.URI)
		return nil
	}
	config := s.migrations.IsConfiguration(path)
	if !config && !strings.EqualFold(filepath.Ext(path), ".sql") {
		s.log(logInfo, "%s is left alone: it is no .sql file", path)
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.docs[d.URI] = &document{uri: d.URI, path: path, version: d.Version, text: newText(d.Text, s.client.units), config: config}
	s.judge(d.URI, 0)
	return nil
}

func (s *Server) didChange(m *message) error {
	params, err := decode[changeParams](m)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.docs[params.TextDocument.URI]
	if old == nil {
		return nil // it is left alone
	}
	d := *old
	if v := params.TextDocument.Version; v != nil {
		d.version = *v
	}
	for _, c := range params.ContentChanges {
		d.text = d.text.changed(c)
	}
	s.docs[d.uri] = &d
	s.judge(d.uri, s.opt.Pause)
	if d.config {
		s.configs++
	}
	s.judgeNeighbours(&d)
	return nil
}

// didSave: what is on disk may say more than what is open, a configuration above all.
func (s *Server) didSave(*message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.judgeAll()
	return nil
}

func (s *Server) didClose(m *message) error {
	params, err := decode[documentParams](m)
	if err != nil {
		return err
	}
	s.mu.Lock()
	d := s.docs[params.TextDocument.URI]
	delete(s.docs, params.TextDocument.URI)
	if d != nil {
		s.judgeAll()
	}
	if d != nil && d.config {
		s.configs++
	}
	s.mu.Unlock()
	if d != nil {
		s.closed(d.uri)
	}
	return nil
}

func (s *Server) filesChanged(*message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.judgeAll()
	return nil
}

// neighbourPause is how much longer other open files wait: the one that is
// written in comes first.
const neighbourPause = 250 * time.Millisecond

// judgeNeighbours judges anew the other open files that a change may matter to: those
// of the directory, or of the one above it where each migration is a folder; all
// where it is a configuration, which others may extend.
func (s *Server) judgeNeighbours(d *document) {
	above := filepath.Dir(filepath.Dir(d.path))
	for uri, other := range s.docs {
		if uri != d.uri && !other.config && (d.config || isBelow(other.path, above)) {
			s.judge(uri, s.opt.Pause+neighbourPause)
		}
	}
}

// judgeAll judges all open files anew.
func (s *Server) judgeAll() {
	for uri := range s.docs {
		s.judge(uri, s.opt.Pause)
	}
}

func (s *Server) judge(uri string, pause time.Duration) { s.due.add(uri, time.Now().Add(pause)) }

// document is the open document of a path, or nil.
func (s *Server) document(path string) *document {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.docs {
		if d.path == path {
			return d
		}
	}
	return nil
}

// look is a document as it is now, and what to ask about it.
func (s *Server) look(uri string) (d *document, ask Ask, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok = s.docs[uri]
	if !ok {
		return nil, Ask{}, false
	}
	ask = Ask{Path: d.path, Root: s.client.root(d.path), Open: map[string][]byte{}}
	for _, other := range s.docs {
		ask.Open[other.path] = []byte(other.text.src)
	}
	return d, ask, true
}
