package postgres

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestAListGetsEachValueOnce(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 0))
		got := make([]int, random.IntN(2*few))
		for i := range got {
			got[i] = i
		}
		want := slices.Clone(got)
		var known seen[int]
		for range 200 {
			v := random.IntN(100)
			got = known.add(got, v)
			if !slices.Contains(want, v) {
				want = append(want, v)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: %v, not %v", seed, got, want)
		}
	}
}
