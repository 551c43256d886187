package factor_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/factor"
)

func rows(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join("data", name))
	require.NoError(t, err)
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var out []map[string]string
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, column := range all[0] {
			row[column] = cells[i]
		}
		out = append(out, row)
	}
	return out
}

func within(t *testing.T, f factor.Factor, low, high float64, what string) {
	t.Helper()
	require.LessOrEqual(t, f.Low, f.Value, what)
	require.GreaterOrEqual(t, f.High, f.Value, what)
	require.GreaterOrEqual(t, f.Value, low, what)
	require.LessOrEqual(t, f.Value, high, what)
	require.NotEmpty(t, f.Source, what)
}

func TestEveryRowCanBeUsed(t *testing.T) {
	for _, r := range rows(t, "cloud_regions.csv") {
		zone, f, ok := factor.GridOf(r["provider"], r["region"])
		require.True(t, ok, r)
		require.NotEmpty(t, zone)
		within(t, f, 1, 1200, r["region"])
		within(t, factor.PUE(r["provider"], r["region"]), 1, 2, r["region"])
	}
	for _, r := range rows(t, "instance_types.csv") {
		m, ok := factor.MachineOf(r["provider"], r["type"])
		require.True(t, ok, r)
		require.Positive(t, m.CPUs)
		require.NotEmpty(t, m.PriceSource)
		idle, full := factor.Power(m.Provider, m.Microarchitecture)
		within(t, idle, 0.1, 3, m.Type)
		within(t, full, 1, 9, m.Type)
		require.Less(t, idle.Value, full.Value)
		within(t, factor.Embodied(m.Provider, m.Type, float64(m.CPUs)), 0.05, 2000, m.Type)
	}
	for _, zone := range factor.Zones() {
		f, ok := factor.Grid(zone)
		require.True(t, ok)
		within(t, f, 1, 1500, zone)
		require.Positive(t, f.Year)
	}
}

func TestTheDocumentedMachineComesOut(t *testing.T) {
	m, ok := factor.MachineOf("aws", "m5.large")
	require.True(t, ok)
	idle, full := factor.Power("aws", m.Microarchitecture)
	watts := idle.Value + 0.2*(full.Value-idle.Value)
	require.InDelta(t, 1.3112, watts, 0.00005)
	wh := watts * float64(m.CPUs) * 24
	require.InDelta(t, 62.938, wh, 0.001)
	grid, _ := factor.Grid("fr")
	require.InDelta(t, 3.156, wh*1.135/1000*grid.Value, 0.001)
	require.InDelta(t, 22.985, 24*factor.Embodied("aws", "m5.large", 2).Value, 0.001)
}

func TestGridsDifferAsTheTableSays(t *testing.T) {
	for zone, want := range map[string]float64{"FR": 44.18, "DE": 342.06, "PL": 614.98} {
		f, ok := factor.Grid(zone)
		require.True(t, ok)
		require.InDelta(t, want, f.Value, 0.001)
		require.Equal(t, 2024, f.Year)
	}
}

func TestTrapsOfTheTablesAreNotSteppedInto(t *testing.T) {
	namibia, ok := factor.Grid("NA")
	require.True(t, ok, "NA is Namibia")
	require.Positive(t, namibia.Value)
	_, ok = factor.Grid("CF")
	require.False(t, ok, "a grid that emits nothing is none")
	_, ok = factor.Grid("")
	require.False(t, ok)
	_, ok = factor.Grid("_world")
	require.False(t, ok)
	_, full := factor.Power("aws", "epyc-5th-gen")
	require.Less(t, full.Value, 2., "the published figure is the mean of all servers")
	_, full = factor.Power("aws", "haswell")
	require.InDelta(t, 3.898, full.Value, 0.001, "without desktops")
	d2, ok := factor.MachineOf("azure", "Standard_D2as_v5")
	require.True(t, ok)
	require.Equal(t, "0.086", d2.HourlyUSD, "not the price with Windows")
}

func TestWhatIsNotKnownSaysSoAndIsWide(t *testing.T) {
	zone, f, ok := factor.GridOf("aws", "moon-1")
	require.False(t, ok)
	require.Empty(t, zone)
	require.InDelta(t, 472.94, f.Value, 0.01)
	require.Contains(t, f.Note, "moon-1")
	require.Less(t, f.Low, 50.)
	part, ok := factor.Grid("FR-COR")
	require.True(t, ok)
	require.Contains(t, part.Note, "FR stands for it")
	idle, full := factor.Power("nobody", "")
	require.Less(t, idle.Low, idle.Value)
	require.Greater(t, full.High, full.Value)
	pue := factor.PUE("nobody", "")
	require.InDelta(t, 1.54, pue.Value, 0.001)
	require.NotEmpty(t, pue.Note)
	require.InDelta(t, 1.42, factor.PUE("aws", "ap-south-1").Value, 0.001)
	require.InDelta(t, 1.15, factor.PUE("aws", "eu-west-3").Value, 0.05)
	require.Contains(t, factor.Embodied("", "", 8).Note, "assumed")
}

func TestProvidersAreKnownByTheirIDs(t *testing.T) {
	for id, want := range map[string]string{"aws:///eu-west-3a/i-1": "aws", "gce://p/z/n": "gcp", "azure:///subscriptions/x": "azure", "kind://docker/x": "", "": "", "openstack:///x": ""} {
		require.Equal(t, want, factor.ProviderOf(id), id)
	}
}
