package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/unit"
)

// builder makes the inventory of one cluster.
type builder struct {
	plan
	day  time.Time
	inv  kube.Inventory
	next int // the node that gets the next pod
	used map[string]kube.Usage
}

func build(p plan, day time.Time) kube.Inventory {
	b := &builder{plan: p, day: day, used: map[string]kube.Usage{}}
	b.makeNodes()
	for _, s := range p.workloads {
		b.makeNamespace(s.namespace)
		b.makeWorkload(s)
	}
	b.makeQuota()
	for _, n := range b.inv.Nodes {
		u := b.used[n.Name]
		u.Name, u.CPU, u.Memory = n.Name, u.CPU+unit.Core/5, u.Memory+900<<20 // what runs outside of pods
		b.inv.NodeMetrics = append(b.inv.NodeMetrics, u)
	}
	b.inv.Sort()
	return b.inv
}

func (b *builder) days(n int) time.Time { return b.day.AddDate(0, 0, -n) }

func (b *builder) makeNodes() {
	for i := range b.nodes {
		zone := b.region + b.zones[i%len(b.zones):][:1]
		if b.provider == "gce" {
			zone = b.region + "-" + b.zones[i%len(b.zones):][:1]
		}
		name := fmt.Sprintf("%s-%d", kube.Derive(b.context).Alias, i+1)
		ready := kube.Condition{Type: "Ready", Status: "True", Reason: "KubeletReady", Since: b.days(20)}
		n := kube.Node{
			Meta: kube.Meta{Name: name, Created: b.days(90 + i), Labels: map[string]string{
				"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": name,
				"node.kubernetes.io/instance-type": b.family, "topology.kubernetes.io/region": b.region, "topology.kubernetes.io/zone": zone,
			}},
			ProviderID: b.providerID(zone, name), KubeletVersion: b.version, OS: "linux", Arch: "amd64",
			CPUCapacity: unit.CPU(b.nodeCPU) * unit.Core, MemoryCapacity: unit.Bytes(b.nodeMemory) << 30,
			CPUAllocatable:    unit.CPU(b.nodeCPU)*unit.Core - unit.Core/10,
			MemoryAllocatable: unit.Bytes(b.nodeMemory)<<30 - 1400<<20, PodsAllocatable: 58,
			Unschedulable: b.provider == "gce" && i == b.nodes-1,
			Conditions:    []kube.Condition{ready},
		}
		b.inv.Nodes = append(b.inv.Nodes, n)
	}
}

// providerID is what the provider of b calls a node.
func (b *builder) providerID(zone, name string) string {
	if b.provider == "gce" {
		return "gce://acme-lab/" + zone + "/" + name
	}
	return fmt.Sprintf("aws:///%s/i-%012x", zone, seed(name)&0xffffffffffff)
}

func (b *builder) makeNamespace(name string) {
	if slices.ContainsFunc(b.inv.Namespaces, func(n kube.Namespace) bool { return n.Name == name }) {
		return
	}
	b.inv.Namespaces = append(b.inv.Namespaces, kube.Namespace{
		Meta:  kube.Meta{Name: name, Created: b.days(120), Labels: map[string]string{"kubernetes.io/metadata.name": name}},
		Phase: "Active",
	})
}

func (b *builder) makeQuota() {
	first := b.workloads[0].namespace
	var pods int
	var sum kube.Resources
	for i := range b.inv.Pods {
		if p := &b.inv.Pods[i]; p.Namespace == first && p.Active() {
			pods++
			sum.CPURequest += p.Resources.CPURequest
			sum.MemoryRequest += p.Resources.MemoryRequest
		}
	}
	b.inv.ResourceQuotas = []kube.ResourceQuota{{
		Meta: kube.Meta{Namespace: first, Name: "compute", Created: b.days(100)},
		Hard: map[string]string{"requests.cpu": "16", "requests.memory": "48Gi", "pods": "80"},
		Used: map[string]string{
			"requests.cpu": fmt.Sprintf("%dm", sum.CPURequest*1000/unit.Core), "requests.memory": fmt.Sprintf("%dMi", sum.MemoryRequest>>20), "pods": fmt.Sprint(pods),
		},
	}}
	b.inv.LimitRanges = []kube.LimitRange{{
		Meta:   kube.Meta{Namespace: first, Name: "defaults", Created: b.days(100)},
		Limits: map[string]string{"Container.default.cpu": "500m", "Container.defaultRequest.cpu": "100m"},
	}}
}

