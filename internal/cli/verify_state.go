package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/wholefile"
)

// verifyState is the file of --state: how far each comparison is.
type verifyState struct {
	file string
	hide bool

	Version     int                      `json:"version"`
	Comparisons map[string]compare.Saved `json:"comparisons"` // by what is compared, and how
}

// openVerifyState reads the file, if it is there; nil where none is kept.
func (p *program) openVerifyState(c *cli.Context) (*verifyState, error) {
	name := c.String(flagState)
	if name == "" {
		return nil, nil
	}
	if err := p.mayWriteNamed(name); err != nil {
		return nil, err
	}
	s := &verifyState{file: name, hide: c.Bool(flagHideValues), Version: 1, Comparisons: map[string]compare.Saved{}}
	if c.Bool(flagRestart) || c.IsSet(flagSample) {
		return s, nil
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagState, err)
	}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("--%s: %s is not what an earlier run wrote (%w); --%s begins anew", flagState, name, err, flagRestart)
	}
	if s.Version != 1 || s.Comparisons == nil {
		return nil, fmt.Errorf("--%s: %s is of another version of safemig; --%s begins anew", flagState, name, flagRestart)
	}
	return s, nil
}

func (s *verifyState) of(identity string) *compare.Saved {
	if s == nil {
		return nil
	}
	if saved, ok := s.Comparisons[identity]; ok {
		return &saved
	}
	return nil
}

// keep writes the file anew. Rows that are looked at again are read again: their values
// need not be kept.
func (s *verifyState) keep(identity string, saved compare.Saved) error {
	var doubtful []*compare.Row
	for _, row := range saved.Doubtful {
		doubtful = append(doubtful, &compare.Row{Key: row.Key, Kind: row.Kind})
	}
	saved.Doubtful = doubtful
	if s.hide {
		saved.Result = hidden(saved.Result)
	}
	s.Comparisons[identity] = saved
	err := wholefile.Write(s.file, func(w io.Writer) error {
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		return out.Encode(s)
	})
	if err != nil {
		return fmt.Errorf("--%s: %w", flagState, err)
	}
	return nil
}
