package pseudonym

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/redact"
)

var stored = []any{kube.Inventory{}, kube.Server{}}

// types returns every struct that values of t are made of.
func types(t reflect.Type, found map[reflect.Type]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		types(t.Elem(), found)
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() || found[t] {
			return
		}
		found[t] = true
		for field := range t.Fields() {
			types(field.Type, found)
		}
	}
}

// A string that nobody has decided on does not leave; this says so before users
// miss it.
func TestEveryFieldOfEveryStoredTypeIsDecided(t *testing.T) {
	found := map[reflect.Type]bool{}
	for _, v := range stored {
		types(reflect.TypeOf(v), found)
	}
	require.Greater(t, len(found), 20)
	for typ := range found {
		decided, ok := rules[typ]
		require.True(t, ok, "%s has no rules: add it to rules.go", typ)
		for f := range typ.Fields() {
			if !f.IsExported() || decided[f.Name] != nil || !holdsText(f.Type) {
				continue
			}
			inner := f.Type
			for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			require.True(t, found[inner], "%s.%s holds text: say in rules.go what becomes of it", typ, f.Name)
		}
		for name := range decided {
			_, ok := typ.FieldByName(name)
			require.True(t, ok, "%s has no field %s", typ, name)
		}
	}
	for typ := range rules {
		require.True(t, found[typ], "%s is in no entry", typ)
	}
}

// planter fills every string that it meets with a name of its own.
type planter struct {
	n     int
	shape string
	names []string
}

func (p *planter) next() string {
	p.n++
	s := fmt.Sprintf(p.shape, p.n)
	p.names = append(p.names, s)
	return s
}

func (p *planter) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(p.next())
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		p.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		p.fill(v.Index(0))
		p.fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{p.next(): p.next(), "app": p.next(), "topology.kubernetes.io/region": p.next(), "pods": p.next(), roleKey + p.next(): ""}))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type() != reflect.TypeFor[time.Time]() {
				p.fill(v.Field(i))
			}
		}
	}
}

func TestNothingThatIsPlantedInAnyFieldPasses(t *testing.T) {
	shapes := []string{
		"plantedacme%d", "Plantedacme%dX", "https://ann:pw@plantedacme%d.corp:8443/plantedacme%[1]d?x=plantedacme%[1]d", "/plantedacme%d/lib",
		"--plantedacme%d=plantedacme%[1]d", "reg.plantedacme%d.io:5000/plantedacme%[1]d/web:plantedacme%[1]d", "plantedacme%d:NoSchedule",
		"plantedacme%d-7d9f8b6c5", "key plantedacme%d of Secret plantedacme%[1]d is missing", "2 Insufficient plantedacme%d.io/gpu",
		"$(plantedacme%d)", "‹plantedacme%d›", "v1.2.3-plantedacme%d", "plantedacme%d@mail.example", "CRON_TZ=plantedacme%d 0 1 * * *", "*.plantedacme%d.org",
		"eu-west-3-plantedacme%d", "Container.default.plantedacme%d", "aws:///eu-west-3a/plantedacme%d", "linux/plantedacme%d",
		"kubernetes.io/plantedacme%d", "app.kubernetes.io/plantedacme%d", "1.27-plantedacme%d", "12 plantedacme%d", "m5.plantedacme%d",
		"plantedacmé%d \"quoted\" \\ ",
	}
	for i, shape := range shapes {
		for j, kind := range []string{"", "Deployment", "ReplicaSet", "HostPath", "Node"} {
			m := New(Key{byte(i), byte(j)})
			var inv kube.Inventory
			var server kube.Server
			p := &planter{shape: shape}
			p.fill(reflect.ValueOf(&inv).Elem())
			p.fill(reflect.ValueOf(&server).Elem())
			for i := range inv.Workloads {
				inv.Workloads[i].Kind = kind
				inv.Workloads[i].Template.Volumes[0].Kind = kind
			}
			m.Inventory(&inv)
			m.Server(&server)
			b, err := json.Marshal([]any{inv, server})
			require.NoError(t, err)
			require.NotContains(t, strings.ToLower(string(b)), "planted", "%s", shape)
			_, hits, err := redact.Net(b)
			require.NoError(t, err)
			require.Empty(t, hits, "no pseudonym is taken for a secret")
			name, found := m.Net("").Find(b)
			require.False(t, found, "%s", name)
		}
	}
}

func TestPseudonymsAreStableKeyedAndNames(t *testing.T) {
	a, again, b := New(Key{1}), New(Key{1}), New(Key{2})
	require.Regexp(t, `^ns-[bcdfghj-np-tvxyz]{14}$`, a.Name("ns", "shop"))
	require.Equal(t, a.Name("ns", "shop"), again.Name("ns", "shop"))
	require.NotEqual(t, a.Name("ns", "shop"), b.Name("ns", "shop"))
	require.NotEqual(t, a.Name("ns", "shop")[3:], a.Name("svc", "shop")[4:], "what has one name is not shown to have")
	require.Equal(t, "kube-system", a.Name("ns", "kube-system"))
	require.NotEqual(t, "kube-system", a.Name("deploy", "kube-system"))
	require.Empty(t, a.Name("ns", ""))
	seen := map[string]bool{}
	for i := range 50_000 {
		seen[a.Name("pod", fmt.Sprint("web-", i))] = true
	}
	require.Len(t, seen, 50_000)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", Key{7}, Key{7}, Key{7}, Key{7}), "7")
}

