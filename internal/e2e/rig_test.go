//go:build e2e

package e2e_test

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	metrics "k8s.io/metrics/pkg/client/clientset/versioned"

	"github.com/fredctl/fred/internal/e2e/rig"
)

func TestSmallClusterRuns(t *testing.T) {
	c := small(t)
	out, err := c.Kubectl(t.Context(), "get", "pods", "-A", "--no-headers")
	require.NoError(t, err)
	for _, state := range []string{"CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError", "Evicted", "Error", "Completed"} {
		require.Contains(t, out, state)
	}
	require.Equal(t, 2, strings.Count(out, "Pending"), "the lost node's and the unschedulable:\n%s", out)
	require.Equal(t, 34, strings.Count(out, "Running"), out)
}

func TestEveryPlantedSecretIsInTheAPI(t *testing.T) {
	out, err := small(t).Kubectl(t.Context(), "get", "-A", "-o", "json",
		"nodes,namespaces,pods,configmaps,secrets,services,ingresses,deploy,rs,sts,ds,jobs,cronjobs")
	require.NoError(t, err)
	decoded := map[string]string{
		"pl4ntSecret-Yb3kVw6HsLq0": "cGw0bnRTZWNyZXQtWWIza1Z3NkhzTHEw",
		"pl4ntCmBinary-Uv1Ep9Ka":   "a2V5c3RvcmUgcGFzc3dvcmQ9cGw0bnRDbUJpbmFyeS1VdjFFcDlLYQo=",
		"pl4ntCmDocker-Nq8Zr4Wm":   "cm9ib3Q6cGw0bnRDbURvY2tlci1OcThacjRXbQ==",
	}
	for _, secret := range rig.PlantedSecrets {
		require.Contains(t, out, cmp.Or(decoded[secret], secret))
	}
}

func TestNodesAreReadySaveOne(t *testing.T) {
	out, err := small(t).Kubectl(t.Context(), "get", "nodes", "--no-headers")
	require.NoError(t, err)
	require.Equal(t, 6, strings.Count(out, "Ready"), out)
	require.Equal(t, 1, strings.Count(out, "NotReady"), out)
	require.Equal(t, 1, strings.Count(out, "SchedulingDisabled"), out)
}

func TestViewerSeesOneNamespace(t *testing.T) {
	c := small(t)
	viewer := kubeconfigOf(t, c, rig.Viewer, rig.ViewerNamespace)
	for _, kinds := range []string{"pods,services,configmaps,resourcequotas,limitranges", "deploy,rs,sts,ds,jobs,cronjobs", "ingresses", "pods.metrics.k8s.io"} {
		_, err := c.KubectlAs(t.Context(), viewer, "get", kinds)
		require.NoError(t, err)
	}
	for _, args := range [][]string{{"pods", "-n", "billing"}, {"pods", "-A"}, {"nodes"}, {"namespaces"}, {"secrets"}} {
		_, err := c.KubectlAs(t.Context(), viewer, append([]string{"get"}, args...)...)
		require.ErrorContains(t, err, "Forbidden")
	}
}

func TestNobodySeesNothing(t *testing.T) {
	c := small(t)
	_, err := c.KubectlAs(t.Context(), kubeconfigOf(t, c, rig.Nobody, ""), "get", "pods", "-n", rig.ViewerNamespace)
	require.ErrorContains(t, err, "Forbidden")
}

func TestMetricsAnswer(t *testing.T) {
	c := small(t)
	for _, args := range [][]string{{"pods", "-A"}, {"pods", "-n", "shop", "-l", "tier=front", "--containers"}, {"nodes"}} {
		out, err := c.Kubectl(t.Context(), append([]string{"top"}, args...)...)
		require.NoError(t, err)
		require.Contains(t, out, "CPU(cores)")
	}
}

func TestMetricsAreTheSameAsJSONAndProtobuf(t *testing.T) {
	c := small(t)
	cpu := map[string]int64{}
	for _, encoding := range []string{runtime.ContentTypeJSON, runtime.ContentTypeProtobuf} {
		config := rest.CopyConfig(c.AdminConfig)
		config.ContentType, config.AcceptContentTypes = encoding, encoding
		client, err := metrics.NewForConfig(config)
		require.NoError(t, err)
		list, err := client.MetricsV1beta1().PodMetricses("").List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		for _, pod := range list.Items {
			for _, container := range pod.Containers {
				cpu[encoding] += container.Usage.Cpu().MilliValue()
			}
		}
	}
	require.Positive(t, cpu[runtime.ContentTypeJSON])
	require.Equal(t, cpu[runtime.ContentTypeJSON], cpu[runtime.ContentTypeProtobuf])
}

func TestMetricsFailAndRecover(t *testing.T) {
	c := small(t)
	t.Cleanup(func() { c.Metrics.Fail(false) })
	c.Metrics.Fail(true)
	_, err := c.Kubectl(t.Context(), "top", "nodes")
	require.ErrorContains(t, err, "ServiceUnavailable")
	c.Metrics.Fail(false)
	_, err = c.Kubectl(t.Context(), "top", "nodes")
	require.NoError(t, err)
}

func TestAPIServerComesAndGoes(t *testing.T) {
	c, err := rig.Start(t.Context(), rig.Options{NoControllers: true, NoMetrics: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	require.Equal(t, http.StatusOK, ask(t, c))

	require.NoError(t, c.PauseAPIServer())
	require.Zero(t, ask(t, c), "paused: no answer")
	require.NoError(t, c.ResumeAPIServer())
	require.Equal(t, http.StatusOK, ask(t, c))

	require.NoError(t, c.KillAPIServer())
	require.Zero(t, ask(t, c), "killed: no answer")
	require.NoError(t, c.StartAPIServer(t.Context()))
	require.Equal(t, http.StatusOK, ask(t, c), "on the same port, with the same certificate")

	require.NoError(t, c.StopAPIServer())
	require.NoError(t, c.StartAPIServer(t.Context()))
	_, err = c.Kubectl(t.Context(), "get", "namespace", rig.ViewerNamespace)
	require.NoError(t, err)
	_, err = c.Kubectl(t.Context(), "top", "nodes")
	require.ErrorContains(t, err, "Metrics API not available")
}

// ask returns the status of /readyz, 0 when it does not answer in two seconds.
func ask(t *testing.T, c *rig.Cluster) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	client, err := rest.HTTPClientFor(c.AdminConfig)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.AdminConfig.Host+"/readyz", nil)
	require.NoError(t, err)
	response, err := client.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}
