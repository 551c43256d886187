package view_test

import (
	"time"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/report"
)

const longName = "arn:aws:eks:eu-west-1:123456789012:cluster/production-of-the-shop"

// cacheRows are entries of every state.
func cacheRows() []fred.EntryRow {
	ago := func(d time.Duration) time.Time { return morning.Add(-d) }
	return []fred.EntryRow{
		{Cluster: longName, Kind: "pods", State: cache.Fresh, Count: 1204, SizeBytes: 1 << 20, Source: "kubernetes", CollectedAt: ago(20 * time.Second), Name: "clusters/arn=3a.../kube/pods.jsonl"},
		{Cluster: "dev", Namespace: "shop", Kind: "deployments", State: cache.Stale, Count: 12, SizeBytes: 48 << 10, Source: "kubernetes", CollectedAt: ago(50 * time.Hour), Name: "clusters/dev/kube/in/shop/deployments.jsonl"},
		{Cluster: "dev", Kind: "facts", State: cache.Fresh, Count: 3, SizeBytes: 700, CollectedAt: ago(90 * 24 * time.Hour), Name: "clusters/dev/facts.jsonl"},
		{Cluster: "dev", Kind: "services", State: cache.Stale, Count: 4, SizeBytes: 2100, Source: "kubernetes", CollectedAt: ago(-24 * time.Hour), Name: "clusters/dev/kube/services.jsonl"},
		{Cluster: "dev", Kind: "nodes", State: cache.Damaged, SizeBytes: 1200, Reason: "damaged cache entry: the payload is altered", Name: "clusters/dev/kube/nodes.jsonl"},
		{Cluster: "dev", Kind: "jobs", State: cache.Newer, SizeBytes: 900, Reason: "written by a newer fred (schema 2, this one knows 1)", Name: "clusters/dev/kube/jobs.jsonl"},
		{State: cache.Damaged, SizeBytes: 8, Reason: "damaged cache entry: it does not begin as an entry does", Name: "notes.jsonl"},
		{Cluster: "demo", Kind: "pods", State: cache.Fresh, Count: 9, SizeBytes: 5000, Source: "simulation", Simulated: true, CollectedAt: ago(time.Hour), Name: "clusters/demo/kube/pods.jsonl"},
		{Cluster: "dev", Kind: "pods", State: cache.Stale, Count: 7, SizeBytes: 4000, Source: "kubernetes", Aside: "0b5c7e0e-5d3c-4a73", CollectedAt: ago(400 * time.Hour), Name: "aside/0b5c7e0e-5d3c-4a73/clusters/dev/kube/pods.jsonl"},
	}
}

// entryList is a report of rows.
func entryList(rows ...fred.EntryRow) fred.EntryList {
	r := report.New[fred.EntryRow, fred.EntryTotal]("EntryList")
	r.Items = append(r.Items, rows...)
	r.Total = &fred.EntryTotal{States: map[cache.State]int{}}
	for i := range rows {
		r.Total.Entries++
		r.Total.SizeBytes += rows[i].SizeBytes
		r.Total.States[rows[i].State]++
	}
	return r
}

func transfer(kind string, total fred.TransferTotal, rows ...fred.TransferRow) fred.Transfer {
	r := report.New[fred.TransferRow, fred.TransferTotal](kind)
	total.Actions = map[fred.Action]int{}
	for i := range rows {
		total.Entries++
		total.SizeBytes += rows[i].SizeBytes
		total.Actions[rows[i].Action]++
	}
	r.Items, r.Total = append(r.Items, rows...), &total
	return r
}

