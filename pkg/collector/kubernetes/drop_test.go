package kubernetes

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

func protobuf(t testing.TB, o runtime.Object) []byte {
	info, ok := runtime.SerializerInfoForMediaType(scheme.Codecs.SupportedMediaTypes(), runtime.ContentTypeProtobuf)
	require.True(t, ok)
	var b bytes.Buffer
	require.NoError(t, scheme.Codecs.EncoderForVersion(info.Serializer, core.SchemeGroupVersion).Encode(o, &b))
	return b.Bytes()
}

func pods(n int) *core.PodList {
	list := &core.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "7", Continue: "more"}}
	for i := range n {
		list.Items = append(list.Items, core.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Name: fmt.Sprintf("pod-%d", i), Namespace: "shop", Labels: map[string]string{"app": "web"},
				Annotations:   map[string]string{"a": "b"},
				ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubelet", FieldsV1: metav1.NewFieldsV1(strings.Repeat("f", 900))}, {Manager: "kubectl"}},
			},
			Spec:   core.PodSpec{NodeName: "n1", Containers: []core.Container{{Name: "c", Image: "i", Ports: []core.ContainerPort{{ContainerPort: 80}}}}},
			Status: core.PodStatus{Phase: core.PodRunning},
		})
	}
	return list
}

func decode(t testing.TB, data []byte) *core.PodList {
	var list core.PodList
	_, _, err := scheme.Codecs.UniversalDeserializer().Decode(data, nil, &list)
	require.NoError(t, err)
	return &list
}

func TestAListIsDecodedWithoutItsManagedFieldsAndElseTheSame(t *testing.T) {
	for _, n := range []int{0, 1, 300} {
		data := protobuf(t, pods(n))
		want := decode(t, data)
		for i := range want.Items {
			want.Items[i].ManagedFields = nil
		}
		require.Equal(t, want, decode(t, dropManagedFields(data)))
	}
}

func TestWhatIsNoListIsLeftAsItIs(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("{}"), []byte("k8s\x00\xff"), protobuf(t, pods(2))[:40]} {
		require.Equal(t, data, dropManagedFields(data))
	}
}

func FuzzDroppingNeverBreaksWhatCouldBeDecoded(f *testing.F) {
	f.Add(protobuf(f, pods(1)))
	f.Add([]byte("k8s\x00\x12\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after core.PodList
		if _, _, err := scheme.Codecs.UniversalDeserializer().Decode(bytes.Clone(data), nil, &before); err != nil {
			_ = dropManagedFields(data) // must not panic
			return
		}
		_, _, err := scheme.Codecs.UniversalDeserializer().Decode(dropManagedFields(data), nil, &after)
		require.NoError(t, err)
		require.Len(t, after.Items, len(before.Items))
	})
}
