package fred

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/pseudonym"
)

// formatWords are the words of an archive itself, whatever it holds.
const formatWords = `schema key source collectedAt expiresAt inputHash clusterUID endpoint simulated secretPolicy warnings items size sha256
	check clusters kube server in aside fred pseudonyms oldest newest entries bytes files name nodes namespaces deployments statefulsets
	daemonsets jobs cronjobs replicasets pods services ingresses configmaps resourcequotas limitranges nodemetrics podmetrics
	persistentvolumes jsonl`

var (
	errWritten = errors.New("what people or models wrote cannot be masked")
	errStrange = errors.New("this version does not know how to mask it")
	errDaily   = errors.New("figures by the day cannot be masked")
	errPlace   = errors.New("it tells where clusters are")
	errBilled  = errors.New("bills name accounts, services and tags, which are not masked")
	errSlipped = errors.New("a name was found in it that the mask had not taken out")
)

// disguise makes an export one of pseudonyms.
type disguise struct {
	mask *pseudonym.Mask
	net  *pseudonym.Net
}

// disguised returns a disguise that knows all names of what is exported before
// the first of it leaves: one may stand in the entry of another.
func (f *Fred) disguised(ctx context.Context, s selection) (*disguise, error) {
	if f.PseudonymKey == nil {
		return nil, fault.New(fault.Invalid, "this fred has no key to make pseudonyms with")
	}
	key, err := f.PseudonymKey()
	if err != nil {
		return nil, err
	}
	d := &disguise{mask: pseudonym.New(key)}
	if known, err := f.Known(ctx); err == nil { // what is cached may go where the kubeconfig is broken
		for i := range known {
			d.learnCluster(&known[i])
		}
	}
	for l, err := range f.Cache.List(ctx, cache.Key{}) {
		if err != nil {
			return nil, err
		}
		p := placeOf(l.Header.Key)
		if l.Problem != nil || !s.has(p) {
			continue
		}
		o, _, err := f.Cache.Outgoing(ctx, l.Header.Key)
		if err != nil {
			continue // the export says so
		}
		d.header(o.Header)
		d.learn(p, o)
	}
	d.net = d.mask.Net(formatWords)
	return d, ctx.Err()
}

func (d *disguise) learnCluster(c *kube.Cluster) {
	d.mask.Context(c.Name)
	d.mask.Note(pseudonym.Cluster, c.Alias)
	d.mask.Note(pseudonym.Namespace, c.Namespace)
	d.mask.URL(c.URL)
}

// learn has the mask see the names of an entry, also of what stays here.
func (d *disguise) learn(p place, o cache.Outgoing) {
	if p.kind != factsKind {
		_, _ = d.payload(p, payloadOf(o))
		return
	}
	var facts factsEntry
	_ = json.Unmarshal(payloadOf(o), &facts)
	for _, f := range facts.Facts {
		d.mask.Note(pseudonym.User, f.User)
		d.mask.Note(pseudonym.Namespace, f.Namespace)
	}
}

// payload returns what an entry holds under pseudonyms. What it has no rules for
// is an error.
func (d *disguise) payload(p place, data []byte) (any, error) {
	switch {
	case p.kind == factsKind, strings.HasPrefix(p.kind, artifactKind("")):
		return nil, errWritten
	case p.kind == energyKind, p.kind == usageKind:
		return nil, errDaily
	case p.kind == gridKind:
		return nil, errPlace
	case p.kind == billKind:
		return nil, errBilled
	case p.kind == serverKind:
		var s kube.Server
		err := decode(data, &s)
		d.mask.Server(&s)
		return s, err
	case slices.Contains(kube.Known, kube.Resource(p.kind)):
		var inv kube.Inventory
		err := decode(data, &inv)
		d.mask.Inventory(&inv)
		return inv, err
	default:
		return nil, errStrange
	}
}

func decode(data []byte, v any) error {
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%w: %w", cache.ErrDamaged, err)
	}
	return nil
}

// header returns a header under pseudonyms. Members that are not named here stay
// behind, such as warnings, which name objects.
func (d *disguise) header(h cache.Header) cache.Header {
	return cache.Header{
		Key: d.key(h.Key), Source: d.mask.Word(h.Source), CollectedAt: h.CollectedAt, ExpiresAt: h.ExpiresAt,
		InputHash: d.mask.Hash(h.InputHash), ClusterUID: d.mask.Identity(h.ClusterUID), Endpoint: d.mask.URL(h.Endpoint),
		Simulated: h.Simulated, Items: h.Items,
	}
}

// key returns the key that an entry has under pseudonyms.
func (d *disguise) key(key cache.Key) cache.Key {
	p := placeOf(key)
	cluster := d.mask.Context(p.cluster)
	var masked cache.Key
	switch {
	case p.kind == serverKind:
		masked = serverKey(cluster)
	case slices.Contains(kube.Known, kube.Resource(p.kind)):
		masked = listKey(cluster, kube.Resource(p.kind), d.mask.Name(pseudonym.Namespace, p.namespace))
	default: // it stays here, and its kind is fred's own word
		masked = clusterKey(cluster).Join(p.kind)
	}
	if p.aside != "" {
		masked = cache.Aside(d.mask.Identity(p.aside), masked)
	}
	return masked
}

// ordered yields what is selected of listed in the order of its pseudonyms: that
// of the names would tell which is which.
func (d *disguise) ordered(listed iter.Seq2[cache.Listed, error], s selection) iter.Seq2[cache.Listed, error] {
	return func(yield func(cache.Listed, error) bool) {
		type keyed struct {
			cache.Listed
			key string
		}
		var all []keyed
		for l, err := range listed {
			if err != nil {
				yield(l, err)
				return
			}
			switch {
			case l.Problem != nil:
				all = append(all, keyed{Listed: l})
			case s.has(placeOf(l.Header.Key)):
				all = append(all, keyed{l, d.key(l.Header.Key).String()})
			}
		}
		slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
		for _, k := range all {
			if !yield(k.Listed, nil) {
				return
			}
		}
	}
}
