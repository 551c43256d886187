package fred_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/simulation"
	"github.com/fredctl/fred/pkg/cache"
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

func TestUnderPseudonymsAVolumeIsStillThatOfItsClaim(t *testing.T) {
	w := simulation.New(noon)
	now := func() time.Time { return noon }
	o := fred.Options{Contexts: w, Kubernetes: w, Now: now, Age: time.Hour, Cache: cache.New(cache.NewMemory(), cache.Options{Now: now, Seal: seal})}
	withKey(&o)
	ours := fred.New(o)
	t.Cleanup(ours.Close)
	need := append([]kube.Resource{kube.PersistentVolumes}, kube.All...)
	before, _, err := ours.Lists(t.Context(), fred.Query{}, need...)
	require.NoError(t, err)
	require.Len(t, mounted(before), len(before.PersistentVolumes()), "each is mounted")
	require.NotEmpty(t, before.PersistentVolumes())

	var b bytes.Buffer
	r, err := ours.Export(t.Context(), fred.ExportQuery{Pseudonyms: true}, &b, "test")
	require.NoError(t, err)
	require.Empty(t, r.Warnings)
	for name, text := range unpacked(t, b.Bytes()) {
		require.NotRegexp(t, `data-|vol-|pvc-[0-9a-f]{8}-|redacted`, text, name)
	}
	theirs := colleague(t, &clock{now: noon})
	theirs.imports(t, b.Bytes(), fred.ImportOptions{})
	after, _, err := theirs.Lists(t.Context(), fred.Query{}, need...)
	require.NoError(t, err)
	require.ElementsMatch(t, kindsOf(mounted(before)), kindsOf(mounted(after)))
	for _, v := range after.PersistentVolumes() {
		require.Regexp(t, `^pv-[a-z]{14}$`, v.Name)
		require.Regexp(t, `^disk-[a-z]{14}$`, v.Volume)
		require.Regexp(t, `^pvc-[a-z]{14}$`, v.Claim.Name)
		require.Equal(t, "gp3", v.StorageClass, "it is the cloud's")
		require.Equal(t, "ebs.csi.aws.com", v.Driver)
	}
}

// mounted are the volumes that workloads mount.
func mounted(s *kube.Snapshot) map[string]kube.ID {
	found, mounts := map[string]kube.ID{}, s.Mounts()
	for _, v := range s.PersistentVolumes() {
		if ids := mounts[*v.Claim]; len(ids) == 1 {
			found[v.Name] = ids[0]
		}
	}
	return found
}

func kindsOf(ids map[string]kube.ID) (kinds []string) {
	for _, id := range ids {
		kinds = append(kinds, id.Kind)
	}
	return kinds
}
