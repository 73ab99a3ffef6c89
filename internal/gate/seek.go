package gate

import (
	"context"
	"database/sql"
	"slices"
)

// seen is what the plan's server says of a target.
type seen struct {
	to     target
	parts  []string
	is     bool
	users  []user
	hidden []string
	err    error
}

// seek looks for the targets of some steps.
func (c *checker) seek(ctx context.Context, steps []int) {
	c.found = map[string]*seen{}
	var tables []string
	for _, n := range steps {
		all, _ := c.targets(n)
		for _, t := range all {
			if c.found[t.String()] != nil {
				continue
			}
			s := &seen{to: t}
			c.found[t.String()] = s
			s.err = c.within(ctx, c.DB, func(ctx context.Context, conn *sql.Conn) error { return c.lookFor(ctx, conn, s) })
			for _, p := range s.parts {
				if !slices.Contains(tables, p) {
					tables = append(tables, p)
				}
			}
		}
	}
	if len(tables) > 0 {
		c.lookOnce(ctx, tables)
	}
}

func (c *checker) lookFor(ctx context.Context, conn *sql.Conn, s *seen) error {
	if c.DB.Dialect == "postgres" {
		out, err := pgLook(ctx, conn, c.DB.Version, s.to)
		s.parts, s.is, s.users = out.parts, out.is, out.users
		return err
	}
	out, err := myLook(ctx, conn, c.DB.Dialect, s.to)
	s.to, s.is, s.users, s.hidden = out.table, out.is, out.users, out.hidden
	s.parts = []string{s.to.Table.Name}
	return err
}
