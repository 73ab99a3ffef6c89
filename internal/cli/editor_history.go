package cli

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"io/fs"
	"os"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// history remembers what migrations leave behind, by what they say: of a thousand
// files that come before the one that somebody writes, none is parsed twice. There
// is nothing to be told when a file changes, because what is known of another text
// is known by another number.
type history struct {
	seed  maphash.Seed
	known map[uint64]*remembered
	clock uint64
}

// remembered is a checker that has been through some files.
type remembered struct {
	checker *rules.Checker
	used    uint64
}

// mostRemembered bounds the memory: each is a schema.
const mostRemembered = 16

func newHistory() *history {
	return &history{seed: maphash.MakeSeed(), known: map[uint64]*remembered{}}
}

// catchUp gives each group the checker that has been through most of its files; those
// for which there is none get the schema that was there before.
func (h *history) catchUp(ctx context.Context, w *work) error {
	fresh := *w
	fresh.groups = nil
	for _, g := range w.groups {
		key, err := h.before(g)
		if err != nil {
			return err
		}
		if !h.recall(g, key) {
			fresh.groups = append(fresh.groups, g)
		}
		g.checker.Suppress(w.shared)
	}
	if err := fresh.replaySchemas(ctx); err != nil {
		return err
	}
	return fresh.useSizes(ctx)
}

// recall looks for the longest beginning of a group's files that is known.
func (h *history) recall(g *group, key uint64) bool {
	best := h.known[key]
	for i := range g.Files {
		if g.Files[i].Judge {
			break
		}
		key = h.add(key, g.Files[i].Script)
		if known := h.known[key]; known != nil {
			best, g.known = known, i+1
		}
	}
	g.key = key
	if best == nil {
		return false
	}
	h.clock++
	best.used = h.clock
	g.checker = best.checker.Fork()
	return true
}

// keep remembers what a group's checker knows in front of the file that is judged.
func (h *history) keep(g *group) {
	if h.known[g.key] != nil || g.kept {
		return
	}
	g.kept = true
	h.clock++
	h.known[g.key] = &remembered{checker: g.checker.Fork(), used: h.clock}
	if len(h.known) <= mostRemembered {
		return
	}
	oldest := g.key
	for key, r := range h.known {
		if r.used < h.known[oldest].used {
			oldest = key
		}
	}
	delete(h.known, oldest)
}

// before is the number of what a group's checker knows and is told, before its first file.
func (h *history) before(g *group) (uint64, error) {
	var sum maphash.Hash
	sum.SetSeed(h.seed)
	number(&sum, g.settings.reading)
	for _, s := range []string{string(g.scope), g.Dir, g.Layout.Name, g.dialect.Target.Dialect, g.dialect.Target.Version.String()} {
		text(&sum, []byte(s))
	}
	for _, flag := range []string{flagSchema, flagStats} {
		name := g.settings.text(flag)
		text(&sum, []byte(name))
		if name == "" {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // which is said when it is used
			return 0, err
		}
		text(&sum, content)
	}
	return sum.Sum64(), nil
}

// add is the number of what is known behind one more file.
func (h *history) add(key uint64, s *change.Script) uint64 {
	var sum maphash.Hash
	sum.SetSeed(h.seed)
	number(&sum, int(key))
	text(&sum, []byte(s.Path))
	text(&sum, s.Raw)
	text(&sum, s.Src)
	for _, n := range []int{s.Section.Start, s.Section.End, int(s.Tx), int(s.Send), len(s.Chunks)} {
		number(&sum, n)
	}
	for _, c := range s.Chunks {
		number(&sum, c.Start)
		number(&sum, c.End)
	}
	return sum.Sum64()
}

func number(sum *maphash.Hash, n int) {
	var raw [8]byte
	binary.LittleEndian.PutUint64(raw[:], uint64(n))
	_, _ = sum.Write(raw[:]) // a hash takes everything
}

// text adds a text with its length, so that two texts are never taken for one.
func text(sum *maphash.Hash, s []byte) {
	number(sum, len(s))
	_, _ = sum.Write(s)
}
