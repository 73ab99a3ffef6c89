package livetest

import (
	"fmt"
	"os"
	"time"

	"go.uber.org/goleak"
)

// Run runs the tests of a package, and closes what they share. It fails where a goroutine
// is left when all of that has ended: one that nobody waits for, or that no cancelling reaches.
func Run(tests interface{ Run() int }, closing ...func() error) (status int) {
	status = tests.Run()
	failed := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	for _, end := range closing {
		failed(end())
	}
	if status == 0 {
		failed(Left())
	}
	return status
}

// toEnd is how long goroutines may take that were told to end: servers that are stopped
// on a busy machine take seconds, and a connection whose query was cancelled is closed in
// the background. https://pkg.go.dev/github.com/jackc/pgx/v5/pgconn#PgConn.CleanupDone
const toEnd = 30 * time.Second

// Left are the goroutines that do not end.
func Left(but ...goleak.Option) error {
	for begun := time.Now(); ; {
		err := goleak.Find(but...) // it looks for half a second
		if err == nil || time.Since(begun) > toEnd {
			return err
		}
	}
}
