//go:build e2e

package e2e_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/energy"
	"github.com/fredctl/fred/pkg/footprint"
)

// busy is ten days in which all that is odd happens, and an Ask for them.
func busy(scrape time.Duration) (*energy.World, footprint.Ask) {
	start := time.Now().UTC().Truncate(24 * time.Hour).Add(-11 * 24 * time.Hour)
	w := energy.Busy(start, 10*24*time.Hour, scrape)
	return w, footprint.Ask{Start: w.Start, End: w.End, Now: time.Now(), Grain: footprint.ByNamespace}
}

// hourly sums up a class by hour; hours without a figure are NaN.
func hourly(r *footprint.Reading, class footprint.Class) []float64 {
	sums := make([]float64, r.Hours())
	for h := range sums {
		sums[h] = math.NaN()
		for _, s := range r.Series {
			if v := s.Values[h]; s.Class == class && !math.IsNaN(v) {
				if math.IsNaN(sums[h]) {
					sums[h] = 0
				}
				sums[h] += v
			}
		}
	}
	return sums
}

func TestAnHourIsTheSameWhicheverWindowItIsReadIn(t *testing.T) {
	for _, probe := range probes[2:6] { // zones that differ, replicas, other labels, levels
		w, ask := busy(time.Minute)
		ask.Exact = true
		if probe.change != nil {
			probe.change(w)
		}
		middle := w.Start.Add(5 * 24 * time.Hour)
		w.Start, w.End = middle.Add(-50*time.Hour), middle.Add(20*time.Hour)
		ask.Start, ask.End = w.Start, w.End
		data := backfill(t, w, probe.write)
		for version, path := range prometheuses(t) {
			t.Run(probe.name+" on Prometheus "+version, func(t *testing.T) {
				m := meterOf(history(t, path, data))
				whole, err := m.Read(t.Context(), "any", ask)
				require.NoError(t, err)
				want, nodes := hourly(&whole, footprint.Consumer), hourly(&whole, footprint.NodeTotal)
				for _, piece := range []int{1, 7} {
					rejected := 0
					for h := 0; h < whole.Hours(); h += piece {
						part := ask
						part.Start = ask.Start.Add(time.Duration(h) * time.Hour)
						part.End = ask.Start.Add(time.Duration(min(h+piece, whole.Hours())) * time.Hour)
						got, err := m.Read(t.Context(), "any", part)
						require.NoError(t, err)
						rejected += got.Rejected
						gotNodes := hourly(&got, footprint.NodeTotal)
						for i, v := range hourly(&got, footprint.Consumer) {
							require.InDelta(t, want[h+i], v, 1e-6*want[h+i], "hour %d, read by %d", h+i, piece)
							require.InDelta(t, nodes[h+i], gotNodes[i], 1e-6*nodes[h+i], "nodes of hour %d, read by %d", h+i, piece)
						}
					}
					require.Equal(t, whole.Rejected, rejected, "read by %d", piece)
				}
			})
		}
	}
}

func TestEachHourComesFromOneRung(t *testing.T) {
	w, ask := busy(5 * time.Minute)
	kepler := w.Start.Add(4*24*time.Hour + 30*time.Minute)
	data := backfill(t, w, energy.Both(energy.CPUTime, energy.From(kepler, energy.Kepler)))
	for version, path := range prometheuses(t) {
		t.Run("on Prometheus "+version, func(t *testing.T) {
			m := meterOf(history(t, path, data))
			for _, ask.Exact = range []bool{false, true} {
				got, err := m.Read(t.Context(), "any", ask)
				require.NoError(t, err)
				for h, rung := range got.Rungs {
					want := footprint.CPUTime
					if h >= 4*24 {
						want = footprint.Kepler
					}
					require.Equal(t, want, rung, "hour %d", h)
				}
				_, sum := consumed(&got) // a core-hour of this world is a watt-hour
				truth := 0.
				for _, v := range w.Namespaces(w.Start, w.End) {
					truth += v
				}
				require.InEpsilon(t, truth, sum, 0.01, "exact: %t", ask.Exact)
				require.InDelta(t, 0.5, got.Coverage[4*24], 0.03)
				require.InDelta(t, 1, got.Coverage[4*24+1], 0.01)
				ask.Rung = footprint.CPUTime
				alone, err := m.Read(t.Context(), "any", ask)
				require.NoError(t, err)
				require.NotContains(t, alone.Rungs, footprint.Kepler)
				ask.Rung = ""
			}
		})
	}
}

