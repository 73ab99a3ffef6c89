package livedb

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// keeperScript runs a server for us. Its standard input is a pipe that our
// process holds open: when the pipe closes, because we say so or because we
// are gone for whatever reason, it stops the server and removes the folder. A line
// makes it stop the server and start it again on the same data.
// It is silent itself: nobody may be there to read it.
// It asks until the server is gone: one that has only just been started ignores SIGQUIT,
// as whatever a shell runs in the background does until it says otherwise
// (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_11).
// The shell is the server's parent, so that the process id cannot have become
// another process's.
const keeperScript = `
signal=$1 folder=$2
shift 2
exec 4<&0
while :; do
  "$@" 4<&- &
  server=$!
  { read -r line <&4 && : >"$folder/again"; while kill "-$signal" "$server"; do sleep 0.2 || sleep 1; done; } >/dev/null 2>&1 &
  reader=$!
  wait "$server" 2>/dev/null
  status=$?
  kill "$reader" 2>/dev/null
  [ -e "$folder/again" ] || break
  rm -f "$folder/again"
done
exec >/dev/null 2>&1
rm -rf "$folder"
exit "$status"
`

const stopTimeout = 30 * time.Second

// process is a running server with its keeper and its folder.
type process struct {
	folder *folder
	hold   io.WriteCloser // closing it stops the server, a line restarts it
	log    *tail
	ended  chan struct{}
}

// launch starts a server. signal makes it end at once.
func launch(f *folder, who identity, signal string, argv []string) (*process, error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", keeperScript, "keeper", signal, f.path}, argv...)...) //nolint:noctx // it ends with its folder, whatever ends this process
	p := &process{folder: f, log: &tail{}, ended: make(chan struct{})}
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = p.log, p.log
	cmd.WaitDelay = time.Second
	cmd.ExtraFiles = []*os.File{f.lock}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	runAs(cmd, who)
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", argv[0], err)
	}
	p.hold = hold
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", argv[0], err)
	}
	go func() {
		// How it ended does not matter: it was told to, or the log says why not.
		_ = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// stop ends the server and removes its folder.
func (p *process) stop() error {
	err := p.hold.Close()
	if errors.Is(err, os.ErrClosed) {
		err = nil // Wait closed it: the server is gone already
	}
	select {
	case <-p.ended:
	case <-time.After(stopTimeout):
		err = errors.Join(err, fmt.Errorf("the server did not stop within %s", stopTimeout))
	}
	return errors.Join(err, p.folder.remove())
}

// run runs a command of a server's set-up to its end.
func run(f *folder, who identity, stdin io.Reader, argv []string) error {
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // a set-up is short, and ends by itself
	out := &tail{}
	cmd.Dir = "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, out, out
	cmd.ExtraFiles = []*os.File{f.lock}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	runAs(cmd, who)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", argv[0], err, out)
	}
	return nil
}
