package fred

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// MixQuery selects what a question about grids is about: those that the clusters of
// Query are on or, whatever clusters there are, the one of Grid. Its zero value is the
// last day of the current context's grid.
type MixQuery struct {
	Query
	Window window.Asked
	Grid   string // a zone, such as FR
}

// MixReport is a MixReport report.
type MixReport = report.Report[mix.Row, report.None]

// Mix says what fed the grids that clusters are on, and what that emitted: a row for
// each grid or, where the window is cut into steps, for each piece of it. Where nobody
// publishes a grid's hours, the row is of the yearly table, which has an intensity and
// no mix.
func (f *Fred) Mix(ctx context.Context, q MixQuery) (MixReport, error) {
	out := report.New[mix.Row, report.None]("MixReport")
	out.Simulated = f.Simulated
	a, err := f.read(FootprintQuery{Query: q.Query, Window: q.Window, Grid: q.Grid})
	if err != nil {
		return out, err
	}
	out.Window = &a.Resolved.Window
	m := &mixing{Fred: f, asking: a, report: &out}
	if q.Grid != "" {
		s := &site{}
		if err := s.onGrid(q.Grid); err != nil {
			return out, err
		}
		return out, m.add(ctx, []*site{s}, [][]string{nil})
	}
	var sites []*site
	var clusters [][]string
	err = f.each(ctx, q.Query, []kube.Resource{kube.Nodes}, wholeCluster(q.Query), func(l *loaded, _ string) error {
		s, err := f.site(l, a)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(sites, func(o *site) bool { return o.zone == s.zone && o.liveZone == s.liveZone })
		if i < 0 {
			i = len(sites)
			sites, clusters = append(sites, s), append(clusters, nil)
		}
		clusters[i] = append(clusters[i], l.cluster.Name)
		return nil
	}, about(f, &out))
	if err != nil {
		return out, err
	}
	out.Provenance, out.Version = []report.Provenance{}, ""
	return out, m.add(ctx, sites, clusters)
}

// mixing is one such question under way.
type mixing struct {
	*Fred
	*asking
	report *MixReport
}

// add adds the rows of grids, in the order of time, as far as now.
func (m *mixing) add(ctx context.Context, sites []*site, clusters [][]string) error {
	g, grids := errgroup.WithContext(ctx)
	for _, s := range sites {
		g.Go(func() (err error) {
			s.live, err = m.gridHours(grids, s.liveZone, m.Query, m.Resolved.Window)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, s := range sites {
		m.report.Stale = m.report.Stale || s.live.stale
		if read := s.live.oldest; !read.IsZero() && (m.report.CollectedAt == nil || read.Before(*m.report.CollectedAt)) {
			m.report.CollectedAt = new(read.Truncate(time.Millisecond))
		}
	}
	told, stoodIn := make([]bool, len(sites)), make([]bool, len(sites))
	for _, piece := range m.Pieces() {
		if !piece.Start.Before(m.now) {
			break // nothing is known of what is to come
		}
		past := piece
		if past.End.After(m.now) {
			past.End = m.now
		}
		for i, s := range sites {
			row := mix.Over(s.live.hours, past, new(unit.Intensity(s.grid.Value)))
			row.Zone, row.Clusters, row.Source = s.name(), clusters[i], s.live.source
			if m.Step != window.Whole {
				row.Start, row.End = &piece.Start, &piece.End
			}
			if row.Known == 0 {
				row.Source = s.grid.Source
			}
			if row.Yearly > 0 {
				row.Year = s.grid.Year
			}
			told[i], stoodIn[i] = told[i] || row.Known > 0, stoodIn[i] || row.Yearly > 0
			m.report.Items = append(m.report.Items, row)
		}
	}
	for i, s := range sites {
		m.provenance(s, told[i], stoodIn[i])
	}
	if m.End.After(m.now) {
		m.warn("the window ends at %s, which is to come: figures go as far as now", m.End.Format(time.RFC3339))
	}
	return nil
}

func (m *mixing) warn(format string, args ...any) {
	m.report.Warnings = append(m.report.Warnings, report.Warning{Code: report.Note, Message: fmt.Sprintf(format, args...)})
}

// provenance says who tells of a grid, what stands in, and what is missing.
func (m *mixing) provenance(s *site, told, stoodIn bool) {
	for _, n := range s.live.said(stoodIn) {
		m.warn("%s: %s", s.name(), n)
	}
	if len(s.regions) > 1 {
		m.warn("%s", s.severalRegions("the grid is that of"))
	}
	if told {
		m.published(s)
	}
	if stoodIn {
		m.report.Provenance = append(m.report.Provenance, report.Provenance{
			Fields: []string{"lifecycleGramsPerKWh"}, Method: report.Estimated, Source: s.grid.Source, Note: s.grid.Note,
			Factor: said("grid intensity of "+cmp.Or(s.zone, "the world"), s.grid, gridUnit),
		})
	}
}

// published says who told of the hours of a grid.
func (m *mixing) published(s *site) {
	told := report.Provenance{
		Fields: []string{"mixPercent", "directGramsPerKWh"}, Method: report.Measured, Source: s.live.source, Note: s.live.terms,
	}
	computed := report.Provenance{Fields: []string{"lifecycleGramsPerKWh"}, Method: report.Estimated, Source: s.live.source, Note: computedFromMix}
	if !s.live.mixed() {
		told.Fields, computed.Note = told.Fields[1:], s.live.terms
	}
	if m.Simulated {
		told.Method, computed.Method = report.Simulated, report.Simulated
	}
	m.report.Provenance = append(m.report.Provenance, told)
	if slices.ContainsFunc(s.live.hours, func(h mix.Hour) bool { return h.Lifecycle != nil }) {
		m.report.Provenance = append(m.report.Provenance, computed)
	}
}

// computedFromMix says how a life cycle's intensity was had of an hour.
const computedFromMix = "computed from the mix of fuels by their means over the life of plants (IPCC)"

// name is the zone of s, as people know it.
func (s *site) name() string {
	switch {
	case s.live != nil && s.live.source != "":
		return s.liveZone
	default:
		return cmp.Or(s.zone, "the world")
	}
}
