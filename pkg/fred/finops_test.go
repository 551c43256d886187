package fred_test

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/collector/focus"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/window"
)

const billHeader = "BillingCurrency,BilledCost,EffectiveCost,ListCost,ContractedCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,RegionId,SubAccountId,ResourceId,Tags\n"

// october is a bill of one day: of a node, of what bears the cluster's tag, of a control
// plane, and of a bucket.
const october = billHeader +
	`USD,2.304,2.304,2.304,2.2,Usage,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,Amazon Elastic Compute Cloud,eu-west-1,42,i-0123456789abcdef0,
USD,0.10,0.20,0.30,,Usage,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,Amazon Virtual Private Cloud,eu-west-1,42,,"{""eks:cluster-name"":""dev"",""team"":""net""}"
USD,2.40,2.40,2.40,2.40,Usage,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,Amazon Elastic Kubernetes Service,eu-west-1,42,arn:aws:eks:eu-west-1:42:cluster/dev,
USD,100,100,100,100,Usage,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,Amazon Simple Storage Service,eu-west-1,7,arn:aws:s3:::dev,
`

// files are a bill on this disk, which counts how often it was read.
type files struct {
	path  string
	reads int
	slow  func(context.Context) error // before it is read; may be nil
	mu    sync.Mutex
}

func (b *files) find() (fred.Bill, error) {
	found, err := focus.Find(b.path)
	return counted{found, b}, err
}

type counted struct {
	*focus.Files
	to *files
}

func (c counted) Read(ctx context.Context, q bill.Question, each func(*bill.Charge) error) (bill.Summary, error) {
	c.to.mu.Lock()
	c.to.reads++
	c.to.mu.Unlock()
	if c.to.slow != nil {
		if err := c.to.slow(ctx); err != nil {
			return bill.Summary{}, err
		}
	}
	return c.Files.Read(ctx, q, each)
}

func (b *files) write(t *testing.T, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(b.path, []byte(text), 0o600))
}

// billed is a stand with a bill.
func billed(t *testing.T, text string) (*stand, *files) {
	t.Helper()
	b := &files{path: filepath.Join(t.TempDir(), "bill.csv")}
	b.write(t, text)
	s := dev(t, func(o *fred.Options) { o.Bill = b.find })
	p := s.world.places["dev"]
	p.inv.Nodes[0].ProviderID, p.inv.Nodes[0].Labels = "aws:///eu-west-1a/i-0123456789abcdef0", map[string]string{"node.kubernetes.io/instance-type": "m5.large"}
	return s, b
}

func costOf(t *testing.T, s *stand, q fred.CostQuery) fred.CostReport {
	t.Helper()
	r, err := s.Cost(t.Context(), q)
	require.NoError(t, err)
	return r
}

// effective are the effective costs of rows, by what they are of.
func effective(r fred.CostReport) map[string]string {
	out := map[string]string{}
	for _, row := range r.Items {
		name := row.Service + row.Namespace + row.Node + row.Cluster
		if row.Tag != nil {
			name += *row.Tag
		}
		if row.Class != finops.Plain {
			name += "(" + string(row.Class) + ")"
		}
		out[name] = row.Effective.String()
	}
	return out
}

func TestCostsAreThoseOfTheBillThatAreOfTheCluster(t *testing.T) {
	s, _ := billed(t, october)
	r := costOf(t, s, fred.CostQuery{})
	require.Equal(t, map[string]string{
		"Amazon Elastic Compute Cloud": "2.304", "Amazon Virtual Private Cloud": "0.2", "Amazon Elastic Kubernetes Service": "2.4", "Amazon Simple Storage Service(unmatched)": "100",
	}, effective(r))
	require.Equal(t, "CostReport", r.Kind)
	require.Equal(t, []string{"4.904", "100"}, []string{r.Totals[0].Effective.String(), r.Totals[1].Effective.String()})
	require.Equal(t, finops.Unmatched, r.Totals[1].Class)
	require.Equal(t, []finops.Rule{finops.ByResource}, r.Items[0].MatchedBy)
	require.Equal(t, report.Billed, r.Provenance[0].Method)
	require.Equal(t, "dev", r.Cluster)
	require.Contains(t, body(t, r), `"contractedCost": null`, "which is not 0")
	require.Contains(t, r.Warnings[0].Message, "ContractedCost is not told of 1 charge")

	require.Equal(t, map[string]string{"n1": "2.304", "(other)": "0.2", "(controlPlane)": "2.4", "(unmatched)": "100"}, effective(costOf(t, s, fred.CostQuery{By: "node"})))
	require.Equal(t, map[string]string{"net": "0.2", "(none)": "4.704", "(unmatched)": "100"}, effective(costOf(t, s, fred.CostQuery{By: "tag:team"})))
	whole := costOf(t, s, fred.CostQuery{Whole: true, By: "cluster"})
	require.Equal(t, map[string]string{"": "104.904"}, effective(whole))
}

