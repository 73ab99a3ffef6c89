package postgres

import "slices"

// few values are searched one by one; a partitioned table may have thousands of parts.
const few = 16

// seen tells what a list has that may grow long.
type seen[T comparable] struct {
	searched int
	all      map[T]struct{} // once it pays
}

// add adds what the list does not have. The list is nobody else's to change.
func (s *seen[T]) add(list []T, v T) []T {
	if s.all == nil && (len(list) < few || s.searched < few) {
		s.searched++
		if slices.Contains(list, v) {
			return list
		}
		return append(list, v)
	}
	if s.all == nil {
		s.all = make(map[T]struct{}, 2*len(list))
		for _, old := range list {
			s.all[old] = struct{}{}
		}
	}
	if _, known := s.all[v]; known {
		return list
	}
	s.all[v] = struct{}{}
	return append(list, v)
}
