package fred_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/simulation"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/pseudonym"
	"github.com/fredctl/fred/pkg/redact"
	"github.com/fredctl/fred/pkg/report"
)

func withKey(o *fred.Options) {
	o.PseudonymKey = func() (pseudonym.Key, error) { return pseudonym.Key{1}, nil }
}

// unpacked returns the files of an archive by name.
func unpacked(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = string(b)
	}
	return files
}

// acme is a cluster whose every field that people fill in tells whose it is.
func acme() *place {
	p := &place{server: kube.Server{Version: "v1.37.2-acmebuild", Platform: "linux/amd64", URL: "https://api.acmeprod.corp:6443/acmepath", UID: "acme-uid-1", Namespace: "acmeshop"}}
	labels := map[string]string{"app": "acmefront", "acme.com/team": "acmeteam", "cost-center": "ACME4711"}
	meta := func(namespace, name string) kube.Meta {
		return kube.Meta{Namespace: namespace, Name: name, Labels: labels, Annotations: map[string]string{"app.kubernetes.io/acmekey": "acmevalue", "meta.helm.sh/release-name": "acmerelease"}}
	}
	number := "111122223333"
	tpl := &kube.Template{
		Labels: labels, ServiceAccount: "acmesa",
		Containers: []kube.Container{{
			Name: "acmecontainer", Image: "registry.acme.corp/acmeteam/acmeimage:acmetag-1", Command: []string{"/opt/acme/acmed"}, Args: []string{"--acmeflag=acmearg"},
			Ports: []kube.Port{{Name: "acmeport", Protocol: "TCP", Port: 80}},
			Env: []kube.EnvVar{
				{Name: "ACME_ACCOUNT", Value: &number},
				{Name: "ACME_X", From: &kube.EnvRef{Kind: "ConfigMap", Name: "acmeconfig", Key: "acmekey.yaml"}},
			},
			EnvFrom: []kube.EnvFrom{{Kind: "ConfigMap", Name: "acmeconfig", Prefix: "ACME_"}},
		}},
		Volumes: []kube.Volume{{Name: "acmevolume", Kind: "HostPath", Object: "/srv/acme"}, {Name: "acmeclaim", Kind: "PersistentVolumeClaim", Object: "acmeclaim"}},
	}
	p.inv = kube.Inventory{
		Nodes:      []kube.Node{{Meta: meta("", "acmenode1.corp"), ProviderID: "aws:///eu-west-3a/i-acme1", KubeletVersion: "v1.37.2-acmebuild", Taints: []string{"acme.com/only:NoSchedule"}, Conditions: []kube.Condition{{Type: "AcmeDisk", Status: "True", Reason: "AcmeReason"}}}},
		Namespaces: []kube.Namespace{{Meta: meta("", "acmeshop"), Phase: "Active"}},
		Workloads:  []kube.Workload{{Meta: meta("acmeshop", "acmefront"), Kind: "Deployment", Replicas: 1, Template: tpl}},
		Pods:       []kube.Pod{{Meta: kube.Meta{Namespace: "acmeshop", Name: "acmefront-1", Owner: &kube.Ref{Kind: "Deployment", Name: "acmefront"}}, Node: "acmenode1.corp", Phase: "Running", Issues: []kube.Issue{{Container: "acmecontainer", Reason: "CreateContainerConfigError", Detail: "ConfigMap acmeconfig is missing"}}}},
		Services:   []kube.Service{{Meta: meta("acmeshop", "acmesvc"), Selector: labels, ClusterIP: "10.11.12.13", ExternalName: "db.acme.corp"}},
		ConfigMaps: []kube.ConfigMap{{Meta: meta("acmeshop", "acmeconfig"), Keys: []kube.ConfigKey{{Key: "acmekey.yaml", Paths: []string{"acme.hosts[]"}}}}},
	}
	return p
}

const acmeContext = "arn:aws:eks:eu-west-3:444455556666:cluster/acmeprod"

func TestNothingOfTheCompanyIsInAnyByteOfAnExportUnderPseudonyms(t *testing.T) {
	p := acme()
	s := newStand(t, &world{contexts: []kube.Cluster{contextOf(acmeContext, p, "acmeshop")}, places: map[string]*place{acmeContext: p}}, withKey)
	s.workloads(t, everywhere)
	f := about("acmetitle", "what acme knows", 0)
	f.User = "anna.acme"
	s.writes(t, acmeContext, f)
	plain, _ := s.exported(t, fred.ExportQuery{})
	require.Contains(t, strings.Join(slices.Collect(values(unpacked(t, plain))), ""), "acme", "it is there to be found")

	var names bytes.Buffer
	archive, r := s.exported(t, fred.ExportQuery{Pseudonyms: true, Names: &names})
	tells := regexp.MustCompile(`(?i)acme|4444|1111|10\.11|4711|anna|corp`)
	require.False(t, tells.Match(archive))
	files := unpacked(t, archive)
	require.Greater(t, len(files), 10)
	for name, text := range files {
		require.NotRegexp(t, tells, name)
		require.Empty(t, tells.FindString(text), "%s", name)
		require.NotContains(t, text, "redacted")
	}
	require.Contains(t, files["fred-backend-cache/manifest.json"], `"pseudonyms": true`)

	require.True(t, r.Total.Pseudonyms)
	require.Equal(t, 1, r.Total.Actions[fred.LeftOut], "the facts")
	require.Equal(t, "facts", r.Items[0].Kind)
	require.Equal(t, []report.Code{report.Note}, codes(r.Warnings))
	require.NotRegexp(t, tells, body(t, r))
	require.Contains(t, names.String(), ",ns,acmeshop\n")
	again, _ := s.exported(t, fred.ExportQuery{Pseudonyms: true})
	require.Equal(t, archive, again, "the same cache and key give the same bytes")
}

