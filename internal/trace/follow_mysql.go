package trace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// mysqlFollower follows a migration on MySQL or MariaDB.
type mysqlFollower struct {
	recorder
	source  lockSource
	remarks []string
	id      int64 // of the session that runs the statements
	inTx    bool
	tables  map[string]bool // that are there before the statement
}

// Remarks say what could not be watched.
func (f *mysqlFollower) Remarks() []string { return f.remarks }

// InTx says whether the tool or the file has a transaction open.
func (f *mysqlFollower) InTx() bool { return f.inTx }

// lockWaitExceeded is the error of a session that has waited for lock_wait_timeout.
const lockWaitExceeded = "1205"

// Open begins a new session.
func (f *mysqlFollower) Open(ctx context.Context) error {
	if err := f.reopen(ctx); err != nil {
		return err
	}
	f.inTx = false
	if err := f.runner.QueryRowContext(ctx, "SELECT connection_id()").Scan(&f.id); err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	if _, err := f.metadataLocks(ctx); err != nil { // the first time takes longest
		return err
	}
	// Where the migration locks tables, whoever looks on must not wait for ever.
	return execAll(ctx, f.watcher, []string{"SET SESSION lock_wait_timeout = 1"})
}

// Begin opens a transaction.
func (f *mysqlFollower) Begin(ctx context.Context) error {
	f.inTx = true
	return execAll(ctx, f.runner, []string{"START TRANSACTION"})
}

// Commit commits it.
func (f *mysqlFollower) Commit(ctx context.Context) error {
	f.inTx = false
	f.clock.start()
	err := execAll(ctx, f.runner, []string{"COMMIT"})
	f.clock.stop()
	f.release()
	return err
}

// Run runs a statement. DML that would be a transaction by itself gets one from us,
// so that its locks can be read when it is done.
func (f *mysqlFollower) Run(ctx context.Context, s Statement) (step Step, err error) {
	defer func() { f.steps++ }()
	wrap := false
	if !f.inTx && !s.Apart && holdsRows(s.SQL) {
		if err := f.runner.QueryRowContext(ctx, "SELECT @@autocommit").Scan(&wrap); err != nil {
			return step, fmt.Errorf("watching: %w", err)
		}
	}
	if wrap {
		if err := execAll(ctx, f.runner, []string{"START TRANSACTION"}); err != nil {
			return step, err
		}
	}
	if step, err = f.watched(ctx, s); err != nil {
		return step, err
	}
	if wrap {
		f.clock.start()
		err = execAll(ctx, f.runner, []string{"COMMIT"})
		f.clock.stop()
		f.release()
		step.To = f.clock.now()
	}
	f.follow(s.SQL)
	return step, err
}

// follow notes where the transaction of the tool or the file begins and ends.
// https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
func (f *mysqlFollower) follow(text string) {
	first, rest, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(text)), " ")
	switch {
	case first == "BEGIN" || first == "START" && strings.HasPrefix(strings.TrimSpace(rest), "TRANSACTION"):
		f.inTx = true
	case first == "SET" || first == "SAVEPOINT" || first == "RELEASE" || holdsRows(text):
	case first == "ROLLBACK" && strings.HasPrefix(strings.TrimSpace(rest), "TO"):
	default:
		f.inTx = false
	}
}

func (f *mysqlFollower) watched(ctx context.Context, s Statement) (step Step, err error) {
	before, seen, err := f.physical(ctx)
	if err != nil {
		return step, err
	}
	f.tables = map[string]bool{}
	for _, name := range before.names {
		f.tables[name] = true
	}
	k := keeper{follower: f, holders: map[string]*sql.Conn{}, access: map[string]MetadataLock{}}
	if !holdsRows(s.SQL) && f.source != noLockSource {
		if err := k.hold(ctx, mentioned(s.SQL, before.names)); err != nil {
			return step, errors.Join(err, k.letGo())
		}
	}
	log := redoAt(ctx, f.watcher)
	step = Step{From: f.clock.now(), WAL: -1, Sampled: true, keptBack: k.kept()}
	step.TxAllowed = true
	f.looked = step.From
	step.Err, err = f.during(ctx, s.SQL, func() error { return k.look(ctx) })
	step.To = f.clock.now()
	if err = errors.Join(err, k.letGo()); err != nil || step.Err != nil {
		return step, err
	}
	if err := k.look(ctx); err != nil {
		return step, err
	}
	if now := redoAt(ctx, f.watcher); now >= 0 && log >= 0 {
		step.WAL = now - log
	}
	after, seenAfter, err := f.physical(ctx)
	if err == nil && seen && seenAfter {
		step.Tables = describeMySQL(before, after, k.access)
	}
	f.dropMoments()
	step.writesShut = f.shut()
	return step, err
}

// physical looks at InnoDB's tables; seen is false where they are locked.
func (f *mysqlFollower) physical(ctx context.Context) (p physical, seen bool, err error) {
	p, err = physicalTables(ctx, f.db, f.watcher)
	if livedb.ErrorCode(err) == lockWaitExceeded {
		return p, false, nil
	}
	return p, err == nil, err
}

// describeMySQL says what became of each table that is concerned.
func describeMySQL(before, after physical, access map[string]MetadataLock) []Observed {
	var out []Observed
	for _, o := range compareMySQL(before, after, nil, false, "") {
		o.Access, o.Empty = access[o.Name.Name], !o.Unseen && !before.holdsRows(o.Name.Name)
		if o.Access != NoMetadataLock || o.Work() != change.NoWork {
			out = append(out, o)
		}
	}
	return out
}

// dropMoments leaves out what was seen as waited for, where it was seen as held as well.
func (f *mysqlFollower) dropMoments() {
	seen := map[string]bool{}
	for _, h := range f.held {
		seen[h.Table.Name+" "+h.Lock] = seen[h.Table.Name+" "+h.Lock] || h.Step == f.steps && h.To > h.From
	}
	kept := f.held[:0]
	index := map[int]int{}
	for i, h := range f.held {
		if h.Step == f.steps && h.To == h.From && seen[h.Table.Name+" "+h.Lock] {
			continue
		}
		index[i] = len(kept)
		kept = append(kept, h)
	}
	f.held = kept
	for key, i := range f.open {
		f.open[key] = index[i]
	}
}

// longMoment is a time for which an exclusive metadata lock is not held at the beginning
// and the end of a change, however busy the machine.
const longMoment = 2 * time.Second

// shut is for how long others could not write to each table while this statement ran.
func (f *mysqlFollower) shut() map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, h := range f.held {
		moment := strings.HasPrefix(h.Lock, "EXCLUSIVE") && h.To-h.From < longMoment
		if h.Step == f.steps && h.Blocks.Has(change.Writes) && !moment {
			out[h.Table.Name] = max(out[h.Table.Name], h.To-h.From)
		}
	}
	return out
}

// mentioned are the tables whose names stand in a statement.
func mentioned(text string, names []string) []string {
	var out []string
	text = strings.ToLower(text)
	for _, name := range names {
		if strings.Contains(text, strings.ToLower(name)) && len(out) < mostKept {
			out = append(out, name)
		}
	}
	return out
}

// mostKept is how many tables are kept back at the same time.
const mostKept = 20
