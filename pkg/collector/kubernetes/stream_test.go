package kubernetes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	resourcehelper "k8s.io/component-helpers/resource"
)

func encoded(t testing.TB, o runtime.Object, mediaType string) []byte {
	info, ok := runtime.SerializerInfoForMediaType(scheme.Codecs.SupportedMediaTypes(), mediaType)
	require.True(t, ok)
	var b bytes.Buffer
	require.NoError(t, scheme.Codecs.EncoderForVersion(info.Serializer, core.SchemeGroupVersion).Encode(o, &b))
	return b.Bytes()
}

func protobuf(t testing.TB, o runtime.Object) []byte {
	return encoded(t, o, runtime.ContentTypeProtobuf)
}

func pods(n int) *core.PodList {
	list := &core.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "7", Continue: "more"}}
	for i := range n {
		list.Items = append(list.Items, core.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Name: fmt.Sprintf("pod-%d", i), Namespace: "shop", Labels: map[string]string{"app": "web"},
				Annotations:   map[string]string{"a": "b"},
				ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubelet", FieldsV1: metav1.NewFieldsV1(`"` + strings.Repeat("f", 900) + `"`)}, {Manager: "kubectl", FieldsV1: metav1.NewFieldsV1("{}")}},
			},
			Spec:   core.PodSpec{NodeName: "n1", Containers: []core.Container{{Name: "c", Image: "i", Ports: []core.ContainerPort{{ContainerPort: 80}}}}},
			Status: core.PodStatus{Phase: core.PodRunning},
		})
	}
	return list
}

// read returns what readList makes of data.
func read(data io.Reader) (list []core.Pod, next string, err error) {
	next, err = readList(data, func(p *core.Pod) { list = append(list, *p) })
	return list, next, err
}

func TestAListIsReadWithoutItsManagedFieldsAndElseAsClientGoReadsIt(t *testing.T) {
	for _, n := range []int{0, 1, 300} {
		data := protobuf(t, pods(n))
		var want core.PodList
		_, _, err := scheme.Codecs.UniversalDeserializer().Decode(bytes.Clone(data), nil, &want)
		require.NoError(t, err)
		for i := range want.Items {
			want.Items[i].ManagedFields = nil
		}
		for name, r := range map[string]io.Reader{"at once": bytes.NewReader(data), "byte by byte": iotest.OneByteReader(bytes.NewReader(data))} {
			got, next, err := read(r)
			require.NoError(t, err, name)
			require.Equal(t, "more", next)
			require.Len(t, got, n)
			if n > 0 {
				require.Equal(t, want.Items, got, name)
			}
		}
	}
}

func TestAListInJSONIsReadToo(t *testing.T) {
	got, next, err := read(bytes.NewReader(encoded(t, pods(2), runtime.ContentTypeJSON)))
	require.NoError(t, err)
	require.Equal(t, "more", next)
	require.Len(t, got, 2)
	require.Equal(t, "web", got[1].Labels["app"])
}

func TestAListThatIsCutShortIsAnErrorWhereverItIsCut(t *testing.T) {
	data := protobuf(t, pods(3))
	whole := 0
	for n := range data {
		if _, _, err := read(bytes.NewReader(data[:n])); err == nil {
			whole++
		}
	}
	require.LessOrEqual(t, whole, 2, "only what describes the list may follow it; HTTP tells that it is missing")
	_, _, err := read(io.MultiReader(bytes.NewReader(data[:200]), iotest.ErrReader(errors.New("connection reset"))))
	require.ErrorIs(t, err, errBroken)
}

func TestWhatIsNoListIsAnError(t *testing.T) {
	for _, data := range [][]byte{
		[]byte("<html>"), []byte("{}"), []byte("k8s\x00\xff"),
		[]byte("k8s\x00\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),         // longer than anything
		[]byte("k8s\x00\x12\x80\x80\x80\x80\x04\x12\x80\x80\x80\x80\x02"), // an object of 512 MiB
		protobuf(t, &pods(1).Items[0]),
		encoded(t, &pods(1).Items[0], runtime.ContentTypeJSON),
	} {
		_, _, err := read(bytes.NewReader(data))
		require.Error(t, err, "%.40q", data)
	}
}

func FuzzReadList(f *testing.F) {
	f.Add(protobuf(f, pods(1)))
	f.Add([]byte("k8s\x00\x12\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _, err := read(bytes.NewReader(data)) // must not panic
		var want core.PodList
		if _, _, wantErr := scheme.Codecs.UniversalDeserializer().Decode(bytes.Clone(data), nil, &want); wantErr != nil || err != nil {
			return
		}
		if bytes.HasPrefix(data, magic) {
			require.Len(t, got, len(want.Items))
		}
	})
}

func TestThePlainSumIsWhatTheSchedulersRulesComeTo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // made the same each time
	amounts := map[core.ResourceName][]string{
		core.ResourceCPU:              {"0", "100m", "250m", "1", "1n", "2.5", "1u"},
		core.ResourceMemory:           {"0", "1536Mi", "64Mi", "128974848", "1G", "1e3"},
		core.ResourceEphemeralStorage: {"1Gi"},
	}
	list := func() core.ResourceList {
		l := core.ResourceList{}
		for _, name := range []core.ResourceName{core.ResourceCPU, core.ResourceMemory, core.ResourceEphemeralStorage} {
			if r.IntN(4) > 0 {
				l[name] = resource.MustParse(amounts[name][r.IntN(len(amounts[name]))])
			}
		}
		return l
	}
	plains := 0
	for range 5000 {
		p := &core.Pod{}
		for i := range 1 + r.IntN(3) {
			c := core.Container{Name: string(rune('a' + i)), Resources: core.ResourceRequirements{Requests: list(), Limits: list()}}
			status := core.ContainerStatus{Name: c.Name}
			if r.IntN(2) == 0 {
				status.Resources, status.AllocatedResources = c.Resources.DeepCopy(), c.Resources.Requests.DeepCopy()
			}
			if r.IntN(8) == 0 {
				status.Resources = &core.ResourceRequirements{Requests: list(), Limits: list()}
			}
			p.Spec.Containers, p.Status.ContainerStatuses = append(p.Spec.Containers, c), append(p.Status.ContainerStatuses, status)
		}
		if !plain(p) {
			continue
		}
		plains++
		o := resourcehelper.PodResourcesOptions{UseStatusResources: true}
		require.Equal(t, resources(resourcehelper.PodRequests(p, o), resourcehelper.PodLimits(p, o)), sum(p))
	}
	require.Greater(t, plains, 2000)
}
