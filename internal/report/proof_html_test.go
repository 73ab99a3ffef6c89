package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func proofPageOn(t *testing.T, p *Proof) string {
	t.Helper()
	var b bytes.Buffer
	if err := ProofHTML(&b, p, Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestProofHTML: every page needs nothing from elsewhere, what a migration holds is text,
// and every picture is whole.
func TestProofHTML(t *testing.T) {
	for name, p := range proofs() {
		page := proofPageOn(t, p)
		for _, bad := range []string{"<script", "http://", "https://", "<link", "@import", "CHECK <b>", "step 1 <b>", "\x1b", "ZgotmplZ", "<no value>", "NaN", "%!"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the page has %s", name, bad)
			}
		}
		pictures := regexp.MustCompile(`(?s)<svg viewBox="0 0 (\d+) (\d+)".*?</svg>`).FindAllStringSubmatch(page, -1)
		if len(pictures) != len(p.charts()) {
			t.Errorf("%s: %d pictures", name, len(pictures))
		}
		for _, picture := range pictures {
			checkPicture(t, name, picture[0], picture[1], picture[2])
		}
	}
}

func checkPicture(t *testing.T, name, picture, width, height string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, picture)
		}
	}
	for _, side := range []struct{ places, limit string }{{` x[12]?="(-?\d+)"`, width}, {` y[12]?="(-?\d+)"`, height}, {`[ V"](\d+)V`, height}} {
		limit, _ := strconv.Atoi(side.limit)
		for _, m := range regexp.MustCompile(side.places).FindAllStringSubmatch(picture, -1) {
			if at, _ := strconv.Atoi(m[1]); at < 0 || at > limit {
				t.Errorf("%s: outside of the picture: %s", name, m[0])
			}
		}
	}
}

func TestProofHTMLShowsAll(t *testing.T) {
	page := proofPageOn(t, provenBadly())
	for _, good := range []string{
		"prefers-color-scheme: dark", "@media print", "&lt;script&gt;", "DOES NOT HOLD: the plan stopped: step 6", "Contradiction: public.orders: work", "Stopped: step 6",
		"It differs; compared were 132 objects", "steps 2 to 1 were taken back", "Under load: index orders_total: not valid", "deadlock detected", "orders 18: not there", "the old version has ended (37.00 s)", "allowed: 109 ms", "1,000,000 rows changed",
		"update orders.total_cents", "180.0 MB", ">lock: orders<", `class="all waits"`, `class="writes"`, `class="fails"`,
	} {
		if !strings.Contains(page, good) {
			t.Errorf("the page lacks %s", good)
		}
	}
}

// TestChartIsThinned: a picture of many buckets is hardly longer, and still shows the stall.
func TestChartIsThinned(t *testing.T) {
	all := proofs()
	few, many := proofPageOn(t, all["holds"]), proofPageOn(t, all["dense"])
	if len(many) > 2*len(few) {
		t.Errorf("%d bytes for 10,000 buckets, %d for 400", len(many), len(few))
	}
	reads, _ := all["dense"].Plan.columns(pageScale{left: proofLeft, total: all["dense"].Plan.Shown})
	worst := time.Duration(0)
	for _, d := range reads {
		worst = max(worst, d)
	}
	if worst != 14*millis {
		t.Errorf("the longest that is drawn is %s", worst)
	}
}

// TestShortRunIsDrawnLarger: beside a long one nothing would be seen of it.
func TestShortRunIsDrawnLarger(t *testing.T) {
	var titles []string
	for _, c := range proofs()["uneven"].charts() {
		titles = append(titles, c.Title)
	}
	if got := strings.Join(titles, "; "); got != "Original; Original, drawn 92 times as wide; Plan" {
		t.Error(got)
	}
}

func TestTicksAreRound(t *testing.T) {
	for total, want := range map[time.Duration]string{
		0:                      "",
		3 * time.Millisecond:   "0, 0.5 ms, 1 ms, 1.5 ms, 2 ms, 2.5 ms, 3 ms",
		8200 * millis:          "0, 2 s, 4 s, 6 s, 8 s",
		100 * time.Second:      "0, 20 s, 40 s, 1 min, 1 min 20 s, 1 min 40 s",
		3 * time.Hour:          "0, 30 min, 1 h, 1 h 30 min, 2 h, 2 h 30 min, 3 h",
		30 * 24 * time.Hour:    "0, 96 h, 192 h, 288 h, 384 h, 480 h, 576 h, 672 h",
		900 * time.Nanosecond:  "0",
		time.Minute + 1*millis: "0, 10 s, 20 s, 30 s, 40 s, 50 s, 1 min",
	} {
		var got []string
		for _, tick := range (pageScale{total: total}).ticks() {
			got = append(got, tick.Text)
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: %s", total, text)
		}
	}
}

// TestShortBarsShareTheirNumbers: numbers never stand on each other.
func TestShortBarsShareTheirNumbers(t *testing.T) {
	s := pageScale{total: 660 * millis}
	var lane pageLane
	for i, at := range []time.Duration{0, 8, 16, 200, 400, 650} {
		took := time.Duration(1)
		if at == 200 {
			took = 50
		}
		lane.Bars = append(lane.Bars, s.bar(at*millis, (at+took)*millis, "step", ""))
		lane.numbers = append(lane.numbers, i+1)
	}
	var got []string
	for _, n := range lane.numbered(s).Numbers {
		got = append(got, n.Text)
	}
	if text := strings.Join(got, " "); text != "1–3 4 5 6" {
		t.Error(text)
	}
}
