package fred_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/collector/kubernetes"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/redact"
	"github.com/fredctl/fred/pkg/report"
)

// heir is a colleague who reads manifests, and whose cache has the net for secrets.
func heir(t *testing.T) *stand {
	t.Helper()
	s := colleague(t, &clock{now: noon})
	o := s.Options
	o.Keep = kubernetes.Keep
	o.Cache = cache.New(s.store, cache.Options{Now: s.clock.Now, Offline: func() bool { return true }, SecretPolicy: redact.Policy, Seal: func(b []byte) ([]byte, []string, error) {
		clean, hits, err := redact.Net(b)
		var ws []string
		for _, h := range hits {
			ws = append(ws, h.Path)
		}
		return clean, ws, err
	}})
	f := fred.New(o)
	t.Cleanup(f.Close)
	s.Fred = f
	return s
}

func firstFred(t *testing.T) []byte { return testutil.Zip(t, "", testutil.FirstFred()) }

var inEKS = fred.Query{Clusters: []string{testutil.FirstFredEKS}, AllNamespaces: true}

func TestAZipOfTheFirstFredAnswersOffline(t *testing.T) {
	s := heir(t)
	r := s.imports(t, firstFred(t), fred.ImportOptions{})
	require.Equal(t, r.Total.Entries, r.Total.Actions[fred.Added], "%+v", r.Items)
	require.False(t, report.Partial(r.Warnings), "%v", r.Warnings)
	clusters, err := s.Clusters(t.Context(), fred.Query{})
	require.NoError(t, err)
	var found []string
	for _, c := range clusters.Items {
		found = append(found, c.Name)
	}
	require.Equal(t, []string{testutil.FirstFredAKS, testutil.FirstFredEKS, "idle-ctx"}, found)
	w := s.workloads(t, inEKS)
	require.Equal(t, []string{"shop/cart", "shop/web"}, names(w.Items))
	require.True(t, w.Stale)
	require.True(t, report.Partial(w.Warnings))
	require.Contains(t, body(t, w.Warnings), "imported from the first Fred, without pods, statefulsets")
	cart, web := w.Items[0], w.Items[1]
	require.Nil(t, cart.Replicas)
	require.Nil(t, cart.Images)
	require.Nil(t, cart.Pods)
	require.Nil(t, cart.CPURequest)
	require.Equal(t, "Unknown", cart.Status)
	require.NotContains(t, body(t, cart), "images")
	require.Equal(t, 2, *web.Replicas)
	require.Equal(t, []string{"registry.example/web:1.0"}, web.Images)
	require.Equal(t, 2, *w.Total.Workloads)
	require.Nil(t, w.Total.Pods)
}

func TestWhatAZipOfTheFirstFredLacksIsMissingNotZero(t *testing.T) {
	s := heir(t)
	s.imports(t, firstFred(t), fred.ImportOptions{})
	ns, err := s.Namespaces(t.Context(), inEKS)
	require.NoError(t, err)
	require.Equal(t, "ops", ns.Items[0].Name)
	require.Nil(t, ns.Items[0].Workloads, "nobody looked into it")
	require.Nil(t, ns.Items[0].Pods)
	require.Equal(t, 2, *ns.Items[1].Workloads)
	require.Equal(t, "Active", ns.Items[1].Status)
	_, err = s.Nodes(t.Context(), inEKS)
	require.Equal(t, fault.Offline, fault.KindOf(err))
	none := s.workloads(t, fred.Query{Clusters: []string{"prod"}, Namespace: "ops"})
	require.Nil(t, none.Total.Workloads)
	require.Nil(t, none.Total.Pods)
	require.Contains(t, body(t, none.Warnings), "without pods, deployments")
	d, err := s.Workload(t.Context(), fred.Query{Clusters: []string{"prod"}, Namespace: "shop"}, "deploy", "web")
	require.NoError(t, err)
	require.Equal(t, []string{"web"}, []string{d.Items[0].Services[0].Name})
	require.Equal(t, "web-config", d.Items[0].ConfigMaps[0].Name)
	require.Equal(t, "front", d.Items[0].Ingresses[0].Name)
	require.Equal(t, []string{"liveness"}, d.Items[0].Spec.Containers[0].Probes)
	d, err = s.Workload(t.Context(), fred.Query{Clusters: []string{"prod"}, Namespace: "shop"}, "deploy", "cart")
	require.NoError(t, err)
	require.NotContains(t, body(t, d.Items[0]), "services")
	cm, err := s.ConfigMaps(t.Context(), fred.Query{Clusters: []string{"prod"}, Namespace: "shop"}, "", "")
	require.NoError(t, err)
	require.Len(t, cm.Items, 1)
	require.Contains(t, body(t, cm.Warnings), "there may be more configmaps")
}

