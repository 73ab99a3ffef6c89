package leftover

import "slices"

// Merge joins what the migrations and the server tell. What the server has is told with
// its place in the migrations; gone is what they left over and it does not have.
func Merge(history, server []Leftover) (all, gone []Leftover) {
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
			gone = append(gone, h)
		}
	}
	return inOrder(all), gone
}
