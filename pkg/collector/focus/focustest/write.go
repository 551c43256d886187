package focustest

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Options say what is written.
type Options struct {
	Version    string // of FOCUS; 1.2 when empty
	Rows       int
	Seed       uint64   // equal options and seeds make equal files
	Currencies []string // by turns; USD when empty
	Newline    string   // "\n" when empty
	Shuffle    bool     // columns in another order, their names in another case, and one that is none of FOCUS
}

// Month is that of all that is written, which has 30 days.
var Month = time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC)

// Costs are the sums of the four costs, by their columns.
type Costs map[string]*big.Rat

// Totals are those of the files that are written, by currency.
type Totals map[string]Costs

// CostColumns are the columns of Costs.
var CostColumns = []string{"BilledCost", "EffectiveCost", "ListCost", "ContractedCost"}

func (t Totals) add(row map[string]string) {
	currency := row["BillingCurrency"]
	if t[currency] == nil {
		t[currency] = Costs{}
	}
	for _, c := range CostColumns {
		if t[currency][c] == nil {
			t[currency][c] = new(big.Rat)
		}
		if n, ok := new(big.Rat).SetString(row[c]); ok {
			t[currency][c].Add(t[currency][c], n)
		}
	}
}

// Write writes a file and returns its totals.
func Write(w io.Writer, o Options) (Totals, error) {
	if o.Version == "" {
		o.Version = "1.2"
	}
	if len(o.Currencies) == 0 {
		o.Currencies = []string{"USD"}
	}
	if o.Newline == "" {
		o.Newline = "\n"
	}
	m := maker{rng: rand.New(rand.NewPCG(o.Seed, 1)), o: o} //nolint:gosec // made up, not secret
	columns := Columns(o.Version)
	header := slices.Clone(columns)
	if o.Shuffle {
		columns = append(columns, "Id")
		m.rng.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
		header = slices.Clone(columns)
		for i := range header {
			if m.rng.IntN(4) == 0 {
				header[i] = strings.ToLower(header[i])
			}
		}
	}
	if err := m.line(w, header); err != nil {
		return nil, err
	}
	totals := Totals{}
	for i := range o.Rows {
		row := m.row(i)
		totals.add(row)
		fields := make([]string, len(columns))
		for j, c := range columns {
			fields[j] = row[c]
			if fields[j] == "" {
				fields[j] = m.nothing()
			}
		}
		if err := m.line(w, fields); err != nil {
			return nil, err
		}
	}
	return totals, nil
}

type maker struct {
	rng *rand.Rand
	o   Options
}

// line writes fields, quoted where they must be.
func (m *maker) line(w io.Writer, fields []string) error {
	quoted := make([]string, len(fields))
	for i, f := range fields {
		if strings.ContainsAny(f, "\",\r\n") {
			f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		}
		quoted[i] = f
	}
	_, err := io.WriteString(w, strings.Join(quoted, ",")+m.o.Newline)
	return err
}

func (m *maker) nothing() string { return pick(m, "", "", "", "", "NULL", "null") }

func pick[T any](m *maker, from ...T) T { return from[m.rng.IntN(len(from))] }

// product is what is sold.
type product struct {
	provider, service, category, unit, kind string
}

var products = []product{
	{"AWS", "Amazon Elastic Compute Cloud", "Compute", "Hours", "instance"},
	{"AWS", "Amazon Elastic Kubernetes Service", "Compute", "Hours", "cluster"},
	{"AWS", "Amazon Simple Storage Service", "Storage", "GB-Months", "bucket"},
	{"AWS", "Amazon Virtual Private Cloud", "Networking", "GB", "natgateway"},
	{"Microsoft", "Virtual Machines", "Compute", "Hours", "microsoft.compute/virtualmachinescalesets"},
	{"Microsoft", "Azure Kubernetes Service", "Compute", "Hours", "microsoft.containerservice/managedclusters"},
	{"Google Cloud", "Compute Engine", "Compute", "Hours", "instance"},
	{"Oracle", "Oracle Cloud Block Volume", "Storage", "GB-Months", "volume"},
}

