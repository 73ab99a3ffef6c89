package layout

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// drizzle is https://orm.drizzle.team: all files not yet applied run in one
// transaction, and a mark in the file cuts it into what is sent one by one.
func drizzle() Layout {
	return Layout{
		Name:    "drizzle",
		Marker:  markerDrizzle,
		Content: func(line string) bool { return strings.Contains(line, drizzleBreak) },
		List:    listDrizzle,
		Cut:     cutDrizzle,
		Tx:      change.TxAllPending,
		Send:    change.SendChunk,
		Again:   againDrizzle(),
		Unbreak: maskBreakpoints,
		Mask:    maskBreakpoints,
	}
}

const (
	drizzleBreak    = "--> statement-breakpoint"
	drizzleJournal  = "meta/_journal.json"
	drizzleSnapshot = "snapshot.json"
)

// markerDrizzle knows the journal, and the folders that replaced it in version 1.
func markerDrizzle(d *Dir) string {
	if !d.Folders {
		if d.holds(drizzleJournal) {
			return drizzleJournal
		}
		return ""
	}
	if d.holds(prismaLock) {
		return ""
	}
	return d.anyName(func(rel string) bool {
		return isMigrationSQL(rel) && d.holds(folder(rel)+"/"+drizzleSnapshot)
	})
}

// journal is what Drizzle keeps beside its files; its order is the order they run in.
type journal struct {
	Dialect string
	Entries []struct{ Tag string }
}

func (d *Dir) journal() (journal, error) {
	var j journal
	text, err := d.tree.read(d.file(drizzleJournal), defaultMaxBytes)
	if err != nil {
		return j, err
	}
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte(byteOrderMark)), &j); err != nil {
		return j, fmt.Errorf("not the journal of Drizzle: %w", err)
	}
	return j, nil
}

func listDrizzle(d *Dir) Listing {
	if d.Folders {
		return listBy(parseDrizzleFolder, strings.Compare)(d)
	}
	if !d.holds(drizzleJournal) {
		return listPlain(d) // recognised by the text alone
	}
	j, err := d.journal()
	if err != nil {
		// The files are still judged, in the order of their numbers.
		found := listPlain(d)
		found.Problems = []Problem{{Path: d.shown(drizzleJournal), Err: err}}
		return found
	}
	return d.inJournal(j)
}

// inJournal lists the files in the journal's order.
func (d *Dir) inJournal(j journal) Listing {
	var found Listing
	left := make(map[string]bool, len(d.Names))
	for _, rel := range d.Names {
		left[rel] = true
	}
	for _, e := range j.Entries {
		rel := e.Tag + ".sql"
		if !left[rel] {
			err := fmt.Errorf("the journal names %q, which is not there or is named twice", rel)
			found.Problems = append(found.Problems, Problem{Path: d.shown(drizzleJournal), Err: err})
			continue
		}
		delete(left, rel)
		found.Entries = append(found.Entries, Entry{Rel: rel, Version: e.Tag})
	}
	for _, rel := range d.Names {
		if left[rel] {
			found.Skipped = append(found.Skipped, Skipped{Path: rel, Why: "it is not in " + drizzleJournal})
		}
	}
	return found
}

func parseDrizzleFolder(rel string) (Entry, error) {
	if !isMigrationSQL(rel) {
		return Entry{}, errors.New("Drizzle only loads <folder>/migration.sql")
	}
	return Entry{Version: folder(rel)}, nil
}

// cutDrizzle cuts at every mark, wherever it stands, as Drizzle does.
func cutDrizzle(s *Source) ([]Part, error) {
	whole := Part{Section: change.Span{End: len(s.Text)}}
	for from := 0; ; {
		n := bytes.Index(s.Text[from:], []byte(drizzleBreak))
		if n < 0 {
			whole.Chunks = append(whole.Chunks, change.Span{Start: from, End: len(s.Text)})
			return []Part{whole}, nil
		}
		whole.Chunks = append(whole.Chunks, change.Span{Start: from, End: from + n})
		from += n + len(drizzleBreak)
	}
}

// maskBreakpoints blanks the marks: "-->" is no comment on MySQL, which wants
// a blank behind the dashes. https://dev.mysql.com/doc/refman/8.4/en/comments.html
func maskBreakpoints(text []byte) []byte {
	if !bytes.Contains(text, []byte(drizzleBreak)) {
		return text
	}
	return bytes.ReplaceAll(text, []byte(drizzleBreak), bytes.Repeat([]byte(" "), len(drizzleBreak)))
}
