package backfill_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
)

// changingKeys: rows are given other keys, ahead and behind. None is done twice. Those
// that were walked past are found at the end, and repaired: other < 0 in those that
// were moved, each once.
func changingKeys(g *ground) {
	g.SQL = faultJob + " WHERE mail IS NULL"
	g.during(2*time.Millisecond, func(ctx context.Context) error {
		from, to := 10*(1+rand.IntN(faultRows)), 10*rand.IntN(faultRows)+1+rand.IntN(9)
		return g.collided(g.quietly(ctx, fmt.Sprintf("UPDATE accounts SET id = %d, other = -1 WHERE id = %d", to, from)))
	})
	passed := count(g.T, g.db, "SELECT count(*) FROM accounts WHERE n = 0")
	if n := count(g.T, g.db, "SELECT count(*) FROM accounts WHERE n > 1"); n != 0 {
		g.Errorf("moved rows that were done twice: %d", n)
	}
	d, err := dialect.Open(g.db.Dialect, g.db.Version.String())
	if err != nil {
		g.Fatal(err)
	}
	res := verify(g.T, g.db, d, g.Job, g.SQL, backfill.VerifyOptions{Repair: true, Patience: time.Millisecond})
	if res.Owed != 0 || res.Repaired != passed {
		g.Errorf("%d rows were walked past: %+v", passed, res)
	}
	if n := count(g.T, g.db, "SELECT count(*) FROM accounts WHERE n <> 1 OR mail IS NULL"); n != 0 {
		g.Errorf("rows that are not repaired: %d", n)
	}
	g.Logf("%d moved, %d walked past", count(g.T, g.db, "SELECT count(*) FROM accounts WHERE other < 0"), passed)
}
