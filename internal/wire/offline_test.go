package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

// counted is an API server that counts the connections it accepts.
type counted struct {
	*testutil.API
	url     string
	accepts atomic.Int64
}

func newCounted(t *testing.T) *counted {
	t.Helper()
	shop := &core.Namespace{}
	shop.Name, shop.UID = "kube-system", "uid-1"
	c := &counted{API: testutil.NewAPI(t, shop)}
	front := httptest.NewUnstartedServer(c.API)
	front.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			c.accepts.Add(1)
		}
	}
	front.StartTLS() // client-go gives credentials to nobody else
	t.Cleanup(front.Close)
	c.url = front.URL
	return c
}

// kubeconfigOf is a file whose one context, dev, leads to c with that user.
func kubeconfigOf(t *testing.T, c *counted, user map[string]any) *genericclioptions.ConfigFlags {
	t.Helper()
	named := func(name, what string, v any) []any { return []any{map[string]any{"name": name, what: v}} }
	b, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": "dev",
		"clusters": named("c", "cluster", map[string]any{"server": c.url, "insecure-skip-tls-verify": true}),
		"users":    named("u", "user", user),
		"contexts": named("dev", "context", map[string]any{"cluster": "c", "user": "u"}),
	})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(path, b, 0o600))
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &path
	return flags
}

// plugin is a user whose credentials a program gives, anew for every request; it
// writes a line into the file each time it runs.
func plugin(t *testing.T) (user map[string]any, runs func() int) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the plugin is a shell script")
	}
	file := filepath.Join(t.TempDir(), "runs")
	const expired = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t","expirationTimestamp":"2020-01-01T00:00:00Z"}}`
	script := fmt.Sprintf("echo run >> '%s'; echo '%s'", file, expired)
	user = map[string]any{"exec": map[string]any{
		"apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/sh", "args": []string{"-c", script}, "interactiveMode": "Never",
	}}
	return user, func() int {
		b, err := os.ReadFile(file)
		if err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
		}
		return strings.Count(string(b), "run")
	}
}

func TestAClientThatWasOnlineOpensNoConnectionAfterTheSwitchIsThrown(t *testing.T) {
	api := newCounted(t)
	k := &kubeconfig{flags: kubeconfigOf(t, api, nil), offline: &offline.Switch{}}
	cfg, err := k.rest("dev")
	require.NoError(t, err)
	client, err := rest.HTTPClientFor(cfg)
	require.NoError(t, err)
	get := func() error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api.url+"/version", nil)
		require.NoError(t, err)
		resp, err := client.Do(r)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	require.NoError(t, get())
	require.NoError(t, get())
	require.Len(t, api.Asked(), 2)
	require.EqualValues(t, 1, api.accepts.Load())

	k.offline.Set(true)
	require.Equal(t, fault.Offline, fault.KindOf(get()))
	client.Transport = cfg.WrapTransport(&http.Transport{DialContext: cfg.Dial}) // a new client of the old config
	require.Equal(t, fault.Offline, fault.KindOf(get()))
	client.Transport = &http.Transport{DialContext: cfg.Dial} // which does not even know the guard
	require.Equal(t, fault.Offline, fault.KindOf(get()))
	_, err = k.rest("dev")
	require.Equal(t, fault.Offline, fault.KindOf(err))
	require.Empty(t, api.Asked())
	require.EqualValues(t, 1, api.accepts.Load())
}

func TestAFredThatWasOnlineAsksNobodyAfterTheSwitchIsThrown(t *testing.T) {
	api := newCounted(t)
	user, runs := plugin(t)
	b, err := Build(
		config.Config{Timeout: 30 * time.Second, Cache: config.Cache{URL: "mem://"}, Cluster: config.InCluster{Name: "in-cluster"}},
		Options{Kube: kubeconfigOf(t, api, user), Version: "test"},
	)
	require.NoError(t, err)
	t.Cleanup(b.Close)
	again := fred.Query{Refresh: true}
	r, err := b.Overview(t.Context(), again)
	require.NoError(t, err)
	require.False(t, r.Stale)
	require.NotEmpty(t, api.Asked())
	accepted, ran := api.accepts.Load(), runs()
	require.Positive(t, ran)

	b.Switch.Set(true)
	r, err = b.Overview(t.Context(), again)
	require.NoError(t, err)
	require.True(t, r.Stale, "what is cached is shown")
	require.Contains(t, r.Warnings[0].Message, "offline")
	require.Equal(t, fault.Offline, fault.KindOf(b.Kubernetes.(guarded).Probe(t.Context(), "dev", kube.Pods, "")))
	require.Empty(t, api.Asked())
	require.Equal(t, accepted, api.accepts.Load())
	require.Equal(t, ran, runs(), "no plugin is run for credentials that nobody needs")

	b.Switch.Set(false)
	r, err = b.Overview(t.Context(), again)
	require.NoError(t, err)
	require.False(t, r.Stale)
	require.Greater(t, runs(), ran)
}

func TestASwitchThatTheSettingsThrowIsOnFromTheStart(t *testing.T) {
	api := newCounted(t)
	user, runs := plugin(t)
	b, err := Build(
		config.Config{Offline: true, Timeout: time.Second, Cache: config.Cache{URL: "mem://"}},
		Options{Kube: kubeconfigOf(t, api, user)},
	)
	require.NoError(t, err)
	t.Cleanup(b.Close)
	require.True(t, b.Switch.On())
	_, err = b.Kubernetes.Identify(t.Context(), "dev")
	require.Equal(t, fault.Offline, fault.KindOf(err))
	require.EqualError(t, err, `cluster "dev" is not asked: fred is offline`)
	require.Zero(t, api.accepts.Load())
	require.Zero(t, runs())
}

// waiting is a source that answers when its context ends.
type waiting struct{ began chan struct{} }

func (w waiting) Identify(ctx context.Context, _ string) (kube.Server, error) {
	close(w.began)
	<-ctx.Done()
	return kube.Server{}, ctx.Err()
}

func (w waiting) List(context.Context, string, kube.Resource, string) (kube.Inventory, error) {
	return kube.Inventory{Absent: true}, nil
}

func TestASourceThatIsBeingAskedIsLeftWhenTheSwitchIsThrown(t *testing.T) {
	w := waiting{make(chan struct{})}
	g := guarded{w, &offline.Switch{}}
	inv, err := g.List(t.Context(), "dev", kube.Pods, "")
	require.NoError(t, err)
	require.True(t, inv.Absent)
	require.NoError(t, g.Probe(t.Context(), "dev", kube.Pods, ""), "a source that cannot probe is asked for the list")
	failed := make(chan error)
	go func() {
		_, err := g.Identify(t.Context(), "dev")
		failed <- err
	}()
	<-w.began
	g.offline.Set(true)
	require.Equal(t, fault.Offline, fault.KindOf(<-failed))
}

func TestWhoStopsWaitingIsNotToldThatFredIsOffline(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := waiting{make(chan struct{})}
	go func() { <-w.began; cancel() }()
	_, err := guarded{w, &offline.Switch{}}.Identify(ctx, "dev")
	require.Equal(t, fault.Interrupted, fault.KindOf(err))
}