func (b *builder) makeWorkload(s sketch) {
	labels := map[string]string{"app.kubernetes.io/name": s.name, "app.kubernetes.io/part-of": s.namespace}
	w := kube.Workload{
		Meta: kube.Meta{Namespace: s.namespace, Name: s.name, Created: b.days(10 + int(seed(s.name)%80)), Labels: labels},
		Kind: s.kind, Replicas: s.replicas, Strategy: "RollingUpdate", Template: b.template(s, labels),
	}
	owner := kube.Ref{Kind: s.kind, Name: s.name}
	switch s.kind {
	case "Deployment":
		hash := fmt.Sprintf("%s-%08x", s.name, seed(s.image)&0xffffffff)
		owner = kube.Ref{Kind: "ReplicaSet", Name: hash}
		b.inv.ReplicaSets = append(b.inv.ReplicaSets, kube.Workload{
			Meta: kube.Meta{Namespace: s.namespace, Name: hash, Created: w.Created, Owner: &kube.Ref{Kind: s.kind, Name: s.name}},
			Kind: "ReplicaSet", Replicas: s.replicas,
		})
	case "DaemonSet":
		w.Replicas = int32(b.nodes) //nolint:gosec // few
	case "CronJob":
		b.makeCron(s, &w)
		return
	}
	b.finish(s, &w, owner)
}

// finish makes the pods of w and what leads to them, and adds w.
func (b *builder) finish(s sketch, w *kube.Workload, owner kube.Ref) {
	pods := w.Replicas
	if s.trouble == "Failed" {
		w.Failed, pods = 4, 0
		w.Conditions = []kube.Condition{{Type: "Failed", Status: "True", Reason: "BackoffLimitExceeded", Since: b.days(2)}}
	}
	for i := range pods {
		p := b.pod(s, owner, int(i))
		if p.Ready {
			w.Ready++
		}
		if s.kind == "StatefulSet" {
			b.store(s, &p)
		}
		b.inv.Pods = append(b.inv.Pods, p)
	}
	w.Updated, w.Active = w.Replicas, 0
	b.inv.Workloads = append(b.inv.Workloads, *w)
	b.connect(s, w)
}

// makeCron adds a CronJob and the last Job it made.
func (b *builder) makeCron(s sketch, w *kube.Workload) {
	w.Replicas, w.Schedule, w.Strategy, w.LastRun = 0, "15 2 * * *", "Forbid", b.day.Add(-22*time.Hour+15*time.Minute)
	w.Suspended = s.trouble == "Suspended"
	b.inv.Workloads = append(b.inv.Workloads, *w)
	if w.Suspended {
		return
	}
	job := *w
	job.Meta = kube.Meta{Namespace: s.namespace, Name: fmt.Sprintf("%s-%d", s.name, w.LastRun.Unix()/60), Created: w.LastRun, Owner: &kube.Ref{Kind: "CronJob", Name: s.name}}
	job.Kind, job.Schedule, job.Strategy, job.LastRun, job.Replicas, job.Succeeded = "Job", "", "", time.Time{}, 1, 1
	job.Conditions = []kube.Condition{{Type: "Complete", Status: "True", Since: w.LastRun.Add(4 * time.Minute)}}
	b.inv.Workloads = append(b.inv.Workloads, job)
}

func (b *builder) template(s sketch, labels map[string]string) *kube.Template {
	r := kube.Resources{
		CPURequest: unit.CPU(s.cpu) * (unit.Core / 1000), MemoryRequest: unit.Bytes(s.memory) << 20,
		MemoryLimit: unit.Bytes(s.memory*3/2) << 20,
	}
	c := kube.Container{Name: "main", Image: s.image, Resources: r, Probes: []string{"liveness", "readiness"}}
	if s.port != 0 {
		c.Ports = []kube.Port{{Name: "main", Protocol: "TCP", Port: s.port}}
		c.EnvFrom = []kube.EnvFrom{{Kind: "ConfigMap", Name: s.name + "-env"}}
		c.Env = []kube.EnvVar{{Name: "LOG_FORMAT"}, {Name: "DB_PASSWORD", From: &kube.EnvRef{Kind: "Secret", Name: s.name, Key: "password"}}}
	}
	return &kube.Template{Labels: labels, ServiceAccount: s.name, Resources: r, Containers: []kube.Container{c}}
}

func (b *builder) pod(s sketch, owner kube.Ref, i int) kube.Pod {
	name := fmt.Sprintf("%s-%05x", owner.Name, seed(fmt.Sprint(s.namespace, s.name, i))&0xfffff)
	if s.kind == "StatefulSet" {
		name = fmt.Sprintf("%s-%d", s.name, i)
	}
	chance := dice(b.context + "/" + s.namespace + "/" + name)
	p := kube.Pod{
		Meta: kube.Meta{Namespace: s.namespace, Name: name, Created: b.days(1 + chance.IntN(9)), Owner: &owner},
		Node: b.node(s, i), Phase: "Running", Ready: true, Resources: b.template(s, nil).Resources,
	}
	if chance.IntN(8) == 0 {
		p.Restarts = int32(1 + chance.IntN(3)) //nolint:gosec // few
	}
	b.afflict(&p, s, i)
	if p.Ready {
		b.measure(&p, 0.25+0.5*chance.Float64(), 0.5+0.35*chance.Float64())
	}
	return p
}

