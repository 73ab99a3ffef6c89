package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

// pretend finds fault with each text that holds "bad", never answers one that holds
// "slow", and fails at "panic".
type pretend struct {
	mu     sync.Mutex
	judged []string
	begun  chan struct{}
}

func (p *pretend) Judge(ctx context.Context, ask Ask) (Verdict, error) {
	text := string(ask.Open[ask.Path])
	p.mu.Lock()
	p.judged = append(p.judged, text)
	p.mu.Unlock()
	switch {
	case strings.Contains(text, "slow"):
		select {
		case p.begun <- struct{}{}:
		default:
		}
		<-ctx.Done()
		return Verdict{}, context.Cause(ctx)
	case strings.Contains(text, "panic"):
		panic("out of luck")
	case strings.Contains(text, "bad"):
		at := report.NewLocator([]byte(text))
		i := strings.Index(text, "bad")
		return Verdict{Findings: []report.Finding{{Rule: "bad", Severity: rules.Error, Message: "bad", Recipe: "r", Start: at.At(i), End: at.At(i + 3)}}}, nil
	}
	return Verdict{Unknown: []report.Finding{{Message: "why"}}, Problems: []string{"p"}, Mistakes: []Mistake{{File: "/c", Message: "m"}}}, nil
}

func (p *pretend) Locks(_ context.Context, ask Ask) ([]report.Statement, error) {
	return []report.Statement{{SQL: string(ask.Open[ask.Path])}}, nil
}

func (p *pretend) Plan(_ context.Context, ask Ask) (Plan, error) {
	return Plan{Title: "t", Rules: []string{"bad"}, Files: []File{{Path: ask.Path, Old: ask.Open[ask.Path], Text: []byte("good\n")}, {Path: ask.Path + "2"}}}, nil
}

func (p *pretend) Rule(Ask, string) *rules.Rule      { return nil }
func (p *pretend) Mistakes(string, []byte) []Mistake { return []Mistake{{Line: -4}} }
func (p *pretend) IsConfiguration(path string) bool  { return filepath.Base(path) == "safemig.yml" }

// talk is a server with what was sent to it and what it sent.
type talk struct {
	t     *testing.T
	in    *io.PipeWriter
	out   chan map[string]any
	end   chan error
	judge *pretend
}

func start(t *testing.T) *talk {
	t.Helper()
	in, to := io.Pipe()
	from, out := io.Pipe()
	c := &talk{t: t, in: to, out: make(chan map[string]any, 1000), end: make(chan error, 1), judge: &pretend{begun: make(chan struct{}, 1)}}
	s := NewServer(in, out, c.judge, Options{Pause: time.Millisecond})
	go func() {
		c.end <- s.Run(t.Context())
		_ = out.Close()
	}()
	go func() {
		w := newWire(from, nil)
		for {
			body, err := w.read()
			if err != nil {
				close(c.out)
				return
			}
			var m map[string]any
			if err := json.Unmarshal(body, &m); err != nil {
				panic(err)
			}
			c.out <- m
		}
	}()
	t.Cleanup(func() { // the editor goes, and hears the rest out
		_ = to.Close()
		for range c.out {
		}
	})
	return c
}

