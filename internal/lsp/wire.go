package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// Messages come with headers as in HTTP, the length among them:
// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol
const (
	longestMessage = 64 << 20
	longestHeader  = 4 << 10
)

// wire is the stream of messages.
type wire struct {
	in  *bufio.Reader
	mu  sync.Mutex // of out
	out io.Writer
}

func newWire(in io.Reader, out io.Writer) *wire {
	return &wire{in: bufio.NewReaderSize(in, longestHeader), out: out}
}

// errTooLong is a message that was passed over.
var errTooLong = fmt.Errorf("a message of more than %d bytes", longestMessage)

// read is the next message's body. What is no header is passed over up to the next one.
func (w *wire) read() ([]byte, error) {
	length := -1
	for {
		line, err := w.line()
		if err != nil {
			return nil, err
		}
		name, value, _ := strings.Cut(line, ":")
		switch {
		case strings.EqualFold(strings.TrimSpace(name), "Content-Length"):
			length = parseLength(value)
		case line == "" && length >= 0:
			return w.body(length)
		}
	}
}

// line is a line of the header without its end; one that is too long for a
// header is as good as an unknown one.
func (w *wire) line() (string, error) {
	text, err := w.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = w.in.ReadSlice('\n')
		}
		return "?", err
	}
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

func parseLength(value string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}

func (w *wire) body(length int) ([]byte, error) {
	if length > longestMessage {
		if _, err := io.CopyN(io.Discard, w.in, int64(length)); err != nil {
			return nil, err
		}
		return nil, errTooLong
	}
	body := make([]byte, length)
	_, err := io.ReadFull(w.in, body)
	return body, err
}

// write sends a message. Several goroutines may.
func (w *wire) write(message any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = fmt.Fprintf(w.out, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}
