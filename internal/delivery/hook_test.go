package delivery

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/testscript"
)

// hook is one of .pre-commit-hooks.yaml.
// https://pre-commit.com/#creating-new-hooks
type hook struct {
	ID                      string   `yaml:"id"`
	Name                    string   `yaml:"name"`
	Description             string   `yaml:"description"`
	Entry                   string   `yaml:"entry"`
	Language                string   `yaml:"language"`
	Types                   []string `yaml:"types"`
	RequireSerial           bool     `yaml:"require_serial"`
	MinimumPreCommitVersion string   `yaml:"minimum_pre_commit_version"`
}

// runHook runs the entry of a hook on files, as pre-commit does. The entry of an image
// begins with its name, and its program is the image's.
func runHook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: hook ID CODE FILE...")
	}
	h, err := findHook(ts.Getenv("ROOT"), args[0])
	ts.Check(err)
	words := strings.Fields(h.Entry)
	if h.Language == "docker_image" {
		ts.Check(imageStarts(ts.Getenv("ROOT")))
		words[0] = "safemig"
	}
	if !h.RequireSerial || !slices.Equal(h.Types, []string{"sql"}) || h.Name == "" || h.Description == "" {
		ts.Fatalf("hook %s lacks something: %+v", h.ID, h)
	}
	endsWith(ts, args[1], append(words, args[2:]...))
}

func findHook(root, id string) (hook, error) {
	text, err := os.ReadFile(filepath.Join(root, ".pre-commit-hooks.yaml"))
	if err != nil {
		return hook{}, err
	}
	var hooks []hook
	if err := yaml.UnmarshalWithOptions(text, &hooks, yaml.Strict()); err != nil {
		return hook{}, err
	}
	i := slices.IndexFunc(hooks, func(h hook) bool { return h.ID == id })
	if i < 0 {
		return hook{}, fmt.Errorf("there is no hook %s", id)
	}
	return hooks[i], nil
}

func imageStarts(root string) error {
	text, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err == nil && !strings.Contains(string(text), "\nENTRYPOINT [\"safemig\"]\n") {
		err = errors.New("the image does not start safemig")
	}
	return err
}