// say sends messages: a method, an id (0: none), and parameters.
func (c *talk) say(method string, id int, params string) {
	c.t.Helper()
	m := fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, params)
	if id > 0 {
		m = fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"id":%d,"params":%s}`, method, id, params)
	}
	if _, err := fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(m), m); err != nil {
		c.t.Fatal(err)
	}
}

// hear waits for a message that is wanted, and drops what comes before it.
func (c *talk) hear(what string, is func(map[string]any) bool) map[string]any {
	c.t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		select {
		case m, more := <-c.out:
			if !more {
				c.t.Fatalf("no %s before the end", what)
			}
			if is(m) {
				return m
			}
		case <-timeout:
			c.t.Fatalf("no %s", what)
		}
	}
}

func answerTo(id int) func(map[string]any) bool {
	return func(m map[string]any) bool { return m["id"] == float64(id) && m["method"] == nil }
}

func diagnosticsOf(version int) func(map[string]any) bool {
	return func(m map[string]any) bool {
		p, _ := m["params"].(map[string]any)
		return m["method"] == "textDocument/publishDiagnostics" && p["version"] == float64(version)
	}
}

func (c *talk) initialize() {
	c.t.Helper()
	c.say("initialize", 1000, `{"capabilities":{"textDocument":{"codeAction":{"codeActionLiteralSupport":{}}}}}`)
	c.hear("handshake", answerTo(1000))
}

func (c *talk) open(text string) {
	c.t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		c.t.Fatal(err)
	}
	c.say("textDocument/didOpen", 0, `{"textDocument":{"uri":"file:///x.sql","version":1,"text":`+string(quoted)+`}}`)
}

func (c *talk) retype(version int, text string) {
	c.t.Helper()
	c.say("textDocument/didChange", 0, fmt.Sprintf(`{"textDocument":{"uri":"file:///x.sql","version":%d},"contentChanges":[{"text":%q}]}`, version, text))
}

func TestOrderOfTheConversation(t *testing.T) {
	c := start(t)
	c.say("textDocument/hover", 1, `{}`)
	if m := c.hear("refusal", answerTo(1)); code(m) != codeNotInitialized {
		t.Errorf("before initialize: %v", m)
	}
	c.initialize()
	c.say("shutdown", 2, `null`)
	if m := c.hear("answer", answerTo(2)); m["error"] != nil {
		t.Errorf("shutdown: %v", m)
	} else if _, has := m["result"]; !has {
		t.Errorf("an answer without a result: %v", m)
	}
	c.say("textDocument/hover", 3, `{}`)
	if m := c.hear("refusal", answerTo(3)); code(m) != codeInvalidRequest {
		t.Errorf("after shutdown: %v", m)
	}
	c.say("exit", 0, `null`)
	if err := <-c.end; err != nil {
		t.Errorf("the end: %v", err)
	}
}

func code(m map[string]any) int {
	e, _ := m["error"].(map[string]any)
	n, _ := e["code"].(float64)
	return int(n)
}

func TestClientThatGoesWithoutAWord(t *testing.T) {
	c := start(t)
	c.initialize()
	if err := c.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-c.end; !errors.Is(err, ErrNoShutdown) {
		t.Errorf("the end: %v", err)
	}
}

func TestRequestIsCancelled(t *testing.T) {
	c := start(t)
	c.initialize()
	c.open("x")
	c.hear("diagnostics", diagnosticsOf(1))
	c.retype(2, "slow")
	<-c.judge.begun // and holds the turn until the server ends
	for id, cancel := range map[int]string{7: `{"id":7}`, 8: `{"id":8}`} {
		c.say("textDocument/hover", id, `{"textDocument":{"uri":"file:///x.sql"},"position":{"line":0,"character":0}}`)
		c.say("$/cancelRequest", 0, cancel)
		if m := c.hear("answer", answerTo(id)); code(m) != codeRequestCancelled {
			t.Errorf("cancelled: %v", m)
		}
	}
	c.say("$/cancelRequest", 0, `{"id":7}`)
	c.say("$/cancelRequest", 0, `{"id":"none"}`)
	c.say("textDocument/hover", 9, `{"textDocument":{"uri":"file:///x.sql"},"position":{"line":0,"character":0}}`)
	c.say("shutdown", 10, `null`)
	c.hear("answer", answerTo(10))
	c.say("exit", 0, `null`)
	if err := <-c.end; err != nil {
		t.Errorf("the end: %v", err)
	}
}

func TestFailureOfOneFileIsNotTheEnd(t *testing.T) {
	c := start(t)
	c.initialize()
	c.open("panic")
	log := c.hear("word of the failure", func(m map[string]any) bool { return m["method"] == "window/logMessage" })
	if text := fmt.Sprint(log["params"]); !strings.Contains(text, "out of luck") || !strings.Contains(text, "a bug in safemig") {
		t.Errorf("the log says %s", text)
	}
	shown := c.hear("diagnostics", diagnosticsOf(1))
	if !strings.Contains(fmt.Sprint(shown), "no verdict") {
		t.Errorf("a file without a verdict looks good: %v", shown)
	}
	c.say("textDocument/hover", 5, `{"textDocument":{"uri":"file:///x.sql"},"position":{"line":0,"character":0}}`)
	if m := c.hear("answer", answerTo(5)); code(m) != codeInternal {
		t.Errorf("hover: %v", m)
	}
	c.retype(2, "bad")
	c.hear("diagnostics", diagnosticsOf(2))
}

func TestWhoTypesFastIsToldOfTheLast(t *testing.T) {
	c := start(t)
	c.initialize()
	c.open("")
	const last = 500
	for v := 2; v <= last; v++ {
		c.retype(v, strings.Repeat("x", v)+" bad")
	}
	m := c.hear("diagnostics", diagnosticsOf(last))
	if !strings.Contains(fmt.Sprint(m), "character:501") {
		t.Errorf("not of the last text: %v", m)
	}
	c.judge.mu.Lock()
	defer c.judge.mu.Unlock()
	if n := len(c.judge.judged); n > last/2 {
		t.Errorf("judged %d of %d versions", n, last)
	}
}

func TestMessageThatIsTooLongIsPassedOver(t *testing.T) {
	var in bytes.Buffer
	fmt.Fprintf(&in, "Content-Length: %d\r\n\r\n", longestMessage+1)
	in.Write(make([]byte, longestMessage+1))
	in.WriteString(strings.Repeat("x", 3*longestHeader) + "\r\nContent-Length: -5\r\n\r\ncontent-length:2\r\nX: y\r\n\r\n{}")
	w := newWire(&in, nil)
	if _, err := w.read(); !errors.Is(err, errTooLong) {
		t.Errorf("the first: %v", err)
	}
	if body, err := w.read(); err != nil || string(body) != "{}" {
		t.Errorf("the second: %q, %v", body, err)
	}
	if _, err := w.read(); !errors.Is(err, io.EOF) {
		t.Errorf("the end: %v", err)
	}
}

// FuzzConversation: whatever a client sends, the server neither fails nor hangs, and
// sends nothing but messages.
func FuzzConversation(f *testing.F) {
	for _, seed := range []string{
		`{"method":"initialize","id":1,"params":{"rootUri":"file:///a","capabilities":{}}}`,
		`{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a/x.sql","version":1,"text":"bad\r\n"}}}`,
		`{"method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///a/x.sql","version":2},"contentChanges":[{"range":{"start":{"line":0,"character":9},"end":{"line":-1,"character":2}},"text":"ü"}]}}`,
		`{"method":"textDocument/hover","id":"h","params":{"textDocument":{"uri":"file:///a/x.sql"},"position":{"line":0,"character":1}}}`,
		`{"method":"textDocument/codeAction","id":2.5,"params":{"textDocument":{"uri":"file:///a/x.sql"},"range":{"start":{"line":5,"character":0},"end":{"line":0,"character":1}},"context":{"only":["source",""]}}}`,
		`{"id":7,"error":{"code":1,"message":"no"}}` + "\n" + `{"method":"shutdown","id":3}` + "\n" + `{"method":"exit"}`,
		`{"method":"$/cancelRequest","params":{"id":{}}}` + "\n[]\n{}\nnull\n" + `{"method":"workspace/didChangeWorkspaceFolders","params":{"event":{"added":[{"uri":"file:///b"}]}}}`,
	} {
		f.Add(seed)
	}
	opened := `{"method":"initialize","id":0,"params":{"capabilities":{"workspace":{"workspaceEdit":{"documentChanges":true,"resourceOperations":["create"]}},"textDocument":{"codeAction":{"disabledSupport":true}}}}}` +
		"\n" + `{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a/x.sql","version":1,"text":"a bad one\nb"}}}`
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "slow") {
			t.Skip("which never ends by itself")
		}
		var in, out bytes.Buffer
		for line := range strings.Lines(opened + "\n" + text) {
			fmt.Fprintf(&in, "Content-Length: %d\r\n\r\n%s", len(line), line)
		}
		in.WriteString(text)
		s := NewServer(&in, &out, &pretend{}, Options{})
		if err := s.Run(t.Context()); err != nil && !errors.Is(err, ErrNoShutdown) {
			t.Fatal(err)
		}
		w := newWire(&out, nil)
		for {
			body, err := w.read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil || !json.Valid(body) {
				t.Fatalf("sent %q, %v", body, err)
			}
		}
	})
}