func TestWhatModelsWroteIsKeptAsImportedAndNeverFresh(t *testing.T) {
	s := heir(t)
	s.imports(t, firstFred(t), fred.ImportOptions{})
	list, err := s.Entries(t.Context(), fred.EntryQuery{})
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, e := range list.Items {
		kinds[e.Kind]++
		require.Equal(t, "imported", e.Source)
		require.Equal(t, e.Kind == "facts", e.State == cache.Fresh, "%+v", e)
		require.Equal(t, testutil.FirstFredAt, e.CollectedAt)
	}
	require.Equal(t, map[string]int{
		"server": 3, "namespaces": 2, "deployments": 1, "cronjobs": 1, "resourcequotas": 1, "configmaps": 1, "services": 1, "ingresses": 1, "facts": 1,
		"ai-summary": 2, "ai-id": 2, "ai-essentials": 1, "ai-advanced": 1, "ai-scores": 1, "ai-services": 1, "ai-ingresses": 1,
	}, kinds)
	gone, err := s.Prune(t.Context(), fred.EntryQuery{}, fred.PruneOptions{DryRun: true})
	require.NoError(t, err)
	for _, e := range gone.Items {
		require.False(t, strings.HasPrefix(e.Kind, "ai-") || e.Kind == "facts", e.Kind)
	}
	gone, err = s.Prune(t.Context(), fred.EntryQuery{Kinds: []string{"ai-id"}}, fred.PruneOptions{})
	require.NoError(t, err)
	require.Len(t, gone.Items, 2)
	zip, r := s.exported(t, fred.ExportQuery{Namespaces: []string{"shop"}, Kinds: []string{"ai-summary"}})
	require.Equal(t, 4, r.Total.Entries, "the servers and the summary of web")
	other := colleague(t, s.clock)
	require.Equal(t, 4, other.imports(t, zip, fred.ImportOptions{}).Total.Actions[fred.Added])
}

func TestNoSecretOfAZipOfTheFirstFredIsStored(t *testing.T) {
	s := heir(t)
	s.imports(t, firstFred(t), fred.ImportOptions{})
	n := 0
	for info, err := range s.store.List(t.Context(), "") {
		require.NoError(t, err)
		data, _, err := cache.ReadBlob(t.Context(), s.store, info.Name)
		require.NoError(t, err)
		require.NotContains(t, string(data), testutil.Planted, info.Name)
		n++
	}
	require.Greater(t, n, 15)
	key := cache.NewKey("clusters", testutil.FirstFredEKS, "ai", "in", "shop", "Deployment", "web", "summary")
	e, err := cache.Read[map[string]any](t.Context(), s.Cache, key)
	require.NoError(t, err)
	require.Equal(t, "imported", e.Value["origin"])
	require.Contains(t, body(t, e.Value), "Serves pages. It is started with ‹redacted")
}

