package layout

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/safemig/safemig/dialect/change"
)

// defaultMaxBytes is the size of the largest file that is read.
const defaultMaxBytes = 256 << 20

// readLimited reads a file that is no larger than max.
func readLimited(name string, limit int64) (text []byte, err error) {
	f, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reason(f.Close())) }()
	info, err := f.Stat()
	if err != nil {
		return nil, reason(err)
	}
	if info.Size() > limit {
		return nil, tooLarge(limit)
	}
	return readAll(f, info.Size(), limit)
}

// openRegular opens a file and nothing else: to open a named pipe may take for ever, and
// what is read from it is gone.
func openRegular(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, reason(err)
	}
	if mode := info.Mode().Type(); !mode.IsRegular() && !mode.IsDir() {
		return nil, notRegular(mode)
	}
	f, err := os.Open(name)
	return f, reason(err)
}

// notRegular says what cannot be read as a file can.
func notRegular(mode fs.FileMode) error {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return errors.New("a pipe, not a file; what another program writes is read from the standard input: safemig lint -")
	case mode&fs.ModeSocket != 0:
		return errors.New("a socket, not a file")
	}
	return errors.New("a device, not a file")
}

// readStart reads the first bytes of a file.
func readStart(name string, most int64) (text []byte, err error) {
	f, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reason(f.Close())) }()
	return io.ReadAll(io.LimitReader(f, most))
}

// readAll reads to the end, also when that is further than the size that was promised.
// It takes no more memory than it was promised: thousands of files wait for their turn.
func readAll(from io.Reader, size, limit int64) ([]byte, error) {
	text := make([]byte, 0, size+1) // one more, to see the end
	for {
		n, err := from.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case int64(len(text)) > limit:
			return nil, tooLarge(limit)
		case errors.Is(err, io.EOF):
			return text, nil
		case err != nil:
			return nil, reason(err)
		case len(text) == cap(text):
			text = append(text, 0)[:len(text)]
		}
	}
}

func tooLarge(limit int64) error {
	return fmt.Errorf("larger than %d bytes: this is data, not a migration", limit)
}

// beside reads a file of that name in the folder of the migration's own.
func (s *Source) beside(name string) (text []byte, found bool, err error) {
	rel := path.Join(folder(s.Rel), name)
	if text, found := s.Dir.texts[rel]; found {
		return text, true, nil
	}
	text, err = s.Dir.tree.read(s.Dir.file(rel), hintBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s beside it: %w", name, err)
	}
	return text, true, nil
}

// scripts cuts a source into its parts, each as a script of its own.
func (l Layout) scripts(s *Source, shown string) ([]File, error) {
	parts := []Part{{Down: s.Down, Section: change.Span{End: len(s.Text)}}}
	if l.Cut != nil {
		var err error
		if parts, err = l.Cut(s); err != nil {
			return nil, err
		}
	}
	src := plainText(s.Text)
	if l.Mask != nil {
		src = l.Mask(src)
	}
	pragma := change.PragmaOf(s.Text)
	var files []File
	for _, p := range parts {
		script := &change.Script{Path: shown, Src: src, Raw: s.Text, Section: p.Section, Pragma: pragma, Tx: l.Tx, Send: l.Send}
		if err := l.renounce(s, p, script); err != nil {
			return nil, err
		}
		if script.Send == change.SendChunk {
			script.Chunks = p.Chunks
		}
		if p.Whole {
			script.Send, script.Chunks = change.SendChunk, []change.Span{p.Section}
		}
		if p.View != nil {
			script.Src = p.View
		}
		files = append(files, File{Script: script, Down: p.Down, DBMS: p.DBMS})
	}
	return files, nil
}

// renounce honours the file's own way out of the tool's transaction.
func (l Layout) renounce(s *Source, p Part, script *change.Script) error {
	if l.OptOut == nil {
		return nil
	}
	out, err := l.OptOut(s, p)
	if err != nil {
		return err
	}
	if out {
		script.Tx, script.Send = change.TxNone, l.OptOutSend
	}
	return nil
}
