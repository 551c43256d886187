package fred

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// ExportQuery selects what of the cache to export; its zero value is all of it.
type ExportQuery struct {
	Clusters   []string // full names or aliases
	Namespaces []string // what is in one of these, and nothing of whole clusters
	Kinds      []string // pods, deployments, facts…; who the cluster is goes with them

	// Pseudonyms stand for all names, and what cannot be masked is left out: what
	// is exported may leave the company.
	Pseudonyms bool
	// Names, if set, gets a CSV of which pseudonym stands for which name.
	Names io.Writer
}

// Export writes a zip of what q selects to w. No source is asked, but for the
// simulation: there is all of it. Entries that
// cannot be read are left out: they are the rows of the report, which else only
// counts. The same cache, and version of fred, gives the same bytes. Memory is
// bounded by the largest entries and, with pseudonyms, by the names. The same
// key of pseudonyms is then needed for the same bytes.
func (f *Fred) Export(ctx context.Context, q ExportQuery, w io.Writer, version string) (*Transfer, error) {
	if err := f.makeUp(ctx); err != nil {
		return nil, err
	}
	s, err := f.selection(ctx, q)
	if err != nil {
		return nil, err
	}
	out := newTransfer("Export")
	about := cache.About{Fred: version, Pseudonyms: q.Pseudonyms}
	var d *disguise
	if q.Pseudonyms {
		if d, err = f.disguised(ctx, s); err != nil {
			return nil, err
		}
		about.Fred, out.Total.Pseudonyms = d.mask.Version(version), true
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e := &exporting{Fred: f, ctx: ctx, selection: s, disguise: d, report: out}
	if _, err := f.Cache.WriteArchive(ctx, w, about, e.entries()); err != nil {
		return nil, err
	}
	for _, row := range e.left {
		addRow(out, row)
	}
	out.Warnings = e.warnings
	if out.Total.Actions[Exported] == 0 {
		return nil, fault.New(fault.NotFound, "nothing in the cache is selected").Hinted("See what there is: fred cache ls.")
	}
	if d != nil && q.Names != nil {
		return out, d.writeNames(q.Names)
	}
	return out, nil
}

func (f *Fred) selection(ctx context.Context, q ExportQuery) (selection, error) {
	s := selection{namespaces: q.Namespaces, kinds: q.Kinds}
	if err := f.checkKinds(ctx, q.Kinds); err != nil {
		return s, err
	}
	if len(q.Clusters) == 0 {
		return s, nil
	}
	known, err := f.cached(ctx)
	if err != nil {
		return s, err
	}
	kube.Unique(known)
	for _, name := range q.Clusters {
		c, ok := kube.Find(known, name)
		if !ok {
			return s, unknownContext(name, known)
		}
		s.clusters = append(s.clusters, c.Name)
		s.zones = append(s.zones, f.zoneOf(ctx, c))
	}
	return s, nil
}

// zoneOf returns the zone that a cluster is on, as far as what is cached of its nodes
// and the settings tell, in lower case.
func (f *Fred) zoneOf(ctx context.Context, c kube.Cluster) string {
	nodes, err := cache.Read[kube.Inventory](ctx, f.Cache, listKey(c.Name, kube.Nodes, ""))
	if err != nil {
		nodes.Value = kube.Inventory{}
	}
	s, err := f.site(&loaded{cluster: c, snapshot: kube.NewSnapshot(&nodes.Value, map[kube.Resource]bool{kube.Nodes: err == nil}, f.Now())}, &asking{})
	if err != nil {
		return ""
	}
	return strings.ToLower(s.liveZone)
}

// exporting is one export under way.
type exporting struct {
	*Fred
	ctx       context.Context //nolint:containedctx // of the one call that makes it
	selection selection
	disguise  *disguise // nil where names stay
	report    *Transfer
	left      []TransferRow    // what is left out; of read alone until it has ended
	warnings  []report.Warning // likewise
}

// leaving is one entry that is ready to leave, or why there is no more.
type leaving struct {
	entry cache.Outgoing
	err   error
}

// entries yields what is exported, in an order that the cache's content alone
// decides. The next ones are read and verified while one is packed.
func (e *exporting) entries() iter.Seq2[cache.Outgoing, error] {
	return func(yield func(cache.Outgoing, error) bool) {
		ready := make(chan leaving, 2)
		go e.read(ready)
		for l := range ready {
			if l.err == nil {
				e.report.Total.Entries++
				e.report.Total.SizeBytes += l.entry.Size()
				e.report.Total.Actions[Exported]++
				e.Progress("entries exported", e.report.Total.Entries, 0)
			}
			if !yield(l.entry, l.err) {
				return // and e.ctx is canceled
			}
		}
	}
}

// read sends what is exported to ready, and closes it.
func (e *exporting) read(ready chan<- leaving) {
	defer close(ready)
	send := func(l leaving) bool {
		select {
		case ready <- l:
			return l.err == nil
		case <-e.ctx.Done():
			return false
		}
	}
	for l, err := range e.listed() {
		if err != nil {
			send(leaving{err: err})
			return
		}
		p := placeOf(l.Header.Key)
		if l.Problem == nil && !e.selection.has(p) {
			continue
		}
		entries, err := e.outgoing(l, p)
		if err == nil && e.disguise != nil {
			entries, err = e.masked(entries)
		}
		if err != nil {
			send(leaving{err: err})
			return
		}
		for _, o := range entries {
			if !send(leaving{entry: o}) {
				return
			}
		}
	}
}

func (e *exporting) listed() iter.Seq2[cache.Listed, error] {
	all := e.Cache.List(e.ctx, cache.Key{})
	if e.disguise == nil {
		return all
	}
	return e.disguise.ordered(all, e.selection)
}

// outgoing returns the entry that l lists as it leaves: as it is, in parts where
// only some namespaces are asked for, or not at all.
func (e *exporting) outgoing(l cache.Listed, p place) ([]cache.Outgoing, error) {
	if l.Problem != nil {
		e.leaveOut(l, l.Problem)
		return nil, nil
	}
	o, warnings, err := e.Cache.Outgoing(e.ctx, l.Header.Key)
	switch {
	case errors.Is(err, cache.ErrMissing):
		return nil, nil // deleted since
	case errors.Is(err, cache.ErrDamaged), errors.Is(err, cache.ErrNewer):
		e.leaveOut(l, err)
		return nil, nil
	case err != nil:
		return nil, err
	}
	for _, w := range warnings {
		e.warnings = append(e.warnings, report.Warning{Code: report.Redacted, Cluster: p.cluster, Message: w})
	}
	if e.selection.namespaces == nil || p.kind == serverKind {
		return []cache.Outgoing{o}, nil
	}
	return e.narrowed(o, p)
}

func (e *exporting) leaveOut(l cache.Listed, why error) {
	e.left = append(e.left, TransferRow{Action: LeftOut, Reason: why.Error(), SizeBytes: l.Size})
	e.warnings = append(e.warnings, report.Warning{Code: report.Missing, Message: fmt.Sprintf("%s is left out: %v", l.Name, why)})
}

// narrowed returns what of an entry is of the namespaces asked for. A list of the
// whole cluster becomes lists of single namespaces, as a user reads who may not
// read the whole: a part is never taken for all.
func (e *exporting) narrowed(o cache.Outgoing, p place) ([]cache.Outgoing, error) {
	payload := payloadOf(o)
	r := kube.Resource(p.kind)
	switch {
	case p.aside != "":
		return nil, nil
	case p.namespace != "":
		if _, _, err := e.Cache.Peek(e.ctx, listKey(p.cluster, r, "")); err == nil {
			return nil, nil // the list of the whole cluster has it too
		}
		return []cache.Outgoing{o}, nil
	case p.kind == factsKind:
		return e.narrowFacts(o.Header, payload)
	case !slices.Contains(kube.Known, r) || !r.Namespaced():
		return nil, nil
	}
	var all []cache.Outgoing
	for _, ns := range e.selection.namespaces {
		var inv kube.Inventory
		if err := json.Unmarshal(payload, &inv); err != nil {
			return nil, fmt.Errorf("cache entry %s: %w: %w", o.Header.Key, cache.ErrDamaged, err)
		}
		inv.Narrow([]string{ns})
		part, err := e.remade(o.Header, listKey(p.cluster, r, ns), inv, inv.Len())
		if err != nil {
			return nil, err
		}
		all = append(all, part)
	}
	return all, nil
}

func (e *exporting) narrowFacts(h cache.Header, payload []byte) ([]cache.Outgoing, error) {
	var facts factsEntry
	if err := json.Unmarshal(payload, &facts); err != nil {
		return nil, fmt.Errorf("cache entry %s: %w: %w", h.Key, cache.ErrDamaged, err)
	}
	facts.Facts = slices.DeleteFunc(facts.Facts, func(f fact.Fact) bool { return !slices.Contains(e.selection.namespaces, f.Namespace) })
	if len(facts.Facts) == 0 {
		return nil, nil
	}
	o, err := e.remade(h, h.Key, facts, len(facts.Facts))
	return []cache.Outgoing{o}, err
}

// remade is an entry with the header h but another key and value.
func (e *exporting) remade(h cache.Header, key cache.Key, v any, items int) (cache.Outgoing, error) {
	payload, err := encoded(v)
	if err != nil {
		return cache.Outgoing{}, err
	}
	h.Key, h.Items = key, items
	o, _, err := e.Cache.Resealed(h, payload)
	return o, err
}
