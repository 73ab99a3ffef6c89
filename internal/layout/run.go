package layout

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/safemig/safemig/dialect/change"
)

// run reads the files of all jobs, several at a time.
func run(ctx context.Context, work []*job, limit int64) error {
	feed := make(chan *job)
	var readers sync.WaitGroup
	for range min(len(work), 2*runtime.GOMAXPROCS(0)) {
		readers.Go(func() {
			for j := range feed {
				j.files, j.err = j.read(limit)
			}
		})
	}
	err := hand(ctx, work, feed)
	readers.Wait()
	return err
}

// hand gives the jobs to the readers until the context ends.
func hand(ctx context.Context, work []*job, feed chan<- *job) error {
	defer close(feed)
	for _, j := range work {
		select {
		case feed <- j:
		case <-ctx.Done():
			return fmt.Errorf("reading migrations: %w", context.Cause(ctx))
		}
	}
	return nil
}

// read reads and cuts one file.
func (j *job) read(limit int64) ([]File, error) {
	raw, ok := j.dir.texts[j.entry.Rel]
	if !ok {
		var err error
		if raw, err = readLimited(j.dir.file(j.entry.Rel), limit); err != nil {
			return nil, err
		}
	}
	text, err := decode(raw)
	if err != nil {
		return nil, err
	}
	return j.layout.scripts(&Source{Entry: j.entry, Dir: j.dir, Text: text, OptedOut: j.optedOut}, j.shown)
}

// take puts what was read into the set, in the order of the plan.
func (p *planner) take() Set {
	for _, j := range p.work {
		if j.err != nil {
			p.set.Problems = append(p.set.Problems, Problem{Path: j.shown, Err: j.err})
			continue
		}
		g := &p.set.Groups[j.group]
		var last *change.Script
		var noted []byte // its parts share their text
		for _, f := range j.files {
			if f.Down && (!p.down || !j.judge) {
				continue
			}
			if last != nil {
				last.More = true
			}
			last = f.Script
			f.Judge, f.Again = j.judge, j.runsAgain(&f)
			if !same(noted, f.Script.Src) {
				noted = f.Script.Src
				g.note(f.Script)
			}
			g.Files = append(g.Files, f)
		}
	}
	for i := range p.set.Groups {
		p.set.Groups[i].compareMasks()
	}
	p.set.Groups = slices.DeleteFunc(p.set.Groups, func(g Group) bool { return len(g.Files)+len(g.Skipped) == 0 })
	return p.set
}
