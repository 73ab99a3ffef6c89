package layout

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func encodeUTF16(text string, order binary.AppendByteOrder) []byte {
	out := order.AppendUint16(nil, 0xfeff)
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

func TestDecodeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.ReplaceAll(rapid.String().Draw(t, "text"), "\x00", "")
		if strings.HasPrefix(text, byteOrderMark) {
			return // a second mark is text, and that is not what is tested
		}
		for name, data := range map[string][]byte{
			"UTF-8": []byte(text), "UTF-16 LE": encodeUTF16(text, binary.LittleEndian), "UTF-16 BE": encodeUTF16(text, binary.BigEndian),
		} {
			got, err := decode(data)
			if err != nil || string(got) != text {
				t.Fatalf("%s: got %q, %v; want %q", name, got, err, text)
			}
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"a\nb\x00":              "line 2: a NUL byte",
		"\xff\xfea":             "half a character",
		"\xff\xfe\x00\xd8":      "half a character",
		"\xff\xfe\x00\xd8a\x00": "half of a UTF-16 surrogate pair",
		"\xff\xfea\x00\x00\x00": "line 1: a NUL byte",
	} {
		if _, err := decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestPlainText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		got := plainText(text)
		if len(got) != len(text) || !utf8.Valid(got) || bytes.Count(got, []byte("\n")) != bytes.Count(text, []byte("\n")) {
			t.Fatalf("%q became %q", text, got)
		}
		if utf8.Valid(text) && !bytes.Equal(got, text) {
			t.Fatalf("%q is valid and became %q", text, got)
		}
	})
	if got := string(plainText([]byte("-- caf\xe9 \xe2\x82\n"))); got != "-- caf_ __\n" {
		t.Errorf("got %q", got)
	}
}
