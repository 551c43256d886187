package kubernetes

import "google.golang.org/protobuf/encoding/protowire"

// The numbers of the fields on the way to managedFields in an object.
const (
	itemMetadata      protowire.Number = 1  // metadata, in every object
	metaManagedFields protowire.Number = 17 // ObjectMeta.managedFields
)

// dropManagedFields appends an object's protobuf to out without
// metadata.managedFields: they are up to half of what an API server sends, fred
// keeps nothing of them, and what is not decoded need not be allocated. What
// cannot be read is copied as it is, for the decoder to say so.
func dropManagedFields(out, item []byte) []byte {
	begin := len(out)
	out, ok := rewrite(out, item, func(out []byte, n protowire.Number, value []byte) ([]byte, bool, bool) {
		if n != itemMetadata {
			return out, false, true
		}
		return nested(out, n, value, dropFromMetadata)
	})
	if !ok {
		return append(out[:begin], item...)
	}
	return out
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
