package fred

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/factor"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// Site is what the settings know of where a cluster stands; what is empty is found
// out from its nodes.
type Site struct {
	Zone string  // of the grid, such as FR
	PUE  float64 // of the data center

	BillNames []string // by which bills know the cluster
}

// site is where a cluster stands, and what its machines are.
type site struct {
	footprint.Site
	provider, region string
	regions          []string // more than one: nodes differ
	zone             string   // of the table
	liveZone         string   // by which those who publish hours know it
	grid, pue        factor.Factor
	kind             string            // one of Intensities
	live             *gridHours        // of the grid, where carbon is asked about
	hourly           []footprint.Range // of the hours of live, in gCO2e per kWh
	power            []string          // what is assumed of machines, one sentence each
	unknown          int               // machines of a type that is in no table
}

// site finds out where the cluster of l stands.
func (f *Fred) site(l *loaded, a *asking) (*site, error) {
	s := &site{Site: footprint.Site{Since: l.snapshot.Founded()}, kind: a.Intensity}
	s.locate(l)
	s.machines(l)
	set := f.SiteOf(l.cluster.Name)
	if err := s.onGrid(cmp.Or(a.Grid, set.Zone)); err != nil {
		return nil, err
	}
	s.pue = factor.PUE(s.provider, s.region)
	if given := cmp.Or(a.PUE, set.PUE); given != 0 {
		s.pue = factor.Factor{Value: given, Low: given, High: given, Source: "given"}
	}
	return s, nil
}

// locate finds the provider and the region that most nodes are in.
func (s *site) locate(l *loaded) {
	count := map[[2]string]int{}
	nodes := l.snapshot.Nodes()
	for i := range nodes {
		at := [2]string{factor.ProviderOf(nodes[i].ProviderID), nodes[i].Region()}
		count[at]++
		if n := count[at]; n > count[[2]string{s.provider, s.region}] || s.provider == "" && s.region == "" {
			s.provider, s.region = at[0], at[1]
		}
	}
	for at := range count {
		if at[1] != "" {
			s.regions = append(s.regions, at[1])
		}
	}
	if s.provider == "" && l.cluster.Provider != "unknown" {
		s.provider = strings.ToLower(l.cluster.Provider)
	}
	if s.region == "" && l.cluster.Region != "unknown" {
		s.region = l.cluster.Region
	}
}

// severalRegions says that nodes are in several regions, and what follows.
func (s *site) severalRegions(so string) string {
	slices.Sort(s.regions)
	return fmt.Sprintf("nodes are in several regions (%s); %s %s", strings.Join(s.regions, ", "), so, s.region)
}

// machines models the nodes.
func (s *site) machines(l *loaded) {
	seen := map[string]bool{}
	nodes := l.snapshot.Nodes()
	for i := range nodes {
		m, note, known := s.machine(&nodes[i])
		s.Machines = append(s.Machines, m)
		if !known {
			s.unknown++
		}
		if !seen[note] {
			seen[note] = true
			s.power = append(s.power, note)
		}
		if m.CPUs > s.Other.CPUs {
			s.Other = m // stands for machines that are not there any more
		}
	}
	if len(nodes) == 0 {
		var note string
		s.Other, note, _ = s.machine(&kube.Node{})
		s.power = append(s.power, note)
	}
}

// machine models a node, and says by what.
func (s *site) machine(n *kube.Node) (m footprint.Machine, note string, known bool) {
	provider := cmp.Or(factor.ProviderOf(n.ProviderID), s.provider)
	cpus := cmp.Or(n.CPUCapacity, n.CPUAllocatable).Cores()
	kind, known := factor.MachineOf(provider, n.InstanceType())
	idle, full := factor.Power(provider, kind.Microarchitecture)
	embodied := factor.Embodied(provider, n.InstanceType(), cpus)
	m = footprint.Machine{
		Name: n.Name, CPUs: cpus, Idle: ranged(idle), Full: ranged(full), Embodied: ranged(embodied),
	}
	what := cmp.Or(n.InstanceType(), "machines without a type")
	arch := kind.Microarchitecture
	if !known {
		arch = "of unknown make"
	}
	note = fmt.Sprintf("%s (%s): %.3g W idle, %.3g W full per vCPU (%s, %d)", what, arch, idle.Value, full.Value, full.Source, full.Year)
	return m, note, known
}

