//go:build e2e

package e2e_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

const allPods = "/api/v1/pods"

// troubled returns a proxy in front of the small cluster, a machine that asks
// through it, and the rows that it should show.
func troubled(t *testing.T) (*proxy, *laptop, []string) {
	t.Helper()
	p := newProxy(t, small(t))
	want := []string{}
	for id := range truthOf(t).workloads() {
		want = append(want, id)
	}
	return p, newLaptop(t, p.kubeconfig(t, rig.Admin, "rig", "shop")), want
}

var allWorkloads = []string{"kube", "workloads", "-A", "-o", "json"}

func TestEachListIsAskedForOnceAndNoneOfSecrets(t *testing.T) {
	t.Parallel()
	p, l, _ := troubled(t)
	l.must(0, "kube")
	lists := p.lists()
	require.Len(t, lists, 16, "one list per kind: %v", lists)
	for path, n := range lists {
		require.Equal(t, 1, n, path)
	}
	asked := len(p.asked())
	for _, r := range routes {
		l.must(0, words(r.command)...)
	}
	require.Len(t, p.asked(), asked, "the first question has filled the cache for every other")
	l.agedBy(2 * time.Minute)
	s := l.serve()
	for _, r := range routes {
		require.Equal(t, http.StatusOK, s.get(r.path).status, r.path)
	}
	l.must(0, "kube", "workload", "deploy/web", "--refresh")
	for path, n := range p.lists() {
		require.LessOrEqual(t, n, 3, "%s: the first question, the server, the refresh", path)
	}
	for _, r := range p.asked() {
		require.Equal(t, http.MethodGet, r.Method, r.URL)
		require.NotContains(t, strings.ToLower(r.URL.String()), "secret")
		require.NotContains(t, r.URL.RawQuery, "watch")
		require.Contains(t, r.Header.Get("User-Agent"), "fred/")
		if isList(r) {
			require.True(t, strings.HasPrefix(r.Header.Get("Accept"), "application/vnd.kubernetes.protobuf"), r.URL)
			require.NotEmpty(t, r.URL.Query().Get("limit"), "%s is paged", r.URL)
		}
	}
}

func TestAnOverloadedAPIServerIsWaitedFor(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	var refused atomic.Int32
	p.does(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == allPods && refused.Add(1) <= 2 {
			w.Header().Set("Retry-After", "1")
			refuse(w, http.StatusTooManyRequests, "TooManyRequests", "too many requests, please try again later")
			return
		}
		next.ServeHTTP(w, r)
	})
	o := l.must(0, allWorkloads...)
	require.ElementsMatch(t, want, ids(rowsOnly(t, o)))
	require.Empty(t, answerOf[row](t, o).Warnings)
	require.GreaterOrEqual(t, o.took, 2*time.Second, "Retry-After is honoured")

	p.does(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "TooManyRequests", "too many requests, please try again later")
	})
	stale := l.must(0, append(allWorkloads, "--refresh", "--timeout", "3s")...)
	require.True(t, answerOf[row](t, stale).Stale)
	require.ElementsMatch(t, want, ids(rowsOnly(t, stale)))
	require.Less(t, stale.took, 8*time.Second)
	nothing := newLaptop(t, l.kubeconfig).must(4, append(allWorkloads, "--timeout", "3s")...)
	require.Contains(t, nothing.stderr, "hint: ", "%s", nothing)
	require.Empty(t, nothing.stdout)
}

// dying answers a list with the first half of it, and then lets go of the connection.
func dying(w http.ResponseWriter, r *http.Request, next http.Handler) {
	r.Header.Del("Accept-Encoding")
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	maps.Copy(w.Header(), rec.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// only has meddle handle the requests for path.
func only(path string, meddle func(http.ResponseWriter, *http.Request, http.Handler)) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == path {
			meddle(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

func TestAListThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	t.Parallel()
	for name, meddle := range map[string]func(http.ResponseWriter, *http.Request, http.Handler){
		"the connection is dropped mid-list": dying,
		"500": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			refuse(w, http.StatusInternalServerError, "InternalError", "etcdserver: leader changed")
		},
		"503 of a load balancer": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			http.Error(w, "<html><body>no healthy upstream</body></html>", http.StatusServiceUnavailable)
		},
		"a page of HTML": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html><body>Please log in</body></html>"))
		},
		"bytes that are no list": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
			_, _ = w.Write([]byte("k8s\x00 and then nonsense"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, l, want := troubled(t)
			p.does(only(allPods, meddle))
			part := l.must(3, allWorkloads...)
			a := answerOf[row](t, part)
			require.Contains(t, a.codes(), "missing")
			require.Contains(t, part.stderr, "no pods: ", "what is missing is named")
			require.NotContains(t, part.stderr, "<html>")
			for _, r := range a.Items {
				require.Nil(t, r.Pods, "unknown is not zero: %s", r.id())
			}
			require.Contains(t, ids(a.Items), "shop Deployment/web", "what could be had is shown")
			broken := l.entry("pods")
			require.NoFileExists(t, broken, "half a list is not stored")

			p.does(nil)
			whole := l.must(0, allWorkloads...)
			require.ElementsMatch(t, want, ids(rowsOnly(t, whole)), "and it mends itself")
			p.does(only(allPods, meddle))
			l.agedBy(2 * time.Minute)
			stale := l.must(0, allWorkloads...)
			require.True(t, answerOf[row](t, stale).Stale)
			require.Equal(t, rowsOnly(t, whole), rowsOnly(t, stale), "an error never replaces a good entry")
			l.must(3, append(allWorkloads, "--max-age", "1s")...) // the other lists could be read again
		})
	}
}

