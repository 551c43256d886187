package unit_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/unit"
)

func TestCPUIsWrittenInCoresExactToTheNanocore(t *testing.T) {
	tests := map[unit.CPU]string{
		0: "0", unit.Core: "1", 250e6: "0.25", 1: "0.000000001", 1500e6: "1.5", -100e6: "-0.1", 100 * unit.Core / 3: "33.333333333",
	}
	for cpu, want := range tests {
		b, err := json.Marshal(cpu)
		require.NoError(t, err)
		require.Equal(t, want, string(b))
		var back unit.CPU
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, cpu, back)
	}
}

func TestTenthsOfACoreAddUpExactly(t *testing.T) {
	var sum unit.CPU
	for range 10 {
		sum += 100e6
	}
	require.Equal(t, unit.Core, sum)
}

func TestQuantitiesAreShownAsPeopleReadThem(t *testing.T) {
	for cpu, want := range map[unit.CPU]string{0: "0", 1: "<1m", 250e6: "250m", 999_600_000: "1000m", unit.Core: "1", 12_340_000_000: "12.3", 1234 * unit.Core: "1234"} {
		require.Equal(t, want, cpu.String())
	}
	for b, want := range map[unit.Bytes]string{0: "0", 1023: "1023", 1 << 10: "1Ki", 512 << 20: "512Mi", 3 << 29: "1.5Gi", 1<<30 - 1: "1Gi", 5 << 40: "5Ti"} {
		require.Equal(t, want, b.String())
	}
}

func TestNothingIsAShareOfNothing(t *testing.T) {
	_, ok := unit.Share(unit.Core, 0)
	require.False(t, ok)
	share, ok := unit.Share(unit.Core, 4*unit.Core)
	require.True(t, ok)
	require.InDelta(t, 0.25, share, 1e-12)
}
