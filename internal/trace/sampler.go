package trace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// Sampled is a lock that a session held or waited for, as it was seen from outside now
// and then.
type Sampled struct {
	Held
	Waits bool // it was asked for and not granted: whoever came later waited behind it
}

// Sampler looks at the locks of a session while others work in the same database, and
// counts who waits. Unlike a Follower it keeps nobody back and lets nothing stand still.
type Sampler struct {
	db      *livedb.DB
	session *sql.Conn
	source  lockSource
	clock   func() time.Duration
	id      atomic.Int64 // of the session that is looked at; 0: none
	step    atomic.Int64
	stop    chan struct{}
	ended   sync.WaitGroup

	remarks []string
	err     error
	open    map[sampledKey]int // in seen
	seen    []Sampled
	waiting map[int]int // by step, the most sessions that waited at a moment
}

type sampledKey struct {
	table, index change.Name
	lock         string
	waits        bool
}

// samplePause is how long there is between two looks.
const samplePause = 15 * time.Millisecond

// Sample begins to look. The clock tells the time that is noted.
func Sample(ctx context.Context, db *livedb.DB, clock func() time.Duration) (*Sampler, error) {
	session, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	s := &Sampler{db: db, session: session, clock: clock, stop: make(chan struct{}), open: map[sampledKey]int{}, waiting: map[int]int{}}
	if db.Dialect != "postgres" {
		var remark string
		if s.source, remark, err = sourceOf(ctx, session, db.Dialect); err != nil {
			return nil, errors.Join(err, session.Close())
		}
		if remark != "" {
			s.remarks = append(s.remarks, remark)
		}
	}
	s.ended.Go(func() { s.run(ctx) })
	return s, nil
}

// Watch says which session to look at from now on, and for which step it works.
func (s *Sampler) Watch(ctx context.Context, session *sql.Conn, step int) error {
	id, err := sessionID(ctx, s.db.Dialect, session)
	if err != nil {
		return err
	}
	s.step.Store(int64(step))
	s.id.Store(id)
	return nil
}

// Step says for which step something works whose locks are not looked at.
func (s *Sampler) Step(step int) {
	s.id.Store(0)
	s.step.Store(int64(step))
}

func sessionID(ctx context.Context, dialect string, session *sql.Conn) (id int64, err error) {
	query := "SELECT connection_id()"
	if dialect == "postgres" {
		query = "SELECT pg_backend_pid()"
	}
	if err := session.QueryRowContext(ctx, query).Scan(&id); err != nil {
		return 0, fmt.Errorf("watching: %w", err)
	}
	return id, nil
}

// Stop ends it. What was seen can be read then.
func (s *Sampler) Stop() error {
	close(s.stop)
	s.ended.Wait()
	return errors.Join(s.err, s.session.Close())
}

// Seen are the locks in the order they were first seen.
func (s *Sampler) Seen() []Sampled { return s.seen }

// Waiting is the most sessions that waited at a moment of a step.
func (s *Sampler) Waiting(step int) int { return s.waiting[step] }

// Remarks say what could not be watched.
func (s *Sampler) Remarks() []string { return s.remarks }

func (s *Sampler) run(ctx context.Context) {
	for {
		select {
		case <-s.stop:
			return
		case <-ctx.Done():
			return
		case <-time.After(samplePause):
		}
		if err := s.look(ctx); err != nil {
			if ctx.Err() == nil {
				s.err = fmt.Errorf("watching: %w", err)
			}
			return
		}
	}
}

// look looks once. What is seen counts only where the step did not change meanwhile: a
// look may take a while on a server that has much to do.
func (s *Sampler) look(ctx context.Context) error {
	id, step := s.id.Load(), s.step.Load()
	same := func() bool { return s.id.Load() == id && s.step.Load() == step }
	var there []Sampled
	var err error
	if id != 0 {
		if there, err = s.locks(ctx, id); err != nil {
			return err
		}
	}
	if same() {
		s.note(there, int(step))
	}
	waiting, err := s.waiters(ctx, id)
	if same() {
		s.waiting[int(step)] = max(s.waiting[int(step)], waiting)
	}
	return err
}

func (s *Sampler) locks(ctx context.Context, id int64) ([]Sampled, error) {
	if s.db.Dialect == "postgres" {
		return collect(ctx, s.session, scanPostgresLock, postgresLocks, id)
	}
	found, err := metadataLocksOf(ctx, s.session, s.source, id)
	var out []Sampled
	for _, l := range found {
		if strings.HasPrefix(l.table, "#sql") {
			continue // the copy that an ALTER TABLE makes: nobody else knows its name
		}
		blocks := metadataBlocks(l.mode)
		out = append(out, Sampled{Held{Table: change.Name{Name: l.table}, Lock: l.mode + " metadata lock", Blocks: blocks}, !l.granted})
	}
	return out, err
}

const postgresLocks = `
	SELECT n.nspname, c.relname, coalesce(tn.nspname, ''), coalesce(t.relname, ''), l.mode, l.granted
	FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
	LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
	WHERE l.locktype = 'relation' AND l.pid = $1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
	  AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')`

func scanPostgresLock(r *sql.Rows, l *Sampled) error {
	var on, of change.Name
	var mode string
	var granted bool
	if err := r.Scan(&on.Schema, &on.Name, &of.Schema, &of.Name, &mode, &granted); err != nil {
		return err
	}
	l.Table, l.Waits, l.Lock = on, !granted, mode
	if of.Name != "" {
		l.Table, l.Index = of, on
	}
	if lock, is := lockMode(mode); is {
		l.Lock, l.Blocks = lock.String(), lock.Blocks()
	}
	return nil
}

// note takes down what is there now, and what is there no more.
func (s *Sampler) note(there []Sampled, step int) {
	now := s.clock()
	current := map[sampledKey]bool{}
	for _, l := range there {
		key := sampledKey{l.Table, l.Index, l.Lock, l.Waits}
		current[key] = true
		i, known := s.open[key]
		if !known {
			i = len(s.seen)
			l.From, l.Step = now, step
			s.open[key], s.seen = i, append(s.seen, l)
		}
		s.seen[i].To = now
	}
	for key := range s.open {
		if !current[key] {
			delete(s.open, key)
		}
	}
}

// waiters are the sessions that wait for a lock of somebody's.
func (s *Sampler) waiters(ctx context.Context, but int64) (n int, err error) {
	query := "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND pid <> $1"
	if s.db.Dialect != "postgres" {
		query = "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND state LIKE 'Waiting for table%lock' AND id <> ?"
		if s.db.Dialect == "mysql" { // its processlist of the other schema is on its way out, and looking there holds up others
			query = "SELECT count(*) FROM performance_schema.threads WHERE processlist_db = database() AND processlist_state LIKE 'Waiting for table%lock' AND processlist_id <> ?"
		}
	}
	err = s.session.QueryRowContext(ctx, query, but).Scan(&n)
	return n, err
}
