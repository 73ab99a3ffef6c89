package compare

import (
	"context"
	"slices"
	"strings"
)

const (
	pieces = 32   // a stretch that differs is cut into so many at most
	leaf   = 1024 // rows of a stretch whose rows are compared one by one: to read them costs little more than to sum them up
	// mostHeld is how many rows without an order are held in memory at once, and
	// mostWhole how many where no server can tell which of them differ.
	mostHeld, mostWhole = 200_000, 5_000_000
)

// found is what a stretch came to.
type found struct {
	rows [2]int64
	// differ are the rows that differ; of those whose fields are not read yet only the
	// key and the kind are known.
	differ []*Row
}

// compare compares the rows of a stretch.
func (p *pairing) compare(ctx context.Context, l *lane, r stretch) (*found, error) {
	switch {
	case len(p.a.walk) == 0:
		return p.inBuckets(ctx, l, r)
	case p.twins():
		return p.twin(ctx, l, r)
	case p.plain.Load():
		return p.rowByRow(ctx, l, r, mostWhole)
	}
	sums, err := p.sums(ctx, l, r)
	if err != nil {
		return nil, err
	}
	out := &found{rows: [2]int64{sums[0].rows, sums[1].rows}}
	if !sums[0].same(sums[1]) {
		err = p.bisect(ctx, l, r, sums, out)
	}
	return out, err
}

// bisect finds the rows of a stretch that differ. It cuts where the side with more
// rows has them.
func (p *pairing) bisect(ctx context.Context, l *lane, r stretch, sums [2]sum, out *found) error {
	side := 0
	if sums[1].rows > sums[0].rows {
		side = 1
	}
	most := sums[side].rows
	if most <= leaf || most <= mostHeld && min(sums[0].rows, sums[1].rows) == 0 {
		return p.leaf(ctx, l, r, out)
	}
	n := max((most+pieces-1)/pieces, leaf)
	for at := r.after; ; {
		to, more, err := p.cut(ctx, l, side, stretch{after: at, upTo: r.upTo}, n)
		if err != nil {
			return err
		}
		piece := stretch{after: at, upTo: r.upTo}
		if more {
			piece.upTo = to
		}
		if slices.Equal(piece.after, r.after) && slices.Equal(piece.upTo, r.upTo) {
			return p.uncut(ctx, l, r, out) // all have the same columns of the walk
		}
		if err := p.piece(ctx, l, piece, out); err != nil {
			return err
		}
		if !more || slices.Equal(to, r.upTo) {
			return nil
		}
		at = to
	}
}

// cut looks for a bound within what the lane sees.
func (p *pairing) cut(ctx context.Context, l *lane, side int, r stretch, n int64) (to Bound, more bool, err error) {
	return p.side(side).next(ctx, l.sessions[side], r, n)
}

func (p *pairing) piece(ctx context.Context, l *lane, r stretch, out *found) error {
	now, err := p.sums(ctx, l, r)
	if err != nil || now[0].same(now[1]) {
		return err
	}
	return p.bisect(ctx, l, r, now, out)
}

func (p *pairing) uncut(ctx context.Context, l *lane, r stretch, out *found) error {
	more, err := p.inBuckets(ctx, l, r)
	if err == nil {
		out.differ = append(out.differ, more.differ...)
	}
	return err
}

// leaf compares the hashes of a stretch's rows.
func (p *pairing) leaf(ctx context.Context, l *lane, r stretch, out *found) error {
	var rows [2]map[string]*record
	err := l.each(ctx, func(ctx context.Context, i int, q *session) (err error) {
		s := p.side(i)
		rows[i], err = s.gather(ctx, q, true, s.read(r), mostWhole)
		return err
	})
	if err != nil {
		return err
	}
	for match, a := range rows[0] {
		b, there := rows[1][match]
		switch {
		case !there:
			out.differ = append(out.differ, &Row{Key: a.key, Kind: Missing})
		case a.hash != b.hash || a.hash == unhashed:
			out.differ = append(out.differ, &Row{Key: a.key, Kind: Different})
		}
	}
	for match, b := range rows[1] {
		if _, there := rows[0][match]; !there {
			out.differ = append(out.differ, &Row{Key: b.key, Kind: Extra})
		}
	}
	return nil
}

