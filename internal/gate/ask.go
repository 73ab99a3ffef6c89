package gate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// mostAnswer is how much of an answer is read.
const mostAnswer = 64 << 10

// ask asks an address with a GET. A redirection is no answer: a page for signing in would
// be one, too.
func ask(ctx context.Context, d Deploy, limit time.Duration) Result {
	shown := shownURL(d.URL)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL, nil)
	if err != nil {
		return found(Unknown, shown+" is no address")
	}
	client := &http.Client{Timeout: limit, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return found(Unknown, fmt.Sprintf("%s does not answer: %s", shown, plain(err)))
	}
	defer func() { _ = response.Body.Close() }() // what was read of it counts
	body, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	switch {
	case err != nil:
		return found(Unknown, fmt.Sprintf("%s does not answer: %s", shown, plain(err)))
	case response.StatusCode/100 == 3:
		return found(Unknown, fmt.Sprintf("%s answers %d, a redirection, which is not followed", shown, response.StatusCode))
	case response.StatusCode/100 != 2:
		return found(Closed, fmt.Sprintf("%s answers %d", shown, response.StatusCode))
	}
	if got := strings.TrimSpace(string(body)); d.Expect != "" && got != strings.TrimSpace(d.Expect) {
		return found(Closed, fmt.Sprintf("%s answers %q, not %q", shown, oneLine(got), d.Expect))
	}
	return found(Passed, fmt.Sprintf("%s says so", shown))
}

// shownURL is an address without what may be secret in it.
func shownURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "the address"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// plain is an error without the address, which may hold a secret.
func plain(err error) string {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return oneLine(err.Error())
}

// answer is what a command said.
type answer struct {
	out    string
	status int
	err    error // it could not be run, or did not end in time
}

// runCommand runs a command of the configuration, without a shell.
func (c *checker) runCommand(ctx context.Context, argv []string, step int, requirement string) answer {
	ctx, cancel := context.WithTimeout(ctx, c.Options.timeout())
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = c.Options.Dir
	cmd.Env = append(withoutDSNs(os.Environ()), "SAFEMIG_PLAN="+c.Plan.Name, fmt.Sprintf("SAFEMIG_STEP=%d", step), "SAFEMIG_REQUIREMENT="+requirement)
	var out limited
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	a := answer{out: strings.TrimSpace(out.String()), status: cmd.ProcessState.ExitCode()}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		a.err = fmt.Errorf("%s did not end within %s", argv[0], inWords(c.Options.timeout()))
	case err != nil && !errors.As(err, &exit):
		a.err = fmt.Errorf("%s cannot be run: %w", argv[0], err)
	case a.status < 0:
		a.err = fmt.Errorf("%s was ended: %s", argv[0], cmd.ProcessState)
	}
	return a
}

// withoutDSNs is an environment without our own secrets: what a command says is shown.
func withoutDSNs(environment []string) []string {
	return slices.DeleteFunc(environment, func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return strings.HasPrefix(name, "SAFEMIG_") && strings.HasSuffix(name, "DSN")
	})
}

// limited keeps the beginning of what is written to it.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	l.Buffer.Write(p[:min(len(p), mostAnswer-min(mostAnswer, l.Len()))])
	return len(p), nil
}
