package layout

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Commit writes the files of a plan, all or none. New files never replace one
// that is there, and what changed since it was read is left as it is.
func (out *Written) Commit() error { return out.CommitAnd(func() error { return nil }) }

// CommitAnd does the same, and what is to be done with the files in place: where that
// fails, they are taken back.
func (out *Written) CommitAnd(do func() error) error {
	c := commit{}
	err := c.run(out.Files)
	if err == nil {
		err = do()
	}
	if err != nil {
		return errors.Join(err, c.undo())
	}
	return c.tidy()
}

// commit remembers what it did, to take it back.
type commit struct {
	made   []string // folders
	drafts []string // the texts beside the names that they will have
	backup []string // what was replaced
	placed []placed
}

// placed is a file that has its new text.
type placed struct{ abs, backup string }

func (c *commit) run(files []Output) error {
	for _, o := range files {
		if err := c.draft(o); err != nil {
			return fmt.Errorf("writing %s: %w", o.Path, reason(err))
		}
	}
	// The migration itself comes last: until then the new files do no harm.
	order := make([]int, 0, len(files))
	for i, o := range files {
		if o.New() {
			order = append(order, i)
		}
	}
	for i, o := range files {
		if !o.New() {
			order = append(order, i)
		}
	}
	for _, i := range order {
		if err := c.place(files[i], c.drafts[i]); err != nil {
			return fmt.Errorf("writing %s: %w", files[i].Path, reason(err))
		}
	}
	return nil
}

// draft writes a text beside the name that it will have.
func (c *commit) draft(o Output) (err error) {
	if err := c.folder(filepath.Dir(o.abs)); err != nil {
		return err
	}
	mode := fs.FileMode(0o666)
	if !o.New() {
		info, err := os.Stat(o.abs)
		if err != nil {
			return err
		}
		mode = info.Mode().Perm()
	}
	name := fmt.Sprintf("%s.safemig-%d", o.abs, os.Getpid())
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	c.drafts = append(c.drafts, name)
	_, err = f.Write(o.Text)
	return errors.Join(err, f.Close())
}

// folder makes a folder and those above it, and remembers which.
func (c *commit) folder(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is no folder", dir)
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := c.folder(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	c.made = append(c.made, dir)
	return nil
}

// newName gives a draft a name that must be free. A link fails where it is not;
// file systems without links are asked first.
func newName(draft, name string) error {
	err := os.Link(draft, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fs.ErrExist, err)
	}
	return os.Rename(draft, name)
}

// copyFile keeps a text as another file with the same rights.
func copyFile(from, to string, text []byte) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// place gives a draft its name. What is replaced is kept beside it until all is done.
func (c *commit) place(o Output, draft string) error {
	if o.New() {
		if err := newName(draft, o.abs); err != nil {
			return err
		}
		c.placed = append(c.placed, placed{abs: o.abs})
		return nil
	}
	target, err := filepath.EvalSymlinks(o.abs)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	if !bytes.Equal(text, o.Old) {
		return errors.New("it changed while it was read: try again")
	}
	backup := draft + "-old"
	c.backup = append(c.backup, backup)
	if err := copyFile(target, backup, text); err != nil {
		return err
	}
	if err := os.Rename(draft, target); err != nil {
		return err
	}
	c.placed = append(c.placed, placed{abs: target, backup: backup})
	return nil
}

// undo takes back what was done.
func (c *commit) undo() error {
	var errs []error
	for _, p := range slices.Backward(c.placed) {
		if p.backup == "" {
			errs = append(errs, gone(os.Remove(p.abs)))
		} else {
			errs = append(errs, os.Rename(p.backup, p.abs))
		}
	}
	errs = append(errs, c.tidy())
	for _, dir := range slices.Backward(c.made) {
		errs = append(errs, gone(os.Remove(dir)))
	}
	return errors.Join(errs...)
}

// tidy removes the other names.
func (c *commit) tidy() error {
	var errs []error
	for _, name := range slices.Concat(c.drafts, c.backup) {
		errs = append(errs, gone(os.Remove(name)))
	}
	return errors.Join(errs...)
}

func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
