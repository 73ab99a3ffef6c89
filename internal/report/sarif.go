package report

import (
	"io"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/safemig/safemig/rules"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sourceRoot  = "%SRCROOT%" // what uris are relative to; GitHub knows it by this name
)

// SARIF writes SARIF 2.1.0. What could not be judged, and what is not
// understood, are notifications of the run: results are for what rules find.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
func SARIF(w io.Writer, r *Lint) error {
	list := r.Place.rebased(r.Findings)
	described, index := r.sarifRules()
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "safemig", Version: numeric(r.Safemig), SemanticVersion: semantic(r.Safemig), InformationURI: home, Rules: described,
		}},
		ColumnKind:         "unicodeCodePoints",
		OriginalURIBaseIDs: map[string]sarifBase{sourceRoot: {Description: sarifText{Text: "the root of the repository"}}},
		Invocations:        []sarifInvocation{r.sarifInvocation()},
		Artifacts:          r.sarifArtifacts(),
		Results:            make([]sarifResult, 0, len(list)),
	}
	prints := Fingerprints(list)
	for i := range list {
		run.Results = append(run.Results, sarifResultOf(&list[i], index[list[i].Rule], prints[i]))
	}
	return encode(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// numeric is a version without the v of its tag; nothing for builds that have none.
func numeric(version string) string {
	bare := strings.TrimPrefix(version, "v")
	if bare == "" || bare[0] < '0' || bare[0] > '9' {
		return ""
	}
	return bare
}

// semantic is a version that can be compared with others, else nothing.
func semantic(version string) string {
	bare := numeric(version)
	if !regexp.MustCompile(`^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$`).MatchString(bare) {
		return ""
	}
	return bare
}

// sarifResultOf: the fingerprint has a name of its own. GitHub's upload action adds the
// one that it knows, and warns of each that is there and is not what it computes.
// https://github.com/github/codeql-action/issues/4052
func sarifResultOf(f *Finding, rule int, fingerprint string) sarifResult {
	start, end := f.region()
	place := sarifPhysical{Artifact: artifactAt(f.Path), Region: sarifRegionOf(start, end)}
	if end != f.End {
		whole := sarifRegionOf(f.Start, f.End)
		place.Context = &whole
	}
	return sarifResult{
		RuleID: f.Rule, RuleIndex: rule, Level: sarifLevel(f.Severity), Message: sarifText{Text: sarifMessage(f.sarifStory())},
		Locations:           []sarifLocation{{Physical: place}},
		PartialFingerprints: map[string]string{"safemigFinding/v1": fingerprint},
	}
}

// sarifStory is prose: viewers show the first sentence where there is little room.
func (f *Finding) sarifStory() string {
	out := oneLine(f.Message) + "."
	for _, d := range f.details() {
		out += "\n" + upperFirst(d.label) + ": " + strings.TrimRight(clean(d.text), "\n .") + "."
	}
	return out
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// sarifMessage is text that is no placeholder and no link.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html#_Toc141790719
func sarifMessage(s string) string {
	return strings.NewReplacer("{", "{{", "}", "}}", "](", "] (").Replace(s)
}

func sarifLevel(s rules.Severity) string {
	switch s {
	case rules.Error:
		return "error"
	case rules.Warning:
		return "warning"
	}
	return "note"
}

// sarifRegionOf has the place by lines and by characters of the file.
func sarifRegionOf(start, end Position) sarifRegion {
	if end.Offset <= start.Offset {
		return sarifRegion{StartLine: start.Line}
	}
	length := end.Chars - start.Chars
	return sarifRegion{
		StartLine: start.Line, StartColumn: start.Column, EndLine: end.Line, EndColumn: end.Column,
		CharOffset: &start.Chars, CharLength: &length,
	}
}

// artifactAt is a file by its uri: relative to the repository's root, or
// absolute where it lies outside.
func artifactAt(name string) sarifArtifactLocation {
	if !absolute(name) {
		return sarifArtifactLocation{URI: (&url.URL{Path: relative(name)}).EscapedPath(), Base: sourceRoot}
	}
	return sarifArtifactLocation{URI: (&url.URL{Scheme: "file", Path: path.Join("/", name)}).String()}
}

// relative keeps a colon in a first segment from being taken for a scheme.
func relative(name string) string {
	if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ":") {
		return "./" + name
	}
	return name
}

func (r *Lint) sarifArtifacts() []sarifArtifact {
	out := make([]sarifArtifact, 0, len(r.Files))
	seen := map[string]bool{} // a file may be judged for two servers
	for _, file := range r.Files {
		if at := artifactAt(r.Place.inRepository(file)); !seen[at.URI] {
			seen[at.URI] = true
			out = append(out, sarifArtifact{Location: at, Language: "sql"})
		}
	}
	return out
}

func (r *Lint) sarifInvocation() sarifInvocation {
	out := sarifInvocation{Successful: len(r.Problems) == 0, Notifications: []sarifNotification{}}
	for _, p := range r.Problems {
		f := p.finding()
		out.Notifications = append(out.Notifications, r.sarifNotificationOf(&f))
	}
	for i := range r.Unknown {
		out.Notifications = append(out.Notifications, r.sarifNotificationOf(&r.Unknown[i]))
	}
	return out
}

func (r *Lint) sarifNotificationOf(f *Finding) sarifNotification {
	start, end := f.region()
	return sarifNotification{
		Descriptor: sarifReference{ID: f.Rule}, Level: sarifLevel(f.Severity), Message: sarifText{Text: sarifMessage(oneLine(f.Message))},
		Locations: []sarifLocation{{Physical: sarifPhysical{
			Artifact: artifactAt(r.Place.inRepository(f.Path)), Region: sarifRegionOf(start, end),
		}}},
	}
}
