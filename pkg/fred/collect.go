package fred

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// CollectedRow says what is kept of one cluster's window.
type CollectedRow struct {
	Cluster   string      `json:"cluster" doc:"Full name of the cluster"`
	Source    string      `json:"source" doc:"Where energy is read from; none where there is nothing to keep" enum:"kepler,kepler-legacy,scaphandre,cpu-time,samples,none"`
	Known     unit.Figure `json:"known" doc:"Share of the window, 0 to 1, that is kept"`
	Zone      string      `json:"zone,omitempty" doc:"Zone of the grid"`
	Grid      string      `json:"grid,omitempty" doc:"Who tells of the grid by the hour; left out where nobody does"`
	GridKnown unit.Figure `json:"gridKnown" doc:"Share of the window, 0 to 1, that is kept of the grid"`
}

// CollectReport is a CollectReport report.
type CollectReport = report.Report[CollectedRow, report.None]

// Collect reads what meters and grids know of a window, so that it is kept when they
// forget it. Of a cluster without a meter it keeps what its pods use at this moment:
// asked every few minutes, that is a history.
func (f *Fred) Collect(ctx context.Context, q FootprintQuery) (CollectReport, error) {
	out := report.New[CollectedRow, report.None]("CollectReport")
	a, err := f.read(q)
	if err != nil {
		return out, err
	}
	if f.Offline() {
		return out, fault.New(fault.Offline, "nothing is collected offline").Hinted("Run it without --offline.")
	}
	out.Window = &a.Resolved.Window
	var warnings []report.Warning
	err = f.each(ctx, a.Query, running, wholeCluster(a.Query), func(l *loaded, _ string) error {
		row, b, err := f.collectOne(ctx, l, a)
		if err != nil {
			return err
		}
		warnings = append(warnings, b.warnings...)
		out.Items = append(out.Items, row)
		return nil
	}, about(f, &out))
	out.Warnings = append(out.Warnings, warnings...)
	out.Provenance, out.Version = []report.Provenance{}, ""
	return out, err
}

func (f *Fred) collectOne(ctx context.Context, l *loaded, a *asking) (CollectedRow, *book, error) {
	row := CollectedRow{Cluster: l.cluster.Name, Source: "none"}
	metered := *a
	metered.only = byMeters
	b, err := f.account(ctx, l, &metered, "", true)
	if err != nil {
		return row, nil, err
	}
	switch {
	case b.metered:
		row.Source = b.source()
		row.Known, _ = b.known()
	case usageKnown(l):
		if err := f.record(ctx, l); err != nil {
			return row, nil, err
		}
		row.Source = string(footprint.Samples)
		recorded, err := f.recorded(ctx, l, a)
		if err != nil {
			return row, nil, err
		}
		row.Known = recorded.share(a.Resolved.Window)
	default:
		b.warn(report.Missing, "there is nothing to keep: no meter is named, and metrics.k8s.io does not say what pods use")
	}
	row.Zone, row.Grid = b.site.liveZone, b.site.live.source
	if all := b.used.hourly + b.used.yearly + b.used.unknown; all > 0 && row.Grid != "" {
		row.GridKnown = unit.Figure(b.used.hourly / all)
	}
	return row, b, nil
}

// recordingKey is the key of what was seen of a cluster on one day.
func recordingKey(cluster string, day time.Time) cache.Key {
	return energyKey(cluster, string(footprint.Samples), string(footprint.ByPod), day)
}

// record keeps what pods and nodes used when l was read.
func (f *Fred) record(ctx context.Context, l *loaded) error {
	day := l.collectedAt.UTC().Truncate(aDay)
	key := recordingKey(l.cluster.Name, day)
	r := footprint.NewRecording(day)
	older, err := cache.Read[footprint.Recording](ctx, f.Cache, key)
	switch {
	case err == nil && (older.Header.ClusterUID == "" || older.Header.ClusterUID == identity(l.server)):
		r = older.Value
	case err != nil && !errors.Is(err, cache.ErrMissing) && !errors.Is(err, cache.ErrDamaged):
		return asFault(err)
	}
	if !r.Add(l.collectedAt, moment(l)) {
		return nil // kept already
	}
	request := cache.Request{Key: key, TTL: cache.Forever, Source: f.Source, ClusterUID: identity(l.server), Refresh: true}
	_, err = cache.Fetch(ctx, f.Cache, request, func(context.Context) (cache.Collected[footprint.Recording], error) {
		c := collected(f, r, identity(l.server))
		c.CollectedAt = l.collectedAt
		return c, nil
	})
	return asFault(err)
}

// moment is what pods and nodes of l used when it was read, in cores.
func moment(l *loaded) []footprint.Series {
	var all []footprint.Series
	for _, r := range l.snapshot.Running() {
		if r.Usage != nil {
			all = append(all, footprint.Series{
				Node: r.Node, Namespace: r.Workload.Namespace, Kind: r.Workload.Kind, Name: r.Workload.Name, Values: footprint.Values{r.Usage.Cores()},
			})
		}
	}
	for _, n := range l.snapshot.Nodes() {
		if used, ok := l.snapshot.NodeUsage(n.Name); ok {
			all = append(all, footprint.Series{Class: footprint.NodeTotal, Node: n.Name, Values: footprint.Values{used.Cores()}})
		}
	}
	return all
}

// recorded is what was kept of a cluster without a meter.
type recorded []footprint.Reading

// recorded returns what was kept of the window of a.
func (f *Fred) recorded(ctx context.Context, l *loaded, a *asking) (recorded, error) {
	var all recorded
	end := a.End
	if end.After(a.now) {
		end = a.now
	}
	for day := a.Start.UTC().Truncate(aDay); day.Before(end); day = day.Add(aDay) {
		e, err := cache.Read[footprint.Recording](ctx, f.Cache, recordingKey(l.cluster.Name, day))
		if err == nil && (e.Header.ClusterUID == "" || e.Header.ClusterUID == identity(l.server)) && len(e.Value.Moments) == 24 {
			all = append(all, e.Value.Reading(a.now))
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return all, nil
}

// has reports whether an hour was seen.
func (r recorded) has(hour time.Time) bool {
	i := slices.IndexFunc(r, func(one footprint.Reading) bool { return one.Start.Equal(hour.Truncate(aDay)) })
	return i >= 0 && r[i].Rungs[int(hour.Sub(r[i].Start)/time.Hour)] != ""
}

// share is how much of a window was seen.
func (r recorded) share(w window.Window) unit.Figure {
	seen := time.Duration(0)
	for i := range r {
		for h, rung := range r[i].Rungs {
			start := r[i].Start.Add(time.Duration(h) * time.Hour)
			end := start.Add(time.Hour)
			if r[i].Until.Before(end) {
				end = r[i].Until
			}
			if rung != "" && end.After(start) {
				seen += w.Overlap(start, end)
			}
		}
	}
	return unit.Figure(seen.Hours() / w.Length().Hours())
}
