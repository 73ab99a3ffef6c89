//go:build !cgo || purego

package pgparse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestOrdinary holds the short way to the long one, for every text of the tests'
// data, and shows that it is gone for most of them.
func TestOrdinary(t *testing.T) {
	ordinary, newer := 0, 0
	for _, text := range texts(t) {
		tree, err := Parse(text)
		if err != nil {
			continue
		}
		for _, s := range tree.GetStmts() {
			isNewer := hasNewer(s.ProtoReflect())
			if isNewer {
				newer++
			}
			if !isOrdinary(s.GetStmt()) {
				continue
			}
			ordinary++
			if isNewer {
				t.Errorf("newer syntax is taken for ordinary:\n%s", text)
			}
		}
	}
	if ordinary < 500 || newer < 20 {
		t.Errorf("only %d ordinary statements and %d newer ones", ordinary, newer)
	}
}

// texts are the statements of the test data, one by one where they can be cut so simply.
func texts(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(filepath.Join("..", "..", ".."), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(path, "testdata") || filepath.Ext(path) != ".txtar" {
			return err
		}
		archive, err := txtar.ParseFile(path)
		if err != nil {
			return err
		}
		for _, f := range archive.Files {
			all = append(all, strings.Split(string(f.Data), ";\n")...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
