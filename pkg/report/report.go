// Package report holds the one envelope in which every list and report of fred
// is given, in the terminal's JSON and over REST alike. It knows what an answer
// must say of itself (how old, how complete, from where); it knows no subject.
package report

import (
	"time"

	"github.com/fredctl/fred/pkg/window"
)

// APIVersion is the version of every report's shape. Within it members are
// added, never renamed or removed.
const APIVersion = "fred/v1"

// Report is an answer: rows, their total, and what must be known to trust them.
// Members that do not apply are left out of its JSON; lists are never null.
type Report[Item, Total any] struct {
	APIVersion  string         `json:"apiVersion" doc:"Version of this shape" example:"fred/v1"`
	Kind        string         `json:"kind" doc:"What the items are" example:"WorkloadList"`
	Cluster     string         `json:"cluster,omitempty" doc:"Full name (kubeconfig context) of the cluster, if all items are of one"`
	Namespace   string         `json:"namespace,omitempty" doc:"The one namespace that was asked for"`
	Window      *window.Window `json:"window,omitempty" doc:"The time it is about"`
	Items       []Item         `json:"items" doc:"The rows, sorted"`
	Total       *Total         `json:"total,omitempty" doc:"Sums over the items"`
	Totals      []Total        `json:"totals,omitempty" doc:"Sums over the items, by currency, where they are of money"`
	Provenance  []Provenance   `json:"provenance" doc:"Where the numbers come from"`
	Warnings    []Warning      `json:"warnings" doc:"What is missing, stale or odd"`
	CollectedAt *time.Time     `json:"collectedAt,omitempty" doc:"When the oldest data used was read"`
	Stale       bool           `json:"stale" doc:"Older than its age allows, and could not be renewed"`
	Simulated   bool           `json:"simulated" doc:"Made up by --simulation"`

	// Version tells two answers to one question apart: equal versions mean equal
	// bytes. It is empty where that is not known.
	Version string `json:"-"`
}

// New returns an empty report of the given kind, its lists empty, not nil.
func New[Item, Total any](kind string) Report[Item, Total] {
	return Report[Item, Total]{
		APIVersion: APIVersion, Kind: kind,
		Items: []Item{}, Provenance: []Provenance{}, Warnings: []Warning{},
	}
}

// Provenance says how a group of members came to be.
type Provenance struct {
	Fields  []string `json:"fields" doc:"Names of the members this is about"`
	Method  Method   `json:"method" doc:"How they were had"`
	Source  string   `json:"source" doc:"Which system said so" example:"kubernetes"`
	Cluster string   `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Note    string   `json:"note,omitempty" doc:"One sentence more"`
	Factor  *Factor  `json:"factor,omitempty" doc:"What they were computed with"`
}

// Factor is a number that others are computed with.
type Factor struct {
	Name  string  `json:"name" doc:"What it is" example:"grid intensity of FR"`
	Value float64 `json:"value"`
	Low   float64 `json:"low" doc:"What it may be at least"`
	High  float64 `json:"high" doc:"What it may be at most"`
	Unit  string  `json:"unit,omitempty" example:"gCO2e/kWh"`
	Year  int     `json:"year,omitempty" doc:"The year it is of"`
}

// Method is how a number was had.
type Method string

// The methods.
const (
	Measured  Method = "measured"  // a meter or a status said so
	Declared  Method = "declared"  // someone's specification says so
	Billed    Method = "billed"    // somebody was asked to pay it
	Estimated Method = "estimated" // computed with factors
	Simulated Method = "simulated" // made up
	Unknown   Method = "unknown"   // nobody could say
)

// Code classes a warning for programs.
type Code string

// The codes.
const (
	Missing   Code = "missing"   // part of the answer could not be had
	Forbidden Code = "forbidden" // part of the answer is refused to this user
	Stale     Code = "stale"     // data is older than it should be
	Replaced  Code = "replaced"  // another cluster answers under a known name
	Redacted  Code = "redacted"  // a secret was found where none belongs
	Cache     Code = "cache"     // the cache could not do its work
	Note      Code = "note"      // worth knowing
)

// Warning is something that the reader of an answer must know.
type Warning struct {
	Code    Code   `json:"code" enum:"missing,forbidden,stale,replaced,redacted,cache,note"`
	Cluster string `json:"cluster,omitempty" doc:"Full name of the cluster it is about"`
	Message string `json:"message" doc:"One sentence"`
}

// Partial reports whether a warning of ws says that part of the answer is missing.
func Partial(ws []Warning) bool {
	for _, w := range ws {
		if w.Code == Missing || w.Code == Forbidden {
			return true
		}
	}
	return false
}

// None is the total of a report that has none.
type None struct{}
