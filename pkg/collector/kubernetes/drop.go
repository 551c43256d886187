package kubernetes

import (
	"bytes"

	"google.golang.org/protobuf/encoding/protowire"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// dropping is a serializer that does not decode metadata.managedFields. They
// are up to half of what an API server sends, fred keeps nothing of them, and
// they are of no use to it: what is not decoded need not be allocated.
type dropping struct{ runtime.NegotiatedSerializer }

// DecoderToVersion returns the decoder of the serializer within, behind one that
// drops.
func (d dropping) DecoderToVersion(s runtime.Decoder, gv runtime.GroupVersioner) runtime.Decoder {
	return dropper{d.NegotiatedSerializer.DecoderToVersion(s, gv)}
}

type dropper struct{ runtime.Decoder }

// Decode decodes data; a list without its managed fields.
func (d dropper) Decode(data []byte, defaults *schema.GroupVersionKind, into runtime.Object) (runtime.Object, *schema.GroupVersionKind, error) {
	if into == nil || !meta.IsListType(into) {
		return d.Decoder.Decode(data, defaults, into)
	}
	return d.Decoder.Decode(dropManagedFields(data), defaults, into)
}

// The numbers of the fields on the way to managedFields in Kubernetes' protobuf.
const (
	unknownRaw        protowire.Number = 2  // runtime.Unknown.raw: the list itself
	listItems         protowire.Number = 2  // …List.items, in every list
	itemMetadata      protowire.Number = 1  // metadata, in every object
	metaManagedFields protowire.Number = 17 // ObjectMeta.managedFields
)

// magic begins every protobuf that an API server sends.
var magic = []byte("k8s\x00")

// dropManagedFields returns a list as an API server sends it without the managed
// fields of its items. What is no such list is returned as it is.
func dropManagedFields(data []byte) []byte {
	body, ok := bytes.CutPrefix(data, magic)
	if !ok {
		return data
	}
	out := append(make([]byte, 0, len(data)), magic...)
	out, ok = rewrite(out, body, func(out []byte, n protowire.Number, value []byte) ([]byte, bool, bool) {
		if n != unknownRaw {
			return out, false, true
		}
		return nested(out, n, value, dropFromList)
	})
	if !ok {
		return data
	}
	return out
}

func dropFromList(out, list []byte) ([]byte, bool) {
	return rewrite(out, list, func(out []byte, n protowire.Number, value []byte) ([]byte, bool, bool) {
		if n != listItems {
			return out, false, true
		}
		return nested(out, n, value, dropFromItem)
	})
}

func dropFromItem(out, item []byte) ([]byte, bool) {
	return rewrite(out, item, func(out []byte, n protowire.Number, value []byte) ([]byte, bool, bool) {
		if n != itemMetadata {
			return out, false, true
		}
		return nested(out, n, value, dropFromMetadata)
	})
}

func dropFromMetadata(out, meta []byte) ([]byte, bool) {
	return rewrite(out, meta, func(out []byte, n protowire.Number, _ []byte) ([]byte, bool, bool) {
		return out, n == metaManagedFields, true
	})
}

// rewrite appends the fields of message to out. Each field that holds bytes is
// shown to field, which may write it itself (taken); the others are copied. It
// fails on what is no message.
func rewrite(out, message []byte, field func(out []byte, n protowire.Number, value []byte) (_ []byte, taken, ok bool)) ([]byte, bool) {
	for len(message) > 0 {
		n, kind, tag := protowire.ConsumeTag(message)
		if tag < 0 {
			return out, false
		}
		size := protowire.ConsumeFieldValue(n, kind, message[tag:])
		if size < 0 {
			return out, false
		}
		if kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message[tag:])
			var taken, ok bool
			if out, taken, ok = field(out, n, value); !ok {
				return out, false
			}
			if taken {
				message = message[tag+size:]
				continue
			}
		}
		out = append(out, message[:tag+size]...)
		message = message[tag+size:]
	}
	return out, true
}

// widest is how many bytes the length of a message takes at the most here.
const widest = 5

// nested appends field n with value rewritten. The length is written behind: it
// is known only then, and takes as many bytes as it may.
func nested(out []byte, n protowire.Number, value []byte, within func(out, value []byte) ([]byte, bool)) ([]byte, bool, bool) {
	out = protowire.AppendTag(out, n, protowire.BytesType)
	at := len(out)
	out, ok := within(append(out, 0, 0, 0, 0, 0), value)
	if !ok {
		return out, false, false
	}
	size := len(out) - at - widest
	for i := range widest - 1 {
		out[at+i] = byte(size>>(7*i)) | 0x80
	}
	out[at+widest-1] = byte(size >> (7 * (widest - 1)))
	return out, true, true
}
