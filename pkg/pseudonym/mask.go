package pseudonym

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/fredctl/fred/pkg/kube"
)

// Kinds of names, which are how pseudonyms begin.
const (
	Cluster   = "cluster"
	Namespace = "ns"
	User      = "user"
)

// Mask turns names into pseudonyms, and remembers which. It is safe for
// concurrent use.
type Mask struct {
	key  []byte
	mu   sync.Mutex
	seen map[known]string
}

type known struct{ kind, original string }

// Known is a name and what stands for it.
type Known struct{ Kind, Original, Pseudonym string }

// New returns a Mask that is keyed with key.
func New(key Key) *Mask { return &Mask{key: key[:], seen: map[known]string{}} }

// Name returns the pseudonym of a name, such as ns-kvtqzbzhmdrxpl: the kind of
// name and fourteen consonants. The same kind and name have the same one; it is a
// DNS label. Nothing has none, and a few names that every cluster has stay.
func (m *Mask) Name(kind, original string) string {
	if original == "" || everywhere[kind+"/"+original] {
		return original
	}
	return m.remember(kind, original, func() string { return kind + "-" + m.letters(kind, original, 14) })
}

func (m *Mask) remember(kind, original string, pseudonym func() string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := known{kind, original}
	have, ok := m.seen[k]
	if !ok {
		have = pseudonym()
		m.seen[k] = have
	}
	return have
}

// Known returns every name that a pseudonym was asked of, by kind and name.
func (m *Mask) Known() []Known {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]Known, 0, len(m.seen))
	for k, p := range maps.All(m.seen) {
		all = append(all, Known{k.kind, k.original, p})
	}
	slices.SortFunc(all, func(a, b Known) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Original, b.Original))
	})
	return all
}

// sum is the keyed hash that all pseudonyms are made of.
func (m *Mask) sum(kind, original string) []byte {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(kind + "\x00" + original))
	return h.Sum(nil)
}

// alphabet has no vowels, so that no word comes about by chance, and no digits,
// so that nothing takes a pseudonym for a token; without a w none ends in pwd,
// which pkg/redact would take for the name of a password.
const alphabet = "bcdfghjklmnpqrstvxyz"

// letters returns n letters of a name's hash: 4.32 bits each, 60 in fourteen.
func (m *Mask) letters(kind, original string, n int) string {
	v := binary.BigEndian.Uint64(m.sum(kind, original))
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[v%uint64(len(alphabet))]
		v /= uint64(len(alphabet))
	}
	return string(out)
}

// Hash returns what stands for a hash of something that others could hash too.
func (m *Mask) Hash(original string) string {
	if original == "" {
		return ""
	}
	return hex.EncodeToString(m.sum("hash", original))
}

// UID returns what stands for a UID, in the shape of one.
func (m *Mask) UID(original string) string {
	if original == "" {
		return ""
	}
	return m.remember("uid", original, func() string {
		s := hex.EncodeToString(m.sum("uid", original))
		return strings.Join([]string{s[:8], s[8:12], "4" + s[13:16], "8" + s[17:20], s[20:32]}, "-")
	})
}

// Identity returns what stands for what a cluster is told from others by: a UID,
// or an address behind "url:".
func (m *Mask) Identity(original string) string {
	if url, ok := strings.CutPrefix(original, "url:"); ok {
		return "url:" + m.URL(url)
	}
	return m.UID(original)
}

// Context returns what stands for the name of a cluster, and remembers what it is
// made of: a cloud's name for a cluster holds accounts and projects.
func (m *Mask) Context(name string) string {
	alias := kube.Derive(name).Alias
	for _, part := range append(parts(name), alias) {
		m.Note(Cluster, part)
	}
	return m.Name(Cluster, name)
}

// Note remembers a name that must not leave, wherever it may stand.
func (m *Mask) Note(kind, original string) {
	if len(original) >= shortest {
		m.Name(kind, original)
	}
}

// parts are what a long name is made of.
func parts(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(":/_.@", r) })
}

// Inventory masks inv in place. Its lists are sorted by their pseudonyms, so that
// their order tells nothing of the names.
func (m *Mask) Inventory(inv *kube.Inventory) {
	m.walk(reflect.ValueOf(inv))
	for i := range inv.ConfigMaps {
		slices.SortFunc(inv.ConfigMaps[i].Keys, func(a, b kube.ConfigKey) int { return cmp.Compare(a.Key, b.Key) })
	}
	inv.Sort()
}

// Server masks s in place.
func (m *Mask) Server(s *kube.Server) { m.walk(reflect.ValueOf(s)) }
