package throttle

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/safemig/safemig/internal/wording"
)

// inSeconds: "7.2 s", "18 min", "2 h 5 min".
func inSeconds(s float64) string {
	switch {
	case s < 9.95:
		return strconv.FormatFloat(math.Round(s*10)/10, 'f', -1, 64) + " s"
	case s < 120:
		return fmt.Sprintf("%.0f s", s)
	case s < 7200:
		return fmt.Sprintf("%.0f min", math.Floor(s/60))
	}
	minutes := int64(s / 60)
	if minutes%60 == 0 {
		return fmt.Sprintf("%d h", minutes/60)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

// inBytes: "1.2 GiB".
func inBytes(b float64) string {
	unit := 0
	for b >= 1024 && unit < 4 {
		b /= 1024
		unit++
	}
	digits := 0
	if unit > 0 && b < 100 && b != math.Trunc(b) {
		digits = 1
	}
	return strconv.FormatFloat(b, 'f', digits, 64) + " " + [...]string{"bytes", "KiB", "MiB", "GiB", "TiB"}[unit]
}

func inBytesPerSecond(b float64) string { return inBytes(b) + "/s" }

// asCount: "1,234,567".
func asCount(n float64) string {
	text := strconv.FormatInt(int64(n), 10)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// asShare: "12 %".
func asShare(s float64) string { return strconv.FormatFloat(math.Round(s*1000)/10, 'f', -1, 64) + " %" }

// inHours is a wait as people say it: "3h12m", "12m", "40s".
func inHours(d time.Duration) string {
	minutes := int(math.Ceil(d.Minutes()))
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", max(1, int(math.Ceil(d.Seconds()))))
	case minutes < 60:
		return fmt.Sprintf("%dm", minutes)
	}
	return fmt.Sprintf("%dh%dm", minutes/60, minutes%60)
}

// plain is an error in as few words as tell it: what drivers wrap around a
// refused connection is known to whoever gave the address, and may hold more
// than should be shown.
func plain(err error) string {
	var link *net.OpError
	var call *os.SyscallError
	var request *url.Error
	var own *unknownError
	switch {
	case errors.As(err, &own):
		return own.why
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return "no answer in time"
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was lost"
	case errors.As(err, &call):
		return call.Err.Error()
	case errors.As(err, &link):
		return oneLine(link.Err.Error())
	case errors.As(err, &request):
		return oneLine(request.Err.Error())
	}
	return oneLine(err.Error())
}

const longestText = 200

func oneLine(text string) string { return wording.Line(text, longestText) }