func TestABillIsReadOnce(t *testing.T) {
	s, b := billed(t, october)
	costOf(t, s, fred.CostQuery{})
	require.Equal(t, "2.304", costOf(t, s, fred.CostQuery{By: "node"}).Items[0].Effective.String())
	costOf(t, s, fred.CostQuery{By: "region", Window: window.Asked{Start: "2026-10-20", End: "2026-10-21"}})
	require.Equal(t, 1, b.reads, "of whole days all but tags are told by one pass")
	costOf(t, s, fred.CostQuery{By: "tag:team"})
	costOf(t, s, fred.CostQuery{By: "tag:team"})
	require.Equal(t, 2, b.reads)

	part := fred.CostQuery{Window: window.Asked{Start: "2026-10-20T06:00:00Z", End: "2026-10-20T12:00:00Z"}}
	require.Equal(t, "0.576", costOf(t, s, part).Items[0].Effective.String(), "a quarter of the day")
	part.Prorate = "none"
	require.Empty(t, costOf(t, s, part).Items, "nothing begins then")
	require.Equal(t, 4, b.reads)

	costOf(t, s, fred.CostQuery{Query: fred.Query{Refresh: true}})
	require.Equal(t, 5, b.reads)
	b.write(t, strings.Replace(october, "2.304,2.304", "2.304,3", 1))
	require.Equal(t, "3", costOf(t, s, fred.CostQuery{By: "node"}).Items[0].Effective.String(), "the file is another")
	s.world.change(func() { s.world.places["dev"].inv.Nodes[0].ProviderID = "aws:///eu-west-1a/i-0fff0123456789abc" })
	s.clock.pass(time.Hour)
	require.Equal(t, map[string]string{"n1": "3", "(other)": "0.2", "(controlPlane)": "2.4", "(unmatched)": "100"}, effective(costOf(t, s, fred.CostQuery{By: "node"})), "a node that is gone was the cluster's")
}

// nap waits long enough for others to ask meanwhile.
func nap(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(100 * time.Millisecond):
		return nil
	}
}

func TestQuestionsThatAreAskedTogetherHaveTheirOwnAnswers(t *testing.T) {
	s, b := billed(t, october)
	b.slow = nap
	s.overview(t, fred.Query{})
	day := window.Asked{Start: "2026-10-20T06:00:00Z", End: "2026-10-20T12:00:00Z"}
	var all sync.WaitGroup
	answers := make([]string, 6)
	for i := range answers {
		all.Go(func() {
			r, err := s.Cost(t.Context(), fred.CostQuery{By: "cluster", Window: day, Prorate: []string{"usage", "none"}[i%2], Strict: i > 3})
			if err == nil && len(r.Totals) > 0 {
				answers[i] = r.Totals[0].Effective.String()
			}
		})
	}
	all.Wait()
	require.Equal(t, []string{"1.226", "", "1.226", "", "1.226", ""}, answers)
	require.Equal(t, 4, b.reads, "whoever asks the same shares a pass")
}

func TestWhoLeavesDoesNotEndAPassForTheOthers(t *testing.T) {
	s, b := billed(t, october)
	b.slow = nap
	s.overview(t, fred.Query{})
	ctx, leave := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer leave()
	var all sync.WaitGroup
	all.Go(func() { _, _ = s.Cost(ctx, fred.CostQuery{}) })
	all.Go(func() {
		time.Sleep(20 * time.Millisecond)
		r, err := s.Cost(t.Context(), fred.CostQuery{})
		if err != nil || r.Totals[0].Effective.String() != "4.904" {
			t.Errorf("%v: %v", r.Totals, err)
		}
	})
	all.Wait()
	require.Equal(t, 1, b.reads)
}

