package prometheus_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/collector/prometheus"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
)

var day = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func ask() footprint.Ask {
	return footprint.Ask{Start: day, End: day.Add(3 * time.Hour), Now: day.Add(24 * time.Hour), Grain: footprint.ByNamespace}
}

func meter(url string) *prometheus.Meter {
	return prometheus.New(func(string) (prometheus.Target, error) { return prometheus.Target{URL: url}, nil }, nil)
}

func TestWhatIsNoAnswerIsSaidToBeNone(t *testing.T) {
	say := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		kind   fault.Kind
		says   string
	}{
		{"a web page", say(200, "<html><body>Log in</body></html>"), fault.BadAnswer, "does not answer as a Prometheus does"},
		{"half a body", say(200, `{"status":"success","data":{"resultType":"matrix","res`), fault.BadAnswer, "does not answer as a Prometheus does"},
		{"an error under 200", say(200, `{"status":"error","errorType":"execution","error":"query processing would load too many samples"}`), fault.BadAnswer, "too many samples"},
		{"another shape", say(200, `{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}`), fault.BadAnswer, "scalar"},
		{"a query that it does not understand", say(400, `{"status":"error","errorType":"bad_data","error":"parse error"}`), fault.BadAnswer, "parse error"},
		{"not logged in", say(401, "no"), fault.Unauthorized, "401"},
		{"not allowed", say(403, "no"), fault.Forbidden, "403"},
		{"another server", say(404, "no"), fault.BadAnswer, "404"},
		{"nobody behind the proxy", say(502, "bad gateway"), fault.Unreachable, "502"},
		{"a query that takes too long", say(503, `{"status":"error","errorType":"timeout","error":"query timed out"}`), fault.Timeout, "query timed out"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewServer(tt.answer)
			defer s.Close()
			_, err := meter(strings.Replace(s.URL, "http://", "http://me:secret@", 1)).Read(t.Context(), "any", ask())
			require.Equal(t, tt.kind, fault.KindOf(err), "%v", err)
			require.Contains(t, err.Error(), tt.says)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestANobodyAndASlowOneAreToldApart(t *testing.T) {
	_, err := meter("http://me:secret@127.0.0.1:1").Read(t.Context(), "any", ask())
	require.Equal(t, fault.Unreachable, fault.KindOf(err), "%v", err)
	require.NotContains(t, err.Error(), "secret")
	require.Contains(t, err.Error(), "connection refused")

	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer s.Close()
	defer close(stop)
	slow := prometheus.New(func(string) (prometheus.Target, error) {
		return prometheus.Target{URL: s.URL, Transport: &http.Transport{ResponseHeaderTimeout: 50 * time.Millisecond}}, nil
	}, nil)
	_, err = slow.Read(t.Context(), "any", ask())
	require.Equal(t, fault.Timeout, fault.KindOf(err), "%v", err)
}

func TestAClusterWithoutAPrometheusHasNoMeter(t *testing.T) {
	none := prometheus.New(func(string) (prometheus.Target, error) { return prometheus.Target{}, footprint.ErrNoMeter }, nil)
	_, err := none.Read(t.Context(), "any", ask())
	require.ErrorIs(t, err, footprint.ErrNoMeter)
}

func TestASelectorIsInEveryQuestion(t *testing.T) {
	var queries []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.FormValue("query"))
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"matrix","result":[]},"warnings":["one store did not answer"]}`))
	}))
	defer s.Close()
	m := prometheus.New(func(string) (prometheus.Target, error) {
		return prometheus.Target{URL: s.URL, Selector: `cluster="prod"`}, nil
	}, nil)
	r, err := m.Read(t.Context(), "any", ask())
	require.NoError(t, err)
	require.Equal(t, []footprint.Rung{"", "", ""}, r.Rungs)
	require.Len(t, queries, 4)
	for _, q := range queries {
		require.Contains(t, q, `{cluster="prod"`)
	}
	require.Empty(t, r.Notes)
	require.Contains(t, r.Partial, "one store did not answer")

	for _, bad := range []string{`cluster=prod`, `cluster="a"} or vector(1) or {a="b"`, `}`} {
		m := prometheus.New(func(string) (prometheus.Target, error) { return prometheus.Target{URL: s.URL, Selector: bad}, nil }, nil)
		_, err := m.Read(t.Context(), "any", ask())
		require.Equal(t, fault.Invalid, fault.KindOf(err), bad)
	}
}
