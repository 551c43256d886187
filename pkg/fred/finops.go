package fred

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/window"
)

// Bill is the bill that costs are read from.
type Bill interface {
	bill.Source
	// Version tells two states of the bill apart.
	Version() (string, error)
	// Skipped returns what lies beside the bill and is none of it.
	Skipped() []string
}

// CostQuery selects what a question about costs is about. Its zero value is the last 30
// days of the current context, by service.
type CostQuery struct {
	Query
	Window  window.Asked
	By      string // one of finops.Groupings, or tag: and a key; service when empty
	Prorate string // one of Prorations; usage when empty
	Whole   bool   // the whole bill, whatever cluster it is of
	Strict  bool   // refuse a bill with a problem

	// Share names classes of costs (finops.Shareable) that are shared by those of
	// namespaces, where costs are grouped by namespace or workload.
	Share []string
}

// CostReport is a CostReport report, or an Allocation.
type CostReport = report.Report[finops.CostRow, finops.CostTotal]

// Prorations say which charges are spread over their period.
var Prorations = []string{"usage", "all", "none"}

var spreads = map[string]bill.Spread{"usage": bill.SpreadUsage, "all": bill.SpreadAll, "none": bill.SpreadNone}

// lastMonth is the window of a question about costs that names none.
const lastMonth = "30d"

// Allocate says whom what clusters cost is for: by namespace, unless q says by workload.
func (f *Fred) Allocate(ctx context.Context, q CostQuery) (CostReport, error) {
	if q.By = cmp.Or(q.By, "namespace"); !finops.Allocated(q.By) {
		return CostReport{}, fault.New(fault.Invalid, "costs are not allocated by %q", q.By).Hinted("Allocate by namespace or workload.")
	}
	out, err := f.Cost(ctx, q)
	out.Kind = "Allocation"
	return out, err
}

// Cost says what clusters cost in a window, by what it is grouped: as the bill has it
// or, where there is none, at list prices.
func (f *Fred) Cost(ctx context.Context, q CostQuery) (CostReport, error) {
	out := report.New[finops.CostRow, finops.CostTotal]("CostReport")
	out.Simulated = f.Simulated
	c, err := f.costing(q)
	if err != nil {
		return out, err
	}
	out.Window, c.report = &c.Resolved.Window, &out
	if err := c.answer(ctx); err != nil {
		return out, err
	}
	out.Items, out.Totals = c.table.Rows(), c.table.Sums()
	for i := range out.Totals {
		t := &out.Totals[i]
		if residual, ok := c.residual[t.Currency]; ok && t.Class == finops.Plain {
			t.Residual = &residual
		}
	}
	c.comment()
	return out, nil
}

// answer fills the table.
func (c *costing) answer(ctx context.Context) error {
	if err := c.load(ctx); err != nil {
		return err
	}
	if c.bill != nil {
		return c.charge(ctx)
	}
	return c.recall(ctx)
}

// costing is one such question under way.
type costing struct {
	*Fred
	CostQuery
	window.Resolved
	pieces   []window.Window
	cut      finops.Cut
	spread   bill.Spread
	units    bool // count what was used, too
	now      time.Time
	bill     Bill
	clusters []*billed
	table    *finops.Table
	residual map[money.Currency]money.Amount // of what is allocated
	unknown  time.Duration                   // for how long of the window it is not known what pods kept, at most
	told     bool                            // of some of the window there is a bill, or an estimate
	covered  time.Duration                   // of how long of it
	mixed    bool                            // what was used is not known: there was too much
	report   *CostReport
}

// billed is a cluster that is asked about.
type billed struct {
	cluster finops.Cluster
	uid     string
	loaded  *loaded        // nil where it could not be read
	past    finops.Tenancy // where costs are allocated
	twin    bool
	label   string
}

// costing makes sense of q.
func (f *Fred) costing(q CostQuery) (*costing, error) {
	c := &costing{Fred: f, CostQuery: q, now: f.Now().UTC(), residual: map[money.Currency]money.Amount{}}
	c.By = cmp.Or(q.By, finops.Groupings[0])
	if key, ok := strings.CutPrefix(c.By, finops.TagPrefix); !ok && !slices.Contains(finops.Groupings, c.By) || ok && key == "" {
		return nil, fault.New(fault.Invalid, "costs are not grouped by %q", q.By).Hinted("Group by %s, or tag:KEY.", list(finops.Groupings))
	}
	spread, ok := spreads[cmp.Or(q.Prorate, Prorations[0])]
	if !ok {
		return nil, fault.New(fault.Invalid, "nothing is prorated by %q", q.Prorate).Hinted("Take one of %s.", list(Prorations))
	}
	c.spread = spread
	var err error
	if err = c.checkAllocation(); err != nil {
		return nil, err
	}
	if c.Resolved, err = q.Window.Resolve(c.now, lastMonth); err != nil {
		return nil, err
	}
	c.wholeDays()
	c.pieces = c.Pieces()
	if c.cut = finops.CutFor(c.pieces); finops.Allocated(c.By) {
		c.cut = finops.HoursFor(c.pieces)
	}
	if f.Bill != nil {
		c.bill, err = f.Bill()
	}
	return c, err
}

