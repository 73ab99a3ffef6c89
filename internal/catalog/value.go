package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// property is one line of an object's Value.
type property struct{ name, text string }

// valueOf writes properties as a Value. Those that are empty are left out.
func valueOf(properties []property) string {
	var b strings.Builder
	for _, p := range properties {
		if p.text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.name + ": " + strings.ReplaceAll(p.text, "\n", "\n\t"))
	}
	return b.String()
}

// propertiesOf reads a Value again.
func propertiesOf(value string) []property {
	if value == "" {
		return nil
	}
	var out []property
	for _, line := range strings.Split(value, "\n") {
		if more, ok := strings.CutPrefix(line, "\t"); ok && len(out) > 0 {
			out[len(out)-1].text += "\n" + more
			continue
		}
		name, text, _ := strings.Cut(line, ": ")
		out = append(out, property{name, text})
	}
	return out
}

// oidOf reads what identifies a row of a catalogue.
func oidOf(text string) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q identifies no row: %w", text, err)
	}
	return uint32(n), nil
}
