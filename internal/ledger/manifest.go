package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/wholefile"
)

// Manifest is a plan.yml that is there, and the plan that it holds.
type Manifest struct {
	File string
	*Plan

	text  []byte
	files map[string]string // those of the steps, as the text has them, by what they became
}

// Open reads a plan.yml that may be written again.
func Open(file string) (*Manifest, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the plan: %w", err)
	}
	p, err := Parse(file, text)
	if err != nil {
		return nil, err
	}
	return &Manifest{File: file, Plan: p, text: text}, nil
}

// Folder is where plan.yml is, and from where its files are seen.
func (m *Manifest) Folder() string { return filepath.Dir(m.File) }

// Abs is the path of a file that plan.yml names, as the file system wants it.
func (m *Manifest) Abs(file string) string {
	return filepath.Join(m.Folder(), filepath.FromSlash(file))
}

// Move has a step name a file by another path.
func (m *Manifest) Move(step int, from, to string) {
	files := m.Steps[step-1].Files
	if i := slices.Index(files, from); i >= 0 {
		files[i] = to
		if m.files == nil {
			m.files = map[string]string{}
		}
		m.files[from] = to
	}
}

// ErrChanged says that somebody else wrote plan.yml since it was read.
var ErrChanged = errors.New("it changed while it was read: try again")

// Text is plan.yml as it is to be: what is in it already stays as it is, comments
// too, as long as no more has changed than can be told by it.
func (m *Manifest) Text() ([]byte, error) {
	whole, err := m.Write()
	if err != nil {
		return nil, err
	}
	edited := m.edited()
	if p, err := Parse(m.File, edited); err == nil && p.emit() == string(whole) {
		return edited, nil
	}
	return whole, nil
}

// edited is the text with the files' new paths, and with what came to the history.
func (m *Manifest) edited() []byte {
	text := string(m.text)
	for from, to := range m.files {
		text = strings.Replace(text, "- "+scalar(6, from)+"\n", "- "+scalar(6, to)+"\n", 1)
	}
	before, err := Parse(m.File, m.text)
	if err != nil || len(before.History) > len(m.History) {
		return []byte(text)
	}
	var e emitter
	if len(before.History) == 0 && len(m.History) > 0 {
		e.out.WriteString("history:\n")
	}
	for i := len(before.History); i < len(m.History); i++ {
		m.History[i].emit(&e)
	}
	return []byte(strings.TrimRight(text, "\n") + "\n" + e.out.String())
}

// Save writes plan.yml beside itself and renames it, so that nobody reads half of it.
func (m *Manifest) Save() error {
	text, err := m.Text()
	if err != nil {
		return err
	}
	if bytes.Equal(text, m.text) {
		return nil
	}
	now, err := os.ReadFile(m.File)
	if err == nil && !bytes.Equal(now, m.text) {
		err = ErrChanged
	}
	if err == nil {
		err = Replace(m.File, text)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.ToSlash(m.File), err)
	}
	m.text, m.files = text, nil
	return nil
}

// Replace gives a file another text: all of it or nothing.
func Replace(file string, text []byte) error {
	return wholefile.Write(file, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
