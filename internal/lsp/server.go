package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"
)

// Options are what a server is started with.
type Options struct {
	Version string // of safemig, for the client's logs
	Verbose bool   // log what was detected, too
	// Pause is how long the server waits for the next keystroke before it judges.
	Pause time.Duration
}

// Server is one conversation with one editor.
type Server struct {
	wire *wire
	opt  Options

	// migrations may be asked by one at a time: who holds the token in turn.
	migrations Migrations
	turn       chan struct{}

	mu      sync.Mutex // of all that follows
	phase   phase
	client  client
	docs    map[string]*document               // by URI
	running map[string]context.CancelCauseFunc // requests, by id
	lastID  int                                // of our own requests
	configs int                                // how often the text of an open configuration changed, or went
	told    map[string]string                  // why documents are left alone, as the log has it

	due       schedule
	publishes sync.Mutex          // held while the client is told of a document, or that it is closed
	faulty    map[string][]string // configurations with diagnostics, and the documents that they were met for
	tasks     sync.WaitGroup
}

// phase is how far the conversation has come.
type phase uint8

const (
	starting phase = iota
	serving
	stopping // shutdown was asked for
)

// ErrNoShutdown is a client that left without saying so.
var ErrNoShutdown = errors.New("the editor ended the conversation without shutdown")

// errCancelled ends a request that nobody waits for any more.
var errCancelled = failed(codeRequestCancelled, "cancelled")

// NewServer is a server for the client at the other end of the streams.
func NewServer(in io.Reader, out io.Writer, migrations Migrations, opt Options) *Server {
	return &Server{
		wire: newWire(in, out), opt: opt, migrations: migrations, turn: make(chan struct{}, 1),
		docs: map[string]*document{}, running: map[string]context.CancelCauseFunc{}, told: map[string]string{},
		due: newSchedule(), faulty: map[string][]string{},
	}
}

// Run answers until the client says exit, or its stream or the context ends.
func (s *Server) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer s.tasks.Wait()
	defer stop()
	s.tasks.Go(func() { s.diagnose(ctx) })
	for {
		body, err := s.wire.read()
		switch {
		case errors.Is(err, errTooLong):
			s.refuse(nil, failed(codeInvalidRequest, "%v", err))
			continue
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return s.ended()
		case err != nil:
			return fmt.Errorf("reading from the editor: %w", err)
		}
		if s.receive(ctx, body) {
			return s.ended()
		}
	}
}

func (s *Server) ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase != stopping {
		return ErrNoShutdown
	}
	return nil
}

// receive takes one message, and says whether it was the last. What changes
// documents is done at once and in order; what is asked about them is answered
// beside the next messages.
func (s *Server) receive(ctx context.Context, body []byte) (last bool) {
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		s.refuse(nil, failed(codeParse, "not a message: %v", err))
		return false
	}
	switch {
	case m.Method == "exit":
		return true
	case m.Method == "":
		s.answered(&m)
	case m.isRequest():
		s.request(ctx, &m)
	default:
		s.notification(&m)
	}
	return false
}

// answered is the client's response to a request of ours. None of them matters
// enough to do more than to say so.
func (s *Server) answered(m *message) {
	switch {
	case m.Error != nil:
		s.log(logWarning, "the editor refused: %s", m.Error.Message)
	case len(m.ID) == 0:
		s.refuse(nil, failed(codeInvalidRequest, "neither a method nor an id"))
	}
}

// request answers in a goroutine of its own, so that it can be cancelled.
func (s *Server) request(ctx context.Context, m *message) {
	handle, err := s.handler(m.Method)
	if err != nil {
		s.refuse(m.ID, err)
		return
	}
	if m.Method == "initialize" || m.Method == "shutdown" { // what comes next must find it done
		s.answer(ctx, m, handle)
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	s.mu.Lock()
	s.running[string(m.ID)] = cancel
	s.mu.Unlock()
	s.tasks.Go(func() {
		s.answer(ctx, m, handle)
		cancel(nil)
		s.mu.Lock()
		delete(s.running, string(m.ID))
		s.mu.Unlock()
	})
}

// answer runs the handler of a request and sends what it says.
func (s *Server) answer(ctx context.Context, m *message, handle handler) {
	result, err := guarded(func() (any, error) { return handle(ctx, m) })
	if ctx.Err() != nil {
		err = errCancelled
	}
	if err != nil {
		s.refuse(m.ID, err)
		return
	}
	s.send(answer{JSONRPC: jsonRPC, ID: m.ID, Result: result})
}

// notification does what a client tells, which has no answer.
func (s *Server) notification(m *message) {
	s.mu.Lock()
	phase := s.phase
	s.mu.Unlock()
	do, known := s.notifications()[m.Method]
	if !known || phase != serving {
		return // the protocol wants it dropped
	}
	if _, err := guarded(func() (any, error) { return nil, do(m) }); err != nil {
		s.log(logError, "%v", err)
	}
}

func (s *Server) refuse(id json.RawMessage, err error) {
	if len(id) == 0 {
		id = json.RawMessage("null")
	}
	sent := asSent(err)
	if sent.Code == codeInternal {
		s.log(logError, "%v", err)
	}
	s.send(failure{JSONRPC: jsonRPC, ID: id, Error: sent})
}

// send writes to the client. One that does not listen any more will end the
// stream that is read, too.
func (s *Server) send(m any) { _ = s.wire.write(m) }

func (s *Server) notify(method string, params any) {
	s.send(call{JSONRPC: jsonRPC, Method: method, Params: params})
}

// call asks the client for something; its answer is only looked at for errors.
func (s *Server) call(method string, params any) {
	s.mu.Lock()
	s.lastID++
	id := s.lastID
	s.mu.Unlock()
	s.send(call{JSONRPC: jsonRPC, ID: &id, Method: method, Params: params})
}

// The kinds of messages in the editor's log.
const (
	logError   = 1
	logWarning = 2
	logInfo    = 3
)

// log writes to the editor's log.
func (s *Server) log(kind int, format string, args ...any) {
	s.notify("window/logMessage", map[string]any{"type": kind, "message": fmt.Sprintf("safemig: "+format, args...)})
}

// Logf writes a line about what is being done to the editor's log.
func (s *Server) Logf(format string, args ...any) { s.log(logInfo, format, args...) }

// guarded turns a panic into an error: the conversation goes on.
func guarded[T any](f func() (T, error)) (result T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%v (this is a bug in safemig)\n%s", cause, debug.Stack())
		}
	}()
	return f()
}

// alone calls a method of the migrations, one at a time.
func alone[T any](ctx context.Context, s *Server, f func() (T, error)) (T, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
		return f()
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
