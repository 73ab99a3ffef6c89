package layout

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// checkMask holds what every mask promises.
func checkMask(t interface {
	Helper()
	Fatalf(string, ...any)
}, name string, mask func([]byte) []byte, text []byte) {
	t.Helper()
	before := bytes.Clone(text)
	got := mask(text)
	if !bytes.Equal(text, before) {
		t.Fatalf("%s wrote into its input %q", name, before)
	}
	if len(got) != len(text) {
		t.Fatalf("%s made %d bytes of %d: %q of %q", name, len(got), len(text), got, text)
	}
	for i := range text {
		if (text[i] == '\n') != (got[i] == '\n') || (text[i] == '\r') != (got[i] == '\r') {
			t.Fatalf("%s moved a line end: %q of %q", name, got, text)
		}
	}
	if again := mask(got); !bytes.Equal(again, got) {
		t.Fatalf("%s is not idempotent: %q, then %q, of %q", name, got, again, text)
	}
}

func checkMasks(t interface {
	Helper()
	Fatalf(string, ...any)
}, text []byte) {
	t.Helper()
	for _, l := range All() {
		if l.Mask != nil {
			checkMask(t, l.Name, l.Mask, text)
		}
	}
}

func TestMaskProperties(t *testing.T) {
	piece := rapid.SampledFrom([]string{
		"{", "}", "{{", "}}", "${", "{$", "$", "$$", "$tag$", "{%", "%}", "{#", "#}", "-", " ", "\n", "\r\n", "'", `"`, "`",
		"a", "B_", "1", ".x", "if ", "end", "/*", "*/", ":=", "COLLATE ", "CHARSET=", "-- +goose ENVSUB ON\n",
		"-- +goose ENVSUB OFF\n", drizzleBreak, "é", "\xff", ";", "(", "\\", "SET ", "CHARACTER ",
		"{{ template \"x\" . }}\n", "//", "\n// ", ":", ":a", ":'", " :\"", "::",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.SampledFrom([]string{"", "-- atlas:delimiter //\n", "-- atlas:delimiter \\n//\\n\n"}).Draw(t, "head"))
		for _, p := range rapid.SliceOfN(piece, 0, 30).Draw(t, "pieces") {
			text = append(text, p...)
		}
		checkMasks(t, text)
	})
}

func FuzzMask(f *testing.F) {
	for _, seed := range []string{
		"SELECT ${a}, {{ .b }}, {$C}, '{{1,2}}'", "{{- if x }}\n{{ end -}}", "$tag${x}$tag$ ${a${b}}",
		"-- +goose ENVSUB ON\n$A ${B:-c}\n-- +goose ENVSUB OFF\n$D", "a;--> statement-breakpoint\nb", "COLLATE = ${c}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkMasks(t, text) })
}

// TestMaskNames holds that the same placeholder is the same name everywhere, and others are not.
func TestMaskNames(t *testing.T) {
	got := string(maskAll([]byte("${users} {{ .users }} ${users} ${posts}_x x_{$Y}")))
	want := "p_users_ p___users___ p_users_ p_posts__x x_p_y_"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestMaskLeavesSQL are texts in which nothing is a placeholder.
func TestMaskLeavesSQL(t *testing.T) {
	for _, text := range []string{
		`SELECT '{{"a","b"},{"c","d"}}'::text[]`, "SELECT '{{1,2},{3,4}}'", "DO $${ } $$", "DO $f${x}$f$",
		"SELECT '${', '}'", "SELECT '{{', x, '}}'", "SELECT '{{' || x || '}}'", "SELECT x LIKE '{% a' AND y LIKE '%}'",
		"SELECT '{#x#}'", `SELECT '{"a": {"b": {}}}'`, "$f$ $rv->{$x} @{$row} $f$", "SELECT $1, $2", "SELECT :name, :'name'",
		"PREFIX_users", "SELECT '{a,b}'", "${}", "{{}}", "{$}", "{{ }}",
	} {
		if got := maskAll([]byte(text)); string(got) != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func FuzzSections(f *testing.F) {
	for _, seed := range []string{
		"-- +goose Up\nSELECT 1;\n-- +goose StatementBegin\nx\n-- +goose StatementEnd\n-- +goose Down\n",
		"-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\n", "a--> statement-breakpoint\nb",
		"-- no-transaction\nx", "---- create above / drop below ----", "\ufeff-- +goose Up\r\nSELECT 1;\r\n",
		"CREATE INDEX CONCURRENTLY i ON t (c); VACUUM;",
	} {
		f.Add([]byte(seed))
	}
	dir := &Dir{Path: ".", abs: f.TempDir(), tree: &tree{}}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, l := range All() {
			s := &Source{Entry: Entry{Rel: "1_x/up.sql"}, Dir: dir, Text: text}
			files, err := l.scripts(s, "x.sql")
			if err != nil {
				continue
			}
			checkParts(t, l.Name, files)
		}
	})
}

// checkParts holds that parts and chunks lie in order within what they are parts of.
func checkParts(t *testing.T, name string, files []File) {
	t.Helper()
	at := 0
	for _, f := range files {
		s := f.Script
		if len(s.Src) != len(s.Raw) {
			t.Fatalf("%s: Src has %d bytes, Raw %d", name, len(s.Src), len(s.Raw))
		}
		if s.Section.Start < at || s.Section.End < s.Section.Start || s.Section.End > len(s.Src) {
			t.Fatalf("%s: section %v behind %d in %d bytes", name, s.Section, at, len(s.Src))
		}
		at = s.Section.Start
		for _, c := range s.Chunks {
			if c.Start < at || c.End < c.Start || !s.Section.Contains(c) {
				t.Fatalf("%s: chunk %v behind %d in %v", name, c, at, s.Section)
			}
			at = c.End
		}
		at = s.Section.End
	}
}
