package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/nearest"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/wholefile"
)

// format is one way to write a result.
type format[T any] struct {
	name  string
	write func(io.Writer, T, report.Style) error
}

// output is where a result goes, and how it is written.
type output[T any] struct {
	format[T]
	file string // empty: stdout
}

// outputs reads --format and --output, before any work is done.
func outputs[T any](c *cli.Context, formats []format[T]) ([]output[T], error) {
	first, err := formatNamed(c, "--format", c.String(flagFormat), formats)
	if err != nil {
		return nil, err
	}
	out := []output[T]{{format: first}}
	for _, value := range c.StringSlice(flagOutput) {
		name, file, ok := strings.Cut(value, "=")
		if !ok || file == "" {
			return nil, usage(c.Command, "--output %q is not FORMAT=FILE", value)
		}
		if file == "-" {
			return nil, usage(c.Command, "--output %s is for files: --format %s writes to stdout", value, name)
		}
		if slices.ContainsFunc(out, func(o output[T]) bool { return o.file != "" && filepath.Clean(o.file) == filepath.Clean(file) }) {
			return nil, usage(c.Command, "--output writes %s twice", file)
		}
		f, err := formatNamed(c, "--output", name, formats)
		if err != nil {
			return nil, err
		}
		out = append(out, output[T]{format: f, file: file})
	}
	return out, nil
}

func formatNamed[T any](c *cli.Context, flag, name string, formats []format[T]) (format[T], error) {
	var known []string
	for _, f := range formats {
		if f.name == name {
			return f, nil
		}
		known = append(known, f.name)
	}
	return format[T]{}, noneOf(c, flag, name, known)
}

func noneOf(c *cli.Context, flag, value string, known []string) error {
	return usage(c.Command, "%s %q is none of %s%s", flag, value, strings.Join(known, ", "), nearest.DidYouMean(value, known))
}

// write writes a result to all its outputs; one that fails does not keep the
// others from being written.
func write[T any](p *program, c *cli.Context, result T, outputs []output[T]) error {
	var failed []error
	for _, o := range outputs {
		if err := o.to(p, c, result); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// to writes a result to one output. Files are never coloured.
func (o output[T]) to(p *program, c *cli.Context, result T) error {
	if o.file != "" {
		if err := p.mayWriteNamed(o.file); err != nil {
			return err
		}
		err := wholefile.Write(o.file, func(w io.Writer) error { return o.write(w, result, report.Style{}) })
		if err != nil {
			return fmt.Errorf("writing %s: %w", o.file, err)
		}
		return nil
	}
	w := bufio.NewWriter(p.stdout)
	err := o.write(w, result, p.style(p.stdout, c.String(flagColor), c.Bool(flagQuiet)))
	if err := errors.Join(err, w.Flush()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
