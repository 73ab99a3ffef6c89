package engine

// Force writes an engine's command even where it cannot make the change: the tests
// run it to see that the engine refuses.
func (r *Request) Force(n Name) (*Run, error) {
	s, err := r.look()
	if err != nil {
		return nil, err
	}
	o := s.judge(n)
	return s.run(&o), nil
}
