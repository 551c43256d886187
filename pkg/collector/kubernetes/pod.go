package kubernetes

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	core "k8s.io/api/core/v1"

	"github.com/fredctl/fred/pkg/kube"
)

// pod keeps a pod's labels and specification only where no controller that is
// read has them.
func (k *keeper) pod(o *core.Pod) {
	p := kube.Pod{
		Meta: kube.Meta{
			Namespace: k.same(o.Namespace), Name: o.Name, Created: o.CreationTimestamp.UTC(), Owner: k.owner(&o.ObjectMeta),
		},
		Node: k.same(o.Spec.NodeName), Phase: k.same(string(o.Status.Phase)),
		Resources: podResources(o), Issues: k.issues(o), Claims: k.claims(o),
	}
	if !controlled(p.Owner) {
		p.Meta = k.meta(&o.ObjectMeta)
		p.Template = k.spec(o.Labels, &o.Spec)
	}
	if o.DeletionTimestamp != nil {
		p.Deleted = o.DeletionTimestamp.UTC()
	}
	for _, c := range o.Status.Conditions {
		if c.Type == core.PodReady {
			p.Ready = c.Status == core.ConditionTrue
		}
	}
	for _, statuses := range [][]core.ContainerStatus{o.Status.InitContainerStatuses, o.Status.ContainerStatuses} {
		for i := range statuses {
			p.Restarts += statuses[i].RestartCount
		}
	}
	k.inv.Pods = append(k.inv.Pods, p)
}

// controlled reports whether owner is of a kind whose template is read.
func controlled(owner *kube.Ref) bool {
	if owner == nil {
		return false
	}
	switch owner.Kind {
	case "ReplicaSet", "StatefulSet", "DaemonSet", "Job":
		return true
	default:
		return false
	}
}

// issues reads what is wrong from a pod's status. Free messages (a termination
// message, say) may hold anything and are not kept; what is known to be
// harmless in some is taken out of them.
func (k *keeper) issues(o *core.Pod) []kube.Issue {
	var all []kube.Issue
	if o.Status.Phase == core.PodFailed {
		all = append(all, kube.Issue{Reason: k.same(cmp.Or(word(o.Status.Reason), "Failed")), At: o.CreationTimestamp.UTC()})
	}
	if o.Status.Phase == core.PodUnknown {
		all = append(all, kube.Issue{Reason: "NodeLost", At: o.CreationTimestamp.UTC()})
	}
	for _, c := range o.Status.Conditions {
		if c.Type == core.PodScheduled && c.Status == core.ConditionFalse && c.Reason != core.PodReasonSchedulingGated {
			all = append(all, kube.Issue{Reason: k.same(cmp.Or(word(c.Reason), "Unschedulable")), Detail: k.same(shortage(c.Message)), At: c.LastTransitionTime.UTC()})
		}
	}
	for _, statuses := range [][]core.ContainerStatus{o.Status.InitContainerStatuses, o.Status.ContainerStatuses} {
		for i := range statuses {
			all = append(all, k.containerIssues(&statuses[i])...)
		}
	}
	return all
}

func (k *keeper) containerIssues(s *core.ContainerStatus) []kube.Issue {
	var all []kube.Issue
	if w := s.State.Waiting; w != nil && !starting(w.Reason) {
		all = append(all, kube.Issue{Container: k.same(s.Name), Reason: k.same(word(w.Reason)), Detail: waiting(s, w), At: lastEnd(s)})
	}
	if t := s.LastTerminationState.Terminated; t != nil && t.Reason == "OOMKilled" {
		all = append(all, kube.Issue{Container: k.same(s.Name), Reason: "OOMKilled", At: t.FinishedAt.UTC()})
	}
	return all
}

// starting reports whether a container waits for nothing but its turn.
func starting(reason string) bool {
	return reason == "" || reason == "ContainerCreating" || reason == "PodInitializing"
}

func lastEnd(s *core.ContainerStatus) (at time.Time) {
	if t := s.LastTerminationState.Terminated; t != nil {
		return t.FinishedAt.UTC()
	}
	return at
}

// waiting says what a container waits for, in words that its status cannot choose.
func waiting(s *core.ContainerStatus, w *core.ContainerStateWaiting) string {
	if w.Reason == "CrashLoopBackOff" {
		if t := s.LastTerminationState.Terminated; t != nil {
			return fmt.Sprintf("exit code %d", t.ExitCode)
		}
		return ""
	}
	return missing(w.Message)
}

// The patterns are made when they are needed first: repetitions as long as these
// take milliseconds, and most runs of fred need none.
var (
	// As the kubelet says it when a ConfigMap or Secret, or a key in one, is not there.
	notFound = pattern(`^(configmap|secret) "([a-z0-9.-]{1,253})" not found$`)
	noKey    = pattern(`^couldn't find key ([-._A-Za-z0-9]{1,253}) in (ConfigMap|Secret) [a-z0-9-]{1,63}/([a-z0-9.-]{1,253})$`)
	// As the scheduler says it: "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s)."
	nodesShort = pattern(`\b(\d+) (Insufficient [a-z0-9/-]+(?:\.[a-z0-9/-]+)*|Too many pods|node\(s\) (?:had untolerated taint|had volume node affinity conflict|didn't match [A-Za-z/' -]+|were unschedulable|didn't have free ports))`)
	oneWord    = pattern(`^[A-Za-z][A-Za-z0-9]{0,63}$`)
)

func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// missing names the ConfigMap or Secret that a message of the kubelet is about.
func missing(message string) string {
	if m := notFound().FindStringSubmatch(message); m != nil {
		return kindName(m[1]) + " " + m[2] + " is missing"
	}
	if m := noKey().FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("key %s of %s %s is missing", m[1], m[2], m[3])
	}
	return ""
}

func kindName(lower string) string {
	if lower == "secret" {
		return "Secret"
	}
	return "ConfigMap"
}

// shortage takes from a message of the scheduler what nodes are short of.
func shortage(message string) string {
	var parts []string
	for _, m := range nodesShort().FindAllStringSubmatch(message, 4) {
		parts = append(parts, m[1]+" "+m[2])
	}
	return strings.Join(parts, ", ")
}

// word returns s if it is a reason as Kubernetes writes them: one word.
func word(s string) string {
	if oneWord().MatchString(s) {
		return s
	}
	return ""
}
