package throttle

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must be known in a container that has no files of them, too
)

// Window is a time of the day when a backfill may run, in a zone's own clock: an
// hour that a zone has twice in autumn is in it twice.
type Window struct {
	text     string
	from, to int // minutes of the day; to is less than from where it goes over midnight
	days     [7]bool
	zone     *time.Location
}

// ParseWindow reads "01:00-05:00", "Mon-Fri 22:00-06:00 Europe/Berlin",
// "Sat,Sun 00:00-24:00 UTC". Days are those on which the window opens. Without a
// zone it is this machine's.
func ParseWindow(text string) (Window, error) {
	w := Window{text: strings.Join(strings.Fields(text), " "), zone: time.Local}
	words := strings.Fields(text)
	if len(words) > 0 && !strings.Contains(words[0], ":") {
		if err := w.readDays(words[0]); err != nil {
			return w, fmt.Errorf("window %q: %w", text, err)
		}
		words = words[1:]
	} else {
		w.days = [7]bool{true, true, true, true, true, true, true}
	}
	if len(words) < 1 || len(words) > 2 {
		return w, fmt.Errorf("window %q: write it as 01:00-05:00, Mon-Fri 22:00-06:00 or 01:00-05:00 Europe/Berlin", text)
	}
	if err := w.readHours(words[0]); err != nil {
		return w, fmt.Errorf("window %q: %w", text, err)
	}
	if len(words) == 2 {
		zone, err := time.LoadLocation(words[1])
		if err != nil {
			return w, fmt.Errorf("window %q: %q is not the name of a time zone, as Europe/Berlin or UTC is", text, words[1])
		}
		w.zone = zone
	}
	return w, nil
}

func (w *Window) readHours(text string) (err error) {
	from, to, found := strings.Cut(text, "-")
	if !found {
		return fmt.Errorf("%q has no end: write it as 01:00-05:00", text)
	}
	if w.from, err = minuteOf(from); err != nil {
		return err
	}
	if w.to, err = minuteOf(to); err != nil {
		return err
	}
	if w.from == w.to {
		return fmt.Errorf("%q is no time at all; the whole day is 00:00-24:00", text)
	}
	if w.from == 24*60 {
		return fmt.Errorf("%q begins after the day's end: write 00:00", text)
	}
	return nil
}

func minuteOf(text string) (int, error) {
	h, m, found := strings.Cut(text, ":")
	hour, errH := strconv.ParseUint(h, 10, 8)
	minute, errM := strconv.ParseUint(m, 10, 8)
	if !found || errH != nil || errM != nil || len(h) > 2 || len(m) != 2 || minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return 0, fmt.Errorf("%q is not a time of the day from 00:00 to 24:00", text)
	}
	return int(hour*60 + minute), nil
}

// readDays reads "Mon-Fri", "Sat,Sun", "Fri-Mon".
func (w *Window) readDays(text string) error {
	for _, part := range strings.Split(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, err := dayOf(first)
		if err != nil {
			return err
		}
		to := from
		if isRange {
			if to, err = dayOf(last); err != nil {
				return err
			}
		}
		for d := from; ; d = (d + 1) % 7 {
			w.days[d] = true
			if d == to {
				break
			}
		}
	}
	return nil
}

func dayOf(text string) (time.Weekday, error) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(text, d.String()) || strings.EqualFold(text, d.String()[:3]) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%q is not a day: write Mon, Tue, Wed, Thu, Fri, Sat or Sun", text)
}

func (w Window) String() string { return w.text }

// Open says whether a time is in the window.
func (w Window) Open(t time.Time) bool {
	t = t.In(w.zone)
	day, minute := t.Weekday(), t.Hour()*60+t.Minute()
	if w.from < w.to {
		return w.days[day] && minute >= w.from && minute < w.to
	}
	return w.days[day] && minute >= w.from || w.days[(day+6)%7] && minute < w.to
}

// Opens is when the window opens next; t itself where it is open. Looking at
// each minute needs to know nothing of summer time.
func (w Window) Opens(t time.Time) time.Time {
	if w.Open(t) {
		return t
	}
	for m := t.Truncate(time.Minute).Add(time.Minute); m.Sub(t) < 15*24*time.Hour; m = m.Add(time.Minute) {
		if w.Open(m) {
			return m
		}
	}
	return t.Add(15 * 24 * time.Hour) // a window within the hour that summer time leaves out
}

// closed says why none of the windows lets a batch run; empty: one does, or there
// are none.
func closed(windows []Window, t time.Time) string {
	if len(windows) == 0 {
		return ""
	}
	t = t.Round(0) // without its monotonic part: a clock that was set is followed
	var names []string
	next := windows[0].Opens(t)
	for _, w := range windows {
		names = append(names, w.text)
		if opens := w.Opens(t); opens.Before(next) {
			next = opens
		}
	}
	if !next.After(t) {
		return ""
	}
	word := "window "
	if len(windows) > 1 {
		word = "windows "
	}
	return "outside of the " + word + strings.Join(names, ", ") + "; opens in " + inHours(next.Sub(t))
}
