package delivery

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestReleaseNames: install.sh and the action know what the release's files are called, for every
// machine that they take.
func TestReleaseNames(t *testing.T) {
	t.Chdir("../..")
	text, err := os.ReadFile(".goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		ProjectName string `yaml:"project_name"`
		Builds      []struct {
			Goos, Goarch []string
			Overrides    []struct {
				Goos, Goarch string
				Env          []string
			}
		}
		Archives []struct {
			NameTemplate    string `yaml:"name_template"`
			Formats         []string
			FormatOverrides []struct {
				Goos    string
				Formats []string
			} `yaml:"format_overrides"`
		}
		Checksum struct {
			NameTemplate string `yaml:"name_template"`
			Algorithm    string
		}
	}
	if err := yaml.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Builds) != 1 || len(r.Archives) != 1 {
		t.Fatalf("%d builds and %d archives", len(r.Builds), len(r.Archives))
	}
	build, archive := r.Builds[0], r.Archives[0]
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, goarch := range []string{"amd64", "arm64"} {
			if !slices.Contains(build.Goos, goos) || !slices.Contains(build.Goarch, goarch) {
				t.Errorf("install.sh asks for %s_%s, and it is not built", goos, goarch)
			}
			compiled := false
			for _, o := range build.Overrides {
				compiled = compiled || o.Goos == goos && o.Goarch == goarch && len(o.Env) > 0 && strings.HasPrefix(o.Env[0], "CC=")
			}
			if !compiled {
				t.Errorf("%s_%s has no C compiler", goos, goarch)
			}
		}
	}
	if r.ProjectName != "safemig" || archive.NameTemplate != "{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}" || !slices.Equal(archive.Formats, []string{"tar.gz"}) {
		t.Errorf("the archives are not what install.sh asks for: %+v", archive)
	}
	if o := archive.FormatOverrides; len(o) != 1 || o[0].Goos != "windows" || !slices.Equal(o[0].Formats, []string{"zip"}) {
		t.Errorf("the archives of Windows are not what install.sh asks for: %+v", o)
	}
	if r.Checksum.NameTemplate != "checksums.txt" || r.Checksum.Algorithm != "" && r.Checksum.Algorithm != "sha256" {
		t.Errorf("the checksums are not what install.sh asks for: %+v", r.Checksum)
	}
}