// store gives a pod a volume of its own.
func (b *builder) store(s sketch, p *kube.Pod) {
	p.Claims = []string{"data-" + p.Name}
	id := seed(b.context + "/" + s.namespace + "/" + p.Claims[0])
	v := kube.PersistentVolume{
		Meta:     kube.Meta{Name: fmt.Sprintf("pvc-%08x-0000-4000-8000-%012x", id>>32, id&0xffffffffffff), Created: b.days(10 + int(seed(s.name)%80))},
		Capacity: unit.Bytes(s.memory*20) << 20, StorageClass: "gp3", Phase: "Bound",
		Claim: &kube.Claim{Namespace: s.namespace, Name: p.Claims[0]}, Driver: "ebs.csi.aws.com", Volume: fmt.Sprintf("vol-0%016x", id),
	}
	if b.provider == "gce" {
		zone := b.region + "-" + b.zones[:1]
		v.StorageClass, v.Driver, v.Volume = "standard-rwo", "pd.csi.storage.gke.io", "projects/acme-lab/zones/"+zone+"/disks/"+v.Name
	}
	b.inv.PersistentVolumes = append(b.inv.PersistentVolumes, v)
}

func (b *builder) node(s sketch, i int) string {
	if s.kind == "DaemonSet" {
		return b.inv.Nodes[i].Name
	}
	b.next++
	schedulable := b.nodes
	if b.inv.Nodes[b.nodes-1].Unschedulable {
		schedulable--
	}
	return b.inv.Nodes[b.next%schedulable].Name
}

// afflict gives a pod the trouble of its workload; the first pod is spared where
// a rollout got stuck on the second.
func (b *builder) afflict(p *kube.Pod, s sketch, i int) {
	at := b.day.Add(-3 * time.Hour)
	switch s.trouble {
	case "CrashLoopBackOff":
		if i == 0 {
			return
		}
		p.Ready, p.Restarts = false, 41
		p.Issues = []kube.Issue{{Container: "main", Reason: s.trouble, Detail: "exit code 1", At: at}}
	case "ImagePullBackOff":
		p.Ready, p.Phase = false, "Pending"
		p.Issues = []kube.Issue{{Container: "main", Reason: s.trouble}}
	case "OOMKilled":
		if i == 0 {
			p.Restarts = 6
			p.Issues = []kube.Issue{{Container: "main", Reason: s.trouble, At: at}}
		}
	}
}

func (b *builder) measure(p *kube.Pod, cpu, memory float64) {
	u := kube.Usage{
		Namespace: p.Namespace, Name: p.Name,
		CPU: unit.CPU(float64(p.Resources.CPURequest)*cpu) / 1e6 * 1e6, Memory: unit.Bytes(float64(p.Resources.MemoryRequest)*memory) >> 20 << 20,
	}
	b.inv.PodMetrics = append(b.inv.PodMetrics, u)
	n := b.used[p.Node]
	n.CPU, n.Memory = n.CPU+u.CPU, n.Memory+u.Memory
	b.used[p.Node] = n
}

// connect adds the Service, Ingress and ConfigMap of a workload that listens.
func (b *builder) connect(s sketch, w *kube.Workload) {
	if s.port == 0 {
		return
	}
	meta := kube.Meta{Namespace: s.namespace, Name: s.name, Created: w.Created, Labels: w.Labels}
	b.inv.Services = append(b.inv.Services, kube.Service{
		Meta: meta, Type: "ClusterIP", ClusterIP: fmt.Sprintf("10.96.%d.%d", seed(s.namespace)%256, seed(s.name)%254+1),
		Selector: w.Labels, Ports: []kube.Port{{Name: "main", Protocol: "TCP", Port: s.port, TargetPort: "main"}},
	})
	config := meta
	config.Name += "-env"
	b.inv.ConfigMaps = append(b.inv.ConfigMaps, kube.ConfigMap{Meta: config, Keys: []kube.ConfigKey{
		{Key: "LOG_LEVEL", Size: 4, Format: "text"}, {Key: strings.ToUpper(s.name) + "_OPTIONS", Size: 212, Format: "json", Paths: []string{"cache.size", "timeout"}},
	}})
	if s.host != "" {
		b.inv.Ingresses = append(b.inv.Ingresses, kube.Ingress{
			Meta: meta, Class: "nginx", TLS: []kube.IngressTLS{{Hosts: []string{s.host}, Secret: s.name + "-tls"}},
			Rules: []kube.IngressRule{{Host: s.host, Path: "/", PathType: "Prefix", Backend: kube.IngressBackend{Service: s.name, Port: fmt.Sprint(s.port)}}},
		})
	}
}
