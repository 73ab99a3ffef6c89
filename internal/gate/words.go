package gate

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/safemig/safemig/internal/ledger"
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

// shellWord is a text as one word of a command line.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-.:/", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// longestText is how much is shown of a text of others.
const longestText = 300

// oneLine makes a text of others fit to be shown: one line, not too long, and nothing in
// it that a terminal would obey.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))), " ")
	if runes := []rune(text); len(runes) > longestText {
		return string(runes[:longestText]) + "…"
	}
	return text
}

// count is a number of things: "1 view", "2 views".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
