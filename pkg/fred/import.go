package fred

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/legacy"
	"github.com/fredctl/fred/pkg/report"
)

// Side says which entry stays where both sides have another under one key.
type Side string

// The sides.
const (
	Newer  Side = "newer"  // the one that was collected later
	Ours   Side = "ours"   // the one that is cached
	Theirs Side = "theirs" // the one that is imported
)

// Sides are all of them.
var Sides = []Side{Newer, Ours, Theirs}

// ImportOptions say how to import.
type ImportOptions struct {
	Merge   Side
	Replace bool // delete what the archive does not have; nothing that people wrote
	DryRun  bool // say what would change, change nothing
}

// Import takes the entries of a zip of size bytes into the cache: all of those
// that can be taken, or none. What could not be taken is left out and said. An
// archive that could do harm is refused, and nothing of it taken. Facts of both
// sides are merged, always. No source is asked.
func (f *Fred) Import(ctx context.Context, zip cache.ArchiveReader, size int64, o ImportOptions) (*Transfer, error) {
	if !slices.Contains(Sides, o.Merge) {
		return nil, fault.New(fault.Invalid, "there is no side %q", o.Merge).Hinted("Use newer, ours or theirs.")
	}
	t, err := f.importAll(ctx, zip, size, o)
	if errors.Is(err, cache.ErrRefused) {
		return nil, fault.New(fault.Refused, "%w", err).Hinted("Nothing was changed. Ask for a new export, made with fred cache export.")
	}
	return t, unstored(err, untouched)
}

func (f *Fred) importAll(ctx context.Context, zip cache.ArchiveReader, size int64, o ImportOptions) (*Transfer, error) {
	a, err := cache.OpenArchive(ctx, zip, size, f.Limits, legacy.Layout)
	if err != nil {
		return nil, err
	}
	i := &importing{Fred: f, options: o, report: newTransfer("Import"), seen: map[string]bool{}, uids: map[string]string{}}
	i.report.Total.DryRun = o.DryRun
	i.report.Total.Pseudonyms = a.Manifest != nil && a.Manifest.Pseudonyms
	if !o.DryRun {
		if i.change, err = f.Cache.Change(ctx); err != nil {
			return nil, err
		}
		defer func() { _ = i.change.Close() }()
	}
	if o.Replace {
		i.options.Merge = Theirs
	}
	take := i.takeAll
	if a.Foreign {
		take = i.takeLegacy
	}
	if err := take(ctx, a); err != nil {
		return nil, err
	}
	for _, name := range a.Ignored {
		addRow(i.report, TransferRow{Action: LeftOut, Reason: "not a file of fred's: " + name})
	}
	if o.Replace {
		if err := i.deleteOthers(ctx); err != nil {
			return nil, err
		}
	}
	i.tellTheFuture()
	if o.DryRun {
		return i.report, nil
	}
	i.change.Tell(func(done, total int) { i.Progress("entries stored", done, total) })
	if err := i.change.Commit(ctx); err != nil {
		return nil, err
	}
	return i.report, nil
}

// importing is one import under way.
type importing struct {
	*Fred
	options ImportOptions
	change  *cache.Change
	report  *Transfer
	seen    map[string]bool   // keys that the archive has
	ahead   int               // entries and facts of a time to come
	uids    map[string]string // identities of the clusters that are cached, by name
}

func (i *importing) warn(code report.Code, cluster, format string, args ...any) {
	i.report.Warnings = append(i.report.Warnings, report.Warning{Code: code, Cluster: cluster, Message: fmt.Sprintf(format, args...)})
}

func (i *importing) takeAll(ctx context.Context, a *cache.Archive) error {
	done := 0
	return a.Each(ctx, func(in cache.Incoming) error {
		done++
		i.Progress("entries read", done, a.Entries)
		return i.take(ctx, in)
	})
}

