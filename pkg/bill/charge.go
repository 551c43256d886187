// Package bill holds what bills of clouds say: charges, and what part of a charge is
// of a window. The names are those of FOCUS, the FinOps Open Cost and Usage
// Specification, which all large clouds write.
//
// It does no I/O; pkg/collector/focus reads the files. It knows neither clusters nor
// workloads.
package bill

import (
	"time"

	"github.com/fredctl/fred/pkg/money"
)

// Metric is one of the four costs of a charge.
type Metric int

// The metrics.
const (
	Billed     Metric = iota // what the invoice asks for
	Effective                // with what was paid ahead shared among what used it
	List                     // at public prices
	Contracted               // at the prices that were agreed on, without commitments
)

// Metrics are all of them.
var Metrics = [...]Metric{Billed, Effective, List, Contracted}

// String returns what FOCUS calls m.
func (m Metric) String() string {
	return [...]string{"BilledCost", "EffectiveCost", "ListCost", "ContractedCost"}[m]
}

// Category is the kind of a charge.
type Category string

// The categories. A charge whose category could not be read has none.
const (
	Usage      Category = "Usage"
	Purchase   Category = "Purchase"
	Tax        Category = "Tax"
	Credit     Category = "Credit"
	Adjustment Category = "Adjustment"
)

// Correction is the class of a charge that mends one of an earlier billing period;
// that of others is "".
const Correction = "Correction"

// Value is a number that a bill may leave out. Its zero value is not known, which is
// not 0.
type Value struct {
	money.Amount
	Known bool
}

// Quantity is how much was used or priced, in Unit.
type Quantity struct {
	Value
	Unit string
}

// Tags are the tags of a charge by their keys, spaces and all, which several charges
// may share: they must not be changed. Values that are no strings are as JSON has them;
// a tag without a value has "".
type Tags map[string]string

// Charge is a row of a bill. Where the bill says nothing, or was not asked, strings are
// empty, tags nil, and values not known.
type Charge struct {
	Start, End             time.Time // in UTC; it is of the time from Start up to End, without it
	PeriodStart, PeriodEnd time.Time // of the invoice; zero where they are not known
	Costs                  [len(Metrics)]Value
	Currency               money.Currency
	Category               Category
	Class                  string
	Frequency              string // One-Time, Recurring or Usage-Based, as it is written

	Service, ServiceCategory             string
	Provider                             string // who sold the service
	Host                                 string // whose machines it runs on, where that is said
	Region                               string // its ID
	SubAccount, SubAccountName           string // ID and name
	Resource, ResourceName, ResourceType string // ID, name and type
	SKU                                  string // its ID
	PricingCategory                      string
	Commitment, CommitmentStatus         string // ID of a discount for a commitment; Used or Unused
	Tags                                 Tags
	Allocated, AllocatedName             string // ID and name of whom the provider allots the charge to, where it has split one
	AllocatedTags                        Tags
	Consumed, Priced                     Quantity
}

// Cost returns the cost that m is.
func (c *Charge) Cost(m Metric) Value { return c.Costs[m] }
