package fred

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/legacy"
	"github.com/fredctl/fred/pkg/report"
)

// artifactEntry is what the cache keeps of something that a model wrote.
type artifactEntry struct {
	Origin string     `json:"origin"` // imported: from a zip of the first Fred, by a model that nobody named
	Scope  fact.Scope `json:"scope"`
	Value  any        `json:"value"` // in the shape that the web client knows
}

// takeLegacy takes what a zip of the first Fred holds. Its files make up entries
// together, so they are all read before any is decided on.
func (i *importing) takeLegacy(ctx context.Context, a *cache.Archive) error {
	reader := legacy.New(i.Keep)
	now := i.Now().UTC().Truncate(time.Second)
	err := a.Files(ctx, func(f cache.File) error {
		if f.Modified.After(now) {
			f.Modified = now // the zip knows no zone
		}
		reader.Add(f.Name, f.Modified, f.Data)
		return nil
	})
	if err != nil {
		return err
	}
	export := reader.Export()
	for _, p := range export.Problems {
		i.leaveOutFile(p)
	}
	for _, c := range export.Clusters {
		if err := i.takeCluster(ctx, c); err != nil {
			return err
		}
	}
	i.warn(report.Note, "", "this is an export of the first Fred: what runs is known as far as it was looked at, without pods, nodes and usage; it counts as stale")
	return nil
}

func (i *importing) leaveOutFile(p legacy.Problem) {
	if p.Foreign {
		addRow(i.report, TransferRow{Action: LeftOut, Reason: p.Reason + ": " + p.File})
		return
	}
	addRow(i.report, TransferRow{Action: LeftOut, Reason: p.File + ": " + p.Reason})
	i.warn(report.Missing, "", "%s is left out: %s", p.File, p.Reason)
}

func (i *importing) takeCluster(ctx context.Context, c legacy.Cluster) error {
	if err := i.takeValue(ctx, stale(serverKey(c.Name), c.At), kube.Server{}, 0); err != nil {
		return err
	}
	for n := range c.Lists {
		l := &c.Lists[n]
		if err := i.takeValue(ctx, stale(listKey(c.Name, l.Resource, l.Namespace), l.At), l.Inventory, l.Inventory.Len()); err != nil {
			return err
		}
	}
	if len(c.Facts) > 0 {
		h := stale(factsKey(c.Name), c.FactsAt)
		h.ExpiresAt = time.Time{} // what people wrote does not age
		if err := i.takeValue(ctx, h, factsEntry{Facts: c.Facts}, len(c.Facts)); err != nil {
			return err
		}
	}
	for _, a := range c.Artifacts {
		h := stale(artifactKey(c.Name, a.Scope, a.Kind), a.At)
		if err := i.takeValue(ctx, h, artifactEntry{Origin: importedSource, Scope: a.Scope, Value: a.Value}, 0); err != nil {
			return err
		}
	}
	return nil
}

// stale is the header of an entry that is never fresh.
func stale(key cache.Key, at time.Time) cache.Header {
	return cache.Header{Key: key, Source: importedSource, CollectedAt: at, ExpiresAt: at}
}

// takeValue decides on an entry made of v. The rules read it first, so that it
// compares with what they left of it another time.
func (i *importing) takeValue(ctx context.Context, h cache.Header, v any, items int) error {
	h.Items = items
	payload, err := encoded(v)
	if err != nil {
		return err
	}
	o, warnings, err := i.Cache.Resealed(h, payload)
	if err != nil {
		i.unreadable(h, err)
		return nil
	}
	before := i.report.Total.Actions[Added] + i.report.Total.Actions[Replaced] + i.report.Total.Actions[Merged]
	if err := i.take(ctx, cache.Incoming{Name: h.Key.String(), Header: o.Header, Payload: payloadOf(o), Size: o.Size()}); err != nil {
		return err
	}
	if before == i.report.Total.Actions[Added]+i.report.Total.Actions[Replaced]+i.report.Total.Actions[Merged] {
		return nil
	}
	for _, w := range warnings {
		i.warn(report.Redacted, placeOf(h.Key).cluster, "%s", w)
	}
	return nil
}

func encoded(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// tellsLess reports whether an entry of a zip of the first Fred must not take the
// place of one that a source gave: it tells names at best, and who the cluster is
// not at all. Theirs may take it where the list is as long as it could be.
func (i *importing) tellsLess(have cache.Header, in cache.Incoming) bool {
	if in.Header.Source != importedSource || have.Source == importedSource {
		return false
	}
	switch kind := placeOf(in.Header.Key).kind; {
	case kind == serverKind:
		return true
	case strings.HasPrefix(kind, artifactKind("")):
		return i.options.Merge != Theirs
	case i.options.Merge != Theirs:
		return true
	}
	var list struct {
		Partial bool `json:"partial"`
	}
	err := json.Unmarshal(in.Payload, &list)
	return err != nil || list.Partial
}
