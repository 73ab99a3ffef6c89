package throttle

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// seated is a brake with signals of which something was heard.
func seated(now time.Time, seats ...*seat) *Governor {
	for i, s := range seats {
		s.signal = file{string(rune('a' + i))}
		if s.at.IsZero() {
			s.at = now
		}
	}
	return &Governor{config: Config{Stale: 15 * time.Second}, seats: seats}
}

func TestHeld(t *testing.T) {
	now := time.Now()
	over := func(text string) *seat { return &seat{reading: Reading{Over: true, Text: text}} }
	failed := func(asked bool, err error) *seat { return &seat{asked: asked, err: err} }
	fine := &seat{reading: Reading{Text: "fine"}}
	for _, c := range []struct {
		seats []*seat
		want  string
	}{
		{nil, ""},
		{[]*seat{fine}, ""},
		{[]*seat{over("one")}, "one"},
		{[]*seat{over("one"), fine, over("two"), over("three")}, "one and 2 more"},
		{[]*seat{failed(false, errors.New("gone")), failed(true, errors.New("gone"))}, "the throttle file is not known: gone"},
		{[]*seat{failed(false, errors.New("gone")), failed(true, errors.New("elsewhere"))}, "the throttle file is not known: gone and 1 more"},
		{[]*seat{failed(false, &LacksError{"pg_monitor"}), failed(false, &NotWatchedError{"nobody looks"})}, ""},
		{[]*seat{failed(true, &LacksError{"pg_monitor"})}, "the throttle file is not known: needs pg_monitor"},
		{[]*seat{{at: now.Add(-15 * time.Second), reading: Reading{Text: "fine"}}}, ""},
		{[]*seat{{at: now.Add(-16 * time.Second), reading: Reading{Text: "fine"}}}, "the throttle file is not known: the last reading is 16 s old"},
		{[]*seat{{at: now.Add(-16 * time.Second), err: &LacksError{"pg_monitor"}}}, "the throttle file is not known: the last reading is 16 s old"},
	} {
		if got := seated(now, c.seats...).held(now); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestWindowComesFirst(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	g := seated(now, &seat{reading: Reading{Over: true, Text: "one"}})
	g.config.Windows = []Window{window(t, "13:00-14:00 UTC")}
	if got, want := g.held(now), "outside of the window 13:00-14:00 UTC; opens in 1h0m and 1 more"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// slow is a signal that does not come to an end by itself.
type slow struct{}

func (slow) Name() string { return "the slow one" }
func (slow) Read(ctx context.Context, _ *sql.Conn) (Reading, error) {
	<-ctx.Done()
	return Reading{}, ctx.Err()
}

// TestSlowSignalKeepsOthersFree: it does not answer, which is a reason; another desk reads on.
func TestSlowSignalKeepsOthersFree(t *testing.T) {
	other := file{filepath.Join(t.TempDir(), "none")}
	g := &Governor{config: Config{Stale: time.Second, Every: 10 * time.Millisecond},
		desks: []*desk{{seats: []*seat{{signal: slow{}}}}, {seats: []*seat{{signal: other}}}}}
	for _, d := range g.desks {
		g.seats = append(g.seats, d.seats...)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { g.Watch(ctx); close(ended) }()
	time.Sleep(200 * time.Millisecond)
	if got, want := g.Reason(), "the slow one is not known yet"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if l := g.Status().Lines[1]; l.Unknown || l.Age > time.Second {
		t.Errorf("%+v", l)
	}
	stop()
	<-ended
}

// TestFileAndProbe: from outside of any server.
func TestFileAndProbe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hold")
	answer := make(chan int, 1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code := <-answer
		if code == http.StatusFound {
			http.Redirect(w, r, "/login", code)
			return
		}
		w.WriteHeader(code)
	}))
	defer site.Close()
	p := newProbe(strings.Replace(site.URL, "http://", "http://user:secret@", 1) + "/go?token=secret")
	shown := site.URL + "/go"
	for code, want := range map[int]string{200: "", 204: "", 302: " answers 302, which is no 2xx", 404: " answers 404, which is no 2xx", 503: " answers 503, which is no 2xx"} {
		answer <- code
		r, err := p.Read(t.Context(), nil)
		if err != nil || r.Over != (want != "") || want != "" && r.Text != shown+want {
			t.Errorf("%d: %+v, %v", code, r, err)
		}
	}
	began := time.Now()
	if _, err := p.Read(t.Context(), nil); err == nil || plain(err) != "no answer in time" || time.Since(began) > 3*time.Second {
		t.Errorf("no answer: %v after %s", err, time.Since(began))
	}
	answer <- 200 // lets the handler go
	site.Close()
	if _, err := p.Read(t.Context(), nil); err == nil || plain(err) != "connection refused" {
		t.Errorf("nobody there: %v", err)
	}

	f := file{path}
	if r, err := f.Read(t.Context(), nil); err != nil || r.Over {
		t.Errorf("%+v, %v", r, err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := f.Read(t.Context(), nil); err != nil || r.Text != "the file "+path+" exists; the run goes on when it is removed" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := (file{filepath.Join(path, "below a file")}).Read(t.Context(), nil); err == nil {
		t.Error("that it cannot be looked for is no error")
	}
}
