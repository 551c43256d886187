package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Limits of a connection. What is slower or larger than these is not a client
// of fred's.
const (
	headerTimeout = 5 * time.Second
	idleTimeout   = 2 * time.Minute
	grace         = 30 * time.Second // on top of Options.Timeout, to read the body and send the answer
	headerBytes   = 64 << 10
	drain         = 5 * time.Second
)

// Serve answers on l until ctx ends; then it takes no new requests, and gives
// those under way a few seconds. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := s.httpServer()
	ctx, cancel := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() { s.record(ctx) })
	defer background.Wait()
	defer cancel()
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	err := s.stop(ctx, h)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", l.Addr(), served)
	}
	return err
}

func (s *Server) httpServer() *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       s.Timeout + grace, // a shorter one would end the request's context too
		WriteTimeout:      s.Timeout + grace,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// stop lets the requests under way end, and cuts off those that take too long.
func (s *Server) stop(ctx context.Context, h *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := h.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests were cut off", "after", drain)
		err = h.Close()
	}
	if err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	return nil
}
