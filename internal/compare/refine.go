package compare

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// refine writes a value that was read so that equal ones are equal texts: what the
// servers' own texts leave apart.
func refine(f Form, text string) string {
	switch f {
	case Integer, Decimal:
		return refineDecimal(text)
	case Float:
		return refineFloat(text)
	case JSON:
		return refineJSON(text)
	}
	return text
}

// refineDecimal takes off zeros behind the point.
func refineDecimal(text string) string {
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

func refineFloat(text string) string {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(x+0, 'g', -1, 64) // -0 + 0 is 0
}

// refineJSON writes JSON without spaces, keys in order, numbers by their value. What is
// no JSON stays as it is.
func refineJSON(text string) string {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return text
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return text
	}
	var out bytes.Buffer
	writeJSON(&out, v)
	return out.String()
}

func writeJSON(out *bytes.Buffer, v any) {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		out.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(strconv.Quote(k) + ":")
			writeJSON(out, v[k])
		}
		out.WriteByte('}')
	case []any:
		out.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			writeJSON(out, x)
		}
		out.WriteByte(']')
	case json.Number:
		out.WriteString(refineNumber(string(v)))
	case string:
		out.WriteString(strconv.Quote(v))
	case bool:
		out.WriteString(strconv.FormatBool(v))
	default:
		out.WriteString("null")
	}
}

// mostExponent: a number beyond it is not written out, which could take all memory.
const mostExponent = 400

// refineNumber is a JSON number by its exact value: 1e2 is 100.0.
func refineNumber(text string) string {
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		e, err := strconv.Atoi(text[at+1:])
		if err != nil || e > mostExponent || e < -mostExponent {
			return text
		}
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return text
	}
	return r.RatString()
}
