package oracle

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
)

// testFolders hold SQL of the repository's own.
func testFolders() []string {
	return []string{filepath.Join(repository, "testdata"), filepath.Join(repository, "dialect", "postgres", "testdata")}
}

// corpora are the folders of the projects that SAFEMIG_CORPUS names.
func corpora(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("SAFEMIG_CORPUS")
	if root == "" {
		return nil
	}
	folders, err := filepath.Glob(filepath.Join(root, "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("SAFEMIG_CORPUS=%s: no projects: %v", root, err)
	}
	return folders
}

// eachText calls what for each text of SQL in a folder, with where it is from.
func eachText(t *testing.T, folder string, what func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".sql":
			text, err := os.ReadFile(path)
			if err == nil {
				what(path, string(text))
			}
			return err
		case ".txtar":
			archive, err := txtar.ParseFile(path)
			if err != nil {
				return err
			}
			for _, f := range archive.Files {
				if strings.HasSuffix(f.Name, ".sql") {
					what(path+"/"+f.Name, string(f.Data))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// statementsOf are the statements of a text, each by itself.
func statementsOf(text string) []string {
	var out []string
	src := []byte(text)
	for _, s := range postgres.Split(src, change.Span{End: len(src)}) {
		out = append(out, s.Span.Text(src))
	}
	return out
}
