package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
)

// replaySchemas replays the dumps that are there before the first migration of
// each group. One that several groups of a dialect name is read once.
func (w *work) replaySchemas(ctx context.Context) error {
	type dump struct{ name, dialect string }
	groups := map[dump][]*group{}
	var order []dump
	for _, g := range w.groups {
		d := dump{g.settings.text(flagSchema), g.dialect.Target.Dialect}
		if d.name == "" {
			continue
		}
		if groups[d] == nil {
			order = append(order, d)
		}
		groups[d] = append(groups[d], g)
	}
	for _, d := range order {
		if err := w.replaySchema(ctx, d.name, groups[d]); err != nil {
			return err
		}
	}
	return nil
}

// replaySchema replays a dump for groups of one dialect.
func (w *work) replaySchema(ctx context.Context, name string, groups []*group) error {
	setting := groups[0].settings.name(flagSchema)
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("%s: %w", setting, err)
	}
	// Read as if from stdin: a dump has no history beside it.
	set, err := layout.Load(ctx, []string{"-"}, layout.Options{Layout: "plain", Stdin: bytes.NewReader(text)})
	if err == nil && len(set.Problems) > 0 {
		err = set.Problems[0].Err
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", setting, name, err)
	}
	for _, g := range set.Groups {
		for _, f := range g.Files {
			f.Script.Path = name
			if err := guarded(func() { w.replayDump(f.Script, groups) }); err != nil {
				return fmt.Errorf("%s %s: %w", setting, name, err)
			}
		}
	}
	return nil
}

func (w *work) replayDump(script *change.Script, groups []*group) {
	for i, g := range groups {
		if i == 0 {
			g.dialect.Parse(script)
			if n := unparsed(script); n > 0 {
				w.logf("%s: %d of %d statements do not parse: what they make is not known", script.Path, n, len(script.Stmts))
			}
		}
		if w.dumped != nil {
			w.dumped(g, script)
		} else {
			g.checker.Replay(script)
		}
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
