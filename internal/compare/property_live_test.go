package compare_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/livedb"
)

// TestRandomRows fills tables at random and changes the second at random: what is found
// must be what was changed, to the field. SAFEMIG_SEED repeats a run.
func TestRandomRows(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("SAFEMIG_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	pairings(t, func(t *testing.T, a, b *livedb.DB) {
		for round := range uint64(2) {
			r := rand.New(rand.NewPCG(seed, round))
			randomRound(t, a, b, r)
			if t.Failed() {
				t.Fatalf("SAFEMIG_SEED=%d, round %d", seed, round)
			}
		}
	})
}

func randomRound(t *testing.T, a, b *livedb.DB, r *rand.Rand) {
	t.Helper()
	all := between(a, b)
	one, two := map[int64][]string{}, map[int64][]string{}
	var order []int64
	var want []string
	pick := func(i, group int) string { g := all[i].groups[group]; return g[r.IntN(len(g))] }
	share := []float64{0, 0.002, 0.2}[r.IntN(3)]
	for id := int64(r.IntN(1000) - 500); len(order) < 1500; id += 1 + int64(r.IntN(5)*r.IntN(5)) {
		order = append(order, id)
		x, y := make([]string, len(all)), make([]string, len(all))
		var fields []string
		for i := range all {
			group := r.IntN(len(all[i].groups))
			x[i], y[i] = pick(i, group), pick(i, group)
			if r.Float64() < share/10 {
				if other := r.IntN(len(all[i].groups)); other != group {
					y[i] = pick(i, other)
					fields = append(fields, all[i].name)
				}
			}
		}
		switch roll := r.Float64(); {
		case roll < share/4:
			one[id] = x
			want = append(want, fmt.Sprintf("%d missing", id))
		case roll < share/2:
			two[id] = y
			want = append(want, fmt.Sprintf("%d extra", id))
		default:
			one[id], two[id] = x, y
			if len(fields) > 0 {
				slices.Sort(fields)
				want = append(want, fmt.Sprintf("%d different %v", id, fields))
			}
		}
	}
	create(t, a, "random_a")
	create(t, b, "random_b")
	fill(t, a, "random_a", one, order)
	fill(t, b, "random_b", two, order)
	res := compared(t, tables(a, "random_a", b, "random_b"), compare.Options{MaxRows: int64(100 + r.IntN(2000)), Short: r.IntN(2) == 0, Workers: 1 + r.IntN(3)})
	slices.Sort(want)
	if diff := cmp.Diff(want, foundIn(&res)); diff != "" {
		t.Errorf("found (-want +got): %s", diff)
	}
}

// foundIn is what a result names, one line for each row.
func foundIn(r *compare.Result) (out []string) {
	for _, row := range r.First {
		line := strings.Join(row.Key, ",") + " " + string(row.Kind)
		if row.Kind == compare.Different {
			var fields []string
			for _, f := range row.Fields {
				fields = append(fields, f.Column)
			}
			slices.Sort(fields)
			line += fmt.Sprintf(" %v", fields)
		}
		if row.Times > 0 {
			line += fmt.Sprintf(" %d times", row.Times)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}
