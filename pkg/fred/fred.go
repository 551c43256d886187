// Package fred holds the use cases: what a person, a script or a web page may
// ask. Each is one method of Fred in a file of its own, takes a query, and
// returns a report that says how old and how complete it is.
//
// It knows no flags, routes or tables, and no collector: sources are handed to
// it behind the interfaces it declares. Cached facts are read through pkg/cache;
// everything else is computed from them each time.
package fred

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/flight"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/legacy"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/pseudonym"
	"github.com/fredctl/fred/pkg/report"
)

// Kubernetes is a source of inventories.
type Kubernetes interface {
	// Identify asks the cluster of a context who it is.
	Identify(ctx context.Context, cluster string) (kube.Server, error)
	// List reads all objects of r, in one namespace or, if that is empty, in all.
	List(ctx context.Context, cluster string, r kube.Resource, namespace string) (kube.Inventory, error)
}

// Past is a source of what pods kept of nodes.
type Past interface {
	// Kept returns what pods kept of nodes in the hours of ask, and what nodes had:
	// readings of the rung Kept. footprint.ErrNoMeter says that nobody knows.
	Kept(ctx context.Context, cluster string, ask footprint.Ask) (footprint.Reading, error)
}

// Contexts says which clusters the kubeconfig knows.
type Contexts interface {
	// Clusters returns the contexts in the kubeconfig's order, with their URL and
	// default namespace, the current one marked. No kubeconfig is no error and no
	// clusters; one that cannot be read is a fault of kind Invalid.
	Clusters() ([]kube.Cluster, error)
}

// Options are what a Fred is made of. Cache, Contexts and Kubernetes are required.
type Options struct {
	Cache      *cache.Cache
	Contexts   Contexts
	Kubernetes Kubernetes

	// Meter reads energy over time; nil where there is none. MeterName is its name
	// in provenance; "prometheus" when empty.
	Meter     footprint.Meter
	MeterName string
	// Past reads what pods kept of nodes over time, under MeterName too; nil where nobody
	// knows.
	Past Past
	// Grids publish what grids emit by the hour, the preferred first; where none does,
	// yearly means stand in.
	Grids []mix.Source
	// Bill finds the bill that costs are read from; nil where none is named, and list
	// prices stand in. Prices are what somebody wrote of them; nil: nothing.
	Bill   func() (Bill, error)
	Prices func() (finops.Sheet, error)
	// SiteOf says what the settings know of where a cluster stands; nil: nothing.
	SiteOf func(cluster string) Site

	// Source is the name of the source in provenance; "kubernetes" when empty.
	Source string
	// NamespacesOf says which namespaces to try where whole lists are forbidden,
	// beside the context's own.
	NamespacesOf func(cluster string) []string
	// Age is how old an inventory may be before it is read again; a minute when 0.
	Age time.Duration
	// Timeout is how long the sources of one cluster may take for one question; 30
	// seconds when 0. What is cached is served when it has passed.
	Timeout time.Duration
	// Patience is how long to wait for a source where something older is cached;
	// 0 means until the source answers or fails.
	Patience time.Duration
	// Moment, if set, says when what is collected now was true: for a source
	// whose time is not the clock's.
	Moment func() time.Time
	// Ahead says to renew, in the background, what is asked about while it is still
	// fresh but will not be for long: whoever asks often never waits.
	Ahead bool
	// Offline says whether no source may be asked just now; nil: never. Cache must
	// be told the same.
	Offline func() bool
	// Location says where Cache is, for people.
	Location string
	// Keep reads one manifest of a zip of the first Fred, and keeps what List would;
	// where it is nil, names are all that is read of workloads there.
	Keep legacy.Keep
	// PseudonymKey returns the key that pseudonyms are made with, which is this
	// installation's own; nil where there are none.
	PseudonymKey func() (pseudonym.Key, error)
	// Limits bound what is imported; cache.DefaultLimits when zero.
	Limits cache.Limits
	// Simulated marks every answer.
	Simulated bool
	// Checks are what the doctor looks at beside the clusters.
	Checks []func(context.Context) Finding
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Progress hears how far long work has come; silent when nil.
	Progress Progress
	// Log hears what is collected; silent when nil.
	Log *slog.Logger
}

