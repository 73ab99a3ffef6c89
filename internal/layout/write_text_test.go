package layout

import (
	"strings"
	"testing"
)

// TestCommentsStayComments: names of the project's stand in the comments that are written.
func TestCommentsStayComments(t *testing.T) {
	for _, name := range []string{"a\nDROP TABLE t;", "a\rDROP TABLE t;", "+goose Down", "migrate:down", "+migrate Down", "rollback DROP TABLE t", "changeset a:b", "Down Migration", "safemig:ignore all -- x"} {
		var out strings.Builder
		comment(&out, name)
		asComment(&out, name+"\n"+name)
		comment(&out, strings.Repeat("x", aboutWidth)+" "+name)
		for _, line := range strings.FieldsFunc(out.String(), func(r rune) bool { return r == '\n' || r == '\r' }) {
			said := strings.TrimLeft(line, "- \t")
			if !strings.HasPrefix(line, "--") || said != "" && said == strings.TrimSpace(name) {
				t.Errorf("%q is written as the line %q", name, line)
			}
		}
	}
}