func TestOfWhatIsCachedTheNewestAnswers(t *testing.T) {
	s, b := billed(t, october)
	costOf(t, s, fred.CostQuery{By: "tag:team"})
	b.write(t, strings.Replace(october, "2.304,2.304", "2.304,3", 1)+"USD,x,1,1,1,Usage,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,x,,,,\n")
	s.clock.pass(time.Hour)
	costOf(t, s, fred.CostQuery{})
	there := s.offline(t)
	require.Equal(t, "5.6", costOf(t, there, fred.CostQuery{}).Totals[0].Effective.String())
	_, err := there.Cost(t.Context(), fred.CostQuery{Strict: true})
	fails(t, err, fault.Refused, "1 problem: bill.csv:6", "--strict")
	_, err = there.Cost(t.Context(), fred.CostQuery{By: "tag:team", Strict: true})
	require.NoError(t, err)
}

func TestABillThatIsCachedOtherwiseIsSaid(t *testing.T) {
	s, _ := billed(t, october)
	costOf(t, s, fred.CostQuery{Prorate: "all"})
	r := costOf(t, s.offline(t), fred.CostQuery{})
	require.Equal(t, report.Estimated, r.Provenance[0].Method)
	require.Contains(t, r.Warnings[0].Message, "prorated otherwise")
}

func TestWithoutItsFilesABillIsAsItIsCached(t *testing.T) {
	s, b := billed(t, october)
	costOf(t, s, fred.CostQuery{})
	require.NoError(t, os.Remove(b.path))
	_, err := s.Cost(t.Context(), fred.CostQuery{})
	fails(t, err, fault.NotFound, "bill.csv", "")

	there := s.offline(t) // where nobody names the bill
	r := costOf(t, there, fred.CostQuery{})
	require.Equal(t, "4.904", r.Totals[0].Effective.String())
	require.Len(t, r.Totals, 1, "what is of no cluster is nobody's business")
	require.Contains(t, r.Provenance[0].Note, "as cached")
	r = costOf(t, there, fred.CostQuery{By: "namespace"})
	require.Equal(t, report.Estimated, r.Provenance[0].Method)
	require.Contains(t, r.Warnings[0].Message, "name the bill with --focus")
}

func TestOfflineABillOnThisDiskCanBeRead(t *testing.T) {
	s, b := billed(t, october)
	s.overview(t, fred.Query{})
	offline := on(t, s.world, s.clock, s.store, func(o *fred.Options) { o.Bill, o.Offline = b.find, func() bool { return true } })
	require.Equal(t, "4.904", costOf(t, offline, fred.CostQuery{}).Totals[0].Effective.String())
}

func TestAClusterThatDoesNotAnswerIsFoundByTagsAndNames(t *testing.T) {
	s, _ := billed(t, october)
	s.world.places["dev"].silent = errDown
	r := costOf(t, s, fred.CostQuery{})
	require.Equal(t, "2.6", r.Totals[0].Effective.String())
	require.True(t, report.Partial(r.Warnings))
	_, err := s.Cost(t.Context(), fred.CostQuery{By: "namespace"})
	fails(t, err, fault.Unreachable, "connection refused", "")
}

func TestWithoutAClusterTheWholeBillIsShown(t *testing.T) {
	s, b := billed(t, october)
	none := newStand(t, &world{}, func(o *fred.Options) { o.Bill = b.find })
	r := costOf(t, none, fred.CostQuery{})
	require.Equal(t, "104.904", r.Totals[0].Effective.String())
	require.Equal(t, finops.Plain, r.Totals[0].Class)
	require.False(t, report.Partial(r.Warnings))
	_, err := none.Cost(t.Context(), fred.CostQuery{Query: fred.Query{Clusters: []string{"nowhere"}}})
	require.Error(t, err)
	_ = s
}