// take decides on one entry, and stages it if it is to be stored.
func (i *importing) take(ctx context.Context, in cache.Incoming) error {
	p := placeOf(in.Header.Key)
	switch {
	case in.Problem != nil:
		addRow(i.report, TransferRow{Action: LeftOut, Reason: in.Problem.Error(), SizeBytes: in.Size})
		i.warn(report.Missing, "", "%s is left out: %v", in.Name, in.Problem)
		return nil
	case p.kind == "":
		addRow(i.report, rowOf(in.Header, in.Size, LeftOut, "this version does not know what it is of"))
		i.warn(report.Missing, p.cluster, "%s is left out: this version does not know what it is of", in.Name)
		return nil
	case p.kind == refusedKind:
		return nil // of no use to anybody else
	}
	h, err := i.rightful(ctx, in.Header, p)
	if err != nil {
		return err
	}
	i.seen[h.Key.String()] = true
	have, _, err := i.Cache.Peek(ctx, h.Key)
	if errors.Is(err, cache.ErrNewer) {
		addRow(i.report, rowOf(h, in.Size, LeftOut, err.Error()))
		i.warn(report.Missing, p.cluster, "%s is left out: %v", in.Name, err)
		return nil
	}
	if isUnread(err) {
		return err // what it holds may not be had again
	}
	there := err == nil
	if p.kind == factsKind && !errors.Is(err, cache.ErrMissing) {
		return i.mergeFacts(ctx, h, in)
	}
	if h.Ahead(i.Now()) {
		i.ahead++
	}
	action, reason := i.decide(have, there, h)
	if action == Replaced && i.tellsLess(have, in) {
		action, reason = Kept, "ours tells more"
	}
	if action != Added && action != Replaced {
		addRow(i.report, rowOf(h, in.Size, action, reason))
		return nil
	}
	return i.store(ctx, h, in.Payload, action)
}

// rightful returns the header with the key under which the entry belongs here:
// where another cluster bears the name, beside that one.
func (i *importing) rightful(ctx context.Context, h cache.Header, p place) (cache.Header, error) {
	if p.cluster == "" {
		return h, nil
	}
	uid, ok := i.uids[p.cluster]
	if !ok {
		server, _, err := i.Cache.Peek(ctx, serverKey(p.cluster))
		if isUnread(err) {
			return h, err
		}
		uid = server.ClusterUID
		i.uids[p.cluster] = uid
	}
	if p.aside != "" || uid == "" || h.ClusterUID == "" || uid == h.ClusterUID {
		return h, nil
	}
	if key := "aside " + p.cluster; !i.seen[key] {
		i.seen[key] = true
		i.warn(report.Note, p.cluster, "another cluster bears this name here; what is imported is set aside for when it comes back")
	}
	h.Key = cache.Aside(h.ClusterUID, h.Key)
	return h, nil
}

// isUnread reports whether err says that an entry could not be read, rather than
// that there is none that could.
func isUnread(err error) bool {
	return err != nil && !errors.Is(err, cache.ErrMissing) && !errors.Is(err, cache.ErrDamaged) && !errors.Is(err, cache.ErrNewer)
}

// decide says what becomes of an entry. The newer of two is not one from the
// future: some clock was wrong, and would be right until that time comes.
func (i *importing) decide(have cache.Header, there bool, h cache.Header) (Action, string) {
	ours, theirs := have.Ahead(i.Now()), h.Ahead(i.Now())
	switch {
	case !there:
		return Added, ""
	case have.SHA256 == h.SHA256 && have.CollectedAt.Equal(h.CollectedAt):
		return Unchanged, ""
	case i.options.Merge == Ours:
		return Kept, "ours stays"
	case i.options.Merge == Newer && theirs && !ours:
		return Kept, "the time of theirs is to come"
	case i.options.Merge == Newer && ours == theirs && !h.CollectedAt.After(have.CollectedAt):
		return Kept, "ours is newer"
	default:
		return Replaced, ""
	}
}

// store stages an entry, after the rules of today have kept secrets out of it.
func (i *importing) store(ctx context.Context, h cache.Header, payload []byte, action Action) error {
	o, warnings, err := i.Cache.Resealed(h, payload)
	if err != nil {
		i.unreadable(h, err)
		return nil
	}
	return i.put(ctx, o, warnings, action)
}

// unreadable says that the rules cannot read an entry, which is not stored then.
func (i *importing) unreadable(h cache.Header, err error) {
	addRow(i.report, rowOf(h, h.Size, LeftOut, err.Error()))
	i.warn(report.Missing, placeOf(h.Key).cluster, "%v", err)
}

