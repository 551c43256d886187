package fred

import (
	"bytes"
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/pseudonym"
	"github.com/fredctl/fred/pkg/report"
)

func TestAnEntryInWhichANameSlippedThroughIsLeftOutAndNamedByPseudonym(t *testing.T) {
	c := cache.New(cache.NewMemory(), cache.Options{})
	t.Cleanup(c.Close)
	for _, kind := range []kube.Resource{kube.Pods, kube.Nodes} {
		_, err := cache.Fetch(t.Context(), c, cache.Request{Key: listKey("prod", kind, ""), TTL: cache.Forever}, func(context.Context) (cache.Collected[kube.Inventory], error) {
			return cache.Collected[kube.Inventory]{Value: kube.Inventory{Nodes: []kube.Node{{Meta: kube.Meta{Name: string(kind) + "box"}}}}}, nil
		})
		require.NoError(t, err)
	}
	mask, other := pseudonym.New(pseudonym.Key{1}), pseudonym.New(pseudonym.Key{1})
	other.Name("any", mask.Name("node", "podsbox")) // as if the mask had let it stand
	f := New(Options{Cache: c})
	t.Cleanup(f.Close)
	e := &exporting{Fred: f, ctx: t.Context(), report: newTransfer("Export"), disguise: &disguise{mask: mask, net: other.Net("")}}
	var b bytes.Buffer
	m, err := c.WriteArchive(t.Context(), &b, cache.About{}, e.entries())
	require.NoError(t, err)
	require.Equal(t, 1, m.Entries)
	require.Len(t, e.left, 1)
	require.Equal(t, mask.Context("prod"), e.left[0].Cluster)
	require.Equal(t, "pods", e.left[0].Kind)
	require.Contains(t, e.left[0].Reason, "a name was found")
	require.Equal(t, report.Missing, e.warnings[0].Code)
	require.NotContains(t, e.warnings[0].Message, "prod")
}

// A member of the header that nobody has decided on stays behind; this says so.
func TestEveryMemberOfAHeaderIsDecided(t *testing.T) {
	decided := []string{
		"Key", "Source", "CollectedAt", "ExpiresAt", "InputHash", "ClusterUID", "Endpoint", "Simulated", "Items",
		"Schema", "Size", "SHA256", "SecretPolicy", // are made anew
		"Warnings", // name objects, and stay behind
	}
	header := reflect.TypeFor[cache.Header]()
	for field := range header.Fields() {
		require.Contains(t, decided, field.Name, "say in disguise.go what becomes of it")
	}
	require.Equal(t, len(decided), header.NumField())
}

func TestWhatASideEntryIsOfIsMaskedToo(t *testing.T) {
	d := &disguise{mask: pseudonym.New(pseudonym.Key{1})}
	for _, key := range []cache.Key{serverKey("prod"), factsKey("prod"), listKey("prod", kube.Pods, "shop"), listKey("prod", kube.Nodes, ""), cache.Aside("uid-1", serverKey("prod")), cache.Aside("url:https://a.corp:6443", listKey("prod", kube.Pods, "shop"))} {
		masked := placeOf(d.key(key))
		was := placeOf(key)
		require.Equal(t, was.kind, masked.kind)
		require.Equal(t, was.aside == "", masked.aside == "")
		require.Equal(t, was.namespace == "", masked.namespace == "")
		require.NotRegexp(t, `prod|shop|uid-1|corp`, d.key(key).String())
	}
}
