package layout

import (
	"path/filepath"
	"slices"
	"strings"
)

// home is a migration directory with the files in it that were asked for.
type home struct {
	dir   *Dir
	picks map[string]pick // by their name below the directory
	alone bool            // it holds one file, which has no place among others
}

// homes sorts the picks into migration directories, in the order in which they were asked for.
func (p *picker) homes() []*home {
	type key struct {
		abs     string
		folders bool
		alone   bool
	}
	known := map[key]*home{}
	var all []*home
	for _, pk := range p.picks {
		abs, folders := p.tree.home(pk.abs)
		at := key{abs, folders, pk.alone}
		h := known[at]
		if h == nil {
			h = p.home(abs, folders, pk)
			known[at] = h
			all = append(all, h)
		}
		h.add(pk)
	}
	return all
}

// home is a new home for a pick; one that stands alone has no others around it.
func (p *picker) home(abs string, folders bool, pk pick) *home {
	d := &Dir{
		Path: p.tree.shown(abs, pk.absolute), Folders: folders,
		abs: abs, tree: p.tree, texts: map[string][]byte{},
	}
	if !pk.alone && p.tree.has(abs) {
		names, err := p.tree.names(abs, folders)
		if err != nil {
			p.problem(d.Path, err)
		}
		d.Names = names
		p.overlay(d)
	}
	return &home{dir: d, picks: map[string]pick{}, alone: pk.alone}
}

// overlay has the texts that an editor holds count in a migration directory.
func (p *picker) overlay(d *Dir) {
	for name, text := range p.open {
		abs, folders := p.tree.home(name)
		if abs == d.abs && folders == d.Folders && isSQL(name) {
			rel := filepath.ToSlash(strings.TrimPrefix(name, d.abs+string(filepath.Separator)))
			d.texts[rel], d.Names = text, insertName(d.Names, rel)
		}
	}
}

// add notes a file, which a text from stdin need not have on disk.
func (h *home) add(pk pick) {
	rel := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(pk.abs, h.dir.abs), string(filepath.Separator)))
	h.picks[rel] = pk
	if pk.read {
		h.dir.texts[rel] = pk.text
	}
	if at, found := slices.BinarySearch(h.dir.Names, rel); !found {
		h.dir.Names = slices.Insert(h.dir.Names, at, rel)
	}
}

// asked says whether a file is one of those asked for.
func (h *home) asked(rel string) bool {
	_, ok := h.picks[rel]
	return ok
}

// shown is the path of a file as reports print it.
func (h *home) shown(rel string) string {
	if pk, ok := h.picks[rel]; ok {
		return h.dir.tree.shown(pk.abs, pk.absolute)
	}
	return h.dir.shown(rel)
}