func ranged(f factor.Factor) footprint.Range {
	return footprint.Range{Value: f.Value, Low: f.Low, High: f.High}
}

// onGrid finds the grid's intensity: of zone or, if that is empty, of the region.
func (s *site) onGrid(zone string) error {
	if zone == "" {
		s.zone, s.grid, _ = factor.GridOf(s.provider, s.region)
		place, _ := factor.PlaceOf(s.provider, s.region)
		s.liveZone = place.Zone
		return nil
	}
	g, ok := factor.Grid(zone)
	if !ok {
		return unknown("grid zone", zone, factor.Zones())
	}
	s.zone, s.liveZone, s.grid = strings.ToUpper(zone), strings.ToUpper(zone), g
	return nil
}

// settling reads what the grid of s emitted in the window of a, beside whatever else is
// done until settled is called, which waits for it.
func (f *Fred) settling(ctx context.Context, s *site, a *asking) (settled func() error) {
	var g errgroup.Group
	g.Go(func() error {
		live, err := f.gridHours(ctx, s.liveZone, a.Query, a.Resolved.Window)
		if err == nil {
			s.live, s.hourly = live, live.intensities(s.kind)
		}
		return err
	})
	return sync.OnceValue(g.Wait)
}

// factors turn energy into carbon here, once the grid is settled: hour by hour where
// somebody publishes that, by the yearly mean where nobody does.
func (s *site) factors(settled func() error) *footprint.Factors {
	return &footprint.Factors{PUE: ranged(s.pue), Grid: func(hour time.Time) (footprint.Range, bool) {
		if settled() != nil { // interrupted: nobody will see it
			return footprint.Range{}, false
		}
		r, _, known := s.intensity(hour)
		return r, known
	}}
}

// provenance says where the figures of b come from.
func (b *book) provenance(emitted, simulated bool) []report.Provenance {
	cluster := b.l.cluster.Name
	energy := report.Provenance{Fields: []string{"energyWh"}, Cluster: cluster, Method: report.Estimated, Source: b.source(), Note: b.note()}
	if b.allMeasured() {
		energy.Method = report.Measured
	}
	if simulated {
		energy.Method = report.Simulated
	}
	out := []report.Provenance{energy}
	if !emitted {
		return out
	}
	s := b.site
	out = append(out, b.gridProvenance()...)
	out = append(out,
		report.Provenance{
			Fields: []string{"carbonGrams"}, Cluster: cluster, Method: report.Estimated, Source: s.pue.Source, Note: s.pue.Note,
			Factor: said("PUE", s.pue, ""),
		},
		report.Provenance{
			Fields: []string{"embodiedGrams"}, Cluster: cluster, Method: report.Estimated, Source: "cloud-carbon-footprint",
			Note:   "the machines' share of a server's making over four years, by the hour; shared as energy is",
			Factor: embodiedFactor(s),
		})
	return out
}

func said(name string, f factor.Factor, unit string) *report.Factor {
	return &report.Factor{Name: name, Value: f.Value, Low: f.Low, High: f.High, Unit: unit, Year: f.Year}
}

func embodiedFactor(s *site) *report.Factor {
	e := s.Embodied()
	return &report.Factor{Name: "embodied carbon of all nodes", Value: e.Value, Low: e.Low, High: e.High, Unit: "gCO2e/h"}
}

// noMeter is the meter where there is none.
type noMeter struct{}

// Read finds nothing.
func (noMeter) Read(context.Context, string, footprint.Ask) (footprint.Reading, error) {
	return footprint.Reading{}, footprint.ErrNoMeter
}
