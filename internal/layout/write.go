package layout

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Piece is what one file of a plan holds. Pieces come in the order they run.
type Piece struct {
	Slug  string   // what it does, as a piece of a file's name
	About []string // for the comment at its head: a paragraph to each
	// SQL are the statements, without semicolons. InTx says that they are one
	// transaction; otherwise it is one statement, outside of any.
	SQL  []string
	InTx bool
	// Bare says that each statement commits by itself, whatever is around it: nothing
	// is to be opened or left for it. InTx and DownInTx are true then.
	Bare bool
	// Cleanup are statements that must run before it where an earlier run was
	// interrupted. They stand in the file where the tool sends statements one by
	// one, else in the comment at its head.
	Cleanup []string
	// Down takes it back. DownInTx is to Down what InTx is to SQL.
	Down     []string
	DownInTx bool
	NoDown   string // what Down does not take back, and why
	// Undo is Down without what limits its waits, for tools that have no way back.
	Undo []string
	// Waits keeps the file from where the tool looks: something must be true
	// before it may run.
	Waits bool
}

// Job is a text that no migration tool may run: a backfill.
type Job struct{ Name, Text string }

// Rewrite is what one migration becomes.
type Rewrite struct {
	Name   string
	Script *change.Script // the migration
	Pieces []Piece
	Jobs   []Job
	Tables []string // the names of the tables that it is about
}

// Output is one file to write.
type Output struct {
	Path string // as reports print it
	Old  []byte // what it holds now, where it is there
	Text []byte
	abs  string
}

// New says whether the file is not there yet.
func (o Output) New() bool { return o.Old == nil }

// Places are the paths of a plan's files on the disk.
func (out *Written) Places() []string {
	var all []string
	for _, o := range out.Files {
		all = append(all, o.abs)
	}
	return all
}

// Written is a plan as files. Nothing is on disk before Commit.
type Written struct {
	Files  []Output
	Pieces []string // the path of each piece's file
	Jobs   []string // the path of each job's
	// Scripts are the pieces as the migration tool will read and send them.
	Scripts []Script

	after  *Writer // what is known once the plan is kept
	parked string  // the folder of what waits
	shown  func(abs string) string
}

// Script is a part of a piece's files.
type Script struct {
	File
	Piece int
}

// Refused is why a plan cannot be written in the files of a migration tool.
type Refused struct{ Reason string }

func (r *Refused) Error() string { return r.Reason }

func refuse(format string, args ...any) error { return &Refused{fmt.Sprintf(format, args...)} }

// WriteOptions say where that goes which no migration tool may find. Empty means
// beside the migration directory.
type WriteOptions struct {
	Pending   string
	Backfills string
}

// Writer turns the plans for one directory's migrations into files. It knows the
// names that it has given, so that two plans never want the same.
type Writer struct {
	group  *Group
	scribe scribe
	dir    *Dir            // with the files of earlier plans in it
	fresh  map[string]bool // the files of earlier plans
	opt    WriteOptions

	optedOut bool // see Listing
}

// Writer is a writer for the group's migrations.
func (g *Group) Writer(opt WriteOptions) (*Writer, error) {
	d := *g.dir
	d.Names, d.texts = slices.Clone(d.Names), maps.Clone(d.texts)
	w := &Writer{group: g, dir: &d, fresh: map[string]bool{}, opt: opt, optedOut: g.Layout.List(&d).OptedOut}
	var err error
	if w.opt.Pending, err = g.sibling(opt.Pending, "pending"); err != nil {
		return nil, err
	}
	w.opt.Backfills, err = g.sibling(opt.Backfills, "backfills")
	return w, err
}

// sibling is a folder that is not within the migration directory: many tools
// read theirs with all that is below it. What lies beside a repository's root is
// no place either: tools that read no more than one folder find nothing in those below.
func (g *Group) sibling(named, usual string) (string, error) {
	d := g.dir
	if named == "" {
		if d.tree.isTop(d.abs) && (!d.Folders || g.Layout.Name == "sqitch") && g.Layout.Name != "flyway" {
			return filepath.Join(d.abs, usual), nil
		}
		return filepath.Join(filepath.Dir(d.abs), usual), nil
	}
	abs, err := filepath.Abs(named)
	if err != nil {
		return "", fmt.Errorf("the folder for %s: %w", usual, err)
	}
	if abs == d.abs || strings.HasPrefix(abs, d.abs+string(filepath.Separator)) {
		return "", fmt.Errorf("the folder for %s, %s, is within the migrations, where the tool would run what is in it", usual, named)
	}
	return abs, nil
}

// Keep makes a plan's names taken.
func (w *Writer) Keep(out *Written) {
	*w, out.after = *out.after, nil // or each plan that is kept would hold a list of all files
}

// branch is a writer that knows the same and goes its own way.
func (w *Writer) branch() *Writer {
	b, d := *w, *w.dir
	d.Names, d.texts = slices.Clone(d.Names), maps.Clone(d.texts)
	b.dir, b.fresh = &d, maps.Clone(w.fresh)
	return &b
}

// Write lays out a plan. A *Refused error says why it cannot be. Its names are
// taken only when it is kept.
func (w *Writer) Write(r Rewrite) (*Written, error) { return w.branch().write(r) }