func TestWhatTellsNobodyStays(t *testing.T) {
	m := New(Key{1})
	for _, kept := range []struct{ got, want string }{
		{m.version("v1.36.4-eks-1a2b3c"), "v1.36.4-eks"},
		{m.version("v1.30.1+acme.2"), "v1.30.1"},
		{m.platform("linux/amd64"), "linux/amd64"},
		{m.schedule("15 2 * * MON-FRI"), "15 2 * * MON-FRI"},
		{m.schedule("@daily"), "@daily"},
		{m.taint("node.kubernetes.io/unschedulable:NoSchedule"), "node.kubernetes.io/unschedulable:NoSchedule"},
		{m.labelValue("topology.kubernetes.io/region", "europe-north1"), "europe-north1"},
		{m.labelValue("topology.kubernetes.io/zone", "eu-west-3a"), "eu-west-3a"},
		{m.labelValue("topology.kubernetes.io/region", "westeurope"), "westeurope"},
		{m.labelValue("topology.kubernetes.io/region", "GRA11"), "GRA11"},
		{m.labelValue("node.kubernetes.io/instance-type", "m6i.2xlarge"), "m6i.2xlarge"},
		{m.labelValue("node.kubernetes.io/instance-type", "x2iedn.32xlarge"), "x2iedn.32xlarge"},
		{m.labelValue("node.kubernetes.io/instance-type", "is4gen.medium"), "is4gen.medium"},
		{m.labelValue("node.kubernetes.io/instance-type", "m7i-flex.large"), "m7i-flex.large"},
		{m.labelValue("node.kubernetes.io/instance-type", "n2-standard-4"), "n2-standard-4"},
		{m.labelValue("node.kubernetes.io/instance-type", "Standard_D4s_v5"), "Standard_D4s_v5"},
		{m.labelKey(roleKey + "control-plane"), roleKey + "control-plane"},
		{m.word("CrashLoopBackOff"), "CrashLoopBackOff"},
		{m.detail("exit code 137"), "exit code 137"},
		{m.detail("1 Insufficient cpu, 2 Too many pods"), "1 Insufficient cpu, 2 Too many pods"},
		{m.value("30s"), "30s"},
		{m.value("512Mi"), "512Mi"},
		{m.value("true"), "true"},
		{m.value("0.0.0.0:8080"), "0.0.0.0:8080"},
		{m.argument("‹string›"), "‹string›"},
		{m.value("‹redacted: telling-name›"), "‹redacted: telling-name›"},
		{m.value("‹text, 1048576 bytes›"), "‹text, 1048576 bytes›"},
		{m.hostPath("/var/run/docker.sock"), "/var/run/docker.sock"},
		{m.Host("None"), "None"},
		{m.port("8080"), "8080"},
		{m.port("https"), "https"},
		{m.tag("1.27.3-alpine"), "1.27.3-alpine"},
	} {
		require.Equal(t, kept.want, kept.got)
	}
	for _, masked := range []string{
		m.value("‹redacted: acme›"), m.value("‹redacted: acme shop›"), m.argument("‹redacted: acme›"), m.value("‹text, 111122223333 bytes›"), m.value("‹acme, 12 bytes›"),
		m.labelValue("topology.kubernetes.io/region", "acme-paris"), m.labelValue("topology.kubernetes.io/zone", "acmedc1"), m.value("111122223333"),
		m.labelValue("cost-center", "4711"), m.labelValue("node.kubernetes.io/instance-type", "acme.large-box"),
		m.labelValue("node.kubernetes.io/instance-type", "acme1.large"), m.labelValue("node.kubernetes.io/instance-type", "m1acme.large"), m.tag("4711abc"), m.tag("2026.10.12.7"),
	} {
		require.NotRegexp(t, `acme|1111|4711|2026`, masked)
	}
}

func TestWhatBelongsTogetherStaysTogether(t *testing.T) {
	m := New(Key{1})
	rs := m.object("ReplicaSet", "web-7d9f8b6c5")
	require.Regexp(t, "^"+m.object("Deployment", "web")+"-[a-z]{10}$", rs)
	require.NotEqual(t, rs, m.object("ReplicaSet", "web-7d9f8b6c6"))
	require.Equal(t, m.Host("Shop.example."), m.Host("shop.example"))
	require.Equal(t, "*."+m.Host("acme.org"), m.Host("*.acme.org"))
	require.Equal(t, "url:"+m.URL("https://10.0.0.1:6443/x"), m.Identity("url:https://10.0.0.1:6443/x"))
	require.Regexp(t, `^https://2[45]\d\.\d+\.\d+\.\d+:6443$`, m.URL("https://10.0.0.1:6443/x"))
	require.Regexp(t, `^https://\[2001:db8:.*\]:6443$`, m.URL("https://[fd00::1]:6443"))
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$`, m.UID("uid-dev"))
	require.Regexp(t, `^host-[a-z]{14}\.example:5000/image-[a-z]{14}:1\.2\.3@sha256:[0-9a-f]{64}$`, m.Image("reg.acme.org:5000/shop/web:1.2.3@sha256:abc"))
	require.Regexp(t, `^image-[a-z]{14}:latest$`, m.Image("web:latest"))
	require.Equal(t, "$("+m.variable("SHOP")+")", m.value("$(SHOP)"))
}
