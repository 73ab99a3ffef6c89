package layout

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// atlasSum is the file in which Atlas keeps sums over a migration directory,
// whichever tool the files are for.
const atlasSum = "atlas.sum"

// sum brings atlas.sum up to date where the directory has one.
// https://atlasgo.io/concepts/migration-directory-integrity
func (w *Writer) sum(out *Written) error {
	changed := map[string][]byte{}
	for _, o := range out.Files {
		if rel, err := filepath.Rel(w.dir.abs, o.abs); err == nil && filepath.Dir(rel) == "." && isSQL(rel) {
			changed[rel] = o.Text
		}
	}
	old, known := w.dir.texts[atlasSum]
	if len(changed) == 0 || !known && !w.dir.holds(atlasSum) {
		return nil
	}
	if !known {
		var err error
		if old, err = w.knownSum(); err != nil {
			return err
		}
	}
	text, err := w.sumOf(w.summed(old, changed), changed)
	if err != nil {
		return err
	}
	out.Files = append(out.Files, Output{Path: w.dir.shown(atlasSum), Old: old, Text: []byte(text), abs: w.dir.file(atlasSum)})
	w.dir.texts[atlasSum] = []byte(text)
	return nil
}

// knownSum reads the sum, and checks that it is made as we make it.
func (w *Writer) knownSum() ([]byte, error) {
	old, err := readLimited(w.dir.file(atlasSum), hintBytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.dir.shown(atlasSum), err)
	}
	d := *w
	d.dir = w.group.dir
	listed := slices.DeleteFunc(slices.Clone(d.dir.Names), func(rel string) bool {
		return !bytes.Contains(old, []byte("\n"+rel+" h1:")) // new, or not counted in
	})
	text, err := d.sumOf(listed, nil)
	if err != nil {
		return nil, err
	}
	if text != string(old) {
		return nil, refuse("%s does not fit the files that are there: run atlas migrate hash first", w.dir.shown(atlasSum))
	}
	return old, nil
}

// summed are the files that the sum is over: not all kinds of directory count
// the way back in.
func (w *Writer) summed(old []byte, changed map[string][]byte) []string {
	names := slices.Clone(w.dir.Names)
	for rel := range changed {
		names = insertName(names, rel)
	}
	if bytes.Contains(old, []byte(".down.sql h1:")) {
		return names
	}
	return slices.DeleteFunc(names, func(rel string) bool { return strings.HasSuffix(rel, ".down.sql") })
}

// sumOf is a hash that goes on from file to file, over names and texts.
// https://github.com/ariga/atlas/blob/master/sql/migrate/dir.go
func (w *Writer) sumOf(names []string, changed map[string][]byte) (string, error) {
	running, whole := sha256.New(), sha256.New()
	var list strings.Builder
	for _, rel := range names {
		text, ok := changed[rel]
		if !ok {
			if text, ok = w.dir.texts[rel]; !ok {
				var err error
				if text, err = readLimited(w.dir.file(rel), defaultMaxBytes); err != nil {
					return "", fmt.Errorf("%s: %w", w.dir.shown(rel), err)
				}
			}
		}
		running.Write([]byte(rel))
		if bytes.HasPrefix(text, []byte("-- atlas:sum ignore")) {
			continue
		}
		running.Write(text)
		hash := base64.StdEncoding.EncodeToString(running.Sum(nil))
		whole.Write([]byte(rel + hash))
		fmt.Fprintf(&list, "%s h1:%s\n", rel, hash)
	}
	return "h1:" + base64.StdEncoding.EncodeToString(whole.Sum(nil)) + "\n" + list.String(), nil
}
