package kube

import (
	"cmp"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/unit"
)

// PodClass is the class of a row that is a pod of its own, with no controller.
const PodClass = "pod"

// Counts are the numbers that rows and totals about pods share. A number is nil
// where it is not known, which is not the same as zero.
type Counts struct {
	Pods          *int        `json:"pods" doc:"Pods that have not finished"`
	PodsReady     *int        `json:"podsReady" doc:"Pods of those that are ready"`
	Restarts      *int        `json:"restarts" doc:"Container restarts of those pods, since they were created"`
	CPURequest    *unit.CPU   `json:"cpuRequestCores" doc:"CPU requested by those pods, in cores"`
	MemoryRequest *unit.Bytes `json:"memoryRequestBytes" doc:"Memory requested by those pods, in bytes"`
	CPUUsage      *unit.CPU   `json:"cpuUsageCores" doc:"CPU used, in cores, where metrics.k8s.io answers"`
	MemoryUsage   *unit.Bytes `json:"memoryUsageBytes" doc:"Memory used, in bytes, where metrics.k8s.io answers"`
}

// WorkloadRow is a workload as a list shows it.
type WorkloadRow struct {
	Cluster   string `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Namespace string `json:"namespace"`
	Kind      string `json:"kind" doc:"Deployment, StatefulSet, DaemonSet, Job, CronJob, or the kind of another owner of pods"`
	Name      string `json:"name"`
	Class     string `json:"class,omitempty" doc:"pod for a pod without a controller" enum:"pod"`
	Owner     *Ref   `json:"owner,omitempty" doc:"What owns it; the pods of a Job that a CronJob owns count at the CronJob"`
	Status    string `json:"status" doc:"One word: Ready, Progressing, Suspended, Complete, Idle, or what is wrong"`
	Replicas  *int   `json:"replicas" doc:"Pods asked for, where it asks for a number"`
	Counts
	Images   []string  `json:"images,omitzero" doc:"Of its containers; left out where they are not known"`
	Created  time.Time `json:"created,omitzero"`
	Problems []Problem `json:"problems,omitempty"`
}

// ID returns the name of the workload.
func (r *WorkloadRow) ID() ID { return ID{r.Namespace, r.Kind, r.Name} }

// WorkloadTotal sums up rows of workloads. A Job that a CronJob owns is a row,
// but its pods are summed at the CronJob only.
type WorkloadTotal struct {
	Workloads *int `json:"workloads" doc:"Rows; null where none is known and there may be some"`
	Counts
}

// Workloads returns the rows of the workloads of a namespace, of all if it is "",
// that keep says to keep, sorted by namespace, kind and name. A nil keep keeps all.
func (s *Snapshot) Workloads(namespace string, keep func(*Workload) bool) []WorkloadRow {
	problems := s.problemsByID()
	ids := s.idsIn(namespace)
	rows := make([]WorkloadRow, 0, len(ids))
	for _, id := range ids {
		if w := s.workloads[id]; keep == nil || keep(w) {
			rows = append(rows, s.row(id, w, problems[id]))
		}
	}
	return rows
}

// idsIn returns the names of the workloads of a namespace, of all if it is "".
func (s *Snapshot) idsIn(namespace string) []ID {
	if namespace == "" {
		return s.ids
	}
	from, _ := slices.BinarySearchFunc(s.ids, namespace, func(id ID, ns string) int { return cmp.Compare(id.Namespace, ns) })
	to := from
	for to < len(s.ids) && s.ids[to].Namespace == namespace {
		to++
	}
	return s.ids[from:to]
}

// TotalOf sums up rows.
func TotalOf(rows []WorkloadRow) WorkloadTotal {
	t := WorkloadTotal{Workloads: new(len(rows)), Counts: noCounts(rows)}
	for i := range rows {
		t.add(&rows[i].Counts)
	}
	return t
}

// TotalOf sums up rows of s, which are all of a namespace, of the whole cluster if
// it is "". That there is none is known only where nothing can be missing.
func (s *Snapshot) TotalOf(rows []WorkloadRow, namespace string) WorkloadTotal {
	t := TotalOf(rows)
	if len(rows) > 0 {
		return t
	}
	if !s.counted(namespace) {
		t.Workloads = nil
	}
	if !s.known[Pods] {
		t.Counts = Counts{}
	}
	return t
}

// Add adds o to t.
func (t *WorkloadTotal) Add(o WorkloadTotal) {
	addTo(&t.Workloads, o.Workloads)
	t.add(&o.Counts)
}

// noCounts returns zeros if there are no rows: no rows have no pods, and that is known.
func noCounts(rows []WorkloadRow) Counts {
	if len(rows) > 0 {
		return Counts{}
	}
	return Counts{Pods: new(0), PodsReady: new(0), Restarts: new(0), CPURequest: new(unit.CPU), MemoryRequest: new(unit.Bytes)}
}

// add adds o to c; what o does not know leaves c as it is.
func (c *Counts) add(o *Counts) {
	addTo(&c.Pods, o.Pods)
	addTo(&c.PodsReady, o.PodsReady)
	addTo(&c.Restarts, o.Restarts)
	addTo(&c.CPURequest, o.CPURequest)
	addTo(&c.MemoryRequest, o.MemoryRequest)
	addTo(&c.CPUUsage, o.CPUUsage)
	addTo(&c.MemoryUsage, o.MemoryUsage)
}

func addTo[T ~int | ~int64](sum **T, v *T) {
	switch {
	case v == nil:
	case *sum == nil:
		*sum = new(*v)
	default:
		**sum += *v
	}
}

func (s *Snapshot) row(id ID, w *Workload, problems []Problem) WorkloadRow {
	r := WorkloadRow{
		Namespace: id.Namespace, Kind: id.Kind, Name: id.Name, Owner: w.Owner,
		Created: w.Created, Images: w.images(), Problems: problems, Counts: s.counts(s.pods[id]),
	}
	switch {
	case id.Kind == "Pod":
		r.Class = PodClass
	case id.Kind == "CronJob", w.NameOnly:
	default:
		if slices.Contains(Kinds, id.Kind) || w.Replicas > 0 {
			r.Replicas = new(int(w.Replicas))
		}
	}
	r.Status = s.status(w, &r)
	return r
}

// images returns the images of w's containers, without repeats, init containers
// last; nil where they are not known.
func (w *Workload) images() []string {
	if w.NameOnly {
		return nil
	}
	images := []string{}
	if w.Template == nil {
		return images
	}
	cs := slices.Clone(w.Template.Containers)
	slices.SortStableFunc(cs, func(a, b Container) int { return cmp.Compare(rankInit(a), rankInit(b)) })
	for _, c := range cs {
		if !slices.Contains(images, c.Image) {
			images = append(images, c.Image)
		}
	}
	return images
}

func rankInit(c Container) int {
	if c.Init {
		return 1
	}
	return 0
}

func (s *Snapshot) counts(pods []*Pod) Counts {
	if !s.known[Pods] {
		return Counts{}
	}
	var n, ready, restarts int
	var cpu, cpuUsed unit.CPU
	var mem, memUsed unit.Bytes
	measured := 0
	for _, p := range pods {
		if !p.Active() {
			continue
		}
		n++
		if p.Ready {
			ready++
		}
		restarts += int(p.Restarts)
		cpu += p.Resources.CPURequest
		mem += p.Resources.MemoryRequest
		if u, ok := s.usage[ID{p.Namespace, "Pod", p.Name}]; ok {
			measured++
			cpuUsed += u.CPU
			memUsed += u.Memory
		}
	}
	c := Counts{Pods: &n, PodsReady: &ready, Restarts: &restarts, CPURequest: &cpu, MemoryRequest: &mem}
	if measured > 0 || (n == 0 && len(s.inv.PodMetrics) > 0) {
		c.CPUUsage, c.MemoryUsage = &cpuUsed, &memUsed
	}
	return c
}

// status says in one word how w is: what keeps it from working, if something
// does, else how far it is.
func (s *Snapshot) status(w *Workload, r *WorkloadRow) string {
	short := r.Pods != nil && (*r.PodsReady < *r.Pods || (r.Replicas != nil && w.Kind != "Job" && *r.PodsReady < *r.Replicas))
	for _, p := range r.Problems {
		if p.Severity == Error || short {
			return p.Reason
		}
	}
	switch {
	case w.NameOnly:
		return "Unknown"
	case w.Suspended:
		return "Suspended"
	case w.Kind == "Job" && condition(w.Conditions, "Complete").Status == "True":
		return "Complete"
	case w.Kind == "Pod" && len(s.pods[r.ID()]) > 0:
		return podStatus(s.pods[r.ID()][0])
	case w.Kind == "CronJob" && w.Active == 0, r.Replicas != nil && *r.Replicas == 0:
		return "Idle"
	case r.Pods == nil:
		return "Unknown"
	case short:
		return "Progressing"
	default:
		return "Ready"
	}
}

func podStatus(p *Pod) string {
	switch {
	case p.Phase == "Succeeded":
		return "Complete"
	case p.Ready:
		return "Ready"
	default:
		return p.Phase
	}
}