// wholeDays widens a window that is told by its length to whole days, as bills are.
func (c *costing) wholeDays() {
	asked := c.CostQuery.Window
	if asked.Start == "" {
		c.Start = midnight(c.Start)
	}
	if asked.End == "" && (asked.Start == "" || asked.Last == "") {
		if day := midnight(c.End); !day.Equal(c.End) {
			c.End = day.AddDate(0, 0, 1)
		}
	}
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

func (c *costing) warn(code report.Code, cluster, format string, args ...any) {
	c.report.Warnings = append(c.report.Warnings, report.Warning{Code: code, Cluster: cluster, Message: fmt.Sprintf(format, args...)})
}

// needed are the lists that the question needs: those by which charges are found, and
// those that tell whom they are for.
func (c *costing) needed() []kube.Resource {
	need := []kube.Resource{kube.Nodes, kube.Namespaces}
	if finops.Allocated(c.By) {
		need = slices.Clone(running)
	}
	if c.bill != nil {
		need = append(need, kube.PersistentVolumes, kube.Services)
	}
	return need
}

// load reads the clusters that are asked about. With a bill, they need not answer: it
// may name them.
func (c *costing) load(ctx context.Context) error {
	if c.Whole {
		if c.bill == nil {
			return fault.New(fault.Invalid, "no bill is named").Hinted("Name FOCUS files or folders with --focus.")
		}
		return nil
	}
	err := c.each(ctx, c.Query, c.needed(), wholeCluster(c.Query), func(l *loaded, _ string) error {
		if finops.Allocated(c.By) {
			if err := l.must(kube.Pods); err != nil {
				return err
			}
		}
		b := c.billedOf(l)
		c.clusters = append(c.clusters, b)
		if err := c.rememberThings(ctx, b); err != nil || !finops.Allocated(c.By) {
			return err
		}
		var err error
		b.past, err = c.tenancy(ctx, b)
		c.unknown = max(c.unknown, c.lately(&b.past))
		return err
	}, about(c.Fred, c.report))
	c.report.Provenance, c.report.Version = []report.Provenance{}, ""
	switch kind := fault.KindOf(err); {
	case err == nil:
		return nil
	case c.bill == nil || kind == fault.Interrupted || finops.Allocated(c.By):
		return err
	case kind == fault.Invalid && len(c.Query.Clusters) == 0 && !c.AllClusters:
		c.warn(report.Note, "", "%v: the whole bill is shown", err)
		return nil
	case kind == fault.Invalid || kind == fault.NotFound:
		return err
	}
	chosen, chooseErr := c.choose(ctx, c.Query)
	if chooseErr != nil {
		return chooseErr
	}
	for _, cluster := range chosen {
		c.clusters = append(c.clusters, &billed{cluster: finops.Cluster{Name: cluster.Name, Names: c.namesOf(cluster)}, label: labelOf(cluster, chosen)})
	}
	c.warn(report.Missing, "", "%v: charges are found by tags and names alone", err)
	if len(chosen) == 1 {
		c.report.Cluster = chosen[0].Name
	}
	return nil
}

func labelOf(c kube.Cluster, all []kube.Cluster) string {
	if len(all) > 1 {
		return c.Name
	}
	return ""
}

func (c *costing) billedOf(l *loaded) *billed {
	b := &billed{loaded: l, twin: l.twin, label: l.label(), uid: l.server.UID}
	b.cluster = finops.Cluster{Name: l.cluster.Name, Names: c.namesOf(l.cluster)}
	nodes := l.snapshot.Nodes()
	for i := range nodes {
		if id := nodes[i].ProviderID; id != "" {
			b.cluster.Nodes = append(b.cluster.Nodes, finops.Thing{ID: id, Name: nodes[i].Name})
		}
	}
	for _, v := range l.snapshot.PersistentVolumes() {
		if v.Volume != "" {
			b.cluster.Volumes = append(b.cluster.Volumes, finops.Thing{ID: v.Volume, Name: v.Name})
		}
	}
	for _, s := range l.snapshot.ServiceRows("", "", nil) {
		for _, address := range s.LoadBalancer {
			b.cluster.Balancers = append(b.cluster.Balancers, finops.Thing{ID: address, Name: s.Namespace + "/" + s.Name})
		}
	}
	return b
}

// namesOf returns the names by which clouds may know a cluster.
func (f *Fred) namesOf(c kube.Cluster) []string {
	names := append(f.SiteOf(c.Name).BillNames, kube.Derive(c.Name).Alias, c.Alias, c.Name)
	slices.Sort(names)
	return slices.Compact(names)
}

// newTable returns a table for lines that are cut by cut or, where they are allocated, by
// the pieces of the window.
func (c *costing) newTable(cut finops.Cut) *finops.Table {
	if finops.Allocated(c.By) {
		cut = finops.Cut{Pieces: c.pieces}
	}
	return finops.NewTable(finops.Layout{By: c.By, Cut: cut, Pieces: c.pieces, Steps: c.Step != window.Whole, Fine: c.units && !finops.Allocated(c.By), Whole: len(c.clusters) == 0})
}

// charge adds what the bill says.
func (c *costing) charge(ctx context.Context) error {
	statements, err := c.statements(ctx)
	if err != nil {
		return err
	}
	c.table = c.newTable(c.cut)
	for i, s := range statements[:len(c.clusters)] {
		b := c.clusters[i]
		c.add(s.Lines, c.cut, b)
		if s.Charges == 0 && !b.twin {
			c.warn(report.Missing, b.cluster.Name, "no charge on the bill was found to be of this cluster (see docs/method/finops.md); --whole-bill shows all of it")
		}
	}
	rest := statements[len(c.clusters)]
	c.add(rest.Lines, c.cut, &billed{})
	c.provenance(report.Billed, "FOCUS", spreadNotes[c.spread])
	if skipped := c.bill.Skipped(); len(skipped) > 0 {
		c.warn(report.Note, "", "passed over: %s, since a manifest or the same file unpacked stands for it", strings.Join(baseNames(skipped), ", "))
	}
	c.doubt(rest)
	return nil
}

// baseNames returns the names of files, of many only the first.
func baseNames(paths []string) []string {
	var names []string
	for i, path := range paths {
		if i == mostTold {
			return append(names, countOf(len(paths)-i, "more file"))
		}
		names = append(names, filepath.Base(path))
	}
	return names
}

var spreadNotes = map[bill.Spread]string{
	bill.SpreadUsage: "usage by its part in the window, other charges at their start",
	bill.SpreadAll:   "charges by their part in the window",
	bill.SpreadNone:  "charges at their start",
}

func (c *costing) provenance(method report.Method, source, note string) {
	if finops.Allocated(c.By) {
		note += "; " + c.howKept(c.unknown)
	}
	if c.report.Simulated {
		method = report.Simulated
	}
	c.report.Provenance = append(c.report.Provenance, report.Provenance{
		Fields: []string{"billedCost", "effectiveCost", "listCost", "contractedCost"}, Method: method, Source: source, Note: note,
	})
}

// doubt says what is missing of a bill, and what is odd about it.
func (c *costing) doubt(s *finops.Statement) {
	sum := s.Summary
	if sum.Partial() {
		var lost []string
		if sum.Dropped > 0 {
			lost = append(lost, countOf(sum.Dropped, "row")+" could not be read")
		}
		if sum.Broken > 0 {
			lost = append(lost, countOf(sum.Broken, "file")+" could not be read to the end")
		}
		c.warn(report.Missing, "", "of the bill, %s: sums lack that", strings.Join(lost, " and "))
	}
	for i, p := range s.Problems {
		if i == mostTold {
			c.warn(report.Note, "", "and %s", countOf(sum.Problems-i, "more problem"))
			break
		}
		c.warn(report.Note, "", "%s", p)
	}
	for m, n := range sum.Unknown {
		if n > 0 {
			c.warn(report.Note, "", "%s is not told of %s, which count as nothing in it", bill.Metric(m), countOf(n, "charge"))
		}
	}
	if why := s.Doubts.Why(); why != "" {
		c.warn(report.Note, "", "%s: compare with --cost billed", why)
	}
	c.cover(s)
}

// countOf says how many of what there are: 1 row, 20 rows.
func countOf(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return strconv.Itoa(n) + " " + of + "s"
}

// mostTold is how many problems of a bill are told one by one.
const mostTold = 5

// recall adds what is cached of a bill that is not here or, where there is none, what
// clusters cost at list prices.
func (c *costing) recall(ctx context.Context) error {
	kept := make([]*finops.Statement, len(c.clusters))
	found := false
	for i, b := range c.clusters {
		kept[i] = c.kept(ctx, b)
		found = found || kept[i] != nil
	}
	if found {
		return c.fromKept(kept)
	}
	for _, b := range c.clusters {
		if c.hasOther(ctx, b) {
			c.warn(report.Note, b.cluster.Name, "what is cached of a bill is of whole days (UTC) or prorated otherwise, and does not answer this: name the bill with --focus")
		}
	}
	return c.estimate()
}

func (c *costing) fromKept(kept []*finops.Statement) error {
	c.table = c.newTable(c.cut)
	for i, b := range c.clusters {
		s := kept[i]
		if s == nil {
			c.warn(report.Missing, b.cluster.Name, "no bill of this cluster is cached")
			continue
		}
		if c.Strict && s.Summary.Problems > 0 {
			return fault.New(fault.Refused, "the bill that is cached of %s has %s: %s", b.cluster.Name, countOf(s.Summary.Problems, "problem"), s.Problems[0]).
				Hinted("Leave --strict out, or name a bill without them with --focus.")
		}
		c.add(s.Lines, c.cut, b)
		c.doubt(s)
	}
	c.provenance(report.Billed, "FOCUS", "as cached, without the files; "+spreadNotes[c.spread])
	return nil
}

// estimate adds what the nodes of clusters would cost.
func (c *costing) estimate() error {
	if strings.HasPrefix(c.By, finops.TagPrefix) || c.By == "account" {
		return fault.New(fault.Invalid, "without a bill there are no costs by %s", c.By).Hinted("Name FOCUS files or folders with --focus.")
	}
	sheet, err := c.prices()
	if err != nil {
		return err
	}
	cut := finops.Cut{Pieces: c.pieces}
	c.table = c.newTable(cut)
	c.table.Steady, c.told, c.covered = true, true, c.Length()
	if finops.Allocated(c.By) {
		cut.Pieces = c.cut.All()
	}
	for _, b := range c.clusters {
		if err := b.loaded.must(kube.Nodes); err != nil {
			return err
		}
		e := finops.EstimateOf(b.cluster.Name, machines(b.loaded), b.loaded.snapshot.Founded(), cut.Pieces, c.now, sheet)
		c.add(e.Lines, cut, b)
		c.provenance(report.Estimated, "list prices", estimateNote(e))
		c.rates(b, e)
		if len(e.Lines) == 0 {
			c.warn(report.Note, b.cluster.Name, "there was no node in this window")
		}
		if e.Spot > 0 {
			c.warn(report.Note, b.cluster.Name, "%s on spot: priced at a fifth of the list price, and may cost from a tenth to all of it", countOf(e.Spot, "node"))
		}
		if e.Guessed > 0 {
			c.warn(report.Note, b.cluster.Name, "%s of a type that is in no price list: priced by vCPU", countOf(e.Guessed, "node"))
		}
	}
	return nil
}

// rates says what an hour of the nodes of b costs now.
func (c *costing) rates(b *billed, e finops.Estimate) {
	for _, currency := range slices.Sorted(maps.Keys(e.Rates)) {
		r := e.Rates[currency]
		p := report.Provenance{Fields: []string{"effectiveCost"}, Method: report.Estimated, Source: "list prices", Cluster: b.cluster.Name, Factor: &report.Factor{
			Name: "price of all nodes", Value: r.Value.Float(), Low: r.Low.Float(), High: r.High.Float(), Unit: string(currency) + "/h",
		}}
		if c.report.Simulated {
			p.Method = report.Simulated
		}
		c.report.Provenance = append(c.report.Provenance, p)
	}
}

func (c *costing) prices() (finops.Sheet, error) {
	if c.Prices == nil {
		return nil, nil
	}
	return c.Prices()
}

func estimateNote(e finops.Estimate) string {
	note := "nodes at list prices, as if those of today had always been there; without volumes, traffic, control planes and discounts"
	return strings.Join(append([]string{note}, e.Notes...), "; ")
}

// machines are the nodes of l as their prices see them.
func machines(l *loaded) []finops.Machine {
	var all []finops.Machine
	s := &site{}
	s.locate(l)
	nodes := l.snapshot.Nodes()
	for i := range nodes {
		n := &nodes[i]
		provider, _, _ := strings.Cut(n.ProviderID, "://")
		all = append(all, finops.Machine{
			Node: n.Name, Type: n.InstanceType(), Provider: cmp.Or(provider, s.provider), Region: n.Region(),
			CPUs: cmp.Or(n.CPUCapacity, n.CPUAllocatable).Cores(), Spot: n.Spot(), Since: n.Created,
		})
	}
	return all
}

// comment says what else must be known of the rows.
func (c *costing) comment() {
	currencies := map[string]bool{}
	for _, s := range c.report.Totals {
		currencies[string(s.Currency)] = true
	}
	if len(currencies) > 1 {
		c.warn(report.Note, "", "amounts of %d currencies stand apart: they are never added", len(currencies))
	}
	if c.End.After(c.now.AddDate(0, 0, 1)) {
		c.warn(report.Note, "", "the window ends at %s, which is to come", c.End.Format(time.RFC3339))
	}
}