// rowByRow reads the values of all rows of a stretch and compares them here: for
// values that the servers write differently.
func (p *pairing) rowByRow(ctx context.Context, l *lane, r stretch, most int) (*found, error) {
	var rows [2]map[string]*record
	out := &found{}
	err := l.each(ctx, func(ctx context.Context, i int, q *session) (err error) {
		s := p.side(i)
		rows[i], err = s.gather(ctx, q, false, s.read(r), most)
		for _, r := range rows[i] {
			out.rows[i] += r.times
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p.mates(rows, out)
	return out, nil
}

// mates compares rows by what they are found by. Those without a key differ in how many
// of each kind there are.
func (p *pairing) mates(rows [2]map[string]*record, out *found) {
	add := func(row *Row, times int64) {
		if row == nil {
			return
		}
		if len(p.a.key) == 0 {
			row.Times = times
		}
		out.differ = append(out.differ, row)
	}
	for match, a := range rows[0] {
		b := rows[1][match]
		switch {
		case b == nil:
			add(p.differing(a, nil), a.times)
		case a.times > b.times:
			add(p.differing(a, nil), a.times-b.times)
		case a.times < b.times:
			add(p.differing(nil, b), b.times-a.times)
		default:
			add(p.differing(a, b), 1)
		}
	}
	for match, b := range rows[1] {
		if rows[0][match] == nil {
			add(p.differing(nil, b), b.times)
		}
	}
}

// inBuckets compares rows that have no order in common: one reading sums them up in
// buckets, and those of the buckets that differ are read.
func (p *pairing) inBuckets(ctx context.Context, l *lane, r stretch) (*found, error) {
	if p.unlike() {
		return p.rowByRow(ctx, l, r, mostWhole)
	}
	sums, err := p.bucketSums(ctx, l, r)
	if err != nil {
		return nil, err
	}
	out := &found{}
	for i := range sums {
		for _, s := range sums[i] {
			out.rows[i] += s.rows
		}
	}
	for _, group := range groups(sums) {
		r.buckets = group
		more, err := p.rowByRow(ctx, l, r, mostWhole)
		if err != nil {
			return nil, err
		}
		out.differ = append(out.differ, more.differ...)
	}
	return out, nil
}

// unlike: what decides about the bucket is written differently on the two sides.
func (p *pairing) unlike() bool {
	of := p.a.key
	if len(of) == 0 {
		of = p.a.values
	}
	return slices.ContainsFunc(of, func(v value) bool { return v.cross && (v.form == Float || v.form == JSON) })
}

// groups are the buckets that differ, in groups of so many rows as can be held.
func groups(sums [2]map[string]sum) (out [][]string) {
	var differ []string
	for i := range sums {
		for b, s := range sums[i] {
			if o, there := sums[1-i][b]; !there || i == 0 && !s.same(o) {
				differ = append(differ, b)
			}
		}
	}
	slices.Sort(differ)
	held := int64(mostHeld)
	for _, b := range differ {
		n := max(sums[0][b].rows, sums[1][b].rows)
		if held+n > mostHeld {
			out, held = append(out, nil), 0
		}
		held += n
		out[len(out)-1] = append(out[len(out)-1], b)
	}
	return out
}

// twins: both sides are the same rows, of which other columns are compared.
func (p *pairing) twins() bool {
	same := p.same && p.a.table && p.b.table && strings.EqualFold(p.a.from, p.b.from) && len(p.a.key) > 0
	return same && slices.EqualFunc(p.a.key, p.b.key, func(a, b value) bool { return a.Name == b.Name })
}
