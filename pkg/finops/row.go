package finops

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/window"
)

// Class says what a row is that is not simply what it is grouped by.
type Class string

// The classes.
const (
	Plain       Class = ""
	Volumes     Class = Class(Volume)
	Balancers   Class = Class(Balancer)
	Control     Class = Class(ControlPlane)
	Idle        Class = "idle"        // of a node, and kept by nobody
	Shared      Class = "shared"      // of the cluster, and of no node, volume or Service
	Unallocated Class = "unallocated" // of a node, volume or Service of which is not known whose it is
	Others      Class = "other"       // of the cluster, and nothing of the kind that is grouped by
	Nameless    Class = "none"        // of which the bill does not tell what is grouped by
	Unmatched   Class = "unmatched"   // of no cluster that was asked about
)

var classes = []Class{Plain, Idle, Shared, Volumes, Balancers, Control, Others, Unallocated, Nameless, Unmatched}

// Costs are the four costs that FOCUS has, as exact decimals: null where nothing is known.
type Costs struct {
	Billed     *money.Amount `json:"billedCost" doc:"What the invoice asks for"`
	Effective  *money.Amount `json:"effectiveCost" doc:"With what was paid ahead shared among what used it"`
	List       *money.Amount `json:"listCost" doc:"At public prices"`
	Contracted *money.Amount `json:"contractedCost" doc:"At the prices agreed on, without commitments"`
	Low        *money.Amount `json:"effectiveCostLow,omitempty" doc:"What the effective cost may be at least, where it is estimated"`
	High       *money.Amount `json:"effectiveCostHigh,omitempty" doc:"What it may be at most, where it is estimated"`
}

// Of returns the cost that m is; nil where it is not known.
func (c *Costs) Of(m bill.Metric) *money.Amount {
	return [...]*money.Amount{c.Billed, c.Effective, c.List, c.Contracted}[m]
}

// Subject is what a row is of.
type Subject struct {
	Class       Class          `json:"class,omitempty" doc:"What the row is, where it is not simply what rows are grouped by" enum:"idle,shared,volume,loadBalancer,controlPlane,other,unallocated,none,unmatched"`
	Namespace   string         `json:"namespace,omitempty"`
	Kind        string         `json:"kind,omitempty" doc:"Kind of the workload"`
	Name        string         `json:"name,omitempty" doc:"Name of the workload"`
	Service     string         `json:"service,omitempty" doc:"Service, as the bill names it"`
	Node        string         `json:"node,omitempty"`
	Region      string         `json:"region,omitempty"`
	Account     string         `json:"account,omitempty" doc:"ID of the sub account"`
	AccountName string         `json:"accountName,omitempty"`
	Category    bill.Category  `json:"category,omitempty" doc:"Category of the charges" enum:"Usage,Purchase,Tax,Credit,Adjustment"`
	Tag         *string        `json:"tag,omitempty" doc:"Value of the tag"`
	MatchedBy   []Rule         `json:"matchedBy,omitempty" doc:"By what its charges were found to be of the cluster, the surest first"`
	Currency    money.Currency `json:"currency"`
}

