package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
)

// workOn is a work with two groups of n files each.
func workOn(t *testing.T, n int) (*work, *bytes.Buffer) {
	t.Helper()
	d, err := dialect.Open("postgres", "16")
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	w := &work{program: &program{stderr: &stderr}}
	for name := range 2 {
		g := &group{dialect: d}
		for i := range n {
			src := fmt.Appendf(nil, "SELECT %d; SELECT %d;", i, i)
			script := &change.Script{Path: fmt.Sprintf("%d/%03d.sql", name, i), Src: src, Raw: src, Section: change.Span{End: len(src)}}
			g.Files = append(g.Files, layout.File{Script: script, Judge: true})
		}
		w.groups = append(w.groups, g)
	}
	return w, &stderr
}

type walker func(*work, context.Context, func(*group, *layout.File) error) error

// walks are the two ways to visit the files.
func walks() map[string]walker {
	return map[string]walker{"alone": (*work).walkAlone, "together": (*work).walkTogether}
}

func TestWalkVisitsInOrderAndDropsWhatItVisited(t *testing.T) {
	for name, walk := range walks() {
		t.Run(name, func(t *testing.T) { visitsAll(t, walk) })
	}
}

func visitsAll(t *testing.T, walk walker) {
	const n = 60
	w, _ := workOn(t, n)
	visited := 0
	err := walk(w, t.Context(), func(_ *group, f *layout.File) error {
		want := fmt.Sprintf("%d/%03d.sql", visited/n, visited%n)
		if f.Script.Path != want || len(f.Script.Stmts) != 2 {
			t.Errorf("visit %d: %s with %d statements, want %s", visited, f.Script.Path, len(f.Script.Stmts), want)
		}
		visited++
		return nil
	})
	if err != nil || visited != 2*n {
		t.Fatalf("%d visits, %v", visited, err)
	}
	for _, g := range w.groups {
		for i, f := range g.Files {
			if f.Script != nil {
				t.Errorf("file %d is kept: a run over many files would hold all syntax trees", i)
			}
		}
	}
}

func TestWalkGoesOnAfterAProblem(t *testing.T) {
	for name, walk := range walks() {
		w, stderr := workOn(t, 2)
		visited := 0
		err := walk(w, t.Context(), func(*group, *layout.File) error {
			visited++
			if visited == 2 {
				return errors.New("no verdict")
			}
			return nil
		})
		if err != nil || visited != 4 || w.problems != 1 || stderr.String() != "safemig: 0/001.sql: no verdict\n" {
			t.Errorf("%s: %d visits, %d problems, %v, %q", name, visited, w.problems, err, stderr)
		}
	}
}
