// Package wire puts fred together: settings, sources, cache, use cases. It is
// the only place that knows all of them.
package wire

import (
	"log/slog"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/internal/simulation"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/collector/kubernetes"
	"github.com/fredctl/fred/pkg/collector/prometheus"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/redact"
)

// Options are what a Fred is built from beside the settings.
type Options struct {
	Kube       *genericclioptions.ConfigFlags // kubectl's flags
	Settings   string                         // the settings file
	Simulation bool
	Server     bool // keep decoded entries in memory, and do not wait long for sources
	Version    string
	Log        *slog.Logger
	Progress   fred.Progress
	Collector  *Collector // in the place of the kubeconfig's clusters; nil keeps those
}

// Collector is a source of inventories and the clusters it knows.
type Collector struct {
	Name string
	fred.Contexts
	fred.Kubernetes
}

// servedMemory is how many bytes of entries a server keeps decoded.
const servedMemory = 64 << 20

// patience is how long a server waits for a source where it has something older.
const patience = 3 * time.Second

// Built is a Fred and what must be closed after it.
type Built struct {
	*fred.Fred
	Notes  []string        // what the user should know before anything is asked
	Switch *offline.Switch // on where the settings say so; thrown, it cuts off every source
	close  []func()
}

// Close ends what is under way.
func (b *Built) Close() {
	for _, f := range b.close {
		f()
	}
}

// Build returns a Fred as the settings and options say.
func Build(c config.Config, o Options) (*Built, error) {
	if c.Timeout <= 0 {
		return nil, fault.New(fault.Invalid, "timeout %s is not positive", c.Timeout).Hinted("Give a duration such as 30s.")
	}
	b := &Built{Switch: &offline.Switch{}}
	b.Switch.Set(c.Offline && !o.Simulation)
	store, err := store(c, o, b.Switch)
	if err != nil {
		return nil, err
	}
	off := b.Switch.On
	if o.Simulation { // there is nobody to ask
		off = nil
	}
	copts := cache.Options{Offline: off, Seal: seal, SecretPolicy: redact.Policy, Logger: o.Log}
	fopts := fred.Options{
		Offline: off, Timeout: c.Timeout, Log: o.Log, Progress: o.Progress, NamespacesOf: namespaces(c), Keep: kubernetes.Keep, Limits: limits(c.Import),
		Location: location(c, store), Checks: checks(c, o.Settings, store), PseudonymKey: pseudonymKey(store, o), SiteOf: sites(c),
	}
	if o.Server {
		copts.MemoryBytes, fopts.Patience, fopts.Ahead = servedMemory, patience, !o.Simulation
	}
	m := newMeters(c, b.Switch)
	read := prometheus.New(m.target, o.Log)
	fopts.Meter, fopts.Past, fopts.MeterName = read, read, prometheus.Name
	fopts.Grids = grids(c.Grid, b.Switch)
	bills(c.FinOps, &fopts)
	b.Notes = notesOn(store, b.Switch)
	fopts.Cache = cache.New(store, copts)
	b.close = append(b.close, fopts.Cache.Close)
	switch {
	case o.Simulation:
		simulate(&fopts)
	case o.Collector != nil:
		fopts.Contexts, fopts.Kubernetes, fopts.Source = o.Collector, guarded{o.Collector, b.Switch}, o.Collector.Name
	default:
		k := &kubeconfig{flags: o.Kube, settings: c, version: o.Version, offline: b.Switch}
		fopts.Contexts, fopts.Kubernetes, fopts.Source = k, guarded{kubernetes.New(k.rest), b.Switch}, kubernetes.Name
		m.rest = k.rest
		if !b.Switch.On() {
			b.Notes = append(b.Notes, k.notes()...)
		}
	}
	b.Fred = fred.New(fopts)
	b.close = append([]func(){b.Fred.Close}, b.close...)
	return b, nil
}

