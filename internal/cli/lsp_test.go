package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestLanguageServer has conversations with `safemig lsp` as editors have them. A case
// of testdata/lsp is what is said: lines that begin with "$ " are what the editor does,
// those behind them what it is answered. Files are as they are on disk.
func TestLanguageServer(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/lsp/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := converse(t, archive)
			if *update {
				archive.Comment = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(archive.Comment), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// converse runs the commands of a case, and returns it with the answers that came.
func converse(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	e := &lspEditor{t: t, dir: dir, archive: archive, texts: map[string]string{}, versions: map[string]int{}, seen: map[string]int{}}
	for _, f := range archive.Files {
		if !strings.HasPrefix(f.Name, "unsaved/") {
			e.write(f.Name, string(f.Data))
		}
	}
	var out strings.Builder
	inAnswer := false
	for line := range strings.Lines(string(archive.Comment)) {
		words, is := strings.CutPrefix(strings.TrimRight(line, "\n"), "$ ")
		if !is {
			if !inAnswer || strings.TrimSpace(line) == "" && !strings.HasSuffix(out.String(), "\n\n") {
				out.WriteString(line)
			}
			continue
		}
		inAnswer = true
		out.WriteString(line)
		out.WriteString(strings.ReplaceAll(e.do(strings.Fields(words)), dir, "$DIR"))
	}
	return out.String()
}

// lspEditor is who writes: what is open, and what was offered last.
type lspEditor struct {
	t        *testing.T
	dir      string
	archive  *txtar.Archive
	client   *lspClient
	texts    map[string]string
	versions map[string]int
	seen     map[string]int
	actions  []lspAction
}

type lspAction struct {
	Title, Kind string
	Disabled    *struct{ Reason string }
	Diagnostics []lspDiagnostic
	Command     *struct {
		Command   string
		Arguments []any
	}
	Edit *struct {
		Changes         map[string][]lspEdit
		DocumentChanges []struct {
			Kind, URI    string
			TextDocument struct {
				URI     string
				Version *int
			}
			Edits []lspEdit
		}
	}
}

type lspEdit struct {
	Range   lspRange
	NewText string
	Snippet *struct{ Value string }
}

// do is one command; its result is what to print.
func (e *lspEditor) do(words []string) string {
	e.t.Helper()
	name := ""
	if len(words) > 1 {
		name = words[1]
	}
	switch words[0] {
	case "start":
		return e.start(words[1:])
	case "open":
		return e.open(name, words[2:])
	case "type":
		return e.change(name, words[2], strings.Join(words[3:], " "))
	case "save":
		e.write(name, e.texts[name])
		e.client.notify("textDocument/didSave", e.document(name))
		return ""
	case "disk":
		e.write(name, e.file(words[2]))
		e.client.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": e.uri(name), "type": 2}}})
		return ""
	case "close":
		e.client.notify("textDocument/didClose", e.document(name))
		delete(e.texts, name)
		c := e.client
		c.wait("end of "+name, func() bool { return c.shown[e.uri(name)].Version == nil })
		return e.print(name, c.shown[e.uri(name)])
	case "again":
		return e.again(name)
	case "hover":
		return e.hover(name, words[2])
	case "actions":
		return e.offered(name, words[2], words[3:])
	case "apply":
		return e.apply(name)
	case "run":
		return e.run()
	case "log":
		return e.log(words[1:])
	case "request":
		return e.request(name, strings.Join(words[2:], " "))
	case "notify":
		e.client.notify(name, json.RawMessage(strings.ReplaceAll(strings.Join(words[2:], " "), "$DIR", e.dir)))
		return ""
	case "raw":
		return e.raw(strings.Join(words[1:], " "))
	case "git":
		cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=e"}, words[1:]...)...)
		cmd.Dir = e.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			e.t.Fatalf("%v: %s", err, out)
		}
		return ""
	case "leave":
		e.client.notify("exit", nil)
		return fmt.Sprintf("exit status %d\n", e.client.exitStatus())
	case "end":
		return fmt.Sprintf("exit status %d\n", e.client.end())
	}
	e.t.Fatalf("no command %q", words[0])
	return ""
}

func (e *lspEditor) uri(name string) string { return "file://" + e.dir + "/" + name }

func (e *lspEditor) document(name string) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": e.uri(name)}}
}

func (e *lspEditor) write(name, text string) {
	e.t.Helper()
	file := filepath.Join(e.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		e.t.Fatal(err)
	}
}

func (e *lspEditor) file(name string) string {
	i := slices.IndexFunc(e.archive.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		e.t.Fatalf("no file %s", name)
	}
	return string(e.archive.Files[i].Data)
}

// start is the handshake, as an editor that can do what is named.
func (e *lspEditor) start(words []string) string {
	can := func(what string) bool { return slices.Contains(words, what) }
	edit := map[string]any{"documentChanges": can("documents"), "snippetEditSupport": can("snippets")}
	if can("create") {
		edit["resourceOperations"] = []string{"create", "rename", "delete"}
	}
	codeAction := map[string]any{"disabledSupport": can("disabled"), "codeActionLiteralSupport": map[string]any{}}
	encodings := []string{"utf-16"}
	if can("utf-8") {
		encodings = []string{"utf-32", "utf-8", "utf-16"}
	}
	var args []string
	for _, w := range words {
		if strings.HasPrefix(w, "--") {
			args = append(args, w)
		}
	}
	e.client = startLSP(e.t, e.dir, args...)
	result, failure := e.client.call("initialize", map[string]any{"processId": nil, "rootUri": "file://" + e.dir, "capabilities": map[string]any{
		"general":      map[string]any{"positionEncodings": encodings},
		"window":       map[string]any{"showDocument": map[string]any{"support": can("browser")}},
		"workspace":    map[string]any{"workspaceEdit": edit, "didChangeWatchedFiles": map[string]any{"dynamicRegistration": can("watch")}},
		"textDocument": map[string]any{"hover": map[string]any{"contentFormat": []string{"markdown"}}, "codeAction": codeAction},
	}})
	var got struct {
		Capabilities struct{ PositionEncoding string }
	}
	if err := json.Unmarshal(result, &got); err != nil {
		e.t.Fatalf("%v: %s", err, failure)
	}
	e.client.notify("initialized", map[string]any{})
	return "positions in " + got.Capabilities.PositionEncoding + "\n"
}

