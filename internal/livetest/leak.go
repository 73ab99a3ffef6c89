package livetest

import (
	"fmt"
	"os"

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
		failed(goleak.Find())
	}
	return status
}