// Fred answers questions. It is safe for concurrent use, and must be closed.
type Fred struct {
	Options
	memo     memo
	ahead    ahead
	gridDown downtime
	asked    sync.Map // clusters that answered, by name
	bills    flight.Group
}

// New returns a Fred made of o.
func New(o Options) *Fred {
	if o.Source == "" {
		o.Source = "kubernetes"
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	if o.MeterName == "" {
		o.MeterName = "prometheus"
	}
	if o.SiteOf == nil {
		o.SiteOf = func(string) Site { return Site{} }
	}
	if o.Age == 0 {
		o.Age = time.Minute
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.NamespacesOf == nil {
		o.NamespacesOf = func(string) []string { return nil }
	}
	if o.Limits == (cache.Limits{}) {
		o.Limits = cache.DefaultLimits
	}
	if o.Offline == nil {
		o.Offline = func() bool { return false }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	f := &Fred{Options: o, memo: memo{snapshots: map[string]memoized{}}}
	f.ahead.ctx, f.ahead.cancel = context.WithCancel(context.Background())
	return f
}

// Close ends what goes on in the background, and waits for it.
func (f *Fred) Close() {
	f.ahead.close()
	f.bills.Close()
}

// Query selects what a question is about. Its zero value is the current
// context's default namespace, from the cache where that is fresh.
type Query struct {
	Clusters      []string // full names or aliases; the current context when empty
	AllClusters   bool
	Namespace     string // the context's default namespace when empty
	AllNamespaces bool
	Selector      string // a label selector, as kubectl has it

	Refresh bool           // ask the source first
	MaxAge  *time.Duration // refuse what is older, if it cannot be had younger
}

// memo keeps the last snapshot of each cluster and set of lists, so that a server that answers
// from a warm cache does not index it again for every request.
type memo struct {
	mu        sync.Mutex
	snapshots map[string]memoized
}

type memoized struct {
	version  string
	snapshot *kube.Snapshot
}

// most is how many snapshots are kept: some clusters, each for a few questions.
const most = 64

func (m *memo) get(key, version string, build func() *kube.Snapshot) *kube.Snapshot {
	m.mu.Lock()
	have, ok := m.snapshots[key]
	m.mu.Unlock()
	if ok && have.version == version {
		return have.snapshot
	}
	s := build() // two may build the same; both are right
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.snapshots) >= most {
		clear(m.snapshots)
	}
	m.snapshots[key] = memoized{version, s}
	return s
}

// Reports, by the names that their JSON bears.
type (
	// ClusterOverview is a ClusterOverview report.
	ClusterOverview = report.Report[kube.ClusterOverview, kube.WorkloadTotal]
	// WorkloadList is a WorkloadList report.
	WorkloadList = report.Report[kube.WorkloadRow, kube.WorkloadTotal]
	// ClusterList is a ClusterList report.
	ClusterList = report.Report[kube.Cluster, report.None]
	// NamespaceList is a NamespaceList report.
	NamespaceList = report.Report[kube.NamespaceRow, kube.WorkloadTotal]
	// NodeList is a NodeList report.
	NodeList = report.Report[kube.NodeRow, kube.NodeTotal]
	// ConfigMapList is a ConfigMapList report.
	ConfigMapList = report.Report[kube.ConfigMapRow, report.None]
	// ServiceList is a ServiceList report.
	ServiceList = report.Report[kube.ServiceRow, report.None]
	// IngressList is an IngressList report.
	IngressList = report.Report[kube.IngressRow, report.None]
	// EnergyReport is an EnergyReport report.
	EnergyReport = report.Report[footprint.EnergyRow, footprint.EnergyTotal]
	// CarbonReport is a CarbonReport report.
	CarbonReport = report.Report[footprint.CarbonRow, footprint.CarbonTotal]
	// Comparison is a Comparison report.
	Comparison = report.Report[footprint.Change, footprint.Change]
	// WorkloadDetail is a WorkloadDetail report: a list of one.
	WorkloadDetail = report.Report[kube.WorkloadDetail, report.None]
)
