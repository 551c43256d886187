package fred_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

var volumes = []kube.PersistentVolume{{
	Meta: kube.Meta{Name: "pv-1"}, Capacity: 20 << 30, StorageClass: "gp3", Phase: "Bound",
	Claim: &kube.Claim{Namespace: "shop", Name: "data"}, Driver: "ebs.csi.aws.com", Volume: "vol-0a1b2c3d4e5f60718",
}}

// withVolumes is a stand on a cluster with volumes.
func withVolumes(t *testing.T, options ...func(*fred.Options)) *stand {
	t.Helper()
	s := dev(t, options...)
	s.world.places["dev"].inv.PersistentVolumes = volumes
	return s
}

func TestOnlyAQuestionThatNamesVolumesReadsThem(t *testing.T) {
	s := withVolumes(t)
	s.overview(t, fred.Query{Refresh: true})
	s.workloads(t, everywhere)
	_, err := s.Diagnose(t.Context(), fred.Query{})
	require.NoError(t, err)
	asked := s.world.requests()
	require.Contains(t, asked, "dev limitranges")
	require.NotContains(t, asked, "dev persistentvolumes")

	snapshot, ws, err := s.Lists(t.Context(), fred.Query{}, kube.Pods, kube.PersistentVolumes)
	require.NoError(t, err)
	require.Empty(t, ws)
	require.Equal(t, volumes, snapshot.PersistentVolumes())
	require.Equal(t, []string{"dev persistentvolumes"}, s.world.requests(), "the others are fresh")
	_, _, err = s.Lists(t.Context(), fred.Query{}, kube.PersistentVolumes)
	require.NoError(t, err)
	require.Empty(t, s.world.requests())

	s.clock.pass(time.Hour)
	_, _, err = s.Lists(t.Context(), fred.Query{}, kube.Nodes, kube.PersistentVolumes)
	require.NoError(t, err)
	require.Len(t, s.world.requests(), 1+len(kube.Known), "what is read is read together")
}

func TestVolumesThatMayNotBeReadAreMissing(t *testing.T) {
	s := withVolumes(t)
	s.world.places["dev"].refuse = func(r kube.Resource, _ string) error {
		if r == kube.PersistentVolumes {
			return fault.New(fault.Forbidden, "persistentvolumes is forbidden")
		}
		return nil
	}
	for range 2 {
		snapshot, ws, err := s.Lists(t.Context(), fred.Query{}, kube.Pods, kube.PersistentVolumes)
		require.NoError(t, err)
		require.False(t, snapshot.Known(kube.PersistentVolumes))
		require.True(t, snapshot.Known(kube.Pods))
		require.Equal(t, []report.Code{report.Forbidden}, codes(ws))
		require.Contains(t, ws[0].Message, "no persistentvolumes: persistentvolumes is forbidden")
	}
	require.Len(t, only(s.world.requests(), func(r string) bool { return r == "dev persistentvolumes" }), 1, "it is refused once a minute")
	_, _, err := s.Lists(t.Context(), fred.Query{}, kube.PersistentVolumes)
	fails(t, err, fault.Forbidden, "persistentvolumes is forbidden", "")
}

func TestVolumesAreExportedImportedAndPruned(t *testing.T) {
	s := withVolumes(t)
	_, _, err := s.Lists(t.Context(), fred.Query{}, kube.PersistentVolumes)
	require.NoError(t, err)
	zip, _ := s.exported(t, fred.ExportQuery{Kinds: []string{"persistentvolumes"}})
	c := colleague(t, s.clock)
	require.Equal(t, 2, c.imports(t, zip, fred.ImportOptions{}).Total.Actions[fred.Added], "with who the cluster is")
	entries, err := c.Entries(t.Context(), fred.EntryQuery{Kinds: []string{"persistentvolumes"}})
	require.NoError(t, err)
	require.Equal(t, 1, entries.Total.Entries)
	snapshot, _, err := c.Lists(t.Context(), fred.Query{}, kube.PersistentVolumes)
	require.NoError(t, err)
	require.Equal(t, volumes, snapshot.PersistentVolumes())
	s.clock.pass(31 * 24 * time.Hour)
	require.Equal(t, 1, c.prunes(t, fred.EntryQuery{Kinds: []string{"persistentvolumes"}}).Total.Deleted)
}
