package gate

import (
	"context"
	"fmt"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// What is used now shows in two looks with a pause between them. A project whose names
// need not be quiet for longer than mostWatched is watched for just that long.
const (
	leastWatched = 2 * time.Second
	mostWatched  = 30 * time.Second
)

// watching is how long the pause is.
func (o *Options) watching() time.Duration {
	if o.quiet() <= mostWatched {
		return max(o.quiet(), statsDelay)
	}
	return leastWatched
}

// lookOnce takes the first look at the plan's server and at its replicas.
func (c *checker) lookOnce(ctx context.Context, tables []string) {
	c.tables = tables
	c.unseen, c.unseenErr = c.unnamed(ctx)
	c.servers = []*server{{db: c.DB}}
	for i, dsn := range c.Options.Replicas {
		s := &server{name: livedb.HostOf(dsn)}
		if s.name == "" {
			s.name = fmt.Sprintf("replica %d", i+1)
		}
		if s.err = c.Options.untrusted(); s.err == nil {
			in, cancel := context.WithTimeout(ctx, c.Options.timeout())
			s.db, s.err = livedb.Attach(in, dsn)
			cancel()
		}
		if s.err == nil && (s.db.Dialect == "postgres") != (c.DB.Dialect == "postgres") {
			s.err = fmt.Errorf("it is %s, and the plan's server is %s", s.db, c.DB)
		}
		c.servers = append(c.servers, s)
	}
	for _, s := range c.servers {
		if s.err == nil {
			s.began = time.Now()
			s.first = c.take(ctx, s.db, tables)
			s.second = s.first
		}
	}
}

// lookAgain takes the second look, when the pause is over.
func (c *checker) lookAgain(ctx context.Context, s *server) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(c.Options.watching() - time.Since(s.began)):
	}
	s.second, s.watched = c.take(ctx, s.db, c.tables), time.Since(s.began)
}

// closeReplicas closes what lookOnce has opened.
func (c *checker) closeReplicas() {
	for _, s := range c.servers {
		if s.db != nil && s.db != c.DB {
			_ = s.db.Close() // it was only looked at
		}
	}
}
