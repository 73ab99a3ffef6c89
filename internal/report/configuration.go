package report

import (
	"fmt"
	"io"
	"strings"
)

// Configuration is what a project's configuration says, and what is wrong with it.
type Configuration struct {
	Version int      `json:"version"`
	File    string   `json:"file"`
	Files   []string `json:"files"` // all that was read, in that order
	// Path is the file or directory that the settings are for; empty: the project.
	Path      string          `json:"path,omitempty"`
	Settings  []Setting       `json:"settings"`
	Overrides []Overriding    `json:"overrides"` // all, or those that hold for Path
	Mistakes  []ConfigProblem `json:"mistakes"`
}

// Setting is a key of a configuration with its value as the file has it.
type Setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Overriding is what holds for a part of a project.
type Overriding struct {
	Paths    []string  `json:"paths"`
	File     string    `json:"file"`
	Line     int       `json:"line"`
	Column   int       `json:"column"`
	Settings []Setting `json:"settings"`
}

// ConfigProblem is one thing that is wrong with a configuration.
type ConfigProblem struct {
	Message string `json:"message"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

// ConfigurationText writes what is in force, and from which file.
func ConfigurationText(w io.Writer, c *Configuration, style Style) error {
	if len(c.Mistakes) > 0 {
		return nil // they are said on stderr, as by every command
	}
	var b strings.Builder
	if !style.Quiet {
		b.WriteString(c.head())
	}
	width := c.widths()
	for _, s := range c.Settings {
		width.write(&b, "", s)
	}
	if c.Path == "" {
		for _, o := range c.Overrides {
			fmt.Fprintf(&b, "\nin %s (%s:%d)\n", strings.Join(o.Paths, ", "), o.File, o.Line)
			for _, s := range o.Settings {
				width.write(&b, "  ", s)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Configuration) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: no mistakes", c.File)
	if len(c.Files) > 1 {
		fmt.Fprintf(&b, "; read behind %s", strings.Join(c.Files[:len(c.Files)-1], ", "))
	}
	b.WriteString("\n")
	if c.Path != "" {
		var places []string
		for _, o := range c.Overrides {
			places = append(places, fmt.Sprintf("%s:%d", o.File, o.Line))
		}
		fmt.Fprintf(&b, "for %s: ", c.Path)
		if len(places) == 0 {
			b.WriteString("no override holds\n")
		} else {
			fmt.Fprintf(&b, "overridden at %s\n", Several(places))
		}
	}
	switch {
	case len(c.Settings) > 0:
		b.WriteString("\n")
	case len(c.Overrides) == 0 || c.Path != "":
		b.WriteString("nothing is set: all is as without a configuration\n")
	}
	return b.String()
}

// settingWidths are the widths of the columns of keys and values.
type settingWidths struct{ key, value int }

const widestValue = 50

func (c *Configuration) widths() settingWidths {
	var out settingWidths
	see := func(list []Setting, indent int) {
		for _, s := range list {
			out.key = max(out.key, columns(clean(s.Key))+indent)
			out.value = max(out.value, columns(shortened(s.Value)))
		}
	}
	see(c.Settings, 0)
	if c.Path == "" {
		for _, o := range c.Overrides {
			see(o.Settings, 2)
		}
	}
	return out
}

func (w settingWidths) write(b *strings.Builder, indent string, s Setting) {
	fmt.Fprintf(b, "%s%s  %s  %s:%d\n", indent, pad(clean(s.Key), w.key-len(indent)), pad(shortened(s.Value), w.value), s.File, s.Line)
}

func shortened(value string) string { return shorten(oneLine(value), widestValue) }

// ConfigurationJSON writes it for programs.
func ConfigurationJSON(w io.Writer, c *Configuration, _ Style) error { return encode(w, c) }