func (m *maker) row(i int) map[string]string {
	p := products[m.rng.IntN(len(products))]
	start := Month.Add(time.Duration(m.rng.IntN(30*24)) * time.Hour)
	node := m.rng.IntN(60)
	id := fmt.Sprintf("arn:aws:ec2:eu-west-1:123456789012:%s/i-%017x", p.kind, 0xabc0000+node)
	if p.provider == "Microsoft" {
		id = fmt.Sprintf("/subscriptions/0f9a1c52-0000-4000-8000-%012d/resourcegroups/mc_shop_prod_westeurope/providers/%s/aks-pool-%02d", node, p.kind, node)
	}
	quantity := fmt.Sprintf("%d.%06d", m.rng.IntN(3), m.rng.IntN(1e6))
	row := map[string]string{
		"AvailabilityZone": "eu-west-1" + pick(m, "a", "b", "c"), "BillingAccountId": "123456789012", "BillingAccountName": "Example, Inc.",
		"BillingCurrency": m.o.Currencies[i%len(m.o.Currencies)], "BillingPeriodStart": m.time(Month), "BillingPeriodEnd": m.time(Month.AddDate(0, 1, 0)),
		"ChargeCategory": "Usage", "ChargeDescription": fmt.Sprintf("$0.%04d per On Demand Linux m5.%s Instance Hour", m.rng.IntN(9999), pick(m, "large", "xlarge")),
		"ChargeFrequency": pick(m, "Usage-Based", "Usage-based"), "ChargePeriodStart": m.time(start), "ChargePeriodEnd": m.time(start.Add(time.Hour)),
		"ConsumedQuantity": quantity, "ConsumedUnit": p.unit, "PricingQuantity": quantity, "PricingUnit": p.unit,
		"ContractedUnitPrice": "0.0960000000", "ListUnitPrice": "0.1070000000", "InvoiceIssuerName": "Amazon Web Services, Inc.",
		"PricingCategory": pick(m, "Standard", "Standard", "Dynamic", "Committed"), "ProviderName": p.provider, "PublisherName": p.provider,
		"RegionId": "eu-west-1", "RegionName": "Europe (Ireland)", "ResourceId": id, "ResourceName": fmt.Sprintf("node-%02d", node), "ResourceType": p.kind,
		"ServiceCategory": p.category, "ServiceName": p.service, "ServiceSubcategory": "Virtual Machines",
		"SkuId": fmt.Sprintf("SKU%06d", m.rng.IntN(300)), "SkuPriceId": fmt.Sprintf("SKU%06d.JRTCKXETXF.6YS6EN2CT7", m.rng.IntN(300)), "SkuMeter": "BoxUsage",
		"SkuPriceDetails": `{"CoreCount":2,"InstanceType":"m5.large"}`, "SubAccountId": fmt.Sprintf("2100000000%02d", m.rng.IntN(12)), "SubAccountName": pick(m, "prod", "staging", "dev"),
		"Tags": m.tags(node), "Id": fmt.Sprint(i), "BillingAccountType": "Billing Account", "SubAccountType": "Account", "InvoiceId": "INV-2026-09",
		"PricingCurrency": "USD", "ServiceProviderName": p.provider, "HostProviderName": p.provider,
	}
	m.cost(row, p)
	m.kind(row)
	if strings.HasSuffix(p.service, "Kubernetes Service") {
		row["AllocatedMethodId"], row["AllocatedResourceId"] = "split", fmt.Sprintf("pod/shop/web-%d", node)
		row["AllocatedTags"] = `{"aws:eks:namespace":"shop","aws:eks:workload-name":"web"}`
	}
	return row
}

// time writes a time in one of the ways that files do.
func (m *maker) time(t time.Time) string {
	return t.Format(pick(m, "2006-01-02T15:04:05Z", "2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05"))
}

// tags returns those of a node, of which there are some dozens.
func (m *maker) tags(node int) string {
	if node%7 == 0 {
		return pick(m, "", "{}")
	}
	tags := map[string]any{
		"aws:eks:cluster-name": "shop-prod", "kubernetes.io/cluster/shop-prod": "owned", "team": []string{"cart", "search", "mail"}[node%3],
		" org": "retail", "Name": fmt.Sprintf("node-%02d", node), "note": "a \"quoted\" word, and\na second line", "spot": node%2 == 0,
	}
	text, err := json.Marshal(tags)
	if err != nil {
		panic(err)
	}
	if node%11 == 0 {
		return strings.ReplaceAll(string(text), `,"`, ",\n \"") // as who writes JSON for people
	}
	return string(text)
}

// cost writes the four costs, as their provider is known to.
func (m *maker) cost(row map[string]string, p product) {
	billed := pick(m,
		"0", "0", "0", "0.0000000000", fmt.Sprintf("%d.%02d", m.rng.IntN(40), m.rng.IntN(100)),
		fmt.Sprintf("0.%014d", m.rng.Int64N(1e12)), fmt.Sprintf("0.%010d", m.rng.Int64N(1e9)), fmt.Sprintf("%d.%dE-%d", 1+m.rng.IntN(99), m.rng.IntN(10), 1+m.rng.IntN(12)),
		fmt.Sprintf("%.17g", m.rng.Float64()/1000))
	if m.rng.IntN(75) == 0 {
		billed = fmt.Sprintf("-%d.%06d", m.rng.IntN(3), m.rng.IntN(1e6)) // a refund that is Usage
	}
	row["BilledCost"], row["EffectiveCost"], row["ListCost"], row["ContractedCost"] = billed, billed, billed, billed
	switch p.provider {
	case "AWS":
		if m.rng.IntN(2) == 0 { // whole dollars
			row["EffectiveCost"], row["ContractedCost"] = fmt.Sprint(m.rng.IntN(4)), fmt.Sprint(m.rng.IntN(4)-1)
		}
	case "Oracle":
		row["ContractedCost"] = ""
	case "Microsoft":
		row["ListCost"] = pick(m, billed, "0")
	}
}

// kind makes other things of some rows than usage.
func (m *maker) kind(row map[string]string) {
	switch m.rng.IntN(100) {
	case 0:
		row["ChargeCategory"], row["BilledCost"], row["ChargeFrequency"] = "Credit", "-5.5", "One-Time"
	case 1:
		row["ChargeCategory"], row["BilledCost"], row["EffectiveCost"] = "Tax", "1.21", "1.21"
	case 2:
		row["ChargeCategory"], row["BilledCost"], row["EffectiveCost"] = "Purchase", "730", "0"
		row["ChargeFrequency"] = "Recurring"
		row["ChargePeriodStart"], row["ChargePeriodEnd"] = m.time(Month), m.time(Month.AddDate(0, 1, 0))
	case 3:
		row["ChargeClass"], row["ChargeCategory"] = "Correction", "Adjustment"
	case 4, 5, 6, 7:
		row["CommitmentDiscountId"], row["CommitmentDiscountStatus"] = "sp-1", pick(m, "Used", "Unused")
		row["CommitmentDiscountCategory"], row["CommitmentDiscountType"], row["CommitmentDiscountName"] = "Spend", "Savings Plan", "compute"
	}
}
