package redact_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

// podList is what a collector stores of n pods, with the names and references
// to secrets that must not slow the net down.
func podList(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"apiVersion":"fred/v1","kind":"PodList","collectedAt":"2026-11-22T10:00:00Z","items":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, pod, i, i, i%40, i%250)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

const pod = `{"metadata":{"name":"web-7d9f8b6c5d-x2k%05d","namespace":"shop","uid":"3f2504e0-4f89-41d3-9a0c-0305e8%06d",` +
	`"labels":{"app.kubernetes.io/name":"web","app.kubernetes.io/version":"1.27.3","pod-template-hash":"7d9f8b6c5d","topology.kubernetes.io/zone":"eu-west-3a"},` +
	`"annotations":{"prometheus.io/scrape":"true","prometheus.io/port":"9090","kubectl.kubernetes.io/restartedAt":"2026-11-20T08:00:00Z"},` +
	`"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-7d9f8b6c5d","controller":true}]},` +
	`"spec":{"serviceAccountName":"web","automountServiceAccountToken":false,"imagePullSecrets":[{"name":"regcred"}],"nodeName":"ip-10-0-%d-17.eu-west-3.compute.internal",` +
	`"containers":[{"name":"web","image":"registry.example.com/shop/web:1.27.3@sha256:9b8e0a4f6d2c1b7a5e3f9d8c7b6a5948372615049f8e7d6c5b4a39281706f5e4",` +
	`"command":["/usr/local/bin/web"],"args":["--port=8080","--log-level=info","--config=‹path›"],"ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],` +
	`"env":[{"name":"LOG_LEVEL","value":"info"},{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}},{"name":"WORKERS","value":"8"}],` +
	`"resources":{"requests":{"cpu":"250m","memory":"512Mi"},"limits":{"memory":"1Gi"}},` +
	`"livenessProbe":{"httpGet":{"path":"/healthz","port":8080,"scheme":"HTTP"},"initialDelaySeconds":5,"periodSeconds":10},` +
	`"volumeMounts":[{"name":"kube-api-access-q8x2v","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount","readOnly":true}]}],` +
	`"volumes":[{"name":"kube-api-access-q8x2v","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}]}},` +
	`{"name":"tls","secret":{"secretName":"web-tls","defaultMode":420}}],` +
	`"tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}]},` +
	`"status":{"phase":"Running","podIP":"10.1.2.%d","qosClass":"Burstable","startTime":"2026-11-20T08:00:05Z","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-11-20T08:00:10Z"}],` +
	`"containerStatuses":[{"name":"web","ready":true,"restartCount":0,"state":{"running":{"startedAt":"2026-11-20T08:00:08Z"}}}]}}`

func TestNetLeavesACleanListAlone(t *testing.T) {
	b := podList(50)
	clean, hits, err := redact.Net(b)
	require.NoError(t, err)
	require.Empty(t, hits)
	require.Same(t, &b[0], &clean[0], "a clean document is not copied")
	allocs := testing.AllocsPerRun(20, func() { _, _, _ = redact.Net(b) })
	require.LessOrEqual(t, allocs, 3.0, "but for a pool that the collector emptied")
}

func BenchmarkNetClean(b *testing.B) {
	doc := podList(2000)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, hits, err := redact.Net(doc); err != nil || len(hits) > 0 {
			b.Fatal(hits, err)
		}
	}
}

func BenchmarkNetHits(b *testing.B) {
	doc := []byte(strings.ReplaceAll(string(podList(2000)), `"value":"info"`, `"value":"postgres://u:hunter2@db/x"`))
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, hits, err := redact.Net(doc); err != nil || len(hits) != 2000 {
			b.Fatal(len(hits), err)
		}
	}
}