func TestAZipOfTheFirstFredTwiceIsOnce(t *testing.T) {
	s := heir(t)
	dry := s.imports(t, firstFred(t), fred.ImportOptions{DryRun: true})
	first := s.imports(t, firstFred(t), fred.ImportOptions{})
	require.Equal(t, dry.Total.Actions, first.Total.Actions)
	for _, o := range []fred.ImportOptions{{}, {Merge: fred.Theirs}, {Replace: true}, {Merge: fred.Ours}} {
		again := s.imports(t, testutil.Zip(t, "export/", testutil.FirstFred()), o)
		require.Equal(t, map[fred.Action]int{fred.Unchanged: first.Total.Entries}, again.Total.Actions, "%+v", o)
	}
}

func TestFactsOfTheFirstFredAreMerged(t *testing.T) {
	s := heir(t)
	s.writes(t, testutil.FirstFredEKS, about("peak", "Sunday", 0), about("ours", "x", 0))
	for _, o := range []fred.ImportOptions{{}, {Replace: true}} {
		s.imports(t, firstFred(t), o)
		require.Equal(t, []string{"peak=Sunday", "ours=x"}, titles(t, s, testutil.FirstFredEKS), "theirs is of last year")
	}
	r, err := s.Facts(t.Context(), inEKS, fact.Scope{Namespace: "shop", Kind: "Deployment", Name: "web"})
	require.NoError(t, err)
	require.Equal(t, "owner", r.Items[0].Title)
	r, err = s.Facts(t.Context(), inEKS, fact.Scope{Namespace: "ops"})
	require.NoError(t, err)
	require.Equal(t, time.Date(2025, 1, 2, 9, 30, 0, 0, time.UTC), r.Items[0].Date)
	require.Empty(t, r.Items[0].Type)
}

// legacyDev is a zip of the first Fred about the cluster dev, which s knows.
func legacyDev(t *testing.T) []byte {
	return testutil.Zip(t, "", map[string]string{
		"kube/clusters/dev/NamespacesList.json":                                                   `{"cluster":"dev","namespaces":["shop"]}`,
		"kube/clusters/dev/namespaces/shop/kinds/WorkloadKind.DEPLOYMENT/WorkloadNameList.json":   `{"workloads":["old"],"kind":"Deployment"}`,
		"kube/clusters/dev/namespaces/shop/kinds/WorkloadKind.STATEFUL_SET/WorkloadNameList.json": `{"workloads":["db"],"kind":"StatefulSet"}`,
		"kube/clusters/dev/namespaces/shop/kinds/Job/workloads/once/Workload.json":                `{"object":null}`,
		"ai/clusters/dev/Facts.json":                                                              `{"facts":[{"user":"a","date":"2025-01-02T09:30:00Z","content":"c","title":"t"}]}`,
	})
}

func TestWhatIsImportedHidesNothingThatWasRead(t *testing.T) {
	for _, merge := range fred.Sides {
		s := dev(t)
		before := s.workloads(t, everywhere)
		s.imports(t, legacyDev(t), fred.ImportOptions{Merge: merge})
		require.Equal(t, before.Items, s.offline(t).workloads(t, everywhere).Items, merge)
	}
	s := dev(t)
	s.world.places["dev"].refuse = func(r kube.Resource, _ string) error {
		if r == kube.StatefulSets || r == kube.Jobs {
			return fault.New(fault.Forbidden, "no")
		}
		return nil
	}
	before := s.workloads(t, everywhere)
	s.imports(t, legacyDev(t), fred.ImportOptions{})
	got := s.offline(t).workloads(t, everywhere)
	require.Equal(t, append([]string{"ops/log"}, "shop/cart", "shop/web", "shop/db", "shop/once"), names(got.Items), "the rest is added, not narrowed to")
	require.Len(t, before.Items, 3)
	require.Contains(t, body(t, got.Warnings), "statefulsets are whole in these namespaces alone: shop")
	require.Contains(t, body(t, got.Warnings), "there may be more jobs")
}

