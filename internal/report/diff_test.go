package report

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// TestDiffsApply: what patch makes of the old text and the diff is the new text.
func TestDiffsApply(t *testing.T) {
	patch, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git to apply a diff with")
	}
	line := rapid.SampledFrom([]string{"a\n", "b\n", "c\n", "\n", "-- x\n", "+y\n"})
	text := rapid.Custom(func(t *rapid.T) string {
		out := ""
		for _, l := range rapid.SliceOfN(line, 0, 30).Draw(t, "lines") {
			out += l
		}
		if rapid.Bool().Draw(t, "open") {
			out += "end"
		}
		return out
	})
	dir := t.TempDir()
	t.Chdir(dir)
	left := 40 // git is slow to start
	rapid.Check(t, func(rt *rapid.T) {
		old, want := text.Draw(rt, "old"), text.Draw(rt, "new")
		if old == want || old == "" || want == "" || left == 0 {
			return
		}
		left--
		f := FixFile{Path: "f.sql", Old: []byte(old), Text: []byte(want)}
		if err := os.WriteFile("f.sql", f.Old, 0o666); err != nil {
			rt.Fatal(err)
		}
		if err := os.WriteFile("f.diff", []byte(f.diff()), 0o666); err != nil {
			rt.Fatal(err)
		}
		if out, err := exec.Command(patch, "apply", "--whitespace=nowarn", "f.diff").CombinedOutput(); err != nil {
			rt.Fatalf("%v: %s\n%s", err, out, f.diff())
		}
		got, err := os.ReadFile(filepath.Join(dir, "f.sql"))
		if err != nil || string(got) != want {
			rt.Fatalf("%q, want %q\n%s", got, want, f.diff())
		}
	})
}
