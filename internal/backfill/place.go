package backfill

import (
	"encoding/hex"
	"math/big"
	"strings"
	"time"
)

// place is where a bound is on the line of its key's values, by its first column:
// nil where that cannot be told. It is for showing how far a job is, and decides nothing.
func place(key []Column, b Bound) *big.Int {
	if len(key) == 0 || len(b) == 0 {
		return nil
	}
	switch key[0].Class {
	case Number, Block:
		return placeOfNumber(b[0])
	case UUID, Bytes:
		return placeOfBytes(b[0])
	case Time:
		return placeOfTime(b[0])
	}
	return nil
}

// placeOfNumber: what stands behind the point does not show in a share.
func placeOfNumber(text string) *big.Int {
	whole, _, _ := strings.Cut(text, ".")
	n, ok := new(big.Int).SetString(whole, 10)
	if !ok {
		return nil
	}
	return n
}

// placeOfBytes goes by the leading 16 bytes.
func placeOfBytes(text string) *big.Int {
	text = strings.TrimPrefix(strings.TrimPrefix(text, `\x`), "0x")
	raw, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil {
		return nil
	}
	var leading [16]byte
	copy(leading[:], raw)
	return new(big.Int).SetBytes(leading[:])
}

func placeOfTime(text string) *big.Int {
	for _, form := range []string{"2006-01-02 15:04:05-07", "2006-01-02 15:04:05", time.DateOnly, time.TimeOnly} {
		if t, err := time.Parse(form, text); err == nil {
			return big.NewInt(t.UnixMicro())
		}
	}
	return nil // infinity, or before Christ
}

// fraction is which part of the way from one place to another is gone.
func fraction(from, at, to *big.Int) float64 {
	way := new(big.Int).Sub(to, from)
	gone := new(big.Int).Sub(at, from)
	switch {
	case gone.Sign() <= 0:
		return 0
	case way.Cmp(gone) <= 0:
		return 1
	}
	f, _ := new(big.Rat).SetFrac(gone, way).Float64()
	return f
}