func TestALiveClusterTakesThePlaceOfWhatWasImported(t *testing.T) {
	s := dev(t)
	s.imports(t, legacyDev(t), fred.ImportOptions{})
	s.world.change(func() { s.world.places["dev"].silent = errDown })
	require.Equal(t, []string{"shop/old", "shop/db", "shop/once"}, names(s.workloads(t, everywhere).Items), "nobody answers yet")
	s.world.change(func() { s.world.places["dev"].silent = nil })
	r := s.workloads(t, everywhere)
	require.Equal(t, []string{"ops/log", "shop/cart", "shop/web"}, names(r.Items))
	require.Empty(t, r.Warnings)
	require.Equal(t, []string{"t=c"}, titles(t, s, "dev"), "what people wrote stays with the name")
	require.Equal(t, r.Items, s.offline(t).workloads(t, everywhere).Items)
	zip := legacyDev(t)
	again := s.imports(t, zip, fred.ImportOptions{Merge: fred.Theirs})
	require.Positive(t, again.Total.Actions[fred.Kept], "who the cluster is, is known better")
	require.Equal(t, r.Items, s.offline(t).workloads(t, everywhere).Items)
}

func TestDamageInAZipOfTheFirstFredIsLeftOutWithAReason(t *testing.T) {
	files := testutil.FirstFred()
	shop := "clusters/" + testutil.FirstFredEKS + "/namespaces/shop/"
	files["ai/"+shop+"kinds/Job/workloads/x/WorkloadSummary.json"] = `{"workload_summary":`
	files["kube/"+shop+"kinds/Job/workloads/x/Workload.json"] = `{"object":{"spec":{"parallelism":"` + testutil.Planted + `"}}}`
	files["ai/clusters/idle-ctx/Facts.json"] = `{"facts":[{"title":""},{"user":"a","date":"2025-01-02T09:30:00Z","content":"c","title":"t"}]}`
	files["ai/notes.txt"] = `hello`
	s := heir(t)
	r := s.imports(t, testutil.Zip(t, "", files), fred.ImportOptions{})
	require.Equal(t, 4, r.Total.Actions[fred.LeftOut])
	require.True(t, report.Partial(r.Warnings))
	require.Contains(t, body(t, r.Warnings), "WorkloadSummary.json is left out: it is not JSON of the shape")
	require.NotContains(t, body(t, r), testutil.Planted)
	require.Equal(t, []string{"t=c"}, titles(t, s, "idle-ctx"))
	require.Contains(t, names(s.workloads(t, inEKS).Items), "shop/x", "its name is known")
}

func TestAHostileZipInTheFirstFredsLayoutIsRefused(t *testing.T) {
	for _, name := range []string{"../x", "/etc/x", "kube/../../x", "C:/x", `kube\x`, "kube/clusters/a/./x"} {
		files := testutil.FirstFred()
		files[name] = "{}"
		var b bytes.Buffer
		b.Write(testutil.Zip(t, "", files))
		s := heir(t)
		_, err := s.Import(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), fred.ImportOptions{Merge: fred.Newer})
		require.Equal(t, fault.Refused, fault.KindOf(err), name)
		list, err := s.Entries(t.Context(), fred.EntryQuery{})
		require.NoError(t, err)
		require.Empty(t, list.Items)
	}
}

func TestWhatTheFirstFredDidNotKeepIsNotKnownUnderPseudonymsEither(t *testing.T) {
	s := heir(t)
	s.imports(t, firstFred(t), fred.ImportOptions{})
	plain := s.workloads(t, fred.Query{AllClusters: true, AllNamespaces: true})
	o := s.Options
	withKey(&o)
	s.Fred = fred.New(o)
	t.Cleanup(s.Close)
	archive, _ := s.exported(t, fred.ExportQuery{Pseudonyms: true})

	b := colleague(t, &clock{now: noon})
	b.imports(t, archive, fred.ImportOptions{})
	masked := b.workloads(t, fred.Query{AllClusters: true, AllNamespaces: true})
	require.Len(t, masked.Items, len(plain.Items))
	require.ElementsMatch(t, codes(plain.Warnings), codes(masked.Warnings), "%v\n%v", plain.Warnings, masked.Warnings)
	require.Contains(t, body(t, masked.Warnings), "imported from the first Fred, without pods")
}
