package simulation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/factor"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/money"
)

// Bill is what the clusters of a world are billed: thirteen months of days, of nodes half
// of which are paid ahead, of what else is theirs, and of what is of no cluster.
type Bill struct{ *World }

// billedMonths is how far back the bill goes.
const billedMonths = 13

// Version implements fred.Bill.
func (b Bill) Version() (string, error) { return Name + b.day.Format(time.DateOnly), nil }

// Skipped implements fred.Bill.
func (Bill) Skipped() []string { return nil }

// Read implements bill.Source.
func (b Bill) Read(ctx context.Context, _ bill.Question, each func(*bill.Charge) error) (bill.Summary, error) {
	sum := bill.Summary{Files: 1}
	for i := range plans {
		inv := b.clusters[plans[i].context]()
		in := invoice{plan: &plans[i], nodes: inv.Nodes, volumes: inv.PersistentVolumes}
		for at := b.day.AddDate(0, -billedMonths, 0); at.Before(b.day); at = at.AddDate(0, 0, 1) {
			for _, c := range in.charges(at) {
				sum.Rows++
				if err := each(&c); err != nil {
					return sum, err
				}
			}
			if err := ctx.Err(); err != nil {
				return sum, err
			}
		}
	}
	return sum, nil
}

// invoice is the bill of one cluster.
type invoice struct {
	*plan
	nodes   []kube.Node
	volumes []kube.PersistentVolume
}

// services are what each provider calls what is billed.
var services = map[string]struct{ machine, cluster, disk, traffic, store, provider string }{
	"aws": {"Amazon Elastic Compute Cloud", "Amazon Elastic Kubernetes Service", "Amazon Elastic Block Store", "Amazon Virtual Private Cloud", "Amazon Simple Storage Service", "AWS"},
	"gce": {"Compute Engine", "Kubernetes Engine", "Persistent Disk", "Networking", "BigQuery", "Google Cloud"},
}

// charges returns those of a day.
func (in *invoice) charges(day time.Time) []bill.Charge {
	service := services[in.provider]
	tags := bill.Tags{"team": "platform"}
	name := kube.Derive(in.context).Alias
	if in.provider == "aws" {
		tags["aws:eks:cluster-name"] = name
	} else {
		tags["goog-k8s-cluster-name"] = name
	}
	whole := bill.Charge{
		Start: day, End: day.AddDate(0, 0, 1), Currency: "USD", Category: bill.Usage, Provider: service.provider, Region: in.region,
		SubAccount: fmt.Sprintf("%012d", seed(in.region)%1e12), SubAccountName: "production",
	}
	var all []bill.Charge
	add := func(what, resource string, tags bill.Tags, list money.Amount, commitment string, used bill.Quantity) {
		c := whole
		c.Service, c.Resource, c.Tags, c.Commitment, c.Consumed = what, resource, tags, commitment, used
		c.Costs = costs(list, commitment != "")
		all = append(all, c)
	}
	paidAhead := money.Amount{}
	for i := range in.nodes {
		n := &in.nodes[i]
		commitment := ""
		list := price(in.plan, 24)
		if i%2 == 0 {
			commitment = "plan-" + name
			paidAhead = paidAhead.Add(costs(list, true)[bill.Effective].Amount)
		}
		add(service.machine, resourceOf(n), bill.Tags{"team": "platform"}, list, commitment, quantity(money.New(24, 0), "Hrs"))
	}
	add(service.cluster, clusterResource(in.plan, name), nil, money.New(240, -2), "", quantity(money.New(24, 0), "Hrs"))
	for i := range in.volumes {
		size := int64(in.volumes[i].Capacity >> 30)
		add(service.disk, in.volumes[i].Volume, tags, money.New(size*4, -3), "", quantity(money.New(size*24, 0), "GB-Hrs"))
	}
	sent, stored := int64(150+dice(name+day.String()).IntN(200)), int64(900+dice("store"+day.String()).IntN(300))
	add(service.traffic, "", tags, money.New(sent, -2), "", quantity(money.New(sent, -1), "GB"))
	add(service.store, "", bill.Tags{"team": "data"}, money.New(stored, -2), "", quantity(money.New(stored, 0), "GB-Days"))
	if day.Day() == 1 {
		all = append(all, in.purchase(whole, service.machine, name, paidAhead))
	}
	return all
}

// purchase is what is paid ahead for the month that begins with a charge.
func (in *invoice) purchase(c bill.Charge, service, name string, daily money.Amount) bill.Charge {
	c.End = c.Start.AddDate(0, 1, 0)
	c.Category, c.Service, c.Commitment = bill.Purchase, service, "plan-"+name
	c.Resource = c.Commitment
	days := int64(c.End.Sub(c.Start) / (24 * time.Hour))
	known := func(a money.Amount) bill.Value { return bill.Value{Amount: a, Known: true} }
	c.Costs = [len(bill.Metrics)]bill.Value{bill.Billed: known(daily.Mul(money.New(days, 0))), bill.Effective: known(money.Amount{}), bill.List: known(money.Amount{}), bill.Contracted: known(money.Amount{})}
	return c
}

// price returns what a machine of p costs for that many hours, at list prices.
func price(p *plan, hours int64) money.Amount {
	kind, _ := factor.MachineOf(p.provider, p.family)
	hour, err := money.Parse(kind.HourlyUSD)
	if err != nil {
		panic(fmt.Errorf("simulated machine %s: %w", p.family, err))
	}
	return hour.Mul(money.New(hours, 0))
}

func quantity(n money.Amount, unit string) bill.Quantity {
	return bill.Quantity{Value: bill.Value{Amount: n, Known: true}, Unit: unit}
}

// costs are the four costs of usage, of which some is paid ahead.
func costs(list money.Amount, ahead bool) [len(bill.Metrics)]bill.Value {
	known := func(a money.Amount) bill.Value { return bill.Value{Amount: a, Known: true} }
	contracted := list.Mul(money.New(95, -2))
	out := [len(bill.Metrics)]bill.Value{bill.Billed: known(contracted), bill.Effective: known(contracted), bill.List: known(list), bill.Contracted: known(contracted)}
	if ahead {
		out[bill.Billed], out[bill.Effective] = known(money.Amount{}), known(list.Mul(money.New(62, -2)))
	}
	return out
}

// resourceOf is what bills call a node.
func resourceOf(n *kube.Node) string {
	parts := strings.Split(n.ProviderID, "/")
	last := parts[len(parts)-1]
	if parts[0] == "gce:" {
		return "//compute.googleapis.com/projects/" + parts[2] + "/zones/" + parts[3] + "/instances/" + last
	}
	return last
}

func clusterResource(p *plan, name string) string {
	if p.provider == "aws" {
		return p.context
	}
	return "//container.googleapis.com/projects/acme-lab/locations/" + p.region + "/clusters/" + name
}
