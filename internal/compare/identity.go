package compare

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// Identity is what tells a comparison apart from others: the servers, what is compared,
// and how. No password is in it.
func (c *Comparison) Identity() string {
	var out strings.Builder
	for i := range 2 {
		s := c.side(i)
		fmt.Fprintf(&out, "%s %s %s\n", s.db.Dialect, livedb.HostOf(s.db.DSN()), s.from)
		for _, v := range append(append([]value{}, s.key...), s.values...) {
			fmt.Fprintf(&out, "%s %s %s\n", v.Name, v.Type, v.form)
		}
	}
	fmt.Fprintf(&out, "%v %v", c.o.NullIsEmpty, c.o.AssumeUTC)
	sum := sha256.Sum256([]byte(out.String()))
	return hex.EncodeToString(sum[:16])
}

// Continue has the comparison go on where an earlier run was.
func (c *Comparison) Continue(s *Saved) { c.o.Resume = s }

// Keep has the comparison say now and then where it is.
func (c *Comparison) Keep(save func(Saved) error) { c.o.Save = save }

// Name is what the comparison is called.
func (c *Comparison) Name() string {
	switch {
	case c.spec.Name != "":
		return c.spec.Name
	case c.twins():
		return c.a.name
	}
	return c.a.name + " and " + c.b.name
}

// CanRepair says why no statements can be written that would repair rows; nil: they can.
func (c *Comparison) CanRepair() error {
	_, err := c.repairOf(&Row{Kind: Extra, Key: make([]string, len(c.b.key))})
	return err
}
