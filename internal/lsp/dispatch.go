package lsp

import (
	"context"
	"encoding/json"
)

// handler answers a request.
type handler func(context.Context, *message) (any, error)

// handler is what answers a method in this phase of the conversation.
func (s *Server) handler(method string) (handler, error) {
	s.mu.Lock()
	phase := s.phase
	s.mu.Unlock()
	handle, known := s.requests()[method]
	switch {
	case phase == stopping:
		return nil, failed(codeInvalidRequest, "%s after shutdown", method)
	case phase == starting && method != "initialize":
		return nil, failed(codeNotInitialized, "%s before initialize", method)
	case phase == serving && method == "initialize":
		return nil, failed(codeInvalidRequest, "initialize came twice")
	case !known:
		return nil, failed(codeMethodNotFound, "no method %s", method)
	}
	return handle, nil
}

func (s *Server) requests() map[string]handler {
	return map[string]handler{
		"initialize":               s.initialize,
		"shutdown":                 s.shutdown,
		"textDocument/hover":       s.hover,
		"textDocument/codeAction":  s.codeActions,
		"workspace/executeCommand": s.execute,
	}
}

func (s *Server) notifications() map[string]func(*message) error {
	return map[string]func(*message) error{
		"initialized":                         s.initialized,
		"textDocument/didOpen":                s.didOpen,
		"textDocument/didChange":              s.didChange,
		"textDocument/didSave":                s.didSave,
		"textDocument/didClose":               s.didClose,
		"workspace/didChangeWatchedFiles":     s.filesChanged,
		"workspace/didChangeWorkspaceFolders": s.foldersChanged,
		"workspace/didChangeConfiguration":    s.filesChanged,
		"$/cancelRequest":                     s.cancel,
	}
}

func (s *Server) shutdown(context.Context, *message) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = stopping
	for _, cancel := range s.running {
		cancel(errCancelled)
	}
	return nil, nil
}

// cancel ends a request; one that is done already is none of its business.
func (s *Server) cancel(m *message) error {
	params, err := decode[cancelParams](m)
	if err != nil {
		return err
	}
	id, err := json.Marshal(params.ID)
	if err != nil {
		return failed(codeInvalidParams, "$/cancelRequest: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.running[string(id)]; cancel != nil {
		cancel(errCancelled)
	}
	return nil
}