func TestAnAPIServerThatAnswersNothingButErrors(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	p.does(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		refuse(w, http.StatusInternalServerError, "InternalError", "etcdserver: request timed out")
	})
	nothing := l.must(4, allWorkloads...)
	require.Contains(t, nothing.stderr, "hint: ", "%s", nothing)
	require.NoDirExists(t, l.cache(), "nothing is stored of that")
	p.does(nil)
	l.must(0, allWorkloads...)
	p.does(func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) })
	stale := l.must(0, append(allWorkloads, "--refresh")...)
	require.ElementsMatch(t, want, ids(rowsOnly(t, stale)))
	require.True(t, answerOf[row](t, stale).Stale)
}

// inPagesOf has the API server answer in pages of n, whatever it was asked for.
func inPagesOf(n int, then func(http.ResponseWriter, *http.Request, http.Handler)) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if q := r.URL.Query(); q.Has("limit") {
			q.Set("limit", fmt.Sprint(n))
			r.URL.RawQuery = q.Encode()
		}
		then(w, r, next)
	}
}

func TestPagesMakeOneList(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	p.does(inPagesOf(5, func(w http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(w, r) }))
	a := answerOf[row](t, l.must(0, allWorkloads...))
	require.ElementsMatch(t, want, ids(a.Items))
	is := truthOf(t)
	is.count(pointers(is.pods)...).same(t, *a.Total, "all pages")
	pages := 0
	for _, r := range p.asked() {
		if r.URL.Path == allPods {
			pages++
		}
	}
	require.Equal(t, (len(is.pods)+4)/5, pages)
}

func TestAContinueTokenThatExpired(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	var once sync.Once
	p.does(inPagesOf(5, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		expired := false
		if r.URL.Path == allPods && r.URL.Query().Get("continue") != "" {
			once.Do(func() { expired = true })
		}
		if expired {
			refuse(w, http.StatusGone, "Expired", "The provided continue parameter is too old to display a consistent list result.")
			return
		}
		next.ServeHTTP(w, r)
	}))
	a := answerOf[row](t, l.must(0, allWorkloads...))
	require.ElementsMatch(t, want, ids(a.Items))
	is := truthOf(t)
	is.count(pointers(is.pods)...).same(t, *a.Total, "the list, begun again, counts no pod twice")
}

func TestAContinueTokenThatAlwaysExpires(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	whole := l.must(0, allWorkloads...)
	p.does(inPagesOf(5, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == allPods && r.URL.Query().Get("continue") != "" {
			refuse(w, http.StatusGone, "Expired", "The provided continue parameter is too old to display a consistent list result.")
			return
		}
		next.ServeHTTP(w, r)
	}))
	stale := l.must(0, append(allWorkloads, "--refresh", "--timeout", "10s")...)
	require.ElementsMatch(t, want, ids(rowsOnly(t, stale)))
	require.Equal(t, *answerOf[row](t, whole).Total, *answerOf[row](t, stale).Total, "no page stands for the whole")
}

func TestASlowAPIServerIsWaitedForAsLongAsAsked(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	p.slow(time.Minute)
	cold := l.must(4, append(allWorkloads, "--timeout", "1s")...)
	require.Less(t, cold.took, 6*time.Second)
	require.Contains(t, cold.stderr, "hint: Give it longer with --timeout", "%s", cold)
	p.slow(300 * time.Millisecond)
	o := l.must(0, allWorkloads...)
	require.ElementsMatch(t, want, ids(rowsOnly(t, o)))
	require.Less(t, o.took, 6*time.Second, "lists are asked for in parallel: 18 answers of 0.3 s")
	p.slow(time.Minute)
	stale := l.must(0, append(allWorkloads, "--refresh", "--timeout", "1s")...)
	require.True(t, answerOf[row](t, stale).Stale)
	require.Equal(t, rowsOnly(t, o), rowsOnly(t, stale))
	require.Less(t, stale.took, 6*time.Second)
}

func TestThoseWhoAskAtOnceShareOneQuestion(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	l.must(0, allWorkloads...)
	l.agedBy(2 * time.Minute)
	s := l.serve()
	p.slow(200 * time.Millisecond)
	var wait sync.WaitGroup
	replies := make([]reply, 8)
	paths := []string{"kube/workloads?all-namespaces=true", "kube/workloads?all-namespaces=true", "kube", "kube/workloads"}
	for i := range replies {
		wait.Go(func() {
			r, err := s.try(http.MethodGet, "/fred/v1/"+paths[i%len(paths)], nil)
			if err != nil {
				r.body = err.Error()
			}
			replies[i] = r
		})
	}
	wait.Wait()
	for i, r := range replies {
		require.Equal(t, http.StatusOK, r.status, r.body)
		if i%len(paths) < 2 {
			require.ElementsMatch(t, want, ids(decode[row](t, []byte(r.body)).Items))
		}
	}
	require.NotEmpty(t, p.lists())
	for path, n := range p.lists() {
		require.Equal(t, 1, n, "%s was asked for by all of them", path)
	}
}

func TestMetricsThatFailLeaveUsageUnknown(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	p.does(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if strings.HasPrefix(r.URL.Path, "/apis/metrics.k8s.io") {
			refuse(w, http.StatusServiceUnavailable, "ServiceUnavailable", "the server is currently unable to handle the request")
			return
		}
		next.ServeHTTP(w, r)
	})
	a := answerOf[row](t, l.must(0, allWorkloads...))
	require.ElementsMatch(t, want, ids(a.Items))
	require.Nil(t, a.Total.CPUUsage)
	require.Equal(t, "unknown", a.Provenance[0].Method)
	require.NotEmpty(t, a.Provenance[0].Note, "it says why")
}
