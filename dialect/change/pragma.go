package change

import "bytes"

// Pragma says whether a text mentions a linter: only then may one of its comments be
// meant for it.
type Pragma uint8

// The parts of a file share what is known of it: there may be thousands.
const (
	PragmaUnknown Pragma = iota
	PragmaNone
	PragmaSome
)

// PragmaOf looks for the words that such comments begin with.
func PragmaOf(text []byte) Pragma {
	for _, word := range []string{"safemig", "squawk-ignore", "atlas:nolint"} {
		if bytes.Contains(text, []byte(word)) {
			return PragmaSome
		}
	}
	return PragmaNone
}

// HasPragma says whether the file of a script mentions a linter.
func (s *Script) HasPragma() bool {
	if s.Pragma == PragmaUnknown {
		s.Pragma = PragmaOf(s.Raw)
	}
	return s.Pragma == PragmaSome
}
