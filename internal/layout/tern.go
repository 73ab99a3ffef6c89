package layout

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// tern is https://github.com/jackc/tern, for PostgreSQL alone. Both directions are in
// one file, and each is sent whole in a transaction, or cut by tern's own lexer.
func tern() Layout {
	return Layout{
		Name:       "tern",
		Marker:     markerTern,
		Content:    isTernBreak,
		List:       listTern,
		Cut:        cutTern,
		Tx:         change.TxFile,
		Send:       change.SendFile,
		OptOut:     ternOptOut,
		OptOutSend: change.SendStatement,
		Mask:       maskTern,
	}
}

const (
	ternBreak  = "---- create above / drop below ----"
	ternNoTx   = "---- tern: disable-tx ----"
	ternConfig = "tern.conf"
)

// markerTern also knows the folders of templates below a directory of migrations.
func markerTern(d *Dir) string {
	if d.holds(ternConfig) {
		return ternConfig
	}
	if d.isTernTemplates() {
		return "the migrations of tern in the folder above"
	}
	return ""
}

// isTernTemplates says whether the folder is within a directory that tern reads: it
// takes no migrations from there, but texts that migrations ask for.
func (d *Dir) isTernTemplates() bool {
	above := filepath.Dir(d.abs)
	if d.Folders || d.tree.isTop(d.abs) {
		return false
	}
	known, ok := d.tree.tern[above]
	if !ok {
		known = d.tree.isTern(above)
		d.tree.tern[above] = known
	}
	return known
}

func (t *tree) isTern(abs string) bool {
	top, err := t.list(abs)
	if err != nil {
		return false
	}
	d := &Dir{Path: filepath.Base(abs), abs: abs, tree: t}
	d.Names = slices.DeleteFunc(sqlNames("", top.files), func(rel string) bool {
		_, err := parseTern(rel)
		return err != nil
	})
	if len(d.Names) == 0 || d.holds(ternConfig) {
		return len(d.Names) > 0
	}
	_, why := d.detectContent([]Layout{{Content: isTernBreak}})
	return why != ""
}

func isTernBreak(line string) bool { return line == ternBreak }

// parseTern reads 001_name.sql: https://github.com/jackc/tern/blob/master/migrate/migrate.go
func parseTern(rel string) (Entry, error) {
	version := digits(rel)
	name, sql := strings.CutSuffix(rel[len(version):], ".sql")
	if folder(rel) != "" || !sql || version == "" || len(name) < 2 || name[0] != '_' {
		return Entry{}, errors.New("tern only loads <number>_<name>.sql")
	}
	return Entry{Version: version}, nil
}

// listTern also says where tern refuses all files: it counts them from 1.
func listTern(d *Dir) Listing {
	if d.isTernTemplates() {
		found := Listing{NoMigrations: true}
		for _, rel := range d.Names {
			found.Skipped = append(found.Skipped, Skipped{Path: rel, Why: "it is a template for tern's migrations"})
		}
		return found
	}
	found := listBy(parseTern, compareNumbers)(d)
	for i, e := range found.Entries {
		var err error
		switch c := compareNumbers(e.Version, strconv.Itoa(i+1)); {
		case c > 0:
			err = fmt.Errorf("tern runs no migration here: number %d is missing", i+1)
		case c < 0:
			err = fmt.Errorf("tern runs no migration here: %s is not the number behind %d", e.Version, i)
		default:
			continue
		}
		found.Problems = []Problem{{Path: d.shown(e.Rel), Err: err}}
		break
	}
	return found
}

// cutTern cuts at the first mark, wherever it stands.
func cutTern(s *Source) ([]Part, error) {
	at := bytes.Index(s.Text, []byte(ternBreak))
	if at < 0 {
		return []Part{{Section: change.Span{End: len(s.Text)}}}, nil
	}
	return []Part{
		{Section: change.Span{End: at}},
		{Down: true, Section: change.Span{Start: at, End: len(s.Text)}},
	}, nil
}

// ternOptOut wants a line that is nothing else, not even with a carriage return, in
// the part's own text.
func ternOptOut(s *Source, p Part) (bool, error) {
	text := strings.TrimPrefix(p.Section.Text(s.Text), ternBreak)
	return slices.Contains(strings.Split(strings.TrimSpace(text), "\n"), ternNoTx), nil
}

// maskTern also has a template that stands for whole statements as a statement that
// nobody knows, which is what it is.
func maskTern(text []byte) []byte {
	var out []byte
	for l := range lines(text) {
		action := strings.TrimSuffix(strings.TrimSpace(l.text), ";")
		at := l.start + bytes.Index(text[l.start:l.end], []byte(action))
		if !isTernInclude(action) || actionEnd(text, at+len("{{")) != at+len(action) {
			continue
		}
		if out == nil {
			out = bytes.Clone(text)
		}
		unknownStatement(out, at, at+len(action))
	}
	if out == nil {
		out = text
	}
	return maskTemplates(out)
}

func isTernInclude(action string) bool {
	inner, ok := strings.CutPrefix(action, "{{")
	word, _, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(inner, "-")), " ")
	return ok && (word == "template" || word == "install_snapshot") && len(action) > len("{{template \"\"}}")
}
