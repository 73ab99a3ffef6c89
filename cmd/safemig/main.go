// Command safemig judges SQL migrations for PostgreSQL, MySQL and MariaDB.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/safemig/safemig/internal/cli"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(20) // of what lives, and of the ballast
	}
	// Memory that is never touched costs none, and has the collector begin later: without
	// it, a third of the time of linting a few files of many goes into collecting. Together
	// they leave 6 MB and a fifth of what lives between two collections.
	ballast := make([]byte, 32<<20)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	code := cli.Main(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	runtime.KeepAlive(ballast)
	os.Exit(code)
}
