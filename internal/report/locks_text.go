package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// widestBlocks and widestWork are what the last columns of the list need.
const (
	widestBlocks = len("blocks reads and writes")
	widestWork   = len("catalogue only")
)

// leastRoom is what text needs beside something else: with less, it gets a line of its own.
const leastRoom = 48

// LocksText writes statements for people: each with a line for every table
// that says the lock, who is blocked and the work.
func LocksText(w io.Writer, r *Locks, style Style) error {
	t := locksText{style: style, palette: newPalette(style.Color)}
	t.measure(r.Statements)
	for i := range r.Statements {
		if _, err := io.WriteString(w, t.statement(&r.Statements[i])); err != nil {
			return err
		}
	}
	if style.Quiet {
		return nil
	}
	_, err := io.WriteString(w, t.summary(r))
	return err
}

type locksText struct {
	style         Style
	palette       palette
	table, holder int // widths of the columns
}

// measure finds the widths of the columns. A table's name that would make the
// list wider than the terminal pushes its own line only.
func (t *locksText) measure(statements []Statement) {
	names := []int{0}
	for _, s := range statements {
		for _, e := range s.Effects {
			names = append(names, columns(oneLine(tableName(e.Table))))
			t.holder = max(t.holder, len(holds(e)))
		}
	}
	room := t.style.width() - len(hanging) - len("  ") - t.holder - len("  ") - widestBlocks - len("  ") - widestWork
	for _, n := range names {
		if n <= room {
			t.table = max(t.table, n)
		}
	}
}

func (t *locksText) statement(s *Statement) string {
	var b strings.Builder
	place := clean(s.Path) + ":" + strconv.Itoa(s.Start.Line)
	gap, room := "  ", t.style.width()-columns(place)-len("  ")
	if sql := oneLine(s.beginning()); columns(sql) > room && room < leastRoom {
		gap, room = "\n  ", t.style.width()-len("  ")
	}
	b.WriteString(t.palette.bold.Sprint(place) + gap + shorten(oneLine(s.beginning()), room) + "\n")
	for _, e := range s.Effects {
		b.WriteString(hanging + t.effect(e) + "\n")
	}
	for _, r := range s.remarks() {
		b.WriteString(hanging + t.palette.label.Sprint(r) + "\n")
	}
	if len(s.Effects) == 0 && !s.Unknown {
		b.WriteString(hanging + "locks no table\n")
	}
	return b.String()
}

// beginning is as much of the statement as may be shown: an INSERT may be megabytes long.
func (s *Statement) beginning() string { return s.SQL[:min(len(s.SQL), keepBehind)] }

func (t *locksText) effect(e change.Effect) string {
	return pad(oneLine(tableName(e.Table)), t.table) + "  " +
		t.weight(e).Sprint(pad(holds(e), t.holder)) + "  " +
		pad("blocks "+blocksBriefly(e.Blocks), widestBlocks) + "  " + workBriefly(e.Work)
}

// weight is the colour for the harm an effect does.
func (t *locksText) weight(e change.Effect) *color.Color {
	switch {
	case e.Blocks&(change.Reads|change.Writes) == 0:
		return t.palette.good
	case e.Work.Grows():
		return t.palette.severity(rules.Error)
	}
	return t.palette.severity(rules.Warning)
}

func (t *locksText) summary(r *Locks) string {
	unknown := 0
	for _, s := range r.Statements {
		if s.Unknown {
			unknown++
		}
	}
	var remarks []string
	if unknown > 0 {
		remarks = append(remarks, strconv.Itoa(unknown)+" not understood")
	}
	line := "\n" + count(len(r.Statements), "statement", "statements") + " in " + count(r.Files, "file", "files") + inBrackets(remarks) + "\n"
	if note := versionNote(r.Targets); note != "" {
		line += note + "\n"
	}
	return line
}
