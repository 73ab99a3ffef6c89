package livedb

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Restart stops a throw-away server as a crash would, and starts it again on the
// same data. Every session is lost.
func (d *DB) Restart(ctx context.Context) error {
	if d.process == nil {
		return errors.New("only a throw-away server is restarted: this one is not ours")
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	last, err := d.Conn(ctx)
	if err != nil {
		return fmt.Errorf("restarting %s: %w", d, err)
	}
	defer func() { _ = last.Close() }() // the server's end breaks it
	if _, err := d.process.hold.Write([]byte("again\n")); err != nil {
		return fmt.Errorf("restarting %s: %w", d, err)
	}
	for down := false; !down || d.PingContext(ctx) != nil; {
		down = down || last.PingContext(ctx) != nil
		select {
		case <-d.process.ended:
			return fmt.Errorf("restarting %s: it ended; its last words:\n%s", d, d.process.log)
		case <-ctx.Done():
			return fmt.Errorf("restarting %s: no answer: %w; its last words:\n%s", d, ctx.Err(), d.process.log)
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}
