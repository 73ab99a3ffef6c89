package layout

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const byteOrderMark = "\ufeff"

var errTruncatedUTF16 = errors.New("the UTF-16 text ends in half a character")

// decode turns the bytes of a file into UTF-8. Only UTF-16 with a byte-order
// mark is translated; a UTF-8 byte-order mark stays, so that offsets are the file's.
func decode(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return decodeUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return decodeUTF16(data[2:], binary.BigEndian)
	}
	return data, refuseNUL(data)
}

func decodeUTF16(data []byte, order binary.ByteOrder) ([]byte, error) {
	out := make([]byte, 0, len(data))
	for at := 0; at < len(data); at += 2 {
		if at+2 > len(data) {
			return nil, errTruncatedUTF16
		}
		r := rune(order.Uint16(data[at:]))
		if utf16.IsSurrogate(r) {
			if at+4 > len(data) {
				return nil, errTruncatedUTF16
			}
			at += 2
			r = utf16.DecodeRune(r, rune(order.Uint16(data[at:])))
			if r == unicode.ReplacementChar {
				return nil, fmt.Errorf("byte %d: half of a UTF-16 surrogate pair", at)
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out, refuseNUL(out)
}

// refuseNUL keeps binary files, and UTF-16 without a byte-order mark, from the parsers.
func refuseNUL(text []byte) error {
	at := bytes.IndexByte(text, 0)
	if at < 0 {
		return nil
	}
	number := 1 + bytes.Count(text[:at], []byte("\n"))
	return fmt.Errorf("line %d: a NUL byte: this is not SQL text in UTF-8 (or in UTF-16 with a byte-order mark)", number)
}

// plainText is text with each byte that is not UTF-8 replaced by an underscore,
// which may stand in a name too: Latin-1 in comments and strings is common, and
// parsers refuse it.
func plainText(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	out := bytes.Clone(text)
	for at := 0; at < len(out); {
		r, n := utf8.DecodeRune(out[at:])
		if r == utf8.RuneError && n == 1 {
			out[at] = '_'
		}
		at += n
	}
	return out
}
