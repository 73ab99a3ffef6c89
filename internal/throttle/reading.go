package throttle

import (
	"context"
	"database/sql"
)

// Signal is one thing that is watched. Read is given a session of the server
// that the signal is about; nil for one from outside.
type Signal interface {
	Name() string
	Read(ctx context.Context, c *sql.Conn) (Reading, error)
}

// Reading is what a signal said.
type Reading struct {
	Figure, Most float64 // the figure and its limit as numbers: seconds, bytes, a count, a share
	Value, Limit string  // the same in words; empty where there is no figure
	Over         bool    // it brakes
	Text         string  // a sentence with the figure; with the limit, too, where it brakes
}

// gauge is the reading of a figure that has a limit; before and after stand around
// the figure in the text.
func gauge(figure, most float64, in func(float64) string, before, after string) Reading {
	r := Reading{Figure: figure, Most: most, Value: in(figure), Limit: in(most), Over: figure > most}
	if r.Over && r.Value == r.Limit {
		r.Value = "more than " + r.Limit // rounded, the two would be the same
	}
	r.Text = before + r.Value + after
	if r.Over {
		r.Text += ", the limit is " + r.Limit
	}
	return r
}

// calm is the reading of a signal that has nothing to look at.
func calm(text string) Reading { return Reading{Text: text} }

// LacksError says that a signal cannot be read, and what it would need.
type LacksError struct{ Need string }

func (e *LacksError) Error() string { return "needs " + e.Need }

// NotWatchedError says that there is something that nobody watches.
type NotWatchedError struct{ What string }

func (e *NotWatchedError) Error() string { return e.What }
