package prove

import (
	"sync"
	"time"
)

// stopwatch keeps the longest time of each side for each step. It is safe for
// concurrent use.
type stopwatch struct {
	mu      sync.Mutex
	step    int
	longest map[lapKey]Stall
	laps    int
}

type lapKey struct {
	step int
	side Side
}

func newStopwatch() *stopwatch { return &stopwatch{longest: map[lapKey]Stall{}} }

// begin says that a step begins, or with 0 that none runs.
func (w *stopwatch) begin(step int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.step = step
}

// now is the step that runs.
func (w *stopwatch) now() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.step
}

// lap takes down how long a statement took that began while step from ran. It
// counts for all steps until now.
func (w *stopwatch) lap(from int, side Side, took time.Duration, sql string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if side != Control {
		w.laps++
	}
	for step := from; step <= w.step; step++ {
		k := lapKey{step, side}
		if took > w.longest[k].Longest {
			w.longest[k] = Stall{Step: step, Side: side, Longest: took, SQL: sql}
		}
	}
}

func (w *stopwatch) of(step int, side Side) Stall {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.longest[lapKey{step, side}]
}
