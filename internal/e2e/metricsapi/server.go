// Package metricsapi is a small aggregated API server for metrics.k8s.io, the
// API group that metrics-server answers from kubelets, which a cluster played
// by kwok does not have. It serves discovery, and the usage of nodes and pods as
// JSON and protobuf; it knows no watch, no table and no field selector.
//
// Usage is derived from what the pods of the cluster ask for: see Usage.
package metricsapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/cert"
)

// Server answers metrics.k8s.io/v1beta1 over TLS on a loopback port.
type Server struct {
	pods    corelisters.PodLister
	nodes   corelisters.NodeLister
	failing atomic.Bool
	stop    context.CancelFunc // ends the informers
	factory informers.SharedInformerFactory
	port    int
	http    *http.Server
	served  chan struct{} // closed when http has ended
}

// Open starts a server on the pods and nodes of the cluster at config. It
// returns when it knows them; ctx bounds that wait alone.
func Open(ctx context.Context, config *rest.Config) (*Server, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("build client: %w", err)
	}
	s := &Server{factory: informers.NewSharedInformerFactory(client, 0), served: make(chan struct{})}
	core := s.factory.Core().V1()
	s.pods, s.nodes = core.Pods().Lister(), core.Nodes().Lister()
	listener, err := listen(ctx)
	if err != nil {
		return nil, err
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	live, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.factory.Start(live.Done())
	for kind, synced := range s.factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			stop()
			return nil, errors.Join(fmt.Errorf("read %v: %w", kind, ctx.Err()), listener.Close())
		}
	}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener) // always http.ErrServerClosed
	}()
	return s, nil
}

// listen opens a loopback port behind a certificate made on the spot.
func listen(ctx context.Context) (net.Listener, error) {
	crt, key, err := cert.GenerateSelfSignedCertKey("localhost", nil, nil)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	pair, err := tls.X509KeyPair(crt, key)
	if err != nil {
		return nil, fmt.Errorf("load certificate: %w", err)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}), nil
}

// Port returns the port that the server listens on.
func (s *Server) Port() int { return s.port }

// Fail makes every question about usage a 503 while fail is true, as when
// metrics-server is ill; discovery goes on, so that recovery is immediate.
// It is safe for concurrent use.
func (s *Server) Fail(fail bool) { s.failing.Store(fail) }

// Close stops the server and waits for it.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.served
	s.stop()
	s.factory.Shutdown()
	if err != nil {
		return fmt.Errorf("close metrics server: %w", err)
	}
	return nil
}
