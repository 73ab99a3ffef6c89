package gate

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// pgIdent and pgName are names as PostgreSQL's SQL writes them, always in quotes.
func pgIdent(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func pgName(n change.Name) string {
	if n.Schema == "" {
		return pgIdent(n.Name)
	}
	return pgIdent(n.Schema) + "." + pgIdent(n.Name)
}
