package report

import (
	"fmt"
	"io"
	"strings"
)

// Version is what a build knows of itself.
type Version struct {
	Safemig  string    `json:"safemig"`
	Revision string    `json:"revision,omitempty"`
	Go       string    `json:"go"`
	Platform string    `json:"platform"`
	Grammars []Grammar `json:"grammars"`
}

// Grammar is a parser and the server whose grammar it has.
type Grammar struct {
	Grammar string `json:"grammar"`
	Parser  string `json:"parser"`
	Version string `json:"version"`
}

// VersionText writes a version for people.
func VersionText(w io.Writer, v Version, _ Style) error {
	var b strings.Builder
	fmt.Fprintf(&b, "safemig %s", v.Safemig)
	if v.Revision != "" {
		fmt.Fprintf(&b, " (%s)", v.Revision)
	}
	fmt.Fprintf(&b, "\n%s %s\n", v.Go, v.Platform)
	for _, g := range v.Grammars {
		fmt.Fprintf(&b, "%s grammar: %s %s\n", g.Grammar, g.Parser, g.Version)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// VersionConcise writes the version alone.
func VersionConcise(w io.Writer, v Version, _ Style) error {
	_, err := fmt.Fprintln(w, v.Safemig)
	return err
}

// VersionJSON writes a version for programs.
func VersionJSON(w io.Writer, v Version, _ Style) error { return encode(w, v) }
