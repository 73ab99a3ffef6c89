package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/safemig/safemig/internal/layout"
)

// parsing is one file on its way through the parser.
type parsing struct {
	group *group
	file  *layout.File
	done  chan struct{}
	err   error
}

// Parsing is most of the work, but syntax trees are large: no more than
// parsedAhead files for each worker are parsed before their turn, and more
// than mostWorkers would wait for the one that judges.
const (
	mostWorkers = 4
	parsedAhead = 2
)

// walk parses the files of all groups, several at a time, and visits them in
// order: those of a group in the order they run. What a file held is dropped
// when its visit ends.
func (w *work) walk(ctx context.Context, visit func(*group, *layout.File) error) error {
	ctx, stop := context.WithCancel(ctx)
	workers := min(runtime.GOMAXPROCS(0), mostWorkers)
	todo := make(chan *parsing, workers)
	inOrder := make(chan *parsing, workers*parsedAhead)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() { w.feed(ctx, todo, inOrder) })
	for range workers {
		running.Go(func() {
			for p := range todo {
				p.parse()
			}
		})
	}
	for p := range inOrder {
		<-p.done
		if err := w.turn(ctx, p, visit); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// feed hands the files to the parsers, and to the visitor in the same order.
// Whatever the visitor gets, a parser gets too, so that the visitor never waits in vain.
func (w *work) feed(ctx context.Context, todo, inOrder chan<- *parsing) {
	defer close(todo)
	defer close(inOrder)
	for _, g := range w.groups {
		for i := g.known; i < len(g.Files); i++ {
			p := &parsing{group: g, file: &g.Files[i], done: make(chan struct{})}
			select {
			case inOrder <- p:
				todo <- p
			case <-ctx.Done():
				return
			}
		}
	}
}

func (p *parsing) parse() {
	defer close(p.done)
	p.err = guarded(func() { p.group.dialect.Parse(p.file.Script) })
}

// turn visits one file. Only the end of the whole run is returned: a file that
// cannot be judged is a problem, and the others are still judged.
func (w *work) turn(ctx context.Context, p *parsing, visit func(*group, *layout.File) error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	path, err := p.file.Script.Path, p.err
	if err == nil {
		err = visit(p.group, p.file)
	}
	*p.file = layout.File{}
	if ended := context.Cause(ctx); ended != nil {
		return ended
	}
	if err != nil {
		w.problem(path, err)
	}
	return nil
}

// history replays a file that is not to be judged.
func (w *work) history(g *group, f *layout.File) error {
	if n := unparsed(f.Script); n > 0 {
		w.notef("%s: earlier file: %d of %d statements do not parse", f.Script.Path, n, len(f.Script.Stmts))
	}
	return guarded(func() { g.checker.Replay(f.Script) })
}

// crash is a bug of safemig's own.
type crash struct {
	cause any
	stack []byte
}

func (c *crash) Error() string {
	return fmt.Sprintf("no verdict: %v (this is a bug in safemig)", c.cause)
}

// guarded turns a panic into an error: the other files still get their verdict.
func guarded(f func()) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &crash{cause: cause, stack: debug.Stack()}
		}
	}()
	f()
	return nil
}