func (w *Writer) write(r Rewrite) (*Written, error) {
	own, err := w.original(r.Script)
	if err != nil {
		return nil, err
	}
	if err := w.fits(own, &r); err != nil {
		return nil, err
	}
	names, err := w.names(own, &r)
	if err != nil {
		return nil, err
	}
	out := w.nothing()
	out.parked = filepath.Join(w.opt.Pending, r.Name)
	if err := w.pieces(out, own, &r, names); err != nil {
		return nil, err
	}
	if w.scribe.also != nil {
		if err := w.scribe.also(w, out, own, &r, names); err != nil {
			return nil, err
		}
	}
	for _, j := range r.Jobs {
		o := out.output(filepath.Join(w.opt.Backfills, j.Name+".sql"), own.lineEnds(j.Text))
		out.Files, out.Jobs = append(out.Files, o), append(out.Jobs, o.Path)
	}
	if err := w.sum(out); err != nil {
		return nil, err
	}
	return out, out.free()
}

// pieces renders every piece, and reads it back.
func (w *Writer) pieces(out *Written, own *original, r *Rewrite, names []string) error {
	if w.scribe.stack != nil {
		if err := w.stack(out, own, r); err != nil {
			return err
		}
	}
	together := atOnce(r.Pieces)
	for i := len(out.Pieces); i < len(r.Pieces); i++ {
		piece := r.Pieces[i]
		if w.scribe.joins && len(together) > 1 && i < len(together) {
			if i > 0 {
				out.Pieces = append(out.Pieces, out.Pieces[0])
				continue
			}
			piece = joined(together)
		}
		piece.SQL = w.unmarked(piece.SQL)
		piece.within()
		t := task{piece: &piece, rel: names[i], style: own, several: len(r.Pieces) > 1, last: i == len(r.Pieces)-1}
		if names[i] == own.rel {
			t.own = own
		}
		dir := w.dir.abs
		if t.piece.Waits {
			dir = out.parked
		}
		sheets := w.scribe.sheets(&t)
		for j := range sheets {
			sheets[j].text = own.lineEnds(sheets[j].text)
			o := out.output(filepath.Join(dir, filepath.FromSlash(sheets[j].rel)), sheets[j].text)
			if o.Old = own.files[sheets[j].rel]; t.own == nil {
				o.Old = nil
			}
			if bytes.Equal(o.Old, o.Text) && o.Old != nil {
				continue
			}
			out.Files = append(out.Files, o)
			if j == 0 {
				out.Pieces = append(out.Pieces, o.Path)
			}
		}
		if len(out.Pieces) == i { // its text is what it was
			out.Pieces = append(out.Pieces, w.dir.shown(names[i]))
		}
		read, err := w.readBack(sheets, out.Pieces[i])
		if err != nil {
			return fmt.Errorf("%s: what would be written cannot be read: %w", out.Pieces[i], err)
		}
		for _, f := range read {
			out.Scripts = append(out.Scripts, Script{File: f, Piece: i})
		}
		if !t.piece.Waits {
			w.took(sheets)
		}
	}
	return nil
}

func (out *Written) output(abs, text string) Output {
	return Output{Path: out.shown(abs), Text: []byte(text), abs: abs}
}

// Park adds a file to the folder of what waits.
func (out *Written) Park(name string, text []byte) error {
	out.Files = append(out.Files, out.output(filepath.Join(out.parked, name), string(text)))
	return out.free()
}

// InPending is the path of a file in the folder of what waits, as reports print it.
func (out *Written) InPending(name string) string { return out.shown(filepath.Join(out.parked, name)) }

// Parked is a path as seen from the folder of what waits, with slashes.
func (out *Written) Parked(shown string) (string, error) {
	abs, err := filepath.Abs(filepath.FromSlash(shown))
	if err != nil {
		return "", fmt.Errorf("the path of %s: %w", shown, err)
	}
	rel, err := filepath.Rel(out.parked, abs)
	if err != nil {
		return "", fmt.Errorf("the path of %s: %w", shown, err)
	}
	return filepath.ToSlash(rel), nil
}

// free checks that nothing is in the way of the new files.
func (out *Written) free() error {
	for _, o := range out.Files {
		if !o.New() {
			continue
		}
		if _, err := os.Lstat(o.abs); err == nil {
			return refuse("%s is there already, perhaps of an earlier plan: finish that one, or rename the migration", o.Path)
		}
	}
	return nil
}

// took remembers the files of a plan, so that the next one finds them taken.
func (w *Writer) took(sheets []sheet) {
	for _, s := range sheets {
		w.dir.texts[s.rel] = []byte(s.text)
		w.fresh[s.rel] = true
		if isSQL(s.rel) {
			w.dir.Names = insertName(w.dir.Names, s.rel)
		}
	}
}

// shownBeside is the path of a file as reports print it, beside another one's.
func shownBeside(shown, rel, beside string) string {
	if top, ok := strings.CutSuffix(shown, rel); ok {
		return top + beside
	}
	return path.Join(path.Dir(shown), base(beside))
}

// readBack reads the files of a piece as the tool's own reader does.
func (w *Writer) readBack(sheets []sheet, shown string) ([]File, error) {
	d := *w.dir
	d.texts = maps.Clone(d.texts)
	for _, s := range sheets {
		d.texts[s.rel] = []byte(s.text)
	}
	var out []File
	for i, s := range sheets {
		if !isSQL(s.rel) {
			continue
		}
		if strings.HasPrefix(s.rel, sqitchVerify) {
			continue
		}
		src := &Source{Entry: Entry{Rel: s.rel, Down: i > 0}, Dir: &d, Text: []byte(s.text), OptedOut: w.optedOut}
		files, err := w.group.Layout.scripts(src, shownBeside(shown, sheets[0].rel, s.rel))
		if err != nil {
			return nil, err
		}
		if i == 0 {
			files[0].Script.Path = shown
		}
		out = append(out, files...)
	}
	return out, nil
}
