package fred

import (
	"bytes"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/report"
)

// Action is what became of an entry in an export or import.
type Action string

// The actions.
const (
	Exported  Action = "exported"
	Added     Action = "added"     // there was none
	Replaced  Action = "replaced"  // there was another
	Merged    Action = "merged"    // of both sides, nothing is lost
	Kept      Action = "kept"      // what was there stays
	Unchanged Action = "unchanged" // it is there already
	Deleted   Action = "deleted"
	LeftOut   Action = "left out" // for the reason given
)

// TransferRow is an entry of the cache on its way out of a cache or into one.
type TransferRow struct {
	Cluster     string    `json:"cluster,omitempty" doc:"Full name of the cluster"`
	Namespace   string    `json:"namespace,omitempty" doc:"Where the entry is of one namespace"`
	Kind        string    `json:"entryKind,omitempty" doc:"What the entry holds: pods, deployments, facts…"`
	Action      Action    `json:"action" doc:"What was done with it" enum:"exported,added,replaced,merged,kept,unchanged,deleted,left out"`
	Reason      string    `json:"reason,omitempty" doc:"Why it was left out or kept"`
	Count       int       `json:"count,omitempty" doc:"Objects in the entry"`
	Entries     int       `json:"entries,omitempty" doc:"Entries that the row stands for; 1 where it is left out"`
	SizeBytes   int64     `json:"sizeBytes" doc:"Bytes of the entry"`
	CollectedAt time.Time `json:"collectedAt,omitzero" doc:"When it was read from its source"`
}

// TransferTotal sums a transfer up.
type TransferTotal struct {
	Entries   int            `json:"entries" doc:"Rows"`
	SizeBytes int64          `json:"sizeBytes" doc:"Bytes of all entries"`
	Actions   map[Action]int `json:"actions" doc:"Entries by what was done with them"`
	// Pseudonyms is of the archive, on its way out or in.
	Pseudonyms bool `json:"pseudonyms,omitempty" doc:"Pseudonyms stand for all names"`
	DryRun     bool `json:"dryRun,omitempty" doc:"Nothing was changed: this is what would be"`
}

// Transfer is a report of an export or an import.
type Transfer = report.Report[TransferRow, TransferTotal]

func newTransfer(kind string) *Transfer {
	t := report.New[TransferRow, TransferTotal](kind)
	t.Total = &TransferTotal{Actions: map[Action]int{}}
	return &t
}

// rowOf is the row of an entry.
func rowOf(h cache.Header, size int64, action Action, reason string) TransferRow {
	p := placeOf(h.Key)
	return TransferRow{
		Cluster: p.cluster, Namespace: p.namespace, Kind: p.kind, Action: action, Reason: reason,
		Count: h.Items, SizeBytes: size, CollectedAt: h.CollectedAt,
	}
}

// payloadOf returns the payload of an entry.
func payloadOf(o cache.Outgoing) []byte {
	_, payload, _ := bytes.Cut(bytes.Join(o.Parts, nil), []byte("\n"))
	return bytes.TrimSuffix(payload, []byte("\n"))
}

func addRow(t *Transfer, row TransferRow) {
	t.Items = append(t.Items, row)
	n := max(1, row.Entries)
	t.Total.Entries += n
	t.Total.SizeBytes += row.SizeBytes
	t.Total.Actions[row.Action] += n
}

// selection is which entries are meant.
type selection struct {
	clusters   []string // full names; all when nil
	namespaces []string // all when nil
	kinds      []string // all when nil
	zones      []string // of grids that the clusters are on, in lower case; all when clusters is nil
}

// has reports whether an entry is meant, as far as its key tells.
func (s selection) has(p place) bool {
	switch {
	case p.kind == "" || p.kind == refusedKind:
		return false
	case s.clusters != nil && p.kind == gridKind && !slices.Contains(s.zones, p.zone):
		return false
	case s.clusters != nil && p.kind != gridKind && (p.aside != "" || !slices.Contains(s.clusters, p.cluster)):
		return false
	case s.kinds != nil && p.kind != serverKind && !slices.Contains(s.kinds, p.kind):
		return false
	}
	return s.namespaces == nil || p.namespace == "" || slices.Contains(s.namespaces, p.namespace)
}

// Kinds of entries that are no lists.
const (
	serverKind  = "server"
	refusedKind = "refused"
	factsKind   = "facts"
)
