//go:build e2e

package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// recording is what fred footprint collect keeps of a cluster without a Prometheus.
type recording struct {
	Moments []int
	Series  []struct {
		Class, Node, Namespace, Kind, Name string
		Values                             []*float64
	}
}

func recordingOf(t *testing.T, l *laptop) (recording, int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(l.cache(), "clusters", "*", "energy", "samples", "pod", "*.jsonl"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	entry, err := os.ReadFile(files[0])
	require.NoError(t, err)
	_, payload, _ := bytes.Cut(entry, []byte("\n"))
	var r recording
	require.NoError(t, json.Unmarshal(payload, &r))
	require.Len(t, r.Moments, 24)
	for h, n := range r.Moments {
		if n > 0 {
			return r, h
		}
	}
	t.Fatal("nothing was recorded")
	return r, 0
}

func TestWhatIsCollectedIsWhatKubectlSees(t *testing.T) {
	if untilMidnight := time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)); untilMidnight < time.Minute {
		time.Sleep(untilMidnight) // one day, so that there is one entry
	}
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	o := l.must(0, "footprint", "collect", "-o", "csv")
	require.Contains(t, o.stdout, ",samples,")
	r, hour := recordingOf(t, l)

	truth, want, nodes := truthOf(t), map[string]float64{}, map[string]float64{}
	for _, p := range truth.pods {
		ended := p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
		if used, measured := truth.podUsage[p.Namespace+"/"+p.Name]; measured && p.Spec.NodeName != "" && !ended {
			want[p.Namespace] += used.cores()
		}
	}
	for name, used := range truth.nodeUsage {
		nodes[name] = used.cores()
	}
	got, gotNodes := map[string]float64{}, map[string]float64{}
	for _, s := range r.Series {
		require.NotNil(t, s.Values[hour])
		if s.Class == "node" {
			gotNodes[s.Node] += *s.Values[hour]
			continue
		}
		got[s.Namespace] += *s.Values[hour]
		require.NotEmpty(t, s.Kind, "a pod is of its workload: %+v", s)
	}
	require.NotEmpty(t, want)
	require.InDeltaMapValues(t, want, got, 1e-6)
	require.InDeltaMapValues(t, nodes, gotNodes, 1e-6)

	e := report(t, l.must(0, "footprint", "energy", "--last", "1h", "--source", "samples", "-o", "json"))
	require.NotZero(t, e.Total.EnergyWh)
}

func TestAServerRecordsByItself(t *testing.T) {
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	l.env = append(l.env, "FRED_SERVER_RECORD=1s")
	s := l.serve()
	require.Eventually(t, func() bool {
		return strings.Contains(s.ask(http.MethodGet, "/metrics", nil).body, `fred_power_watts{cluster="`)
	}, 20*time.Second, 200*time.Millisecond, "%s", s.ask(http.MethodGet, "/metrics", nil).body)
	require.Contains(t, s.ask(http.MethodGet, "/metrics", nil).body, "fred_record_errors_total 0")
	require.Equal(t, 0, s.end(os.Interrupt))
	r, hour := recordingOf(t, l)
	require.Positive(t, r.Moments[hour])
}
