package oracle

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// repository is the module's folder.
const repository = "../.."

// build is a way to build safemig; its parser is that of the build without cgo
// where pure is set.
type build struct {
	name string
	pure bool
}

func builds() [2]build { return [2]build{{name: "cgo"}, {name: "purego", pure: true}} }

// run has Go build something with the parser of b.
func (b build) run(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = repository, append(os.Environ(), "CGO_ENABLED=1")
	if b.pure {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: go %v: %v\n%s", b.name, args, err, out)
	}
}

// program builds safemig.
func (b build) program(t *testing.T, folder string) string {
	path := filepath.Join(folder, "safemig-"+b.name)
	b.run(t, "build", "-o", path, "./cmd/safemig")
	return path
}

// teller is a process that says what the statements of texts change.
type teller struct {
	in  *bufio.Writer
	out *bufio.Reader
}

// teller builds and starts one; its code is in dialect/postgres/tell_test.go.
func (b build) teller(t *testing.T, folder string) *teller {
	t.Helper()
	path := filepath.Join(folder, "tell-"+b.name)
	b.run(t, "test", "-c", "-o", path, "./dialect/postgres")
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Hour)
	cmd := exec.CommandContext(ctx, path, "-test.run=^TestTell$")
	cmd.Env = append(os.Environ(), "SAFEMIG_TELL=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, told, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.ExtraFiles = []*os.File{told}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer stop()
		if err := errors.Join(in.Close(), cmd.Wait(), out.Close()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	})
	if err := told.Close(); err != nil {
		t.Fatal(err)
	}
	return &teller{bufio.NewWriter(in), bufio.NewReaderSize(out, 1<<20)}
}

// ask sends a text, which may be any bytes.
func (p *teller) ask(t *testing.T, text string) {
	t.Helper()
	_, err := p.in.WriteString(strconv.Quote(text) + "\n")
	if err := errors.Join(err, p.in.Flush()); err != nil {
		t.Fatalf("%.200s: %v", text, err)
	}
}

// answer is what is said of the text.
func (p *teller) answer(t *testing.T) string {
	t.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	told, err := strconv.Unquote(line[:len(line)-1])
	if err != nil {
		t.Fatal(err)
	}
	return told
}
