package backfill

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/ledger"
)

// TestFixedJobs: what fix writes can be read, and has its range where it says.
func TestFixedJobs(t *testing.T) {
	d := openDialects(t)["postgres"]
	job := regexp.MustCompile(`(?m)^# job (\S+) on (\S+) by \((.*)\)\n(?:#.*\n)*((?:UPDATE|DELETE|INSERT)[^#]*?;)$`)
	root, found := os.DirFS("../../testdata/fix"), 0
	err := fs.WalkDir(root, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".txtar") {
			return err
		}
		text, err := fs.ReadFile(root, path)
		for _, m := range job.FindAllStringSubmatch(string(text), -1) {
			found++
			j, err := Read(m[1], ledger.Mark+"table="+m[2]+" key="+strings.ReplaceAll(m[3], ", ", ",")+"\n"+m[4], d)
			if err != nil {
				t.Errorf("%s: %s: %v", path, m[4], err)
				continue
			}
			if s := j.Statement(j.Written(), "", "id > 7"); strings.Count(s, "(id > 7)") != 1 {
				t.Errorf("%s: %s became %s", path, m[4], s)
			} else if _, ok := understood(d, s); !ok {
				t.Errorf("%s: %s is not understood", path, s)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 5 {
		t.Errorf("only %d jobs were found", found)
	}
}
