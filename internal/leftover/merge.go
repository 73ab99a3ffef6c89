package leftover

import "slices"

// Merge joins what the migrations and the server tell. The server has the last word:
// what the migrations left over and it does not have is over; gone says how many of
// those there were. What it has is told with the place in the migrations.
func Merge(history, server []Leftover) (all []Leftover, gone int) {
	all = slices.Clone(server)
	for _, h := range history {
		i := slices.IndexFunc(all, func(s Leftover) bool { return s.Kind == h.Kind && s.Object == h.Object })
		switch {
		case i >= 0:
			all[i].Path, all[i].Line = h.Path, h.Line
			if all[i].Since == "" {
				all[i].Since = h.Since
			}
			all[i].Guess = all[i].Guess && h.Guess
		case h.Kind == RenameView: // that a table had the view's name only its history knows
			all = append(all, h)
		default:
			gone++
		}
	}
	return inOrder(all), gone
}
