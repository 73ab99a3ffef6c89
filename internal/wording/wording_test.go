package wording

import (
	"os/exec"
	"testing"

	"pgregory.net/rapid"
)

func TestLine(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{" a\n\tb  c ", 10, "a b c"},
		{"red \x1b[31mtext\x07", 20, "red [31mtext"},
		{"\xff", 5, "?"},
		{"äöüß", 3, "äöü…"},
		{"äöü", 3, "äöü"},
	} {
		if got := Line(c.text, c.most); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestShellWordStaysPlain(t *testing.T) {
	for text, want := range map[string]string{"pending/2_b": "pending/2_b", "deploy:reads mail": "'deploy:reads mail'", "it's": `'it'\''s'`, "": "''"} {
		if got := ShellWord(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestShellWordIsOneWord has a shell read what was written.
func TestShellWordIsOneWord(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh")
	}
	word := rapid.StringMatching(`[a-z '"$\x60\\!*?~#&;()<>|\n=-]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		text := word.Draw(t, "text")
		out, err := exec.Command(sh, "-c", "printf '%s.' "+ShellWord(text)).Output()
		if err != nil || string(out) != text+"." {
			t.Fatalf("%q: %q, %v", text, out, err)
		}
	})
}
