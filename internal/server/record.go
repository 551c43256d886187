package server

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/window"
)

// record keeps, from time to time until ctx ends, what meters know of the clusters that
// people ask about, and tells /metrics what those use. Offline nothing is read.
func (s *Server) record(ctx context.Context) {
	if s.Record <= 0 {
		return
	}
	for timer := time.NewTimer(0); ; timer.Reset(s.Record) {
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if s.Fred.Offline() {
			continue
		}
		s.recordOnce(ctx)
	}
}

// lastHour is what gauges are the means of.
const lastHour = "1h"

func (s *Server) recordOnce(ctx context.Context) {
	clusters, err := s.Fred.Active(ctx)
	var all []prometheus.Metric
	for _, c := range clusters {
		of, failed := s.recordCluster(ctx, c)
		err = cmp.Or(err, failed)
		all = append(all, of...)
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		s.log.Warn("record", "err", err)
	}
	s.gauges.set(all, s.Fred.Now(), err)
	s.answers.changed()
}

// recordCluster keeps what there is to keep of a cluster, and returns its gauges.
func (s *Server) recordCluster(ctx context.Context, cluster string) ([]prometheus.Metric, error) {
	q := fred.FootprintQuery{Query: fred.Query{Clusters: []string{cluster}}}
	if _, err := s.Fred.Collect(ctx, q); err != nil {
		return nil, err
	}
	q.Window = window.Asked{Last: lastHour}
	r, err := s.Fred.Carbon(ctx, q)
	if err != nil || r.Total == nil || r.Total.Known <= 0 {
		return nil, err
	}
	hours := float64(r.Total.Known) * r.Window.Length().Hours()
	var all []prometheus.Metric
	for i := range r.Items {
		row := &r.Items[i]
		labels := []string{cluster, row.Namespace, detailKey(row.EnergyRow).kind}
		if v := number(row.Energy); v != nil { // what is not known is no gauge
			all = append(all, prometheus.MustNewConstMetric(gaugePower, prometheus.GaugeValue, *v/hours, labels...))
		}
		if v := number(row.Carbon); v != nil {
			all = append(all, prometheus.MustNewConstMetric(gaugeCarbon, prometheus.GaugeValue, *v/hours, labels...))
		}
	}
	return all, nil
}

// gauges are what clusters used when that was last recorded. They are safe for
// concurrent use.
type gauges struct {
	mu     sync.Mutex
	power  []prometheus.Metric
	last   time.Time
	errors float64
}

var (
	gaugePower = prometheus.NewDesc("fred_power_watts",
		"Mean power over the last hour, at the machine, by namespace; kind tells what else a row is.", []string{"cluster", "namespace", "kind"}, nil)
	gaugeCarbon = prometheus.NewDesc("fred_emissions_grams_per_hour",
		"Emissions of that power, in grams of CO2 equivalent per hour, location-based.", []string{"cluster", "namespace", "kind"}, nil)
	gaugeLast = prometheus.NewDesc("fred_record_timestamp_seconds",
		"When footprints were last recorded.", nil, nil)
	gaugeErrors = prometheus.NewDesc("fred_record_errors_total",
		"How often footprints could not be recorded.", nil, nil)
)

// Describe implements prometheus.Collector.
func (*gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{gaugePower, gaugeCarbon, gaugeLast, gaugeErrors} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.power {
		ch <- m
	}
	if !g.last.IsZero() {
		ch <- prometheus.MustNewConstMetric(gaugeLast, prometheus.GaugeValue, float64(g.last.Unix()))
	}
	ch <- prometheus.MustNewConstMetric(gaugeErrors, prometheus.CounterValue, g.errors)
}

// set takes over what was recorded, and whether some of it failed.
func (g *gauges) set(all []prometheus.Metric, now time.Time, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.power, g.last = all, now
	if err != nil {
		g.errors++
	}
}
