package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// apply does what an action says, as an editor does: all of it, or nothing.
func (e *lspEditor) apply(number string) string {
	e.t.Helper()
	i, err := strconv.Atoi(number)
	if err != nil || i >= len(e.actions) || e.actions[i].Edit == nil {
		e.t.Fatalf("no action %s with an edit", number)
	}
	edit := e.actions[i].Edit
	made := map[string]string{}
	var order []string
	for _, c := range edit.DocumentChanges {
		if c.Kind == "create" {
			name := e.name(c.URI)
			if _, err := os.Stat(filepath.Join(e.dir, name)); err == nil {
				e.t.Fatalf("%s is there already", name)
			}
			made[name] = ""
			continue
		}
		name := e.name(c.TextDocument.URI)
		before, is := made[name]
		if !is {
			before = e.current(name, c.TextDocument.Version)
		}
		order = append(order, name)
		made[name] = edited(before, c.Edits)
	}
	for _, uri := range slices.Sorted(maps.Keys(edit.Changes)) {
		name := e.name(uri)
		order = append(order, name)
		made[name] = edited(e.texts[name], edit.Changes[uri])
	}
	var out strings.Builder
	for _, name := range order {
		fmt.Fprintf(&out, "| %s:\n", name)
		for line := range strings.Lines(made[name]) {
			fmt.Fprintf(&out, "|   %s\n", strings.TrimRight(line, "\n"))
		}
	}
	e.accept(made)
	return out.String()
}

// accept has the new texts where editors have them: in what is open, else on disk.
func (e *lspEditor) accept(made map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(made)) {
		if _, open := e.texts[name]; !open {
			e.write(name, made[name])
			continue
		}
		e.texts[name] = made[name]
		e.versions[name]++
		e.client.notify("textDocument/didChange", map[string]any{
			"textDocument": map[string]any{"uri": e.uri(name), "version": e.versions[name]}, "contentChanges": []any{map[string]any{"text": made[name]}},
		})
	}
}

func (e *lspEditor) name(uri string) string { return strings.TrimPrefix(uri, "file://"+e.dir+"/") }

// current is a file's text, of the version that an edit is for.
func (e *lspEditor) current(name string, version *int) string {
	e.t.Helper()
	if text, open := e.texts[name]; open {
		if version == nil || *version != e.versions[name] {
			e.t.Fatalf("an edit for another version of %s", name)
		}
		return text
	}
	text, err := os.ReadFile(filepath.Join(e.dir, name))
	if err != nil {
		e.t.Fatal(err)
	}
	return string(text)
}

func edited(text string, edits []lspEdit) string {
	for _, edit := range slices.Backward(edits) {
		text = replaced(text, edit)
	}
	return text
}

// replaced makes one edit, with positions that count UTF-16.
func replaced(text string, edit lspEdit) string {
	insert := edit.NewText
	if edit.Snippet != nil {
		insert = strings.ReplaceAll(edit.Snippet.Value, "$0", "<cursor>")
	}
	return text[:byteAt(text, edit.Range.Start)] + insert + text[byteAt(text, edit.Range.End):]
}

func byteAt(text string, p lspPosition) int {
	at := 0
	for range p.Line {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
	}
	units := 0
	for i, r := range text[at:] {
		if units >= p.Character || r == '\n' {
			return at + i
		}
		units += utf16.RuneLen(r)
	}
	return len(text)
}

// run executes the first command among the actions, and tells what the server asked for then.
func (e *lspEditor) run() string {
	e.t.Helper()
	i := slices.IndexFunc(e.actions, func(a lspAction) bool { return a.Command != nil })
	if i < 0 {
		e.t.Fatalf("no action with a command")
	}
	c := e.client
	c.mu.Lock()
	before := len(c.asked)
	c.mu.Unlock()
	if _, failure := c.call("workspace/executeCommand", map[string]any{"command": e.actions[i].Command.Command, "arguments": e.actions[i].Command.Arguments}); failure != "" {
		return failure + "\n"
	}
	c.wait("request", func() bool { return len(c.asked) > before })
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[len(c.asked)-1] + "\n"
}

// log waits for a line that holds a word, and prints it.
func (e *lspEditor) log(words []string) string {
	e.t.Helper()
	c := e.client
	found := -1
	c.wait("line with "+strings.Join(words, " "), func() bool {
		found = slices.IndexFunc(c.logged, func(line string) bool { return strings.Contains(line, strings.Join(words, " ")) })
		return found >= 0
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	return "| " + strings.ReplaceAll(c.logged[found], "\n", "\n| ") + "\n"
}

func (e *lspEditor) request(method, params string) string {
	var sent any
	if params != "" {
		sent = json.RawMessage(strings.ReplaceAll(params, "$DIR", e.dir))
	}
	result, failure := e.client.call(method, sent)
	if failure != "" {
		return "error: " + failure + "\n"
	}
	return string(result) + "\n"
}

// raw sends bytes that may be no message, and waits for the error that has no id.
func (e *lspEditor) raw(quoted string) string {
	e.t.Helper()
	text, err := strconv.Unquote(quoted)
	if err != nil {
		e.t.Fatal(err)
	}
	c := e.client
	c.mu.Lock()
	delete(c.errors, "null")
	c.mu.Unlock()
	if _, err := c.in.Write([]byte(text)); err != nil {
		e.t.Fatal(err)
	}
	if !strings.HasPrefix(text, "Content-Length") {
		return ""
	}
	c.wait("complaint", func() bool { return c.errors["null"] != "" })
	c.mu.Lock()
	defer c.mu.Unlock()
	return "error: " + c.errors["null"] + "\n"
}
