package throttle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const probeTimeout = time.Second

// probe asks an address whether to go on.
type probe struct {
	address string
	shown   string // without what may be secret
	client  *http.Client
}

// newProbe: where the address is redirected to, to a page for signing in maybe,
// says nothing about the run.
func newProbe(address string) *probe {
	p := &probe{address: address, client: &http.Client{
		Timeout:       probeTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if u, err := url.Parse(address); err == nil {
		p.shown = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	}
	return p
}

// Name says what is watched.
func (*probe) Name() string { return "the HTTP probe" }

// Read asks with a GET.
func (p *probe) Read(ctx context.Context, _ *sql.Conn) (Reading, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address, nil)
	if err != nil {
		return Reading{}, p.plain(err)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return Reading{}, p.plain(err)
	}
	if err := response.Body.Close(); err != nil {
		return Reading{}, err
	}
	r := Reading{Figure: float64(response.StatusCode), Value: fmt.Sprint(response.StatusCode), Limit: "2xx", Over: response.StatusCode/100 != 2}
	r.Text = fmt.Sprintf("%s answers %d", oneLine(p.shown), response.StatusCode)
	if r.Over {
		r.Text += ", which is no 2xx"
	}
	return r, nil
}

// plain is an error without the address, which may hold what is secret.
func (p *probe) plain(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return fmt.Errorf("%s does not answer: %w", oneLine(p.shown), err)
}
