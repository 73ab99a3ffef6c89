package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/safemig/safemig/internal/wholefile"
)

// writeMetrics writes the file of metrics, if one is asked for.
func (m *monitor) writeMetrics() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writeMetricsNow()
}

// writeMetricsNow: a file that cannot be written is told of once, and ends no run.
func (m *monitor) writeMetricsNow() {
	if m.metricsFile == "" {
		return
	}
	s := m.standing(time.Now())
	err := m.program.mayWriteNamed(m.metricsFile)
	if err == nil {
		err = wholefile.Write(m.metricsFile, func(w io.Writer) error { return s.Metrics(w, m.state, faults()) })
	}
	if err != nil && !m.failed {
		m.tell("notice", fmt.Sprintf("--%s: %v", flagMetricsFile, err), nil)
	}
	m.failed = err != nil
}

// serve serves metrics for as long as the run lasts.
func (m *monitor) serve(ctx context.Context, address string) (end func() error, err error) {
	if address == "" {
		return func() error { return nil }, nil
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagMetricsAddr, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", m.answer)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	return func() error {
		err := server.Close()
		if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}, nil
}

func (m *monitor) answer(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	s, state := m.standing(time.Now()), m.state
	m.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_ = s.Metrics(w, state, faults()) // who asked is gone
}