func TestAnHourThatIsNotOverIsReadAsFarAsItGoes(t *testing.T) {
	w, ask := busy(time.Minute)
	ask.Start = w.Start.Add(9 * time.Hour)
	ask.End = w.Start.Add(12 * time.Hour)
	ask.Now = ask.End.Add(-35 * time.Minute)
	truth := 0.
	for _, v := range w.Namespaces(ask.Start, ask.Now) {
		truth += v
	}
	for _, probe := range probes[:6] {
		if probe.change != nil {
			probe.change(w)
		}
		w.End = ask.Now.Add(-3 * w.Scrape) // the last scrape is just before now
		data := backfill(t, w, probe.write)
		for version, path := range prometheuses(t) {
			t.Run(probe.name+" on Prometheus "+version, func(t *testing.T) {
				m := meterOf(history(t, path, data))
				for _, ask.Exact = range []bool{false, true} {
					got, err := m.Read(t.Context(), "any", ask)
					require.NoError(t, err)
					_, sum := consumed(&got)
					t.Logf("truth %.2f, exact %t: %.2f", truth, ask.Exact, sum)
					require.InEpsilon(t, truth, sum, 0.02, "exact: %t", ask.Exact)
					require.InDelta(t, 1, got.Coverage[2], 0.06)
				}
			})
		}
	}
}

func TestPodsAreReadWithWhatOwnsThem(t *testing.T) {
	w, ask := busy(5 * time.Minute)
	ask.Grain = footprint.ByPod
	data := backfill(t, w, energy.CPUTime)
	for version, path := range prometheuses(t) {
		t.Run("on Prometheus "+version, func(t *testing.T) {
			m := meterOf(history(t, path, data))
			for _, ask.Exact = range []bool{false, true} {
				got, err := m.Read(t.Context(), "any", ask)
				require.NoError(t, err)
				owners := map[string]int{}
				for _, s := range got.Series {
					if s.Class == footprint.Consumer {
						require.NotEmpty(t, s.Node)
						owners[s.Kind+"/"+s.Name]++
					}
				}
				require.Equal(t, 1, owners["Deployment/app3"])
				require.Greater(t, owners["CronJob/night"], 5)
			}
		})
	}
}

func TestAnyScrapeIntervalWillDo(t *testing.T) {
	for scrape, length := range map[time.Duration]time.Duration{15 * time.Second: 4 * 24 * time.Hour, 10 * time.Minute: 10 * 24 * time.Hour} {
		w, ask := busy(scrape)
		w = energy.Busy(w.Start, length, scrape)
		ask.End = w.End
		data := backfill(t, w, energy.Kepler)
		truth := 0.
		for _, v := range w.Namespaces(w.Start, w.End) {
			truth += v
		}
		for version, path := range prometheuses(t) {
			t.Run(scrape.String()+" on Prometheus "+version, func(t *testing.T) {
				m := meterOf(history(t, path, data))
				for exact, most := range map[bool]float64{false: 0.02, true: 0.001} {
					ask.Exact = exact
					got, err := m.Read(t.Context(), "any", ask)
					require.NoError(t, err)
					_, sum := consumed(&got)
					t.Logf("scraped every %s: truth %.2f, exact %t: %.2f (%+.4f %%)", scrape, truth, exact, sum, (sum/truth-1)*100)
					require.Equal(t, footprint.Every(scrape), got.Scrape)
					require.InEpsilon(t, truth, sum, most, "exact: %t", exact)
				}
			})
		}
	}
}
