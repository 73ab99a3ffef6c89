package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
)

// replaySchema replays a dump before the first migration of every group.
func (w *work) replaySchema(ctx context.Context, name string) error {
	if name == "" || len(w.groups) == 0 {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("%s: %w", w.name(flagSchema), err)
	}
	// Read as if from stdin: a dump has no history beside it.
	set, err := layout.Load(ctx, []string{"-"}, layout.Options{Layout: "plain", Stdin: bytes.NewReader(text)})
	if err == nil && len(set.Problems) > 0 {
		err = set.Problems[0].Err
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", w.name(flagSchema), name, err)
	}
	for _, g := range set.Groups {
		for _, f := range g.Files {
			f.Script.Path = name
			if err := guarded(func() { w.replayDump(f.Script) }); err != nil {
				return fmt.Errorf("%s %s: %w", w.name(flagSchema), name, err)
			}
		}
	}
	return nil
}

func (w *work) replayDump(script *change.Script) {
	for i, g := range w.groups {
		if i == 0 {
			g.dialect.Parse(script)
			if n := unparsed(script); n > 0 {
				w.logf("%s: %d of %d statements do not parse: what they make is not known", script.Path, n, len(script.Stmts))
			}
		}
		g.checker.Replay(script)
	}
}

// unparsed counts the statements that do not parse.
func unparsed(script *change.Script) int {
	n := 0
	for _, s := range script.Stmts {
		if s.Err != nil {
			n++
		}
	}
	return n
}
