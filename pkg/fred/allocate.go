package fred

import (
	"context"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
)

// checkAllocation says whether what is asked of an allocation can be meant.
func (c *costing) checkAllocation() error {
	for _, word := range c.Share {
		if !slices.Contains(finops.Shareable, finops.Class(word)) {
			return fault.New(fault.Invalid, "nothing that can be shared is called %q", word).Hinted("Share some of %s.", list(finops.Shareable))
		}
	}
	allocated := finops.Allocated(c.By)
	switch {
	case c.Selector != "":
		return fault.New(fault.Invalid, "costs are not selected by labels").Hinted("Leave -l out.")
	case allocated && c.Whole:
		return fault.New(fault.Invalid, "a whole bill has no %ss", c.By).Hinted("Leave --whole-bill out.")
	case !allocated && (c.Query.Namespace != "" || len(c.Share) > 0):
		return fault.New(fault.Invalid, "costs by %s know no namespaces", c.By).Hinted("Group by namespace or workload.")
	}
	return nil
}

// add adds lines of b, which were cut by cut, to the table: as they are, or as they are
// allocated.
func (c *costing) add(lines []finops.Line, cut finops.Cut, b *billed) {
	if !finops.Allocated(c.By) {
		c.table.Add(lines, b.label, b.twin)
		return
	}
	tenants := &finops.Tenants{}
	if b.loaded != nil {
		tenants = tenantsOf(b)
	}
	c.warnAboutPast(b, tenants)
	sharing := finops.Sharing{}
	for _, word := range c.Share {
		sharing[finops.Class(word)] = true
	}
	allocated := finops.Allocate(lines, cut, c.pieces, tenants, sharing)
	if b.cluster.Name != "" && !b.twin {
		for currency, residual := range finops.Residual(lines, cut, allocated, c.pieces) {
			c.residual[currency] = c.residual[currency].Add(residual)
		}
	}
	lines = allocated
	if c.Query.Namespace != "" {
		lines = slices.DeleteFunc(lines, func(l finops.Line) bool { return l.To.Namespace != c.Query.Namespace })
	}
	c.table.Add(lines, b.label, b.twin)
}

// warnAboutPast says from when on it is known whom nodes are for, where that is late.
func (c *costing) warnAboutPast(b *billed, t *finops.Tenants) {
	if len(t.Loads) == 0 {
		return
	}
	first := slices.MinFunc(t.Loads, func(x, y finops.Load) int { return x.Since.Compare(y.Since) }).Since
	if known := slices.Index(t.Past.Known, true); known >= 0 {
		if at := t.Past.Start.Add(time.Duration(known) * time.Hour); at.Before(first) {
			first = at
		}
	}
	if first.After(c.Start) {
		c.warn(report.Note, b.cluster.Name, "of before %s no pod is known: what nodes cost until then is idle", first.UTC().Format("2006-01-02 15:04"))
	}
}

// tenantsOf says whom what is billed of a cluster is for, as it is now and, where that is
// known, as it was.
func tenantsOf(b *billed) *finops.Tenants {
	l := b.loaded
	t := &finops.Tenants{Nodes: map[string]finops.Size{}, Volumes: map[string][]finops.Who{}, Balancers: map[string]finops.Who{}, Past: b.past}
	nodes := l.snapshot.Nodes()
	for i := range nodes {
		n := &nodes[i]
		t.Nodes[n.Name] = finops.Size{CPUs: larger(n.CPUCapacity, n.CPUAllocatable).Cores(), Memory: float64(larger(n.MemoryCapacity, n.MemoryAllocatable))}
	}
	for _, r := range l.snapshot.Running() {
		cpu, memory := r.Request, r.MemoryRequest
		if r.Usage != nil {
			cpu = larger(cpu, *r.Usage)
		}
		if r.MemoryUsage != nil {
			memory = larger(memory, *r.MemoryUsage)
		}
		t.Loads = append(t.Loads, finops.Load{Who: whoOf(r.Workload), Node: r.Node, CPUs: cpu.Cores(), Memory: float64(memory), Since: r.Since})
	}
	for _, n := range b.cluster.Nodes { // those that were there once, too
		if set := finops.ScaleSet(n.ID); set != "" { // which is billed in the place of its nodes
			t.Join(n.Name, set)
		}
	}
	mounts := l.snapshot.Mounts()
	for _, v := range l.snapshot.PersistentVolumes() {
		if v.Claim == nil {
			continue
		}
		for _, id := range mounts[*v.Claim] {
			t.Volumes[v.Name] = append(t.Volumes[v.Name], whoOf(id))
		}
		if len(mounts[*v.Claim]) == 0 {
			t.Volumes[v.Name] = []finops.Who{{Namespace: v.Claim.Namespace, Kind: "PersistentVolumeClaim", Name: v.Claim.Name}}
		}
	}
	for _, s := range l.snapshot.ServiceRows("", "", nil) {
		t.Balancers[s.Namespace+"/"+s.Name] = finops.Who{Namespace: s.Namespace, Kind: "Service", Name: s.Name}
	}
	return t
}

func whoOf(id kube.ID) finops.Who {
	return finops.Who{Namespace: id.Namespace, Kind: id.Kind, Name: id.Name}
}

func larger[T unit.CPU | unit.Bytes](a, b T) T { return max(a, b) }

// things are the nodes that a cluster was ever seen to have, by which old bills know it.
type things struct {
	Nodes []finops.Thing `json:"nodes"`
}

// rememberThings adds to b the nodes that its cluster once had, and keeps those that it
// has now.
func (c *costing) rememberThings(ctx context.Context, b *billed) error {
	key := clusterKey(b.cluster.Name).Join(billKind, "nodes")
	var known things
	if e, err := cache.Read[things](ctx, c.Cache, key); err == nil && e.Header.ClusterUID == b.uid {
		known = e.Value
	}
	merged := things{Nodes: slices.Clone(known.Nodes)}
	for _, n := range b.cluster.Nodes {
		if !slices.Contains(merged.Nodes, n) {
			merged.Nodes = append(merged.Nodes, n)
		}
	}
	fresh := len(merged.Nodes) - len(known.Nodes)
	b.cluster.Nodes = merged.Nodes
	if fresh == 0 || c.Offline() {
		return nil
	}
	_, err := cache.Fetch(ctx, c.Cache, cache.Request{Key: key, TTL: cache.Forever, Source: c.Source, ClusterUID: b.uid, Refresh: true},
		func(context.Context) (cache.Collected[things], error) { return collected(c.Fred, merged, b.uid), nil })
	return err
}
