package layout

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// tomlBool reads one key, which may be in tables, of a TOML file.
func tomlBool(text []byte, key ...string) (value, found bool, err error) {
	table := map[string]any{}
	if err := toml.Unmarshal(bytes.TrimPrefix(text, []byte(byteOrderMark)), &table); err != nil {
		return false, false, tomlError(err)
	}
	for _, name := range key[:len(key)-1] {
		table, _ = table[name].(map[string]any)
	}
	got, found := table[key[len(key)-1]]
	if !found {
		return false, false, nil
	}
	value, ok := got.(bool)
	if !ok {
		return false, true, fmt.Errorf("%s must be true or false", strings.Join(key, "."))
	}
	return value, true, nil
}

// tomlError says where the text is wrong.
func tomlError(err error) error {
	var at *toml.DecodeError
	if errors.As(err, &at) {
		row, _ := at.Position()
		return fmt.Errorf("line %d: %w", row, err)
	}
	return err
}
