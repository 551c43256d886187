package kubernetes

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A list is decoded object by object while it arrives: neither the answer nor
// the decoded list is ever held as a whole.

// object is a pointer to a Kubernetes object, which decodes its own protobuf.
type object[T any] interface {
	*T
	Reset()
	Unmarshal(data []byte) error
}

// magic begins every protobuf that an API server sends.
var magic = []byte("k8s\x00")

// The numbers of the fields of a list in Kubernetes' protobuf.
const (
	unknownType  protowire.Number = 1 // runtime.Unknown.typeMeta
	unknownRaw   protowire.Number = 2 // runtime.Unknown.raw: the list itself
	typeKind     protowire.Number = 2 // TypeMeta.kind
	listMetadata protowire.Number = 1 // ListMeta, in every list
	listItems    protowire.Number = 2 // the objects, in every list
)

// mostItem is the largest object, in bytes, that is decoded; etcd takes far
// smaller ones.
const mostItem = 64 << 20

// errBroken marks an answer that ended before it was whole.
var errBroken = errors.New("the answer broke off")

// readList hands the objects of the list in r, without their managed fields, to
// keep, which must not hold on to the pointer, and returns the token of the next
// page, "" after the last.
func readList[T any, P object[T]](r io.Reader, keep func(P)) (next string, err error) {
	buf := buffers.Get().(*buffer) //nolint:forcetypeassert // the pool has no others
	buf.Reset(r)
	defer func() {
		buf.Reset(nil)
		buffers.Put(buf)
	}()
	start, err := buf.Peek(len(magic))
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("%w: %w", errBroken, err)
	}
	if !bytes.Equal(start, magic) {
		return readJSON(buf, keep)
	}
	var o T
	_, _ = buf.Discard(len(magic))
	return readProtobuf(buf, func(item []byte) error {
		P(&o).Reset()
		if err := P(&o).Unmarshal(item); err != nil {
			return fmt.Errorf("decode an object: %w", err)
		}
		keep(&o)
		return nil
	})
}

// buffer is what is needed to read one list.
type buffer struct {
	*bufio.Reader

	item, lean []byte
}

var buffers = sync.Pool{New: func() any { return &buffer{Reader: bufio.NewReaderSize(nil, 64<<10)} }}

func readProtobuf(buf *buffer, item func([]byte) error) (next string, err error) {
	whole := message{r: buf.Reader, left: 1 << 62} // to the end of the answer
	seen := false
	for {
		n, size, err := whole.field()
		switch {
		case errors.Is(err, io.EOF) && seen:
			return next, nil
		case errors.Is(err, io.EOF):
			return "", broken(err)
		case err != nil:
			return "", err
		case n == unknownType:
			err = checkType(whole, size, buf)
		case n == unknownRaw:
			seen = true
			next, err = readItems(&message{r: buf.Reader, left: size}, buf, item)
		default:
			err = whole.skip(size)
		}
		if err != nil {
			return "", err
		}
	}
}

// checkType says whether the answer is a list at all.
func checkType(m message, size int64, buf *buffer) error {
	data, err := m.bytes(size, &buf.item)
	if err != nil {
		return err
	}
	kind := ""
	_, ok := rewrite(nil, data, func(out []byte, n protowire.Number, value []byte) ([]byte, bool, bool) {
		if n == typeKind {
			kind = string(value)
		}
		return out, true, true
	})
	if !ok || !strings.HasSuffix(kind, "List") {
		return fmt.Errorf("the answer is no list but %q", kind)
	}
	return nil
}

func readItems(list *message, buf *buffer, item func([]byte) error) (next string, err error) {
	for list.left > 0 {
		n, size, err := list.field()
		if err != nil {
			return "", broken(err)
		}
		if n != listMetadata && n != listItems {
			if err := list.skip(size); err != nil {
				return "", err
			}
			continue
		}
		data, err := list.bytes(size, &buf.item)
		if err != nil {
			return "", err
		}
		if n == listMetadata {
			var meta metav1.ListMeta
			if err := meta.Unmarshal(data); err != nil {
				return "", fmt.Errorf("decode the list: %w", err)
			}
			next = meta.Continue
			continue
		}
		buf.lean = dropManagedFields(buf.lean[:0], data)
		if err := item(buf.lean); err != nil {
			return "", err
		}
	}
	return next, nil
}

// message is a protobuf message that is being read, field by field.
type message struct {
	r    *bufio.Reader
	left int64 // bytes of it that have not been read
}

// field reads up to the value of the next field, of size bytes. It fails with
// io.EOF where nothing follows.
func (m *message) field() (n protowire.Number, size int64, err error) {
	tag, err := m.varint()
	if err != nil {
		return 0, 0, err
	}
	n, kind := protowire.DecodeTag(tag)
	switch kind {
	case protowire.BytesType:
		length, err := m.varint()
		if err != nil || int64(length) < 0 || int64(length) > m.left { //nolint:gosec // an overflow is what is looked for
			return 0, 0, broken(err)
		}
		return n, int64(length), nil //nolint:gosec // checked above
	case protowire.VarintType:
		_, err := m.varint()
		return n, 0, broken(err)
	default:
		return 0, 0, fmt.Errorf("the list has a field of wire type %d", kind)
	}
}

func (m *message) varint() (uint64, error) {
	v, err := binary.ReadUvarint(m.r)
	m.left -= int64(protowire.SizeVarint(v))
	return v, err
}

func (m *message) skip(size int64) error {
	m.left -= size
	if _, err := io.CopyN(io.Discard, m.r, size); err != nil {
		return broken(err)
	}
	return nil
}

// bytes reads size bytes into *scratch, which grows where it must.
func (m *message) bytes(size int64, scratch *[]byte) ([]byte, error) {
	if size > mostItem {
		return nil, fmt.Errorf("an object of %d bytes is too large", size)
	}
	m.left -= size
	if int64(cap(*scratch)) < size {
		*scratch = make([]byte, size+size/4)
	}
	data := (*scratch)[:size]
	if _, err := io.ReadFull(m.r, data); err != nil {
		return nil, broken(err)
	}
	return data, nil
}

// broken is err where more had to follow; nil stays nil.
func broken(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %w", errBroken, err)
}

// readJSON is for what answers no protobuf, as an aggregated API may.
func readJSON[T any, P object[T]](r io.Reader, keep func(P)) (next string, err error) {
	var list struct {
		Kind     string          `json:"kind"`
		Metadata metav1.ListMeta `json:"metadata"`
		Items    []T             `json:"items"`
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return "", broken(err)
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return "", fmt.Errorf("decode the list: %w", err)
	}
	if !strings.HasSuffix(list.Kind, "List") {
		return "", fmt.Errorf("the answer is no list but %q", list.Kind)
	}
	for i := range list.Items {
		keep(&list.Items[i])
	}
	return list.Metadata.Continue, nil
}