func limits(c config.Import) cache.Limits {
	return cache.Limits{
		Entries: c.Entries, EntryBytes: int64(c.Entry), TotalBytes: int64(c.Total),
		DirectoryBytes: int64(c.Directory), Ratio: c.Ratio,
	}
}

func simulate(o *fred.Options) {
	w := simulation.New(time.Now())
	o.Contexts, o.Kubernetes, o.Source = w, w, simulation.Name
	o.Bill, o.Prices = func() (fred.Bill, error) { return simulation.Bill{World: w}, nil }, nil
	o.Meter, o.Past, o.MeterName, o.Grids = w, nil, simulation.Name, []mix.Source{simulation.Grid{}}
	o.Simulated, o.Moment, o.Now, o.Age = true, w.Moment, w.Moment, 24*time.Hour
}

// seal is the last net before the cache.
func seal(payload []byte) ([]byte, []string, error) {
	clean, hits, err := redact.Net(payload)
	var warnings []string
	for _, h := range hits {
		warnings = append(warnings, "a secret ("+h.Rule+") was kept out of the cache: "+h.Path)
	}
	return clean, warnings, err
}

// asAnother reports whether kubectl's flags ask as somebody else than the context
// does. What another user may see is neither shown from the cache of the context
// nor kept in it.
func asAnother(f *genericclioptions.ConfigFlags) bool {
	if f == nil {
		return false
	}
	for _, flag := range []*string{f.Impersonate, f.ImpersonateUID, f.AuthInfoName, f.BearerToken, f.CertFile} {
		if flag != nil && *flag != "" {
			return true
		}
	}
	return f.ImpersonateGroup != nil && len(*f.ImpersonateGroup) > 0
}

func store(c config.Config, o Options, off *offline.Switch) (cache.Store, error) {
	if o.Simulation || asAnother(o.Kube) {
		return cache.NewMemory(), nil
	}
	scheme, _, has := strings.Cut(c.Cache.URL, "://")
	switch {
	case !has:
		return folder(c.Cache.URL)
	case scheme == "mem":
		return cache.NewMemory(), nil
	case scheme == "file":
		u, err := url.Parse(c.Cache.URL)
		if err != nil {
			return nil, fault.New(fault.Invalid, "cache.url: %w", err)
		}
		return folder(filepath.FromSlash(u.Path))
	case scheme == "s3":
		return bucket(c.Cache.URL, o, off)
	default:
		return nil, fault.New(fault.Invalid, "cache.url: no cache is kept at %q", scheme+"://").
			Hinted("Use a path, file:///…, s3://… or mem://.")
	}
}

// location says where the cache is.
func location(c config.Config, store cache.Store) string {
	switch s := store.(type) {
	case *cache.Folder:
		return s.Path()
	case *cache.Memory:
		return "memory, until the command ends"
	default:
		return c.Cache.URL
	}
}

func folder(path string) (cache.Store, error) {
	f, err := cache.NewFolder(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "open the cache: %w", err).Hinted("Name another place with --cache.")
	}
	return f, nil
}

// namespaces returns the settings' namespaces of a cluster.
func namespaces(c config.Config) func(string) []string {
	return func(cluster string) []string {
		if s, ok := settingsOf(c, cluster); ok {
			return s.Namespaces
		}
		return nil
	}
}

// settingsOf returns the first entry of the settings whose context matches.
func settingsOf(c config.Config, cluster string) (config.Cluster, bool) {
	for _, s := range c.Clusters {
		if s.Context == cluster || matches(s.Context, cluster) {
			return s, true
		}
	}
	return config.Cluster{}, false
}

// matches reports whether name is what a glob means. A star goes over slashes
// too: names are no paths.
func matches(glob, name string) bool {
	flat := strings.NewReplacer("/", "\x00")
	ok, err := path.Match(flat.Replace(glob), flat.Replace(name))
	return err == nil && ok
}
