// Package footprint says what energy a cluster used and what that emitted: what
// meters read hour by hour, the models that stand in where nothing is metered,
// and how hours become the rows of an answer.
//
// It does no I/O. pkg/collector fills Readings, pkg/factor holds the factors,
// pkg/fred keeps Readings by the day and asks for what is missing.
package footprint

import (
	"context"
	"errors"
	"math"
	"time"
)

// Rung is a source of energy figures, one step of the ladder.
type Rung string

// The rungs, the best first.
const (
	Kepler       Rung = "kepler"        // Kepler 0.10 and later: joules of pods and nodes
	KeplerLegacy Rung = "kepler-legacy" // Kepler 0.9 and earlier: joules of containers
	Scaphandre   Rung = "scaphandre"    // watts of processes and hosts
	CPUTime      Rung = "cpu-time"      // cAdvisor's CPU time, times a model of the machine
	Samples      Rung = "samples"       // metrics.k8s.io at moments that fred recorded, times the model
	Snapshot     Rung = "snapshot"      // metrics.k8s.io at one instant, times the model
	Requests     Rung = "requests"      // half of what pods request, times the model
	Machines     Rung = "machines"      // nothing but nodes, times the model
)

// Kept is no rung of the ladder: hours have it of which is known what pods kept of nodes,
// by what they requested and used, rather than what energy that took.
const Kept Rung = "kept"

// Ladder holds every rung, the best first.
var Ladder = []Rung{Kepler, KeplerLegacy, Scaphandre, CPUTime, Samples, Snapshot, Requests, Machines}

// Metered reports whether figures of r are read from meters or counters over time,
// rather than guessed from one instant.
func (r Rung) Metered() bool {
	return r == Kepler || r == KeplerLegacy || r == Scaphandre || r == CPUTime
}

// inCores reports whether readings of r are of core-hours, which a model of the machine
// turns into watt-hours.
func (r Rung) inCores() bool { return r == CPUTime || r == Samples }

// Modeled reports whether figures of r are a model's, rather than measured.
func (r Rung) Modeled() bool { return !r.Metered() || r == CPUTime }

// Grain is how fine the consumers of a Reading are.
type Grain string

// The grains.
const (
	ByNamespace Grain = "namespace"
	ByPod       Grain = "pod"
)

// Ask is what a meter is asked.
type Ask struct {
	Start, End time.Time // UTC, on whole hours; the last may not be over yet
	Now        time.Time // what has not happened by then is not asked for
	Grain      Grain
	Rung       Rung // the best of each hour when empty
	Exact      bool // from raw samples, rather than with the source's own arithmetic
}

// Reading is what a meter read in consecutive hours.
type Reading struct {
	Start    time.Time `json:"start"`              // UTC, on a whole hour
	Until    time.Time `json:"until"`              // up to when it is known, perhaps in the middle of the last hour
	Rungs    []Rung    `json:"rungs"`              // of each hour; "" where nothing was read
	Coverage Values    `json:"coverage"`           // of each hour, 0 to 1: the share of it that samples of nodes cover
	Series   []Series  `json:"series"`             // one of each consumer
	Scrape   Every     `json:"scrape,omitempty"`   // between samples
	Rejected int       `json:"rejected,omitempty"` // samples that cannot be true (NaN, infinite, negative, absurd)
	Notes    []string  `json:"notes,omitempty"`    // one sentence each: what the reader of the numbers must know
	Partial  string    `json:"partial,omitempty"`  // why figures may lack a part, as the source says: such a reading is never final
}

// Hours returns how many hours r has.
func (r *Reading) Hours() int { return len(r.Rungs) }

// Class says what a consumer is, beside a namespace or a pod in it.
type Class string

// The classes.
const (
	Consumer  Class = ""       // a namespace or, by the finer grain, a pod
	NodeTotal Class = "node"   // all that a node used
	NodeIdle  Class = "idle"   // what a node used although nothing asked it to
	System    Class = "system" // what ran on nodes outside of pods
)

// The classes of readings of the rung Kept, in core-hours and GiB-hours.
const (
	KeptCPU    Class = "cpu"        // what a pod kept of a node's cores
	KeptMemory Class = "memory"     // what a pod kept of a node's memory
	NodeCPU    Class = "nodeCPU"    // the cores that a node had
	NodeMemory Class = "nodeMemory" // the memory that a node had
)

// OfPods reports whether series of c are those of pods.
func (c Class) OfPods() bool { return c == Consumer || c == KeptCPU || c == KeptMemory }

// Series is one consumer's figures.
type Series struct {
	Class     Class  `json:"class,omitempty"`
	Node      string `json:"node,omitempty"` // of NodeTotal, NodeIdle and, on the rungs CPUTime and Samples, of consumers too
	Namespace string `json:"namespace,omitempty"`
	Pod       string `json:"pod,omitempty"`  // by the finer grain
	Kind      string `json:"kind,omitempty"` // what owns the pod, where the source knows: Deployment, StatefulSet, …
	Name      string `json:"name,omitempty"`

	// Values are by hour: watt-hours or, on the rungs CPUTime and Samples, core-hours. NaN is
	// where there is no sample, which is not zero.
	Values Values `json:"values"`
}

// Missing is the value of an hour without a sample.
var Missing = math.NaN()

// Meter reads figures of energy over time. It is safe for concurrent use.
type Meter interface {
	// Read returns what the meter of a cluster has for the hours of ask: every
	// hour is there, with no rung where there is nothing. ErrNoMeter says that
	// the cluster has no meter at all; other errors are faults of a kind.
	Read(ctx context.Context, cluster string, ask Ask) (Reading, error)
}

// ErrNoMeter says that nothing over time is known of a cluster: no Prometheus is
// named.
var ErrNoMeter = errors.New("no Prometheus is named")
