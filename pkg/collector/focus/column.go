package focus

import (
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/money"
)

// column is one that fred reads.
type column struct {
	name   string
	or     string // where the first is not there, or empty
	field  bill.Fields
	must   bool      // be there: FOCUS calls it mandatory
	filled bool      // in each row
	lost   bill.Lost // where it cannot be read
	set    setter
}

// setter reads a value that is not null into a charge.
type setter func(d *decoder, c *bill.Charge, s string) error

// columns are all of them. Those without a field are always read.
var columns = []column{
	{name: "ChargePeriodStart", must: true, filled: true, lost: bill.Row, set: (*decoder).start},
	{name: "ChargePeriodEnd", must: true, filled: true, lost: bill.Row, set: (*decoder).end},
	{name: "BillingCurrency", must: true, filled: true, lost: bill.Row, set: (*decoder).currency},
	{name: "ChargeCategory", must: true, filled: true, set: (*decoder).category},
	{name: "BilledCost", field: bill.BilledCost, must: true, lost: bill.Row, set: cost(bill.Billed)},
	{name: "EffectiveCost", field: bill.EffectiveCost, must: true, lost: bill.Row, set: cost(bill.Effective)},
	{name: "ListCost", field: bill.ListCost, must: true, lost: bill.Row, set: cost(bill.List)},
	{name: "ContractedCost", field: bill.ContractedCost, must: true, lost: bill.Row, set: cost(bill.Contracted)},
	{name: "BillingPeriodStart", field: bill.InvoicePeriod, must: true, set: (*decoder).periodStart},
	{name: "BillingPeriodEnd", field: bill.InvoicePeriod, must: true, set: (*decoder).periodEnd},
	{name: "ChargeClass", field: bill.Class, set: text(func(c *bill.Charge) *string { return &c.Class })},
	{name: "ChargeFrequency", field: bill.Frequency, set: text(func(c *bill.Charge) *string { return &c.Frequency })},
	{name: "ServiceName", field: bill.Service, must: true, set: text(func(c *bill.Charge) *string { return &c.Service })},
	{name: "ServiceCategory", field: bill.ServiceCategory, must: true, set: text(func(c *bill.Charge) *string { return &c.ServiceCategory })},
	{name: "ServiceProviderName", or: "ProviderName", field: bill.Provider, must: true, set: text(func(c *bill.Charge) *string { return &c.Provider })},
	{name: "HostProviderName", field: bill.Provider, set: text(func(c *bill.Charge) *string { return &c.Host })},
	{name: "RegionId", field: bill.Region, set: text(func(c *bill.Charge) *string { return &c.Region })},
	{name: "SubAccountId", field: bill.SubAccount, set: text(func(c *bill.Charge) *string { return &c.SubAccount })},
	{name: "SubAccountName", field: bill.SubAccount, set: text(func(c *bill.Charge) *string { return &c.SubAccountName })},
	{name: "ResourceId", field: bill.Resource, set: text(func(c *bill.Charge) *string { return &c.Resource })},
	{name: "ResourceName", field: bill.Resource, set: text(func(c *bill.Charge) *string { return &c.ResourceName })},
	{name: "ResourceType", field: bill.Resource, set: text(func(c *bill.Charge) *string { return &c.ResourceType })},
	{name: "SkuId", field: bill.SKU, set: text(func(c *bill.Charge) *string { return &c.SKU })},
	{name: "PricingCategory", field: bill.PricingCategory, set: text(func(c *bill.Charge) *string { return &c.PricingCategory })},
	{name: "CommitmentDiscountId", field: bill.Commitment, set: text(func(c *bill.Charge) *string { return &c.Commitment })},
	{name: "CommitmentDiscountStatus", field: bill.Commitment, set: text(func(c *bill.Charge) *string { return &c.CommitmentStatus })},
	{name: "Tags", field: bill.ChargeTags, set: tags(func(c *bill.Charge) *bill.Tags { return &c.Tags })},
	{name: "AllocatedResourceId", field: bill.Allocation, set: text(func(c *bill.Charge) *string { return &c.Allocated })},
	{name: "AllocatedResourceName", field: bill.Allocation, set: text(func(c *bill.Charge) *string { return &c.AllocatedName })},
	{name: "AllocatedTags", field: bill.Allocation, set: tags(func(c *bill.Charge) *bill.Tags { return &c.AllocatedTags })},
	{name: "ConsumedQuantity", field: bill.Consumed, set: number(func(c *bill.Charge) *bill.Value { return &c.Consumed.Value })},
	{name: "ConsumedUnit", field: bill.Consumed, set: text(func(c *bill.Charge) *string { return &c.Consumed.Unit })},
	{name: "PricingQuantity", field: bill.Priced, set: number(func(c *bill.Charge) *bill.Value { return &c.Priced.Value })},
	{name: "PricingUnit", field: bill.Priced, set: text(func(c *bill.Charge) *string { return &c.Priced.Unit })},
}

func cost(m bill.Metric) setter {
	return number(func(c *bill.Charge) *bill.Value { return &c.Costs[m] })
}

func number(of func(*bill.Charge) *bill.Value) setter {
	return func(_ *decoder, c *bill.Charge, s string) error {
		a, err := money.Parse(s)
		*of(c) = bill.Value{Amount: a, Known: err == nil}
		return err
	}
}

func text(of func(*bill.Charge) *string) setter {
	return func(d *decoder, c *bill.Charge, s string) (err error) {
		*of(c), err = d.words.of(s, valid)
		return err
	}
}

func tags(of func(*bill.Charge) *bill.Tags) setter {
	return func(d *decoder, c *bill.Charge, s string) (err error) {
		*of(c), err = d.tags.of(s, readTags)
		return err
	}
}

// valid returns a word as one of UTF-8.
func valid(s string) (string, error) { return strings.ToValidUTF8(s, "\uFFFD"), nil }

// chosen is a column that was asked for, and where a file has it.
type chosen struct {
	*column
	at, or int // -1 where there is no other
}

// choose returns where a file with that header has what is asked for, and of what it
// has no column. A header that lacks what it must have, or has it twice, is a
// fault of kind Invalid.
func choose(header []string, fields bill.Fields) (all []chosen, absent bill.Fields, err error) {
	places := map[string][]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		places[name] = append(places[name], i)
	}
	var missing, twice []string
	absent = fields
	place := func(name string) int {
		at := places[strings.ToLower(name)]
		switch {
		case name == "" || len(at) == 0:
			return -1
		case len(at) > 1:
			twice = append(twice, name)
		}
		return at[0]
	}
	for i := range columns {
		c := &columns[i]
		if !fields.Has(c.field) {
			continue
		}
		at, or := place(c.name), place(c.or)
		if at < 0 {
			at, or = or, -1
		}
		switch {
		case at >= 0:
			all = append(all, chosen{c, at, or})
			absent &^= c.field
		case c.must:
			missing = append(missing, strings.TrimSuffix(c.name+" or "+c.or, " or "))
		}
	}
	switch {
	case len(missing) > 0:
		return nil, 0, fault.New(fault.Invalid, "lacks %s", strings.Join(missing, ", ")).
			Hinted("Export the bill as FOCUS 1.0 or later, with all columns.")
	case len(twice) > 0:
		slices.Sort(twice)
		return nil, 0, fault.New(fault.Invalid, "has %s twice", strings.Join(slices.Compact(twice), ", ")).
			Hinted("Leave one of the columns of the same name.")
	}
	return all, absent, nil
}