func (e *lspEditor) open(name string, from []string) string {
	e.versions[name]++
	if len(from) == 2 {
		e.texts[name] = e.file(from[1])
	} else {
		e.texts[name] = e.file(name)
	}
	e.client.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": e.uri(name), "languageId": "sql", "version": e.versions[name], "text": e.texts[name],
	}})
	if len(from) == 1 { // "silently": nothing is said of it
		return ""
	}
	return e.verdict(name)
}

// change replaces a range, as somebody does who types.
func (e *lspEditor) change(name, where, quoted string) string {
	e.t.Helper()
	text, err := strconv.Unquote(quoted)
	if err != nil {
		e.t.Fatalf("%s: %v", quoted, err)
	}
	r := e.parse(where)
	e.texts[name] = replaced(e.texts[name], lspEdit{Range: r, NewText: text})
	e.versions[name]++
	e.client.notify("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": e.uri(name), "version": e.versions[name]},
		"contentChanges": []any{map[string]any{"text": text, "range": map[string]any{
			"start": map[string]int{"line": r.Start.Line, "character": r.Start.Character}, "end": map[string]int{"line": r.End.Line, "character": r.End.Character},
		}}},
	})
	return e.verdict(name)
}

// parse reads 1:2-3:4, or 1:2 for what has no length.
func (e *lspEditor) parse(where string) (r lspRange) {
	e.t.Helper()
	n, _ := fmt.Sscanf(where, "%d:%d-%d:%d", &r.Start.Line, &r.Start.Character, &r.End.Line, &r.End.Character)
	switch n {
	case 2:
		r.End = r.Start
	case 4:
	default:
		e.t.Fatalf("%q is no place", where)
	}
	return r
}

func (e *lspEditor) verdict(name string) string {
	e.t.Helper()
	return e.print(name, e.client.verdict(e.uri(name), e.versions[name]))
}

// again waits until something is said of a file anew.
func (e *lspEditor) again(name string) string {
	e.t.Helper()
	c := e.client
	c.wait("word of "+name, func() bool { return c.shown[e.uri(name)].times > e.seen[name] })
	c.mu.Lock()
	p := c.shown[e.uri(name)]
	c.mu.Unlock()
	return e.print(name, p)
}

func (e *lspEditor) print(name string, p published) string {
	e.seen[name] = p.times
	var out strings.Builder
	for _, d := range p.Diagnostics {
		severity := [...]string{"", "error", "warning", "information", "hint"}[d.Severity]
		fmt.Fprintf(&out, "%s %s %s: %s\n", d.Range, severity, d.Code, strings.ReplaceAll(d.Message, "\n", "\n    "))
		for _, r := range d.RelatedInformation {
			fmt.Fprintf(&out, "    %s %s: %s\n", strings.TrimPrefix(r.Location.URI, "file://"+e.dir+"/"), r.Location.Range, r.Message)
		}
	}
	if len(p.Diagnostics) == 0 {
		out.WriteString("nothing\n")
	}
	return out.String()
}

func (e *lspEditor) at(name string, p lspPosition) map[string]any {
	params := e.document(name)
	params["position"] = map[string]int{"line": p.Line, "character": p.Character}
	return params
}

func (e *lspEditor) hover(name, where string) string {
	e.t.Helper()
	result, failure := e.client.call("textDocument/hover", e.at(name, e.parse(where).Start))
	var got *struct {
		Contents struct{ Value string }
		Range    lspRange
	}
	if err := json.Unmarshal(result, &got); err != nil {
		return failure + "\n"
	}
	if got == nil {
		return "nothing\n"
	}
	return fmt.Sprintf("%s\n| %s\n", got.Range, strings.ReplaceAll(strings.TrimRight(got.Contents.Value, "\n"), "\n", "\n| "))
}

func (e *lspEditor) offered(name, where string, only []string) string {
	e.t.Helper()
	params, r := e.document(name), e.parse(where)
	params["range"] = map[string]any{
		"start": map[string]int{"line": r.Start.Line, "character": r.Start.Character}, "end": map[string]int{"line": r.End.Line, "character": r.End.Character},
	}
	context := map[string]any{"diagnostics": []any{}}
	if len(only) > 0 {
		context["only"] = only
	}
	params["context"] = context
	result, failure := e.client.call("textDocument/codeAction", params)
	e.actions = nil
	if err := json.Unmarshal(result, &e.actions); err != nil {
		return failure + "\n"
	}
	var out strings.Builder
	for i, a := range e.actions {
		fmt.Fprintf(&out, "%d %s: %s\n", i, a.Kind, a.Title)
		if a.Disabled != nil {
			fmt.Fprintf(&out, "    cannot: %s\n", a.Disabled.Reason)
		}
	}
	if len(e.actions) == 0 {
		out.WriteString("nothing\n")
	}
	return out.String()
}