func TestRowsThatCannotBeReadAreToldAndLeaveTheRestPartial(t *testing.T) {
	s, b := billed(t, october+"USD,1,1,1,1,Usage,4/1/25,2026-10-21T00:00:00Z,x,,,,\nUSD,\"1,234.50\",1,1,1,Usage,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,x,,,,\n")
	r := costOf(t, s, fred.CostQuery{Whole: true})
	require.True(t, report.Partial(r.Warnings))
	said := ""
	for _, w := range r.Warnings {
		said += w.Message + "\n"
	}
	require.Contains(t, said, "of the bill, 2 rows could not be read: sums lack that")
	require.Contains(t, said, "bill.csv:6")
	require.NotContains(t, said, filepath.Dir(b.path))
	_, err := s.Cost(t.Context(), fred.CostQuery{Whole: true, Strict: true})
	fails(t, err, fault.Refused, "bill.csv:6", "")
}

func TestWithoutABillNodesHaveListPrices(t *testing.T) {
	s, _ := billed(t, october)
	s.world.places["dev"].inv.Nodes[0].Created = noon.Add(-48 * time.Hour)
	for i := range s.world.places["dev"].inv.Namespaces {
		s.world.places["dev"].inv.Namespaces[i].Created = noon.Add(-72 * time.Hour)
	}
	bare := newStand(t, s.world)
	r := costOf(t, bare, fred.CostQuery{})
	require.Equal(t, map[string]string{"m5.large nodes": "6.912"}, effective(r), "three days of 0.096 USD/h")
	require.Equal(t, "4.608", r.Totals[0].Low.String(), "the node is two days old")
	require.Nil(t, r.Totals[0].Billed)
	require.Equal(t, report.Estimated, r.Provenance[0].Method)
	_, err := bare.Cost(t.Context(), fred.CostQuery{By: "tag:team"})
	fails(t, err, fault.Invalid, "without a bill", "--focus")
	_, err = bare.Cost(t.Context(), fred.CostQuery{Whole: true})
	fails(t, err, fault.Invalid, "no bill", "--focus")

	a, err := bare.Allocate(t.Context(), fred.CostQuery{})
	require.NoError(t, err)
	require.Equal(t, "Allocation", a.Kind)
	require.Equal(t, "0", a.Totals[0].Residual.String())
	require.Equal(t, "6.912", a.Totals[0].Effective.String())
}

func TestCostsAreAllocatedToWhomTheyAreFor(t *testing.T) {
	s, _ := billed(t, october)
	r, err := s.Allocate(t.Context(), fred.CostQuery{})
	require.NoError(t, err)
	got := effective(r)
	require.Equal(t, "0.2", got["(shared)"])
	require.Equal(t, "2.4", got["(controlPlane)"])
	require.Equal(t, "100", got["(unmatched)"])
	// shop requests 0.3 of 4 cores and 192 of 8,192 MiB, and a core costs as much as 7.46 GiB.
	cpu, memory := 4*0.031611, 8*0.004237
	want := 2.304 * (cpu*0.3/4 + memory*192/8192) / (cpu + memory)
	for _, row := range r.Items {
		if row.Namespace == "shop" {
			require.InDelta(t, want, row.Effective.Float(), 1e-9)
		}
	}
	require.Equal(t, "0", r.Totals[0].Residual.String())
	require.Equal(t, "4.904", r.Totals[0].Effective.String())

	one, err := s.Allocate(t.Context(), fred.CostQuery{Query: fred.Query{Namespace: "shop"}, By: "workload"})
	require.NoError(t, err)
	require.Len(t, one.Items, 2)
	shared, err := s.Allocate(t.Context(), fred.CostQuery{Share: []string{"idle", "shared", "controlPlane"}})
	require.NoError(t, err)
	require.Len(t, shared.Items, 3, "two namespaces, and what is of no cluster")
	require.Equal(t, "4.904", shared.Totals[0].Effective.String())
}

// ledger tells what pods kept of n1: half of its cores each hour of the first half of the
// 20th, a Job's; it notes how often it is asked.
type ledger struct {
	asked int
	fail  error
}

