package change

// Bare is a statement without its comments, and without blanks but for one
// between two words. Letters keep their case.
func Bare(src []byte, whole Span, comments []Comment) []byte {
	whole.Start, whole.End = max(whole.Start, 0), min(whole.End, len(src))
	var out []byte
	at := whole.Start
	for _, c := range comments {
		if c.Span.Start >= at && whole.Contains(c.Span) {
			out = squeezed(squeezed(out, src[at:c.Span.Start]), []byte{' '})
			at = c.Span.End
		}
	}
	if at < whole.End {
		out = squeezed(out, src[at:whole.End])
	}
	if n := len(out); n > 0 && blank(out[n-1]) {
		out = out[:n-1]
	}
	return out
}

// squeezed adds a piece to a text that has no blanks but one between two words,
// or at its end.
func squeezed(out, piece []byte) []byte {
	for _, c := range piece {
		last := byte(' ')
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case blank(c):
			if wordly(last) {
				out = append(out, ' ')
			}
			continue
		case blank(last) && len(out) > 0 && !wordly(c):
			out = out[:len(out)-1]
		}
		out = append(out, c)
	}
	return out
}

func blank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// wordly is a byte of a word, a number or a name in any script.
func wordly(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
