package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
	"github.com/safemig/safemig/rewrite"
)

// reader reads the values of flags. The first mistake is kept.
type reader struct {
	text   rewrite.Text
	known  *schema.State
	defs   rewrite.DefinitionText // of MySQL and MariaDB; else nil
	flags  map[string]string
	change *Change
	err    error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// parts cuts a value at a mark that stands outside of double quotes, and reads
// each piece as a name: as it stands, or as SQL has it within double quotes.
func (r *reader) parts(flag, value string, mark byte) []string {
	var out []string
	var name strings.Builder
	quoted, closed := false, false
	end := func() {
		if name.Len() == 0 {
			r.fail("--%s %s: a name is empty", flag, value)
		}
		out = append(out, name.String())
		name.Reset()
		closed = false
	}
	value = strings.TrimSpace(value)
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '"' && quoted && i+1 < len(value) && value[i+1] == '"':
			name.WriteByte(c)
			i++
		case c == '"' && (quoted || name.Len() == 0 && !closed):
			closed, quoted = quoted, !quoted
		case c == mark && !quoted:
			end()
		case c == ' ' && !quoted && name.Len() == 0, c == ' ' && closed:
		case c == 0 || closed || c == '"':
			r.fail("--%s %s: a name is written as it is, or whole within double quotes", flag, value)
			return nil
		default:
			name.WriteByte(c)
		}
	}
	if quoted {
		r.fail("--%s %s: a double quote is not closed", flag, value)
	}
	end()
	return out
}

// name is a table: name, or schema.name.
func (r *reader) name(flag string) change.Name {
	parts := r.parts(flag, r.flags[flag], '.')
	switch len(parts) {
	case 1:
		return change.Name{Name: parts[0]}
	case 2:
		return change.Name{Schema: parts[0], Name: parts[1]}
	}
	r.fail("--%s %s is neither name nor schema.name", flag, r.flags[flag])
	return change.Name{}
}

// columns are names with commas between them.
func (r *reader) columns(flag string) []string {
	if r.flags[flag] == "" {
		return nil
	}
	out := r.parts(flag, r.flags[flag], ',')
	for i, c := range out {
		if slices.Contains(out[:i], c) {
			r.fail("--%s names %s twice", flag, c)
		}
	}
	return out
}

// column is one name, whatever is in it.
func (r *reader) column(flag string) string {
	if value := strings.TrimSpace(r.flags[flag]); !strings.HasPrefix(value, `"`) {
		return value
	}
	out := r.parts(flag, r.flags[flag], 0)
	if len(out) == 0 {
		return ""
	}
	return out[0]
}

// expression is SQL, which must not end what it stands in: its brackets are
// closed, and it has neither semicolon nor comma outside of them.
func (r *reader) expression(flag string) string {
	value := strings.TrimSpace(r.flags[flag])
	src, depth := []byte(value), 0
	toks := r.text.Tokens(value)
	for _, k := range toks {
		switch {
		case k.IsPunct(src, "("), k.IsPunct(src, "["):
			depth++
		case k.IsPunct(src, ")"), k.IsPunct(src, "]"):
			depth--
		case k.Kind == token.End, k.Kind == token.Broken, depth == 0 && k.IsPunct(src, ","):
			depth = -1
		}
		if depth < 0 {
			r.fail("--%s %s is no SQL that can stand by itself", flag, value)
			return ""
		}
	}
	if len(toks) == 0 || depth != 0 || strings.Contains(value, "--") && toks[len(toks)-1].Span.End < len(value) {
		r.fail("--%s %s is no SQL that can stand by itself", flag, value)
	}
	return value
}