func (l *ledger) Kept(_ context.Context, _ string, ask footprint.Ask) (footprint.Reading, error) {
	l.asked++
	if l.fail != nil {
		return footprint.Reading{}, l.fail
	}
	n := int(ask.End.Sub(ask.Start) / time.Hour)
	r := footprint.Reading{Start: ask.Start, Until: ask.End, Rungs: make([]footprint.Rung, n), Coverage: make(footprint.Values, n)}
	cpu := footprint.Series{Class: footprint.KeptCPU, Node: "n1", Namespace: "batch", Pod: "night-1", Kind: "CronJob", Name: "night"}
	for h := range n {
		at := ask.Start.Add(time.Duration(h) * time.Hour)
		cpu.Values = append(cpu.Values, footprint.Missing)
		if at.Day() == 20 && at.Hour() < 12 {
			r.Rungs[h], cpu.Values[h] = footprint.Kept, 2
		}
	}
	r.Series = []footprint.Series{cpu}
	return r, nil
}

func TestCostsOfThePastAreOfWhoWasThereThen(t *testing.T) {
	past := &ledger{}
	s, b := billed(t, october)
	s = on(t, s.world, s.clock, s.store, func(o *fred.Options) { o.Bill, o.Past = b.find, past })
	q := fred.CostQuery{By: "workload", Window: window.Asked{Start: "2026-10-20", End: "2026-10-21"}}
	r := costOf(t, s, q)
	cpu, memory := 4*0.031611, 8*0.004237
	found := false
	for _, row := range r.Items {
		if row.Name == "night" {
			found = true
			require.InDelta(t, 2.304/2*cpu/2/(cpu+memory), row.Effective.Float(), 1e-9)
		}
	}
	require.True(t, found)
	require.Equal(t, "0", r.Totals[0].Residual.String())
	require.Contains(t, r.Provenance[0].Note, "for 12 of 24 hours that they request")
	require.Equal(t, 1, past.asked)
	costOf(t, s, q)
	require.Equal(t, 1, past.asked, "days that are over are asked for once")

	past.asked = 0
	q.Window = window.Asked{Start: "2026-10-18", End: "2026-10-21"}
	costOf(t, s, q)
	require.Equal(t, 2, past.asked, "each day by itself")
	q.Window = window.Asked{Start: "2026-10-20", End: "2026-10-21"}

	past.fail = fault.New(fault.Unreachable, "no route to it")
	costOf(t, s, q)
	q.Window.Start = "2026-10-17"
	r = costOf(t, s, q)
	require.Contains(t, body(t, r), "of 1 day nobody told what pods requested and used (no route to it)")
	require.True(t, report.Partial(r.Warnings))
}

func TestWithoutAPastAllHoursThatHaveBeenAreAsNow(t *testing.T) {
	s, _ := billed(t, october)
	s.clock.pass(5*time.Hour + 30*time.Minute) // into a day, the rest of which the window has too
	r := costOf(t, s, fred.CostQuery{By: "namespace"})
	require.Contains(t, r.Provenance[0].Note, "; pods have the part of their node that they request or")
	require.NotContains(t, r.Provenance[0].Note, "hour by hour")
}

func TestWhatCannotBeMeantOfCostsIsSaid(t *testing.T) {
	s, _ := billed(t, october)
	for _, tt := range []struct {
		q          fred.CostQuery
		says, hint string
	}{
		{fred.CostQuery{By: "colour"}, `"colour"`, "tag:KEY"},
		{fred.CostQuery{By: "tag:"}, `"tag:"`, "tag:KEY"},
		{fred.CostQuery{Prorate: "some"}, `"some"`, "usage"},
		{fred.CostQuery{Query: fred.Query{Namespace: "shop"}}, "know no namespaces", "namespace or workload"},
		{fred.CostQuery{Query: fred.Query{Selector: "app=web"}}, "labels", "-l"},
		{fred.CostQuery{By: "namespace", Share: []string{"all"}}, `"all"`, "idle"},
		{fred.CostQuery{By: "namespace", Whole: true}, "whole bill", "--whole-bill"},
		{fred.CostQuery{Window: window.Asked{Last: "never"}}, "never", "30"},
	} {
		_, err := s.Cost(t.Context(), tt.q)
		require.Error(t, err)
		require.Equal(t, fault.Invalid, fault.KindOf(err), "%v", err)
		require.Contains(t, err.Error(), tt.says)
		if tt.hint != "30" {
			require.Contains(t, fault.HintOf(err), tt.hint)
		}
	}
	_, err := s.Allocate(t.Context(), fred.CostQuery{By: "service"})
	fails(t, err, fault.Invalid, `"service"`, "namespace")
}

