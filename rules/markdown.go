package rules

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/fact"
)

// Markdown is a rule's documentation page.
func (r *Rule) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n", r.ID, upperFirst(r.Doc.Title))
	fmt.Fprintf(&b, "| | |\n| --- | --- |\n| severity | %s |\n| family | %s |\n| servers | %s |\n", r.Severity, r.Family, r.servers())
	if r.Recipe != "" {
		fmt.Fprintf(&b, "| safe form | `%s` |\n", r.Recipe)
	}
	if len(r.Doc.Aliases) > 0 {
		fmt.Fprintf(&b, "| in other tools | %s |\n", strings.Join(r.Doc.Aliases, ", "))
	}
	fmt.Fprintf(&b, "\n## What happens\n\n%s\n\n## What to do instead\n\n%s\n", r.Doc.Why, r.Doc.Instead)
	examples(&b, "Found", r.Doc.Bad)
	examples(&b, "Not found", r.Doc.Good)
	if len(r.Doc.Refs) > 0 {
		b.WriteString("\n## Sources\n\n")
		for _, ref := range r.Doc.Refs {
			fmt.Fprintf(&b, "- <%s>\n", ref)
		}
	}
	return b.String()
}

func (r *Rule) servers() string {
	if r.Dialects == nil {
		return "PostgreSQL, MySQL, MariaDB"
	}
	names := make([]string, len(r.Dialects))
	for i, d := range r.Dialects {
		names[i] = fact.DialectName(d)
	}
	return strings.Join(names, ", ")
}

func examples(b *strings.Builder, title string, list []Example) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n", title)
	for _, ex := range list {
		b.WriteString("\n")
		if ex.Version != "" {
			fmt.Fprintf(b, "With `--server-version %s`:\n\n", ex.Version)
		}
		b.WriteString("```sql\n")
		if ex.Before != "" {
			fmt.Fprintf(b, "-- an earlier migration\n%s\n\n", ex.Before)
		}
		if ex.Was != "" {
			fmt.Fprintf(b, "-- on the branch to merge into\n%s\n\n-- now\n", ex.Was)
		}
		if ex.Was != "" && len(ex.Files) == 0 {
			b.WriteString("-- deleted\n")
		}
		for i, f := range ex.Files {
			if i > 0 {
				b.WriteString("\n-- the next file\n")
			}
			b.WriteString(f + "\n")
		}
		b.WriteString("```\n")
	}
}

func upperFirst(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}
