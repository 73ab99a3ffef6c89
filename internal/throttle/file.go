package throttle

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
)

// file brakes while it exists.
type file struct{ path string }

// Name says what is watched.
func (file) Name() string { return "the throttle file" }

// Read looks whether it is there.
func (f file) Read(context.Context, *sql.Conn) (Reading, error) {
	_, err := os.Lstat(f.path)
	switch {
	case err == nil:
		return Reading{Figure: 1, Over: true, Text: "the file " + oneLine(f.path) + " exists; the run goes on when it is removed"}, nil
	case errors.Is(err, fs.ErrNotExist):
		return calm("the file " + oneLine(f.path) + " does not exist"), nil
	}
	return Reading{}, err
}
