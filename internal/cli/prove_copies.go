package cli

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/tablesum"
	"github.com/safemig/safemig/rules"
)

// copies are the databases beside the first one. They are safe for concurrent use: who
// watches the disk asks for them as well.
type copies struct {
	mu   sync.Mutex
	list []*livedb.DB
}

func (c *copies) all() []*livedb.DB {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.list)
}

func (c *copies) add(db *livedb.DB) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, db)
}

func (c *copies) remove(db *livedb.DB) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = slices.DeleteFunc(c.list, func(o *livedb.DB) bool { return o == db })
}

// used is what all databases take on disk.
func (d *proving) used(ctx context.Context) (int64, error) {
	return d.server.UsedByOwn(ctx, append(d.copies.all(), d.db)...)
}

// fresh is another database as the first one was when nothing had run there.
func (d *proving) fresh(ctx context.Context, what string) (*livedb.DB, error) {
	d.show("%s: making its database", what)
	if d.db.Dialect == "postgres" {
		db, err := d.server.OwnCopy(ctx, d.db)
		if err == nil {
			d.copies.add(db)
		}
		return db, err
	}
	db, err := d.server.Own(ctx)
	if err != nil {
		return nil, err
	}
	d.copies.add(db)
	again := d.fork(db, rules.NewChecker(d.group.dialect.Target, d.group.dialect.Facts, nil))
	if _, err := again.before(ctx); err != nil {
		return nil, err
	}
	sums, err := tablesum.Of(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, differs := range tablesum.Compare(d.sums, sums, d.ignored) {
		if len(differs.Columns) == 0 || differs.Rows[0] != differs.Rows[1] {
			return nil, fmt.Errorf("what comes before makes other rows each time: %s", differs)
		}
		d.ignore(differs.Table, differs.Columns, "what comes before makes other values each time")
	}
	return db, nil
}

// finished drops a database that is no longer needed.
func (d *proving) finished(db *livedb.DB) error {
	d.copies.remove(db)
	return db.Close()
}
