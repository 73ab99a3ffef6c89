package lsp

import (
	"context"
	"slices"
	"strings"
)

// client is what the editor can do.
type client struct {
	units     encoding
	roots     []string // the folders of the workspace
	markdown  bool
	disabled  bool // shows actions that cannot be done, with the reason
	documents bool // takes edits of versions of documents
	creates   bool // creates files in an edit
	snippets  bool
	opens     bool // shows a page in the browser
	watches   bool // tells of changed files where it is asked to
	actions   bool // takes more than commands for code actions
}

type initializeParams struct {
	RootURI          string            `json:"rootUri"`
	WorkspaceFolders []workspaceFolder `json:"workspaceFolders"`
	Capabilities     struct {
		General struct {
			PositionEncodings []encoding `json:"positionEncodings"`
		} `json:"general"`
		Window struct {
			ShowDocument struct {
				Support bool `json:"support"`
			} `json:"showDocument"`
		} `json:"window"`
		Workspace struct {
			DidChangeWatchedFiles struct {
				DynamicRegistration bool `json:"dynamicRegistration"`
			} `json:"didChangeWatchedFiles"`
			WorkspaceEdit struct {
				DocumentChanges    bool     `json:"documentChanges"`
				ResourceOperations []string `json:"resourceOperations"`
				SnippetEditSupport bool     `json:"snippetEditSupport"`
			} `json:"workspaceEdit"`
		} `json:"workspace"`
		TextDocument struct {
			Hover struct {
				ContentFormat []string `json:"contentFormat"`
			} `json:"hover"`
			CodeAction struct {
				DisabledSupport          bool `json:"disabledSupport"`
				CodeActionLiteralSupport any  `json:"codeActionLiteralSupport"`
			} `json:"codeAction"`
		} `json:"textDocument"`
	} `json:"capabilities"`
}

type workspaceFolder struct {
	URI string `json:"uri"`
}

func (s *Server) initialize(_ context.Context, m *message) (any, error) {
	params, err := decode[initializeParams](m)
	if err != nil {
		return nil, err
	}
	c := clientOf(&params)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client, s.phase = c, serving
	return map[string]any{
		"serverInfo":   map[string]string{"name": "safemig", "version": s.opt.Version},
		"capabilities": capabilities(c),
	}, nil
}

func clientOf(p *initializeParams) client {
	can := &p.Capabilities
	edit := can.Workspace.WorkspaceEdit
	// There is no other way to create files, and Neovim says that it does without saying how.
	edit.DocumentChanges = edit.DocumentChanges || len(edit.ResourceOperations) > 0
	c := client{
		units:     utf16Units,
		markdown:  len(can.TextDocument.Hover.ContentFormat) == 0 || slices.Contains(can.TextDocument.Hover.ContentFormat, "markdown"),
		disabled:  can.TextDocument.CodeAction.DisabledSupport,
		documents: edit.DocumentChanges,
		creates:   slices.Contains(edit.ResourceOperations, "create"),
		snippets:  edit.DocumentChanges && edit.SnippetEditSupport,
		opens:     can.Window.ShowDocument.Support,
		watches:   can.Workspace.DidChangeWatchedFiles.DynamicRegistration,
		actions:   can.TextDocument.CodeAction.CodeActionLiteralSupport != nil,
	}
	if slices.Contains(can.General.PositionEncodings, utf8Units) {
		c.units = utf8Units
	}
	folders := p.WorkspaceFolders
	if len(folders) == 0 {
		folders = []workspaceFolder{{URI: p.RootURI}}
	}
	c.add(folders)
	return c
}

func capabilities(c client) map[string]any {
	can := map[string]any{
		"positionEncoding": c.units,
		"textDocumentSync": map[string]any{"openClose": true, "change": 2, "save": map[string]bool{"includeText": false}},
		"hoverProvider":    true,
		"workspace":        map[string]any{"workspaceFolders": map[string]any{"supported": true, "changeNotifications": true}},
	}
	if c.actions {
		can["codeActionProvider"] = map[string]any{"codeActionKinds": []string{kindQuickFix, kindFixAll}}
	}
	if c.opens {
		can["executeCommandProvider"] = map[string]any{"commands": []string{openDocs}}
	}
	return can
}

func (c *client) add(folders []workspaceFolder) {
	for _, f := range folders {
		if path, ok := pathOf(f.URI); ok && !slices.Contains(c.roots, path) {
			c.roots = append(c.roots, path)
		}
	}
}

// root is the innermost folder of the workspace that a file is in, or "".
func (c *client) root(path string) string {
	root := ""
	for _, r := range c.roots {
		if len(r) > len(root) && isBelow(path, r) {
			root = r
		}
	}
	return root
}

// initialized asks to be told of files that change: other migrations, and the
// files that say how they are to be read.
func (s *Server) initialized(*message) error {
	s.mu.Lock()
	watches := s.client.watches
	s.mu.Unlock()
	if !watches {
		return nil
	}
	var watchers []map[string]string
	for _, glob := range []string{"**/*.sql", "**/*safemig*.{yml,yaml}"} {
		watchers = append(watchers, map[string]string{"globPattern": glob})
	}
	s.call("client/registerCapability", map[string]any{"registrations": []any{map[string]any{
		"id": "safemig-files", "method": "workspace/didChangeWatchedFiles", "registerOptions": map[string]any{"watchers": watchers},
	}}})
	return nil
}

type foldersParams struct {
	Event struct {
		Added   []workspaceFolder `json:"added"`
		Removed []workspaceFolder `json:"removed"`
	} `json:"event"`
}

func (s *Server) foldersChanged(m *message) error {
	params, err := decode[foldersParams](m)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client.roots = slices.DeleteFunc(s.client.roots, func(root string) bool {
		return slices.ContainsFunc(params.Event.Removed, func(f workspaceFolder) bool {
			path, ok := pathOf(f.URI)
			return ok && path == root
		})
	})
	s.client.add(params.Event.Added)
	s.judgeAll()
	return nil
}

// isBelow says whether a path is a folder, or something in it.
func isBelow(path, folder string) bool {
	rest, is := strings.CutPrefix(path, strings.TrimRight(folder, `/\`))
	return is && (rest == "" || rest[0] == '/' || rest[0] == '\\')
}
