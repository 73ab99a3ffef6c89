package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"
)

// lspClient is an editor at the other end of a real `safemig lsp`.
type lspClient struct {
	t       *testing.T
	process *exec.Cmd
	in      io.WriteCloser
	lastID  int

	mu      sync.Mutex
	arrived *sync.Cond
	answers map[string]json.RawMessage // by id
	errors  map[string]string
	shown   map[string]published // by URI
	logged  []string
	asked   []string // what the server asked for
	ended   bool
}

// published is the last publishDiagnostics of a document.
type published struct {
	URI         string          `json:"uri"`
	Version     *int            `json:"version"`
	Diagnostics []lspDiagnostic `json:"diagnostics"`
	times       int
}

type lspPosition struct{ Line, Character int }

type lspRange struct{ Start, End lspPosition }

func (r lspRange) String() string {
	return fmt.Sprintf("%d:%d-%d:%d", r.Start.Line, r.Start.Character, r.End.Line, r.End.Character)
}

type lspDiagnostic struct {
	Range              lspRange
	Severity           int
	Code               string
	Source, Message    string
	CodeDescription    *struct{ Href string }
	RelatedInformation []struct {
		Location struct {
			URI   string
			Range lspRange
		}
		Message string
	}
}

// lspMessage is any message.
type lspMessage struct {
	ID     json.RawMessage           `json:"id"`
	Method string                    `json:"method"`
	Params json.RawMessage           `json:"params"`
	Result json.RawMessage           `json:"result"`
	Error  *struct{ Message string } `json:"error"`
}

// startLSP starts the server as an editor does: as a process of its own, in a folder.
func startLSP(t *testing.T, dir string, args ...string) *lspClient {
	t.Helper()
	c := &lspClient{t: t, answers: map[string]json.RawMessage{}, errors: map[string]string{}, shown: map[string]published{}}
	c.arrived = sync.NewCond(&c.mu)
	c.process = exec.Command("safemig", append([]string{"lsp"}, args...)...)
	c.process.Dir = dir
	in, err := c.process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.process.Start(); err != nil {
		t.Fatal(err)
	}
	c.in = in
	t.Cleanup(func() { _ = c.process.Process.Kill() }) // where the test failed before it ended
	go c.listen(out)
	return c
}

// listen takes what the server sends, and answers what it asks for.
func (c *lspClient) listen(out io.Reader) {
	r := bufio.NewReader(out)
	for {
		header, err := textproto.NewReader(r).ReadMIMEHeader()
		if err != nil {
			break
		}
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			break
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			break
		}
		var m lspMessage
		if err := json.Unmarshal(body, &m); err != nil {
			break
		}
		c.take(&m)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	c.arrived.Broadcast()
}

func (c *lspClient) take(m *lspMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		var p published
		if err := json.Unmarshal(m.Params, &p); err == nil {
			p.times = c.shown[p.URI].times + 1
			c.shown[p.URI] = p
		}
	case m.Method == "window/logMessage":
		var p struct{ Message string }
		if err := json.Unmarshal(m.Params, &p); err == nil {
			c.logged = append(c.logged, p.Message)
		}
	case m.Method != "":
		c.asked = append(c.asked, m.Method+" "+string(m.Params))
		go c.send(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": nil})
	case m.Error != nil:
		c.errors[string(m.ID)] = m.Error.Message
	default:
		c.answers[string(m.ID)] = m.Result
	}
	c.arrived.Broadcast()
}

func (c *lspClient) send(message any) {
	body, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	_, _ = fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(body), body) // a server that is gone is found out by who waits
}

func (c *lspClient) notify(method string, params any) {
	c.send(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

// ask sends a request without waiting, and returns its id.
func (c *lspClient) ask(method string, params any) string {
	c.lastID++
	c.send(map[string]any{"jsonrpc": "2.0", "id": c.lastID, "method": method, "params": params})
	return strconv.Itoa(c.lastID)
}

// call sends a request and waits for its answer.
func (c *lspClient) call(method string, params any) (result json.RawMessage, failure string) {
	c.t.Helper()
	id := c.ask(method, params)
	c.wait("the answer to "+method, func() bool {
		_, ok := c.answers[id]
		_, bad := c.errors[id]
		return ok || bad
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answers[id], c.errors[id]
}

// lspPatience is for a machine that is busy with other tests.
const lspPatience = 60 * time.Second

// wait waits until something has arrived; is is called with the lock held.
func (c *lspClient) wait(what string, is func() bool) {
	c.t.Helper()
	late := false
	timer := time.AfterFunc(lspPatience, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		late = true
		c.arrived.Broadcast()
	})
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !is() {
		if late || c.ended {
			c.t.Fatalf("no %s; the log says %q", what, c.logged)
		}
		c.arrived.Wait()
	}
}

// verdict waits for what is said of a version of a document.
func (c *lspClient) verdict(uri string, version int) published {
	c.t.Helper()
	c.wait(fmt.Sprintf("diagnostics of version %d of %s", version, uri), func() bool {
		p, ok := c.shown[uri]
		return ok && p.Version != nil && *p.Version == version
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shown[uri]
}

// end shuts the server down, and returns its exit status.
func (c *lspClient) end() int {
	c.t.Helper()
	c.call("shutdown", nil)
	c.notify("exit", nil)
	return c.exitStatus()
}

func (c *lspClient) exitStatus() int {
	c.wait("end", func() bool { return c.ended })
	_ = c.process.Wait() // its status is looked at
	return c.process.ProcessState.ExitCode()
}
