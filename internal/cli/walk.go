package cli

import (
	"context"
	"fmt"
	"iter"
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
	// soonRead are so few files that two processors, which mostly are one core's, do not
	// share the work: it would take a fifth more of both to save some hundredths of a second.
	soonRead = 2000
)

// walk parses the files of all groups and visits them in order: those of a group in the
// order they run. What a file held is dropped when its visit ends.
func (w *work) walk(ctx context.Context, visit func(*group, *layout.File) error) error {
	if runtime.GOMAXPROCS(0) < 3 && w.count() <= soonRead {
		return w.walkAlone(ctx, visit)
	}
	return w.walkTogether(ctx, visit)
}

// walkTogether parses several files at a time.
func (w *work) walkTogether(ctx context.Context, visit func(*group, *layout.File) error) error {
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

// walkAlone parses each file at its turn.
func (w *work) walkAlone(ctx context.Context, visit func(*group, *layout.File) error) error {
	for p := range w.files() {
		p.parse()
		if err := w.turn(ctx, p, visit); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// files are all that is to be parsed, in order.
func (w *work) files() iter.Seq[*parsing] {
	return func(yield func(*parsing) bool) {
		for _, g := range w.groups {
			for i := g.known; i < len(g.Files); i++ {
				if !yield(&parsing{group: g, file: &g.Files[i], done: make(chan struct{})}) {
					return
				}
			}
		}
	}
}

func (w *work) count() (n int) {
	for _, g := range w.groups {
		n += len(g.Files) - g.known
	}
	return n
}

// feed hands the files to the parsers, and to the visitor in the same order.
// Whatever the visitor gets, a parser gets too, so that the visitor never waits in vain.
func (w *work) feed(ctx context.Context, todo, inOrder chan<- *parsing) {
	defer close(todo)
	defer close(inOrder)
	for p := range w.files() {
		select {
		case inOrder <- p:
			todo <- p
		case <-ctx.Done():
			return
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
	if !p.file.Script.More {
		p.group.lines = nil // no other part of the file asks for it
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
