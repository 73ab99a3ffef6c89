package change

import "bytes"

// HasPragma says whether a text mentions a linter: only then may one of its
// comments be meant for it.
func HasPragma(text []byte) bool {
	for _, word := range []string{"safemig", "squawk-ignore", "atlas:nolint"} {
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}
