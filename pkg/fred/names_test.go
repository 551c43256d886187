package fred_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

// twins are clusters whose names differ by case only, in their first 4 KiB not at
// all, or look like paths.
func twins() *world {
	long := strings.Repeat("Ab/", 4096/3)
	w := &world{places: map[string]*place{}}
	for i, name := range []string{"Prod", "prod", "PROD", "pr\u00f6d", "pro\u0308d", long + "X", long + "x", strings.ToLower(long) + "x", "../../prod", "con", "prod.jsonl"} {
		p := shop("uid-" + string(rune('a'+i)))
		p.deploy("shop", "only-in-"+string(rune('a'+i)), 1)
		w.contexts, w.places[name] = append(w.contexts, contextOf(name, p, "shop")), p
		w.contexts[i].Current = i == 0
	}
	return w
}

func TestNamesThatHardlyDifferAreKeptApartAllTheWay(t *testing.T) {
	w := twins()
	c := &clock{now: noon}
	store, err := cache.NewFolder(t.TempDir())
	require.NoError(t, err)
	s := on(t, w, c, store)
	s.overview(t, fred.Query{AllClusters: true})
	for _, ctx := range w.contexts {
		s.writes(t, ctx.Name, about("of", ctx.Name[max(0, len(ctx.Name)-20):], 0))
	}
	zip, exported := s.exported(t, fred.ExportQuery{})
	target, err := cache.NewFolder(t.TempDir())
	require.NoError(t, err)
	other := on(t, &world{}, c, target, func(o *fred.Options) { o.Offline = func() bool { return true } })
	require.Equal(t, exported.Total.Entries, other.imports(t, zip, fred.ImportOptions{}).Total.Actions[fred.Added])
	again, _ := other.exported(t, fred.ExportQuery{})
	require.True(t, bytes.Equal(zip, again))

	r, err := other.Verify(t.Context())
	require.NoError(t, err)
	require.Equal(t, exported.Total.Entries, r.Total.Entries)
	info, err := other.Info(t.Context())
	require.NoError(t, err)
	require.Len(t, info.Items, len(w.contexts))
	for i, ctx := range w.contexts {
		q := fred.Query{Clusters: []string{ctx.Name}, AllNamespaces: true}
		list := other.workloads(t, q)
		require.Contains(t, names(list.Items), "shop/only-in-"+string(rune('a'+i)), ctx.Name)
		require.Len(t, list.Items, 4)
		require.Equal(t, []string{"of=" + ctx.Name[max(0, len(ctx.Name)-20):]}, titles(t, other, ctx.Name))
		entries, err := other.Entries(t.Context(), fred.EntryQuery{Clusters: []string{ctx.Name}})
		require.NoError(t, err)
		require.Equal(t, exported.Total.Entries/len(w.contexts), entries.Total.Entries)
		part, _ := other.exported(t, fred.ExportQuery{Clusters: []string{ctx.Name}})
		require.Less(t, len(part), len(zip)/2)
	}

	c.pass(time.Hour)
	gone, err := other.Prune(t.Context(), fred.EntryQuery{Clusters: []string{"prod"}}, fred.PruneOptions{OlderThan: time.Minute})
	require.NoError(t, err)
	require.Equal(t, len(kube.All)+1, gone.Total.Deleted)
	for _, ctx := range w.contexts {
		list, err := other.Workloads(t.Context(), fred.Query{Clusters: []string{ctx.Name}, AllNamespaces: true})
		if ctx.Name == "prod" {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		require.Len(t, list.Items, 4)
	}
	require.True(t, other.has(t, "clusters/prod/facts.jsonl"), "what people wrote stays")
}