// CostRow is what something cost in a window, or in one piece of it.
type CostRow struct {
	Cluster string     `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Start   *time.Time `json:"start,omitempty" doc:"Start of the piece of the window, where it is cut into steps"`
	End     *time.Time `json:"end,omitempty" doc:"End of the piece"`
	Subject
	Costs
}

// CostTotal is what all rows of a currency come to: those of clusters or, with a class, those
// of none.
type CostTotal struct {
	Class    Class          `json:"class,omitempty" doc:"unmatched: what is on the bill and of no cluster that was asked about" enum:"unmatched"`
	Currency money.Currency `json:"currency"`
	Costs
	Residual *money.Amount `json:"residual,omitempty" doc:"By how much the costs of the rows differ from the bill's, where they are allocated: 0 where the books close"`
}

// group is what a row is told from others by.
type group struct {
	piece    int
	cluster  string
	class    Class
	who      Who
	service  string
	node     string
	region   string
	account  string
	category bill.Category
	tag      string
	currency money.Currency
}

// Layout says what rows a table has.
type Layout struct {
	By     string          // what rows are grouped by
	Cut    Cut             // of the statements
	Pieces []window.Window // of the window
	Steps  bool            // rows say of which piece they are
	Fine   bool            // costs are kept item by item, too, to be compared
	Steady bool            // prices never change
	Blank  bool            // nothing is known of the window
	Whole  bool            // no cluster is asked about: all charges are alike
}

// Table adds lines up into rows.
type Table struct {
	Layout
	rows map[group]*amounts
	sums map[group]*amounts
	fine map[fine]*amounts // where the layout wants them
	// accounts are what they were last called, by their IDs.
	accounts map[string]called
}

// called is a name that something bore in a piece of time.
type called struct {
	name string
	at   time.Time
}

// amounts are sums in the making.
type amounts struct {
	costs     [len(bill.Metrics)]money.Sum
	known     [len(bill.Metrics)]bool
	low, high money.Sum
	guessed   bool
	used      money.Sum // of the item
	rules     map[Rule]bool
}

// NewTable returns an empty table.
func NewTable(l Layout) *Table {
	return &Table{Layout: l, rows: map[group]*amounts{}, sums: map[group]*amounts{}, accounts: map[string]called{}, fine: map[fine]*amounts{}}
}

// Add adds lines, under the name of their cluster that label has. Those that are counted
// elsewhere already are told and not summed up.
func (t *Table) Add(lines []Line, label string, elsewhere bool) {
	for i := range lines {
		l := &lines[i]
		g := t.group(l, label)
		sum := group{class: Plain, currency: l.Currency}
		if g.class == Unmatched {
			sum.class = Unmatched
		}
		for j, at := range l.At {
			if g.piece = t.piece(at); g.piece < 0 {
				continue
			}
			t.call(g.account, l.AccountName, at)
			at := amountsOf(t.rows, g)
			at.add(l, j)
			if t.Fine {
				t.finely(fine{g, l.Item, l.Unit, elsewhere}).add(l, j)
			}
			if l.Rule != "" {
				at.rules[l.Rule] = true
			}
			if !elsewhere {
				amountsOf(t.sums, sum).add(l, j)
			}
		}
	}
}

// fine is an item of a row.
type fine struct {
	group
	item, unit string
	elsewhere  bool
}

func (t *Table) finely(key fine) *amounts {
	a := t.fine[key]
	if a == nil {
		a = &amounts{}
		t.fine[key] = a
	}
	return a
}

func amountsOf(all map[group]*amounts, g group) *amounts {
	a := all[g]
	if a == nil {
		a = &amounts{rules: map[Rule]bool{}}
		all[g] = a
	}
	return a
}

// call notes what an account was called in a piece of the cut.
func (t *Table) call(account, name string, at int) {
	if account == "" || name == "" {
		return
	}
	if when := t.Cut.Window(at).Start; !when.Before(t.accounts[account].at) {
		t.accounts[account] = called{name, when}
	}
}

// piece returns the piece of the window that a piece of the cut lies in, -1 if none.
func (t *Table) piece(at int) int {
	w := t.Cut.Window(at)
	i, _ := slices.BinarySearchFunc(t.Pieces, w.Start, func(p window.Window, start time.Time) int {
		if !p.End.After(start) {
			return -1
		}
		return 1
	})
	if i == len(t.Pieces) || w.Start.Before(t.Pieces[i].Start) {
		return -1
	}
	return i
}

func (t *Table) group(l *Line, label string) group {
	g := group{cluster: label, currency: l.Currency, class: l.Class}
	if l.Cluster == "" && !t.Whole {
		g.class = Unmatched
	}
	known := true
	switch {
	case t.By == "namespace":
		g.who.Namespace = l.To.Namespace
	case t.By == "workload":
		g.who = l.To
	case t.By == "service":
		g.service, known = l.Service, l.Service != ""
	case t.By == "region":
		g.region, known = l.Region, l.Region != ""
	case t.By == "account":
		g.account, known = l.Account, l.Account != ""
	case t.By == "category":
		g.category, known = l.Category, l.Category != ""
	case t.By == "node":
		g.node = nodeOf(l)
		if g.class == Plain && g.node == "" {
			g.class = cmp.Or(Class(l.Part), Others)
		}
	case strings.HasPrefix(t.By, TagPrefix):
		if known = l.Tag != nil; known {
			g.tag = *l.Tag
		}
	}
	if !known && g.class == Plain {
		g.class = Nameless
	}
	return g
}

func nodeOf(l *Line) string {
	if l.Part == Node {
		return l.Name
	}
	return ""
}

func (a *amounts) add(l *Line, j int) {
	for m := range a.costs {
		if costs := l.Costs[m]; costs != nil {
			a.known[m] = true
			a.costs[m].Add(costs[j])
		}
	}
	if l.Quantities != nil {
		a.used.Add(l.Quantities[j])
	}
	if l.Low != nil {
		a.guessed = true
		a.low.Add(l.Low[j])
		a.high.Add(l.High[j])
	} else if l.Costs[bill.Effective] != nil { // it is what it is
		a.low.Add(l.Costs[bill.Effective][j])
		a.high.Add(l.Costs[bill.Effective][j])
	}
}

func (a *amounts) all() Costs {
	of := func(m bill.Metric) *money.Amount {
		if !a.known[m] {
			return nil
		}
		return new(a.costs[m].Amount())
	}
	c := Costs{Billed: of(bill.Billed), Effective: of(bill.Effective), List: of(bill.List), Contracted: of(bill.Contracted)}
	if a.guessed {
		c.Low, c.High = new(a.low.Amount()), new(a.high.Amount())
	}
	return c
}

// Rows returns the rows: by time, what is of clusters first, then by name.
func (t *Table) Rows() []CostRow {
	groups := make([]group, 0, len(t.rows))
	for g := range t.rows {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, compareGroups)
	rows := make([]CostRow, len(groups))
	for i, g := range groups {
		rows[i] = t.row(g, t.rows[g])
	}
	return rows
}

func compareGroups(a, b group) int {
	return cmp.Or(
		cmp.Compare(a.piece, b.piece), cmp.Compare(unmatched(a.class), unmatched(b.class)), cmp.Compare(a.cluster, b.cluster),
		cmp.Compare(slices.Index(classes, a.class), slices.Index(classes, b.class)),
		cmp.Compare(a.who.Namespace, b.who.Namespace), cmp.Compare(a.who.Kind, b.who.Kind), cmp.Compare(a.who.Name, b.who.Name),
		cmp.Compare(a.service, b.service), cmp.Compare(a.node, b.node), cmp.Compare(a.region, b.region),
		cmp.Compare(a.account, b.account), cmp.Compare(a.category, b.category),
		cmp.Compare(a.tag, b.tag), cmp.Compare(a.currency, b.currency),
	)
}

func unmatched(c Class) int {
	if c == Unmatched {
		return 1
	}
	return 0
}

func (t *Table) row(g group, a *amounts) CostRow {
	r := CostRow{Cluster: g.cluster, Subject: t.subject(g, a.rules), Costs: a.all()}
	if t.Steps {
		r.Start, r.End = new(t.Pieces[g.piece].Start), new(t.Pieces[g.piece].End)
	}
	return r
}

func (t *Table) subject(g group, rules map[Rule]bool) Subject {
	s := Subject{
		Class: g.class, Namespace: g.who.Namespace, Kind: g.who.Kind, Name: g.who.Name, Service: g.service, Node: g.node, Region: g.region,
		Account: g.account, AccountName: t.accounts[g.account].name, Category: g.category, Currency: g.currency,
	}
	if strings.HasPrefix(t.By, TagPrefix) && g.class != Nameless && (g.class != Unmatched || g.tag != "") {
		s.Tag = new(g.tag)
	}
	for _, rule := range []Rule{ByResource, ByTag, ByName} {
		if rules[rule] {
			s.MatchedBy = append(s.MatchedBy, rule)
		}
	}
	return s
}

// Sums returns what the rows come to, by currency: of clusters, then of none.
func (t *Table) Sums() []CostTotal {
	sums := make([]CostTotal, 0, len(t.sums))
	for g, a := range t.sums {
		sums = append(sums, CostTotal{Class: g.class, Currency: g.currency, Costs: a.all()})
	}
	slices.SortFunc(sums, func(a, b CostTotal) int {
		return cmp.Or(cmp.Compare(unmatched(a.Class), unmatched(b.Class)), cmp.Compare(a.Currency, b.Currency))
	})
	return sums
}