func values(files map[string]string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, text := range files {
			if !yield(text) {
				return
			}
		}
	}
}

// simulated is a stand on the made-up world, and its colleague behind an export
// under pseudonyms.
func simulated(t *testing.T, q fred.ExportQuery) (ours, theirs *fred.Fred, files map[string]string) {
	t.Helper()
	w := simulation.New(noon)
	now := func() time.Time { return noon }
	o := fred.Options{Contexts: w, Kubernetes: w, Now: now, Age: time.Hour, Cache: cache.New(cache.NewMemory(), cache.Options{Now: now, Seal: seal})}
	withKey(&o)
	ours = fred.New(o)
	t.Cleanup(ours.Close)
	_, err := ours.Workloads(t.Context(), fred.Query{AllClusters: true, AllNamespaces: true})
	require.NoError(t, err)
	var b bytes.Buffer
	q.Pseudonyms = true
	r, err := ours.Export(t.Context(), q, &b, "test")
	require.NoError(t, err)
	require.Empty(t, r.Warnings)
	c := colleague(t, &clock{now: noon})
	in := c.imports(t, b.Bytes(), fred.ImportOptions{})
	require.True(t, in.Total.Pseudonyms)
	require.Zero(t, in.Total.Actions[fred.LeftOut])
	files = unpacked(t, b.Bytes())
	for name, text := range files {
		require.NotContains(t, text, "redacted", "%s: no pseudonym is taken for a secret", name)
	}
	return ours, c.Fred, files
}

// seal is the net that the program puts before its cache.
func seal(payload []byte) ([]byte, []string, error) {
	clean, _, err := redact.Net(payload)
	return clean, nil, err
}

func TestAColleagueSeesTheSameNumbersUnderPseudonyms(t *testing.T) {
	ours, theirs, _ := simulated(t, fred.ExportQuery{})
	all := fred.Query{AllClusters: true, AllNamespaces: true}
	a, err := ours.Workloads(t.Context(), all)
	require.NoError(t, err)
	b, err := theirs.Workloads(t.Context(), all)
	require.NoError(t, err)
	require.Equal(t, a.Total, b.Total)
	require.Len(t, b.Items, len(a.Items))
	require.Equal(t, shapes(t, ours, a), shapes(t, theirs, b), "status, counts and wiring of each workload")

	x, err := ours.Overview(t.Context(), all)
	require.NoError(t, err)
	y, err := theirs.Overview(t.Context(), all)
	require.NoError(t, err)
	require.Equal(t, x.Total, y.Total)
	require.Equal(t, overviews(x), overviews(y))
	seen := names(b.Items)
	for _, row := range a.Items {
		require.NotContains(t, seen, row.Namespace+"/"+row.Name)
	}
}

// overviews are the numbers of overviews, whatever they are called.
func overviews(o fred.ClusterOverview) (list []string) {
	for _, c := range o.Items {
		list = append(list, fmt.Sprint(*c.Nodes.CPURequest, *c.Nodes.CPUUsage, c.Nodes.CPUAllocatable, c.Nodes.Nodes, c.Nodes.NodesReady, *c.Workloads.Pods, len(c.Namespaces), len(c.Problems)))
	}
	slices.Sort(list)
	return list
}

// shapes are what is known of workloads but their names.
func shapes(t *testing.T, f *fred.Fred, l fred.WorkloadList) (list []string) {
	t.Helper()
	for _, row := range l.Items {
		r, err := f.Workload(t.Context(), fred.Query{Clusters: []string{row.Cluster}, Namespace: row.Namespace}, row.Kind, row.Name)
		require.NoError(t, err)
		d := r.Items[0]
		missing, keys := 0, 0
		for _, cm := range d.ConfigMaps {
			keys += len(cm.Keys)
			if cm.Missing {
				missing++
			}
		}
		counts, err := json.Marshal(d.Counts)
		require.NoError(t, err)
		list = append(list, fmt.Sprint(row.Kind, d.Status, len(d.Problems), string(counts), len(d.PodList), len(d.Services), len(d.Ingresses), len(d.ConfigMaps), missing, keys, len(d.Images), len(d.Spec.Containers)))
	}
	slices.Sort(list)
	return list
}

func TestTheOrderOfAnExportTellsNothingOfTheNames(t *testing.T) {
	_, _, files := simulated(t, fred.ExportQuery{})
	for name, text := range files {
		if !strings.HasSuffix(name, "/pods.jsonl") {
			continue
		}
		var inv kube.Inventory
		_, payload, _ := strings.Cut(text, "\n")
		require.NoError(t, json.Unmarshal([]byte(payload), &inv))
		require.True(t, slices.IsSortedFunc(inv.Pods, func(a, b kube.Pod) int {
			return strings.Compare(a.Namespace+"\x00"+a.Name, b.Namespace+"\x00"+b.Name)
		}), name)
	}
}

func TestASelectionIsMadeByNamesAndLeavesUnderPseudonyms(t *testing.T) {
	_, theirs, files := simulated(t, fred.ExportQuery{Clusters: []string{"aurora"}, Namespaces: []string{"shop", "payments"}, Kinds: []string{"pods", "deployments"}})
	for name := range files {
		require.NotRegexp(t, `shop|payments|aurora|arn`, name)
	}
	r, err := theirs.Workloads(t.Context(), everywhere)
	require.NoError(t, err)
	require.NotEmpty(t, r.Items)
}

func TestWithoutAKeyNothingLeaves(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	var b bytes.Buffer
	_, err := s.Export(t.Context(), fred.ExportQuery{Pseudonyms: true}, &b, "test")
	fails(t, err, fault.Invalid, "no key", "")
	require.Empty(t, b.Bytes())
}
