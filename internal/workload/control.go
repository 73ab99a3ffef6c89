package workload

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// The control session writes to a table that nobody else has: what it waits for is the
// machine.
const (
	controlTable  = "safemig_control"
	controlPause  = 10 * time.Millisecond
	controlMake   = "CREATE TABLE " + controlTable + " (id int PRIMARY KEY, n int)"
	controlFill   = "INSERT INTO " + controlTable + " VALUES (1, 0)"
	controlUpdate = "UPDATE " + controlTable + " SET n = n + 1 WHERE id = 1"
	controlDrop   = "DROP TABLE IF EXISTS " + controlTable
)

// Control is a session of its own.
type Control struct {
	db    *livedb.DB
	stop  chan struct{}
	ended sync.WaitGroup
	err   error
}

// StartControl begins it. Stop removes its table.
func (t *Traffic) StartControl(ctx context.Context) (*Control, error) {
	s, err := t.DB.Session(ctx)
	if err != nil {
		return nil, err
	}
	for _, text := range []string{controlMake, controlFill} {
		if _, err := s.ExecContext(ctx, text); err != nil {
			return nil, errors.Join(fmt.Errorf("the control session's table: %w", err), s.Close())
		}
	}
	c := &Control{db: t.DB, stop: make(chan struct{})}
	c.ended.Go(func() {
		defer func() { c.err = errors.Join(c.err, s.Close()) }()
		for {
			select {
			case <-c.stop:
				return
			case <-ctx.Done():
				return
			case <-time.After(controlPause):
			}
			from := t.Meter.Now()
			if _, err := s.ExecContext(ctx, controlUpdate); err != nil {
				if ctx.Err() == nil {
					c.err = fmt.Errorf("the control session: %w", err)
				}
				return
			}
			t.Meter.lap(nil, from, nil)
		}
	})
	return c, nil
}

// Stop ends it and removes its table.
func (c *Control) Stop(ctx context.Context) error {
	close(c.stop)
	c.ended.Wait()
	if err := c.drop(ctx); err != nil {
		c.err = errors.Join(c.err, fmt.Errorf("the control session's table: %w", err))
	}
	return c.err
}

func (c *Control) drop(ctx context.Context) error {
	s, err := c.db.Session(ctx)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx, controlDrop)
	return errors.Join(err, s.Close())
}
