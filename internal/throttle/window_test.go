package throttle

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseWindow(t *testing.T) {
	for _, c := range []struct{ text, wrong string }{
		{"01:00-05:00", ""},
		{"1:00-5:00", ""},
		{"22:00-06:00 UTC", ""},
		{" Mon-Fri   22:00-06:00 Europe/Berlin ", ""},
		{"sat,SUNDAY 00:00-24:00", ""},
		{"Fri-Mon 00:00-24:00", ""},
		{"", "write it as"},
		{"01:00", "has no end"},
		{"01:00-01:00", "00:00-24:00"},
		{"24:00-05:00", "write 00:00"},
		{"01:60-05:00", `"01:60" is not a time`},
		{"25:00-05:00", `"25:00" is not a time`},
		{"24:01-05:00", `"24:01" is not a time`},
		{"+1:00-05:00", `"+1:00" is not a time`},
		{"01:0-05:00", `"01:0" is not a time`},
		{"Mo-Fri 01:00-05:00", `"Mo" is not a day`},
		{"Mon- 01:00-05:00", `"" is not a day`},
		{"Mon", "write it as"},
		{"01:00-05:00 Berlin", `"Berlin" is not the name of a time zone`},
		{"01:00-05:00 UTC UTC", "write it as"},
	} {
		_, err := ParseWindow(c.text)
		switch {
		case c.wrong == "" && err != nil:
			t.Error(err)
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%q: %v, want %q", c.text, err, c.wrong)
		}
	}
}

// window is one that is right.
func window(t interface{ Fatal(...any) }, text string) Window {
	w, err := ParseWindow(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestClosed(t *testing.T) {
	for _, c := range []struct{ at, windows, want string }{
		{"2026-11-20T21:48:00Z", "01:00-05:00 UTC", "outside of the window 01:00-05:00 UTC; opens in 3h12m"},
		{"2026-11-20T00:59:59Z", "01:00-05:00 UTC", "outside of the window 01:00-05:00 UTC; opens in 1s"},
		{"2026-11-20T01:00:00Z", "01:00-05:00 UTC", ""},
		{"2026-11-20T04:59:59Z", "01:00-05:00 UTC", ""},
		{"2026-11-20T05:00:00Z", "01:00-05:00 UTC", "outside of the window 01:00-05:00 UTC; opens in 20h0m"},
		{"2026-11-20T00:30:00Z", "01:00-05:00 Europe/Berlin", ""},
		{"2026-07-20T23:30:00Z", "01:00-05:00 Europe/Berlin", ""},
		{"2026-11-20T23:30:00Z", "22:00-06:00 UTC", ""},
		{"2026-11-20T05:30:00Z", "22:00-06:00 UTC", ""},
		{"2026-11-20T06:00:00Z", "22:00-06:00 UTC", "outside of the window 22:00-06:00 UTC; opens in 16h0m"},
		// The 20th is a Friday: its window lasts into Saturday; Sunday's does not open.
		{"2026-11-21T05:59:00Z", "Mon-Fri 22:00-06:00 UTC", ""},
		{"2026-11-22T22:30:00Z", "Mon-Fri 22:00-06:00 UTC", "outside of the window Mon-Fri 22:00-06:00 UTC; opens in 23h30m"},
		{"2026-11-23T05:00:00Z", "Mon-Fri 22:00-06:00 UTC", "outside of the window Mon-Fri 22:00-06:00 UTC; opens in 17h0m"},
		{"2026-11-21T12:00:00Z", "Sat,Sun 00:00-24:00 UTC", ""},
		{"2026-11-20T12:00:00Z", "01:00-05:00 UTC|12:00-13:00 UTC", ""},
		{"2026-11-20T11:15:00Z", "01:00-05:00 UTC|12:00-13:00 UTC", "outside of the windows 01:00-05:00 UTC, 12:00-13:00 UTC; opens in 45m"},
		// Berlin's clock goes from 2:00 to 3:00 on 2026-03-29, and from 3:00 back to 2:00 on 2026-10-25.
		{"2026-03-29T00:50:00Z", "02:30-05:00 Europe/Berlin", "outside of the window 02:30-05:00 Europe/Berlin; opens in 10m"},
		{"2026-10-25T00:30:00Z", "02:00-03:00 Europe/Berlin", ""},
		{"2026-10-25T01:30:00Z", "02:00-03:00 Europe/Berlin", ""},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		var windows []Window
		for _, text := range strings.Split(c.windows, "|") {
			windows = append(windows, window(t, text))
		}
		if got := closed(windows, at); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.at, c.windows, got, c.want)
		}
	}
}

// TestOpensIsWhenItOpens: a window is open when it said it would open, and not before.
func TestOpensIsWhenItOpens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minute := rapid.IntRange(0, 24*60-1)
		from, to := minute.Draw(t, "from"), minute.Draw(t, "to")
		if from == to {
			t.Skip("no time at all")
		}
		days := rapid.SampledFrom([]string{"", "Mon ", "Sat,Sun ", "Mon-Fri "}).Draw(t, "days")
		zone := rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"}).Draw(t, "zone")
		clock := func(m int) string { return time.Unix(int64(m)*60, 0).UTC().Format("15:04") }
		w := window(t, days+clock(from)+"-"+clock(to)+" "+zone)
		now := time.Unix(rapid.Int64Range(1735689600, 1893456000).Draw(t, "now"), 0)
		opens := w.Opens(now)
		if w.Open(now) {
			if opens != now {
				t.Fatalf("%s is open at %s and opens at %s", w, now, opens)
			}
			return
		}
		if opens.Sub(now) >= 15*24*time.Hour {
			t.Skip("within an hour that is left out")
		}
		if !w.Open(opens) || w.Open(opens.Add(-time.Second)) {
			t.Fatalf("%s, at %s, does not open at %s", w, now, opens)
		}
	})
}

func FuzzParseWindow(f *testing.F) {
	f.Add("Mon-Fri 22:00-06:00 Europe/Berlin")
	f.Add("01:00-05:00")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWindow(text)
		if err != nil {
			return
		}
		again, err := ParseWindow(w.String())
		if err != nil || again.from != w.from || again.to != w.to || again.days != w.days {
			t.Errorf("%q is shown as %q, which is another window (%v)", text, w, err)
		}
	})
}