// put stages an entry that the rules have read.
func (i *importing) put(ctx context.Context, o cache.Outgoing, warnings []string, action Action) error {
	for _, w := range warnings {
		i.warn(report.Redacted, placeOf(o.Header.Key).cluster, "%s", w)
	}
	addRow(i.report, rowOf(o.Header, o.Size(), action, ""))
	if i.options.DryRun {
		return nil
	}
	return i.change.Put(ctx, o)
}

// mergeFacts stages the facts of both sides.
func (i *importing) mergeFacts(ctx context.Context, h cache.Header, in cache.Incoming) error {
	ours, err := cache.Read[factsEntry](ctx, i.Cache, h.Key)
	if errors.Is(err, cache.ErrDamaged) {
		return i.overDamaged(ctx, h, in)
	}
	if err != nil {
		return err // what people wrote is not to be replaced because it cannot be read
	}
	var theirs factsEntry
	if err := json.Unmarshal(in.Payload, &theirs); err != nil {
		addRow(i.report, rowOf(h, in.Size, LeftOut, err.Error()))
		i.warn(report.Missing, placeOf(h.Key).cluster, "facts are left out: %v", err)
		return nil
	}
	merged := fact.Merge(ours.Value.Facts, i.credible(ours.Value.Facts, theirs.Facts))
	if slices.EqualFunc(merged, ours.Value.Facts, sameFact) {
		addRow(i.report, rowOf(ours.Header, in.Size, Unchanged, ""))
		return nil
	}
	data, err := encoded(factsEntry{Facts: merged})
	if err != nil {
		return err
	}
	header := ours.Header
	header.Items = len(merged)
	if h.CollectedAt.After(header.CollectedAt) && !h.Ahead(i.Now()) {
		header.CollectedAt = h.CollectedAt
	}
	return i.store(ctx, header, data, Merged)
}

// overDamaged puts facts in the place of damaged ones where that was asked for in
// so many words: somebody may still read in a damaged file what he wrote.
func (i *importing) overDamaged(ctx context.Context, h cache.Header, in cache.Incoming) error {
	if i.options.Merge == Theirs {
		return i.store(ctx, h, in.Payload, Replaced)
	}
	addRow(i.report, rowOf(h, in.Size, LeftOut, "ours are damaged"))
	i.warn(report.Missing, placeOf(h.Key).cluster, "facts are left out: those that are here are damaged, and stay; --merge theirs replaces them")
	return nil
}

// credible returns theirs without what would take the place of one of ours by a
// date that is to come. What is only theirs stays.
func (i *importing) credible(ours, theirs fact.List) fact.List {
	return slices.DeleteFunc(slices.Clone(theirs), func(t fact.Fact) bool {
		if !(cache.Header{CollectedAt: t.Date}).Ahead(i.Now()) {
			return false
		}
		i.ahead++
		return slices.ContainsFunc(ours, func(o fact.Fact) bool { return o.Scope == t.Scope && o.Title == t.Title && !o.Equal(t) })
	})
}

// tellTheFuture says how much of the archive is of a time to come.
func (i *importing) tellTheFuture() {
	if i.ahead > 0 {
		i.warn(report.Note, "", "%d entries or facts are of a time to come, so some clock is or was wrong: they take the place of nothing that is newer by this one, and count as stale", i.ahead)
	}
}

func sameFact(a, b fact.Fact) bool {
	if !a.Date.Equal(b.Date) {
		return false
	}
	a.Date = b.Date
	return a == b
}

// deleteOthers stages the removal of what the archive does not have, save what
// no source can give again.
func (i *importing) deleteOthers(ctx context.Context) error {
	for l, err := range i.Cache.List(ctx, cache.Key{}) {
		if err != nil {
			return err
		}
		p := placeOf(l.Header.Key)
		r := kube.Resource(p.kind)
		if l.Problem != nil || i.seen[l.Header.Key.String()] || p.kind != serverKind && p.kind != refusedKind && !slices.Contains(kube.Known, r) {
			continue
		}
		addRow(i.report, rowOf(l.Header, l.Size, Deleted, ""))
		if i.options.DryRun {
			continue
		}
		if err := i.change.Delete(ctx, l.Header.Key); err != nil {
			return err
		}
	}
	return nil
}