func imported(total fred.TransferTotal) fred.Transfer {
	return transfer("Import", total,
		fred.TransferRow{Cluster: longName, Kind: "pods", Action: fred.Added, Count: 1204, SizeBytes: 1 << 20},
		fred.TransferRow{Cluster: "dev", Kind: "nodes", Action: fred.Replaced, Count: 3, SizeBytes: 1200},
		fred.TransferRow{Cluster: "dev", Kind: "facts", Action: fred.Merged, Count: 4, SizeBytes: 900},
		fred.TransferRow{Cluster: "dev", Kind: "services", Action: fred.Unchanged, Count: 4, SizeBytes: 2100},
		fred.TransferRow{Cluster: "dev", Namespace: "shop", Kind: "deployments", Action: fred.Kept, Reason: "ours is newer", Count: 12, SizeBytes: 48 << 10},
		fred.TransferRow{Cluster: "dev", Kind: "jobs", Action: fred.Kept, Reason: "the time of theirs is to come", Count: 1, SizeBytes: 300},
		fred.TransferRow{Cluster: "old", Kind: "pods", Action: fred.Deleted, Count: 7, SizeBytes: 4000},
		fred.TransferRow{Action: fred.LeftOut, Reason: "damaged cache entry: the payload is altered", SizeBytes: 100},
		fred.TransferRow{Action: fred.LeftOut, Reason: "not a file of fred's: README.md"},
	)
}

func cacheInfo(writable *bool, reason string) fred.CacheInfo {
	r := report.New[fred.CacheRow, fred.CacheTotal]("CacheInfo")
	r.Total = &fred.CacheTotal{Location: "/home/ann/.fred/fred-backend-cache", Schema: 1, Policies: []string{"1", "2"}, Entries: 9, SizeBytes: 1 << 20, Writable: writable, Reason: reason}
	r.Items = append(r.Items,
		fred.CacheRow{Cluster: longName, Entries: 1, SizeBytes: 1 << 20, States: map[cache.State]int{cache.Fresh: 1}, Oldest: morning.Add(-20 * time.Second), Newest: morning.Add(-20 * time.Second)},
		fred.CacheRow{Cluster: "demo", Entries: 1, SizeBytes: 5000, States: map[cache.State]int{cache.Fresh: 1}, Oldest: morning.Add(-time.Hour), Newest: morning.Add(-time.Hour), Simulated: true},
		fred.CacheRow{Cluster: "dev", Entries: 6, SizeBytes: 60000, States: map[cache.State]int{cache.Fresh: 1, cache.Stale: 3, cache.Damaged: 1, cache.Newer: 1}, Aside: 1, Oldest: morning.Add(-90 * 24 * time.Hour), Newest: morning.Add(24 * time.Hour)},
	)
	return r
}

// cachePages are all that fred cache shows.
func cachePages() []page {
	rows := cacheRows()
	sound := entryList()
	sound.Total.Entries, sound.Total.SizeBytes = 120, 4<<20
	pruned, dry := entryList(rows[1], rows[4]), entryList(rows[1], rows[4])
	pruned.Total.Deleted = 2
	dry.Total.Deleted, dry.Total.DryRun = 2, true
	ls := func(r fred.EntryList) view.Doc { return view.Entries(r, "nothing is cached") }
	return []page{
		shown("cache-ls", ls, entryList(rows...)),
		shown("cache-info", view.CacheInfo, cacheInfo(new(true), "")),
		shown("cache-info-readonly", view.CacheInfo, cacheInfo(new(false), "the cache cannot be written: openat .tmp/.probe-x: read-only file system")),
		shown("cache-verify", view.Verified, entryList(rows[4], rows[5], rows[6])),
		shown("cache-verify-sound", view.Verified, sound),
		shown("cache-prune", ls, pruned),
		shown("cache-prune-dry", ls, dry),
		shown("cache-import", view.Transfer, imported(fred.TransferTotal{})),
		shown("cache-import-dry", view.Transfer, imported(fred.TransferTotal{DryRun: true, Pseudonyms: true})),
	}
}

func shown[R any](name string, look func(R) view.Doc, r R) page {
	return page{name, r, func() view.Doc { return look(r) }}
}
