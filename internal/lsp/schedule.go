package lsp

import (
	"context"
	"sync"
	"time"
)

// schedule is which documents are to be judged, and when.
type schedule struct {
	mu   sync.Mutex
	at   map[string]time.Time
	wake chan struct{}
}

func newSchedule() schedule {
	return schedule{at: map[string]time.Time{}, wake: make(chan struct{}, 1)}
}

// add puts a document on the list. One that is on it already stays where it is: who
// types without a break is told all the same.
func (l *schedule) add(uri string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.at[uri]; ok && known.Before(at) {
		return
	}
	l.at[uri] = at
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// next waits for the first document whose time has come, and takes it off the list.
func (l *schedule) next(ctx context.Context) (uri string, ok bool) {
	for {
		uri, wait := l.first()
		if uri != "" && wait <= 0 {
			return uri, true
		}
		var timer <-chan time.Time
		if uri != "" {
			timer = time.After(wait)
		}
		select {
		case <-timer:
		case <-l.wake:
		case <-ctx.Done():
			return "", false
		}
	}
}

// first is the document that is due first, taken off the list where it is due now.
func (l *schedule) first() (uri string, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var earliest time.Time
	for u, at := range l.at {
		if uri == "" || at.Before(earliest) || at.Equal(earliest) && u < uri {
			uri, earliest = u, at
		}
	}
	if uri == "" {
		return "", 0
	}
	if wait = time.Until(earliest); wait <= 0 {
		delete(l.at, uri)
	}
	return uri, wait
}
