package simulation

import "github.com/fredctl/fred/pkg/kube"

// plan says what one cluster is like.
type plan struct {
	context, version, namespace     string
	provider, region, zones, family string
	nodes                           int
	nodeCPU, nodeMemory             int64 // cores, GiB
	workloads                       []sketch
}

func (p plan) url() string {
	return "https://" + kube.Derive(p.context).Alias + ".simulated.example:6443"
}

// sketch says what one workload is like. CPU is in millicores and memory in MiB,
// both of one pod.
type sketch struct {
	namespace, kind, name, image string
	replicas                     int32
	cpu, memory                  int64
	port                         int32
	host                         string // an Ingress leads to it
	trouble                      string
}

// plans are the clusters: two, with eight namespaces and forty workloads.
var plans = []plan{
	{
		context: "arn:aws:eks:eu-west-3:111122223333:cluster/aurora", version: "v1.36.4", namespace: "shop",
		provider: "aws", region: "eu-west-3", zones: "abc", family: "m6i.2xlarge", nodes: 6, nodeCPU: 8, nodeMemory: 32,
		workloads: []sketch{
			{"shop", "Deployment", "web", "registry.example/shop/web:4.12.1", 4, 250, 384, 8080, "shop.example", ""},
			{"shop", "Deployment", "cart", "registry.example/shop/cart:2.8.0", 3, 200, 256, 8080, "", ""},
			{"shop", "Deployment", "catalog", "registry.example/shop/catalog:3.1.4", 3, 300, 512, 8080, "", ""},
			{"shop", "Deployment", "search", "registry.example/shop/search:1.9.2", 2, 400, 1024, 9200, "", "OOMKilled"},
			{"shop", "Deployment", "recommendations", "registry.example/shop/recommendations:0.7.3", 2, 500, 1536, 8080, "", ""},
			{"shop", "StatefulSet", "redis", "docker.io/library/redis:7.4", 3, 100, 512, 6379, "", ""},
			{"shop", "CronJob", "sitemap", "registry.example/shop/sitemap:1.0.6", 1, 100, 128, 0, "", ""},
			{"payments", "Deployment", "gateway", "registry.example/payments/gateway:5.2.0", 3, 250, 384, 8443, "pay.example", ""},
			{"payments", "Deployment", "ledger", "registry.example/payments/ledger:2.0.0-rc1", 2, 300, 512, 8080, "", "CrashLoopBackOff"},
			{"payments", "Deployment", "fraud", "registry.example/payments/fraud:1.4.7", 2, 600, 2048, 8080, "", ""},
			{"payments", "StatefulSet", "postgres", "docker.io/library/postgres:17.2", 3, 500, 2048, 5432, "", ""},
			{"payments", "CronJob", "settlement", "registry.example/payments/settlement:1.1.0", 1, 200, 256, 0, "", ""},
			{"observability", "StatefulSet", "prometheus", "quay.io/prometheus/prometheus:v3.5.0", 2, 800, 4096, 9090, "", ""},
			{"observability", "Deployment", "grafana", "docker.io/grafana/grafana:12.1.0", 1, 100, 256, 3000, "grafana.example", ""},
			{"observability", "Deployment", "otel-collector", "docker.io/otel/opentelemetry-collector:0.131.0", 2, 200, 512, 4317, "", ""},
			{"observability", "DaemonSet", "kepler", "quay.io/sustainable_computing_io/kepler:v0.11.2", 0, 50, 128, 28282, "", ""},
			{"kube-system", "Deployment", "coredns", "registry.k8s.io/coredns/coredns:v1.12.2", 2, 100, 70, 53, "", ""},
			{"kube-system", "Deployment", "metrics-server", "registry.k8s.io/metrics-server/metrics-server:v0.8.0", 1, 100, 200, 4443, "", ""},
			{"kube-system", "DaemonSet", "aws-node", "registry.example/eks/amazon-k8s-cni:v1.20.0", 0, 50, 64, 0, "", ""},
			{"kube-system", "DaemonSet", "kube-proxy", "registry.k8s.io/kube-proxy:v1.36.4", 0, 100, 64, 0, "", ""},
		},
	},
	{
		context: "gke_acme-lab_europe-north1_borealis", version: "v1.35.7", namespace: "analytics",
		provider: "gce", region: "europe-north1", zones: "abc", family: "n2-standard-4", nodes: 5, nodeCPU: 4, nodeMemory: 16,
		workloads: []sketch{
			{"analytics", "StatefulSet", "clickhouse", "docker.io/clickhouse/clickhouse-server:25.8", 3, 1000, 4096, 8123, "", ""},
			{"analytics", "StatefulSet", "kafka", "docker.io/apache/kafka:4.1.0", 3, 500, 2048, 9092, "", ""},
			{"analytics", "Deployment", "ingest", "registry.example/analytics/ingest:3.3.0", 3, 300, 512, 8080, "", ""},
			{"analytics", "Deployment", "dashboards", "registry.example/analytics/dashboards:2.1.1", 2, 200, 512, 8080, "data.example", ""},
			{"analytics", "CronJob", "rollup", "registry.example/analytics/rollup:1.8.2", 1, 500, 1024, 0, "", ""},
			{"batch", "Job", "reindex-2026", "registry.example/batch/reindex:1.0.0", 2, 500, 1024, 0, "", ""},
			{"batch", "Job", "migrate-v5", "registry.example/batch/migrate:5.0.0", 1, 200, 256, 0, "", "Failed"},
			{"batch", "Deployment", "scheduler", "registry.example/batch/scheduler:2.6.0", 1, 100, 256, 8080, "", ""},
			{"batch", "Deployment", "workers", "registry.example/batch/workers:2.6.0", 4, 400, 768, 0, "", ""},
			{"web", "Deployment", "site", "registry.example/web/site:7.0.2", 3, 150, 192, 8080, "www.example", ""},
			{"web", "Deployment", "blog", "docker.io/library/ghost:6.2", 1, 200, 384, 2368, "blog.example", ""},
			{"web", "Deployment", "preview", "registry.example/web/preview:pr-214", 1, 100, 128, 8080, "", "ImagePullBackOff"},
			{"web", "StatefulSet", "mysql", "docker.io/library/mysql:8.4", 1, 300, 1024, 3306, "", ""},
			{"kube-system", "Deployment", "kube-dns", "registry.k8s.io/kube-dns:1.25.0", 2, 150, 110, 53, "", ""},
			{"kube-system", "DaemonSet", "fluentbit", "docker.io/fluent/fluent-bit:4.0.7", 0, 50, 100, 2020, "", ""},
			{"kube-system", "DaemonSet", "pd-csi-node", "registry.k8s.io/csi-node:v1.19.0", 0, 10, 50, 0, "", ""},
			{"kube-system", "Deployment", "konnectivity-agent", "registry.k8s.io/konnectivity-agent:v0.33.0", 2, 10, 30, 0, "", ""},
			{"analytics", "Deployment", "notebooks", "docker.io/jupyter/base-notebook:2026-08", 0, 500, 2048, 8888, "", ""},
			{"batch", "CronJob", "cleanup", "registry.example/batch/cleanup:0.9.1", 1, 50, 64, 0, "", "Suspended"},
			{"web", "Deployment", "shortener", "registry.example/web/shortener:1.2.0", 2, 50, 64, 8080, "", ""},
		},
	},
}
