package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// withNoData is CREATE MATERIALIZED VIEW without rows.
func (s *shadow) withNoData(text string) string {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	if n := len(toks); n > 2 && toks[n-1].Is(src, "DATA") {
		at := n - 2
		if toks[at].Is(src, "NO") {
			at--
		}
		if toks[at].Is(src, "WITH") {
			text = strings.TrimRight(text[:toks[at].Span.Start], " \t\r\n")
		}
	}
	return text + " WITH NO DATA"
}

// matIndexes are the indexes, under names for a while.
func (s *shadow) matIndexes(m *shadowMat) error {
	for _, ix := range s.c.State.IndexesOf(m.name) {
		name := change.Name{Schema: m.name.Schema, Name: ix.Name}
		i := slices.IndexFunc(s.c.State.DefsOf(name), func(d schema.Def) bool { return d.Class == "index" && d.Text != "" })
		if i < 0 {
			return Refuse("the statement that made the index %s of the materialized view %s was not seen: run fix with --dsn, or give it a dump with --schema", s.c.Q(ix.Name), s.c.Text.QuoteName(m.name))
		}
		d := s.c.State.DefsOf(name)[i]
		text, err := s.c.Text.Current(d)
		if err != nil {
			return asRefusal(err)
		}
		if err := s.addMatIndex(m, s.pieceOf(d, text), ix.Name); err != nil {
			return err
		}
		m.old = append(m.old, ix.Name)
	}
	return nil
}

func (s *shadow) addMatIndex(m *shadowMat, p schema.Piece, name string) error {
	var err error
	if p.Text, err = s.c.Text.RenameTable(p, m.name, m.made); err != nil {
		return asRefusal(err)
	}
	if p.Text, err = s.c.Text.WithName(p, MadeName(name, "new")); err != nil {
		return asRefusal(err)
	}
	m.indexes = append(m.indexes, shadowMatIndex{name: name, create: s.notConcurrently(p.Text)})
	return nil
}

func (s *shadow) pieceOf(d schema.Def, text string) schema.Piece {
	p := d.Piece()
	p.Text = text
	return p
}

// notConcurrently is CREATE INDEX as a transaction takes it.
func (s *shadow) notConcurrently(text string) string {
	src := []byte(text)
	for _, k := range s.c.Text.Tokens(text) {
		if k.Is(src, "CONCURRENTLY") {
			return text[:k.Span.Start] + strings.TrimLeft(text[k.Span.End:], " \t\r\n")
		}
		if k.Is(src, "ON") {
			break
		}
	}
	return text
}

// matOptions are what other statements say of it that the server is not asked for.
func (s *shadow) matOptions(m *shadowMat) error {
	for _, d := range s.c.State.DefsOf(m.name) {
		if d.Class != "option" && d.Class != "security label" {
			continue
		}
		text, err := s.c.Text.Current(d)
		if err != nil {
			return asRefusal(err)
		}
		if wordsOf(text)["cluster"] {
			m.clustered = append(m.clustered, s.asStatement(d.Clause, "ALTER MATERIALIZED VIEW "+s.c.Text.QuoteName(m.name), text))
			continue
		}
		if !d.Clause {
			if text, err = s.c.Text.RenameTable(s.pieceOf(d, text), m.name, m.made); err != nil {
				return asRefusal(err)
			}
		}
		m.options = append(m.options, s.asStatement(d.Clause, "ALTER MATERIALIZED VIEW "+s.c.Text.QuoteName(m.made), text))
	}
	return nil
}

// matReaders are the views that read it, made to read the other one. They come
// first in the swap: whoever reads one of them has locked it before what it reads.
func (s *shadow) matReaders(m *shadowMat) error {
	for _, v := range s.c.State.ViewsOn(m.name) {
		if !slices.Contains(s.c.State.ViewTables(v), m.name) {
			continue
		}
		shown := s.c.Text.QuoteName(v)
		if s.c.State.IsMaterialized(v) || s.Swap {
			return Refuse("%s reads the materialized view %s, which reads %s.%s: nothing but making both anew takes them to another column; make others beside them, and drop these when nobody reads them", shown, s.c.Text.QuoteName(m.name), s.c.Table(), s.old)
		}
		for _, d := range s.c.State.DefsOf(v) {
			if d.Class != "view" {
				continue
			}
			text, err := s.c.Text.Current(d)
			if err != nil {
				return asRefusal(err)
			}
			if text, err = withColumns(s.c, v, text); err != nil {
				return err
			}
			reader := shadowText{}
			for _, to := range []struct {
				name change.Name
				into *[]string
			}{{m.made, &reader.after}, {m.aside, &reader.before}} {
				other, err := s.c.Text.RenameTable(s.pieceOf(d, text), m.name, to.name)
				if err != nil {
					return asRefusal(err)
				}
				*to.into = append([]string{s.orReplace(other)}, s.optionsOf(&dependent{Def: d})...)
			}
			m.readers = append(m.readers, reader)
		}
	}
	return nil
}
