package config

import (
	"encoding/json"
	"fmt"
	"io"
)

// SchemaURL is where editors find the JSON schema of a configuration.
const SchemaURL = "https://raw.githubusercontent.com/safemig/safemig/main/docs/safemig.schema.json"

// WriteSchema writes the JSON schema of a configuration, for editors.
func WriteSchema(w io.Writer, known Known) error {
	text, err := json.MarshalIndent(schemaOf(known), "", "  ")
	if err != nil {
		return fmt.Errorf("the schema: %w", err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// schema is a JSON schema, as far as configurations need one. Editors know draft 7 best.
// https://json-schema.org/draft-07/json-schema-release-notes
type schema struct {
	Schema      string `json:"$schema,omitempty"`
	Ref         string `json:"$ref,omitempty"`
	ID          string `json:"$id,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`

	Type     any      `json:"type,omitempty"` // a name, or several
	Enum     []string `json:"enum,omitempty"`
	Pattern  string   `json:"pattern,omitempty"` // of text; numbers have none
	Examples []any    `json:"examples,omitempty"`

	OneOf    []*schema `json:"oneOf,omitempty"`
	Items    *schema   `json:"items,omitempty"`
	MinItems int       `json:"minItems,omitempty"`

	Properties    map[string]*schema `json:"properties,omitempty"`
	Required      []string           `json:"required,omitempty"`
	Others        any                `json:"additionalProperties,omitempty"` // closed, or the schema of other keys
	PropertyNames *schema            `json:"propertyNames,omitempty"`
	Definitions   map[string]*schema `json:"definitions,omitempty"`
}

// closed is additionalProperties where keys that are not listed are mistakes.
type closed struct{}

// MarshalJSON is false.
func (closed) MarshalJSON() ([]byte, error) { return []byte("false"), nil }

// about is the schema with what an editor says of it.
func (s *schema) about(text string) *schema {
	s.Description = text
	return s
}

// shared is a schema that stands elsewhere, once.
func shared(name string) *schema { return &schema{Ref: "#/definitions/" + name} }

// keysOf is a mapping that has no other keys.
func keysOf(keys map[string]*schema, required ...string) *schema {
	return &schema{Type: "object", Properties: keys, Required: required, Others: closed{}}
}

// word is one of several words.
func word(of ...string) *schema { return &schema{Type: "string", Enum: of} }

// like is text, or a number as it is written, of one shape; any where it has none.
func like(pattern string, examples ...any) *schema {
	return &schema{Type: []string{"string", "number"}, Pattern: pattern, Examples: examples}
}

// The shapes of values, as far as a pattern can say them.
const (
	anyText     = ""
	aTime       = `^([0-9]+(\.[0-9]+)? *(ms|s|m|min|h) *)+$|^0$`
	someDays    = `^[0-9]+ *(d|day|days)$|^([0-9]+(\.[0-9]+)? *(ms|s|m|min|h) *)+$`
	aSize       = `^[0-9]+ *([kKmMgGtT]?[bB])?$`
	aVersion    = `^v?[0-9]+(\.[0-9]+)*`
	aNumber     = `^[0-9]+$`
	numberOrOff = `^([0-9]+|off)$`
	timeOrOff   = `^([0-9]+(\.[0-9]+)? *(ms|s|m|min|h) *)+$|^off$`
	shareOrOff  = `^[0-9]+(\.[0-9]+)? *%$|^off$`
	remoteFile  = `^(/|~/)`
	ymlFile     = `\.[yY][aA]?[mM][lL]$`
	kebabCase   = `^[a-z0-9]+(-[a-z0-9]+)*$`
	aDay        = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	tableColumn = `^.+\..+$`
)

// someOf is one or several.
func someOf(one *schema) *schema {
	return &schema{OneOf: []*schema{one, {Type: "array", Items: one, MinItems: 1}}}
}
