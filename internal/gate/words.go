package gate

import (
	"fmt"
	"time"

	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/wording"
)

// inWords is a length of time as people say it: "6 days 23 h", "3 h 5 min", "40 s".
func inWords(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", max(0, int(d.Seconds())))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return two(int(d.Hours()), "h", int(d.Minutes())%60, "min")
	}
	return two(int(d.Hours())/24, "days", int(d.Hours())%24, "h")
}

func two(large int, of string, small int, than string) string {
	if small == 0 {
		return fmt.Sprintf("%d %s", large, of)
	}
	return fmt.Sprintf("%d %s %d %s", large, of, small, than)
}

// moment is a time as messages name it.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// day is the moment of an entry of the history.
func day(m ledger.Moment) string {
	t, err := m.Time()
	if err != nil {
		return string(m)
	}
	return moment(t)
}

// longestText is how much is shown of a text of others.
const longestText = 300

func oneLine(text string) string { return wording.Line(text, longestText) }
