package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/rules"
)

const schemaFile = "../../docs/safemig.schema.json"

func namesOfConfiguration() config.Known { return (&program{rules: rules.All()}).knownNames() }

func schemaText(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := config.WriteSchema(&out, namesOfConfiguration()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSchemaFile: editors read the file in docs.
func TestSchemaFile(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, schemaText(t), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(got, schemaText(t)) {
		t.Errorf("docs/safemig.schema.json is not what safemig config schema prints (go test ./internal/cli -update writes it): %v", err)
	}
}

// schemaWalk goes through the schema, and has the decoder read what it allows.
type schemaWalk struct {
	*testing.T
	root     map[string]any
	compiled *jsonschema.Schema
	leaves   int
}

func compileSchema(t *testing.T) *schemaWalk {
	t.Helper()
	w := &schemaWalk{T: t}
	if err := json.Unmarshal(schemaText(t), &w.root); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("safemig.json", w.root); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.compiled, err = c.Compile("safemig.json"); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestSchemaAndDecoderAgree: they know the same keys and the same words, and the
// decoder takes what the schema gives for an example.
func TestSchemaAndDecoderAgree(t *testing.T) {
	w := compileSchema(t)
	w.node(w.root, func(text string) string { return text })
	if w.leaves < 60 {
		t.Errorf("only %d values were tried", w.leaves)
	}
}

// node tries what a schema allows; put makes a configuration of a value.
func (w *schemaWalk) node(s map[string]any, put func(string) string) {
	if ref, is := s["$ref"].(string); is {
		s = w.root["definitions"].(map[string]any)[strings.TrimPrefix(ref, "#/definitions/")].(map[string]any)
	}
	if one, is := s["oneOf"].([]any); is {
		w.node(one[0].(map[string]any), put)
		w.node(one[0].(map[string]any), func(text string) string { return put("[" + text + "]") })
		return
	}
	keys, isMapping := s["properties"].(map[string]any)
	if !isMapping {
		w.leaf(s, put)
		return
	}
	if s["additionalProperties"] == false {
		w.keys(keys, put)
	}
	for key, below := range keys {
		if beside := companions(s, key); len(keys) < 40 || key == "drop-column" { // of the rules one is as good as all
			w.node(below.(map[string]any), func(text string) string { return put("{" + beside + key + ": " + text + "}") })
		}
	}
}

// companions are the keys that a mapping cannot be without.
func companions(s map[string]any, but string) string {
	values := map[string]string{"id": "sample", "message": "no", "match": "{change: drop-table}", "paths": "a", "file": "a", "rule": "drop-column", "reason": "no", "command": "ls", "newer-than": "1h", "url": "http://a"}
	required, _ := s["required"].([]any)
	keys, _ := s["properties"].(map[string]any)
	switch {
	case keys["in-transaction"] != nil:
		values["change"], required = "drop-table", []any{"change"}
	case keys["expect"] != nil: // a deploy has either of two keys
		if values["match"] = "a"; but != "command" {
			required = append(slices.Clone(required), "url")
		}
	case keys["id"] == nil:
		values["match"] = "a"
	}
	out := ""
	for _, key := range required {
		if key != but {
			out += fmt.Sprintf("%s: %s, ", key, values[key.(string)])
		}
	}
	return out
}

// keys compares the keys of a mapping with those that the decoder knows there.
func (w *schemaWalk) keys(keys map[string]any, put func(string) string) {
	_, err := config.Parse("safemig.yml", []byte(put("{no-such-key: 1}")), namesOfConfiguration())
	var known []string
	for _, m := range config.Mistakes(err) {
		if _, list, found := strings.Cut(m.Message, "known are "); found && strings.HasPrefix(m.Message, "unknown key") {
			known = strings.Split(list, ", ")
		}
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(known)), slices.Sorted(maps.Keys(keys))); diff != "" {
		w.Errorf("%s: the decoder's keys and the schema's (-decoder +schema):\n%s", put("{..}"), diff)
	}
}

// leaf tries each word or example of a value.
func (w *schemaWalk) leaf(s map[string]any, put func(string) string) {
	w.leaves++
	words, isEnum := s["enum"].([]any)
	values := slices.Concat(words, listOf(s["examples"]))
	if s["type"] == "boolean" {
		values = []any{true, false}
	}
	if open, is := s["additionalProperties"].(map[string]any); is {
		w.node(open, func(text string) string { return put("{a.b: " + text + "}") })
		return
	}
	if len(values) == 0 {
		w.Errorf("%s: the schema has no example", put("?"))
	}
	for _, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			w.Fatal(err)
		}
		w.both(put(string(text)))
	}
	if isEnum {
		w.words(words, put)
	}
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

// words compares the words of a value with those that the decoder knows.
func (w *schemaWalk) words(words []any, put func(string) string) {
	_, err := config.Parse("safemig.yml", []byte(put("no-such-word")), namesOfConfiguration())
	_, list, found := strings.Cut(strings.SplitN(fmt.Sprint(err), "\n", 2)[0], "known are ")
	var want []string
	for _, word := range words {
		want = append(want, word.(string))
	}
	if got := strings.Split(list, ", "); !found || !slices.Equal(got, want) {
		w.Errorf("%s: the decoder knows %q, the schema %q: %v", put("?"), got, want, err)
	}
}

// both has a configuration read and validated.
func (w *schemaWalk) both(text string) {
	if _, err := config.Parse("safemig.yml", []byte(text), namesOfConfiguration()); err != nil {
		w.Errorf("%s: the schema allows it, but\n%v", text, err)
	}
	w.valid("a value of the schema", []byte(text))
}

func (w *schemaWalk) valid(name string, text []byte) {
	w.Helper()
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		w.Fatalf("%s: %v\n%s", name, err, text)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		w.Fatalf("%s: %v\n%s", name, err, text)
	}
	if err := w.compiled.Validate(value); err != nil {
		w.Errorf("%s: %v\n%s", name, err, text)
	}
}

// TestConfigurationsOfTestsAreValid: what the decoder takes, editors take too.
func TestConfigurationsOfTestsAreValid(t *testing.T) {
	w := compileSchema(t)
	seen := 0
	for _, b := range blocksOf(t, configurationPage) {
		if b.language == "yaml" {
			w.valid(configurationPage, []byte(b.text))
			seen++
		}
	}
	err := filepath.WalkDir("../../testdata", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".txtar" {
			return err
		}
		ar, err := txtar.ParseFile(name)
		if err != nil {
			return errors.Join(errors.New(name), err)
		}
		for _, f := range ar.Files {
			if isConfiguration(f) {
				w.valid(name+" "+f.Name, f.Data)
				seen++
			}
		}
		return nil
	})
	if err != nil || seen < 30 {
		t.Errorf("%d configurations: %v", seen, err)
	}
}

// isConfiguration says whether a file is a configuration that the decoder takes.
func isConfiguration(f txtar.File) bool {
	if filepath.Ext(f.Name) != ".yml" && filepath.Ext(f.Name) != ".yaml" {
		return false
	}
	_, err := config.Parse(f.Name, f.Data, namesOfConfiguration())
	return err == nil
}
