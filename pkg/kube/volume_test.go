package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/kube"
)

func TestVolumesAreOfNoNamespaceAndReadOnlyWhereTheyAreNamed(t *testing.T) {
	require.False(t, kube.PersistentVolumes.Namespaced())
	require.NotContains(t, kube.All, kube.PersistentVolumes)
	require.Equal(t, append(append([]kube.Resource{}, kube.All...), kube.PersistentVolumes), kube.Known)
}

func TestVolumesAreMergedSortedCountedAndNarrowedNot(t *testing.T) {
	inv := kube.Merge([]kube.Inventory{
		{PersistentVolumes: []kube.PersistentVolume{{Meta: kube.Meta{Name: "b"}}}},
		{PersistentVolumes: []kube.PersistentVolume{{Meta: kube.Meta{Name: "a"}}}},
	})
	inv.Sort()
	inv.Narrow([]string{"shop"})
	require.Equal(t, 2, inv.Len())
	require.Equal(t, []kube.PersistentVolume{{Meta: kube.Meta{Name: "a"}}, {Meta: kube.Meta{Name: "b"}}}, snapshot(*inv).PersistentVolumes())
}