func TestWhatLiesBesideABillIsSaid(t *testing.T) {
	s, b := billed(t, october)
	require.NoError(t, os.WriteFile(b.path+".gz", []byte("the same, packed"), 0o600))
	b.path = filepath.Dir(b.path)
	r := costOf(t, s, fred.CostQuery{})
	require.Equal(t, "passed over: bill.csv.gz, since a manifest or the same file unpacked stands for it", r.Warnings[0].Message)
	require.Equal(t, "4.904", r.Totals[0].Effective.String(), "and not counted twice")
}

func TestAWindowThatIsToldByItsLengthIsOfWholeDays(t *testing.T) {
	s, _ := billed(t, october)
	w := costOf(t, s, fred.CostQuery{}).Window
	require.Equal(t, []string{"2026-10-02T00:00:00Z", "2026-11-02T00:00:00Z"}, []string{w.Start.Format(time.RFC3339), w.End.Format(time.RFC3339)})
	w = costOf(t, s, fred.CostQuery{Window: window.Asked{Start: "2026-10-20T06:00", Last: "1d"}}).Window
	require.Equal(t, 24*time.Hour, w.Length())
}

func TestTheRestOfABillStaysWhereOneClusterIsExported(t *testing.T) {
	s, _ := billed(t, october)
	costOf(t, s, fred.CostQuery{})
	exported := func(q fred.ExportQuery) (names []string) {
		var b bytes.Buffer
		_, err := s.Export(t.Context(), q, &b, "test")
		require.NoError(t, err)
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		require.NoError(t, err)
		for _, f := range z.File {
			if _, bill, ok := strings.Cut(f.Name, "fred-backend-cache/"); ok && strings.Contains(f.Name, "bill/") {
				names = append(names, bill)
			}
		}
		return names
	}
	require.Equal(t, []string{"bill/all/day-usage.jsonl", "clusters/dev/bill/all/day-usage.jsonl", "clusters/dev/bill/nodes.jsonl"}, exported(fred.ExportQuery{}))
	require.Equal(t, []string{"clusters/dev/bill/all/day-usage.jsonl", "clusters/dev/bill/nodes.jsonl"}, exported(fred.ExportQuery{Clusters: []string{"dev"}}))
}

func TestVolumesAndLoadBalancersAreTheirClaimsAndServices(t *testing.T) {
	s, _ := billed(t, billHeader+
		"USD,1,1,1,1,Usage,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,EBS,,,vol-0fedcba9876543210,\n"+
		"USD,2,2,2,2,Usage,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,ELB,,,arn:aws:elasticloadbalancing:eu-west-1:42:loadbalancer/net/front/0123456789abcdef,\n")
	p := s.world.places["dev"]
	p.inv.PersistentVolumes = []kube.PersistentVolume{{Meta: kube.Meta{Name: "pvc-1"}, Volume: "vol-0fedcba9876543210", Claim: &kube.Claim{Namespace: "shop", Name: "data"}}}
	p.inv.Pods[0].Claims = []string{"data"}
	claims := p.inv.Pods[0].Namespace
	p.inv.PersistentVolumes[0].Claim.Namespace = claims
	p.inv.Services[0].LoadBalancer = []string{"front-0123456789abcdef.elb.eu-west-1.amazonaws.com"}
	r, err := s.Allocate(t.Context(), fred.CostQuery{By: "workload"})
	require.NoError(t, err)
	got := map[string]string{}
	for _, row := range r.Items {
		got[row.Namespace+"/"+row.Kind+"/"+row.Name] = row.Effective.String()
	}
	require.Equal(t, "2", got["shop/Service/web"])
	require.Equal(t, "1", got[claims+"/Deployment/"+p.inv.Pods[0].Owner.Name])
}
