package layout

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

// FuzzLoad: whatever a directory holds beside its migrations, under whatever names, each
// tool's reader gives parts that lie within their files, in order, or says what is wrong.
func FuzzLoad(f *testing.F) {
	for tool := range All() {
		for _, file := range [][2]string{
			{"sqitch.plan", "%syntax-version=1.0.0\n%project=x\n\na 2026-01-31T00:00:00Z a <a@b> # x\n@v1\nb [a] c\n"}, {"atlas.sum", "h1:x=\n001_a.sql h1:y="},
			{"meta/_journal.json", `{"entries":[{"idx":0,"tag":"001_a","breakpoints":true}]}`}, {"db.changelog.xml", `<!DOCTYPE a [<!ENTITY b "c">]><databaseChangeLog><changeSet id="&b;" author="x"><sqlFile path="001_a.sql"/></changeSet></databaseChangeLog>`},
			{"db.changelog.yaml", "databaseChangeLog:\n- changeSet: {id: 1, author: a, changes: [{sqlFile: {path: 001_a.sql}}]}\n"}, {"V1__a.sql", "-- flyway:executeInTransaction=false\nSELECT ${x};"},
			{"002_b.up.sql", "--liquibase formatted sql\n--changeset a:1 runInTransaction:false dbms:postgresql\nSELECT 1;\n--rollback SELECT 2;\n/* liquibase rollback\nx\n*/\n"},
			{"flyway.conf", "flyway.mixed=true\n"}, {"1_x/up.sql", "SELECT 1"}, {"dbconfig.yml", "a: {dialect: postgres}"}, {"diesel.toml", "[migrations_directory]\ndir = \"x\"\n"},
		} {
			f.Add(uint8(tool), file[0], file[1], "-- +goose Up\nSELECT 1;\n-- +goose Down\n")
		}
	}
	root := f.TempDir()
	f.Fuzz(func(t *testing.T, tool uint8, name, text, first string) {
		l := All()[int(tool)%len(All())]
		dir, err := os.MkdirTemp(root, "m")
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}()
		put(t, dir, "001_a.sql", first)
		put(t, dir, name, text)
		for _, opt := range []Options{{Down: true}, {Down: true, Layout: l.Name}} {
			set, err := Load(t.Context(), []string{dir}, opt)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range set.Groups {
				checkGroup(t, g)
			}
			for _, p := range set.Problems {
				if p.Path == "" || p.Err == nil || p.Err.Error() == "" {
					t.Fatalf("a problem that says nothing: %+v", p)
				}
			}
			if len(set.Groups)+len(set.Problems) == 0 {
				t.Fatal("the directory is passed over without a word")
			}
		}
	})
}

// checkGroup holds that the ways up of each file lie in order within it, and so do the ways back.
func checkGroup(t *testing.T, g Group) {
	t.Helper()
	end := map[string]change.Span{}
	for _, f := range g.Files {
		s := f.Script
		if len(s.Src) != len(s.Raw) || !(change.Span{End: len(s.Src)}).Contains(s.Section) {
			t.Fatalf("%s: %v in %d of %d bytes", s.Path, s.Section, len(s.Src), len(s.Raw))
		}
		if last := end[s.Path]; !f.Down && s.Section.Start < last.End {
			t.Fatalf("%s: %v behind %v", s.Path, s.Section, last)
		}
		if !f.Down {
			end[s.Path] = s.Section
		}
		for _, c := range s.Chunks {
			if !s.Section.Contains(c) {
				t.Fatalf("%s: the chunk %v lies outside of %v", s.Path, c, s.Section)
			}
		}
	}
}

// put writes a file, unless its name cannot be one below the folder.
func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if !fs.ValidPath(name) || strings.ContainsRune(name, 0) || strings.Count(name, "/") > 3 || len(name) > 200 {
		t.Skip("no name")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666))
	if err != nil {
		t.Skip("no name of a file: ", err)
	}
}
