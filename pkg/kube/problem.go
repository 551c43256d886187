package kube

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Severity says how bad a problem is.
type Severity string

// The severities: an error keeps something from working, a warning may.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// lately is for how long a container that was killed and runs again is a problem.
const lately = 24 * time.Hour

// Problem is something wrong, as the cluster itself says.
type Problem struct {
	Cluster   string    `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Severity  Severity  `json:"severity" enum:"error,warning"`
	Namespace string    `json:"namespace,omitempty"`
	Kind      string    `json:"kind"`
	Name      string    `json:"name"`
	Reason    string    `json:"reason" doc:"As Kubernetes names it" example:"CrashLoopBackOff"`
	Detail    string    `json:"detail,omitempty" doc:"What is known beyond the reason"`
	Pods      int       `json:"pods,omitempty" doc:"How many of its pods"`
	Since     time.Time `json:"since,omitzero" doc:"Since when, or when last"`
}

func (p *Problem) id() ID { return ID{p.Namespace, p.Kind, p.Name} }

// Problems returns what is wrong, errors first, then by namespace, kind and name.
func (s *Snapshot) Problems() []Problem { return s.problems() }

func (s *Snapshot) findProblems() []Problem {
	var all []Problem
	for i := range s.inv.Nodes {
		all = append(all, nodeProblems(&s.inv.Nodes[i])...)
	}
	for i := range s.inv.Namespaces {
		n := &s.inv.Namespaces[i]
		if n.Phase == "Terminating" {
			all = append(all, Problem{Severity: Warning, Namespace: n.Name, Kind: "Namespace", Name: n.Name, Reason: "Terminating", Since: n.Deleted})
		}
	}
	for _, id := range s.ids {
		all = append(all, s.workloadProblems(id)...)
	}
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), compareIDs(a.id(), b.id()), cmp.Compare(a.Reason, b.Reason))
	})
	return all
}

func (s *Snapshot) groupProblems() map[ID][]Problem {
	m := map[ID][]Problem{}
	for _, p := range s.Problems() {
		m[p.id()] = append(m[p.id()], p)
	}
	return m
}

func nodeProblems(n *Node) []Problem {
	var ps []Problem
	add := func(sev Severity, reason string, c Condition) {
		ps = append(ps, Problem{Severity: sev, Kind: "Node", Name: n.Name, Reason: reason, Detail: c.Reason, Since: c.Since})
	}
	for _, c := range n.Conditions {
		switch {
		case c.Type == "Ready" && c.Status != "True":
			add(Error, "NotReady", c)
		case c.Type != "Ready" && c.Status == "True":
			add(Warning, c.Type, c)
		}
	}
	if n.Unschedulable {
		add(Warning, "Cordoned", Condition{})
	}
	return ps
}

func (s *Snapshot) workloadProblems(id ID) []Problem {
	w := s.workloads[id]
	failed := w.Kind == "Job" && condition(w.Conditions, "Failed").Status == "True"
	var ps []Problem
	if !failed { // its pods failed because it did, or the other way round: once is enough
		ps = s.podProblems(id)
	}
	add := func(sev Severity, reason, detail string, since time.Time) {
		ps = append(ps, Problem{Severity: sev, Namespace: id.Namespace, Kind: id.Kind, Name: id.Name, Reason: reason, Detail: detail, Since: since})
	}
	if c := condition(w.Conditions, "ReplicaFailure"); c.Status == "True" {
		add(Error, cmp.Or(c.Reason, "ReplicaFailure"), "", c.Since)
	}
	if c := condition(w.Conditions, "Progressing"); c.Status == "False" && len(ps) == 0 {
		add(Error, cmp.Or(c.Reason, "NotProgressing"), readyOf(w), c.Since)
	}
	if failed && !s.succeededLater(w) {
		c := condition(w.Conditions, "Failed")
		add(Error, "Failed", c.Reason, c.Since)
	}
	if len(ps) == 0 && !w.Suspended && w.Ready < w.Replicas && slices.Contains(Kinds[:3], w.Kind) {
		c := condition(w.Conditions, "Available")
		sev := Warning
		if c.Status == "False" || w.Ready == 0 {
			sev = Error
		}
		add(sev, "Unavailable", readyOf(w), c.Since)
	}
	return ps
}

func readyOf(w *Workload) string { return fmt.Sprintf("%d of %d ready", w.Ready, w.Replicas) }

// succeededLater reports whether the CronJob that owns j has run well since.
func (s *Snapshot) succeededLater(j *Workload) bool {
	if j.Owner == nil {
		return false
	}
	for i := range s.inv.Workloads {
		o := &s.inv.Workloads[i]
		if o.Kind == "Job" && o.Namespace == j.Namespace && o.Owner != nil && *o.Owner == *j.Owner &&
			o.Created.After(j.Created) && condition(o.Conditions, "Complete").Status == "True" {
			return true
		}
	}
	return false
}

// podProblems groups the issues of a workload's pods by reason.
func (s *Snapshot) podProblems(id ID) []Problem {
	var ps []Problem
	at := map[string]int{}
	for _, p := range s.pods[id] {
		seen := map[string]bool{}
		for _, is := range p.Issues {
			if seen[is.Reason] || s.bygone(p, is) {
				continue
			}
			seen[is.Reason] = true
			i, ok := at[is.Reason]
			if !ok {
				i = len(ps)
				at[is.Reason] = i
				ps = append(ps, Problem{Severity: severityOf(is.Reason), Namespace: id.Namespace, Kind: id.Kind, Name: id.Name, Reason: is.Reason})
			}
			ps[i].note(is)
		}
	}
	return ps
}

// note counts one more pod with the issue.
func (p *Problem) note(is Issue) {
	p.Pods++
	detail := is.Detail
	switch {
	case is.Container != "" && detail != "":
		detail += " (" + is.Container + ")"
	case is.Container != "":
		detail = "container " + is.Container
	}
	switch {
	case p.Pods == 1:
		p.Detail = detail
	case p.Detail != detail:
		p.Detail = ""
	}
	if p.Since.IsZero() || (!is.At.IsZero() && is.At.Before(p.Since)) {
		p.Since = is.At
	}
}

// bygone reports whether is was a while ago and p has run well since.
func (s *Snapshot) bygone(p *Pod, is Issue) bool {
	return p.Ready && !is.At.IsZero() && s.at.Sub(is.At) > lately
}

func severityOf(reason string) Severity {
	switch reason {
	case "OOMKilled", "Evicted", "Preempting", "NodeShutdown", "Terminated", "NodeLost":
		return Warning
	default:
		return Error
	}
}
