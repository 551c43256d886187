package finops

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/bill"
)

// Question is what a bill is asked.
type Question struct {
	Cut    Cut
	Spread bill.Spread
	By     string // what Groupings has, or TagPrefix and a key
	Strict bool   // the first problem is an error
	Units  bool   // count what was used, too, item by item
}

// TagPrefix begins a grouping by the values of a tag.
const TagPrefix = "tag:"

// Groupings are what costs may be grouped by, beside a tag.
var Groupings = []string{"service", "namespace", "workload", "node", "region", "account", "category", "cluster"}

// Allocated reports whether costs must be allocated to be grouped so.
func Allocated(by string) bool { return by == "namespace" || by == "workload" }

// Limits of what is kept of a bill, however large it is.
const (
	mostCells    = 150_000                   // of which each takes some 350 bytes while a bill is read
	mostProblems = 20                        // that are told one by one
	longest      = 10 * 366 * 24 * time.Hour // of a charge that is spread
)

// Condense reads a bill, once, and returns what it says of each cluster of m and, under
// "", of none. Its errors are those of the source.
func Condense(ctx context.Context, src bill.Source, m *Matcher, q Question) (map[string]*Statement, error) {
	c := condensing{m: m, q: q, sheet: newSheet(), charges: map[string]int{}}
	c.tag, c.byTag = strings.CutPrefix(q.By, TagPrefix)
	if c.byTag {
		c.fold = c.onlyAsked
	}
	fields := bill.FourCosts | matched | bill.Commitment | bill.Region | bill.SubAccount
	if q.Units {
		fields |= bill.Consumed | bill.Priced | bill.SKU
	}
	sum, err := src.Read(ctx, bill.Question{Fields: fields, Strict: q.Strict, Problem: func(p bill.Problem) {
		if len(c.problems) < mostProblems {
			p.File = filepath.Base(p.File) // where it lies is nobody's business who is sent the cache
			c.problems = append(c.problems, p)
		}
	}}, c.handOver())
	if c.end(); err != nil {
		return nil, err
	}
	return c.statements(sum), nil
}

// atOnce is how many charges are handed over at a time.
const atOnce = 256

// handOver returns what takes charges for another goroutine to add up, while the next
// are read. It must be ended.
func (c *condensing) handOver() func(*bill.Charge) error {
	full, empty := make(chan []bill.Charge, 4), make(chan []bill.Charge, 8)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for batch := range full {
			for i := range batch {
				c.add(&batch[i])
			}
			select {
			case empty <- batch[:0]:
			default:
			}
		}
	}()
	batch := make([]bill.Charge, 0, atOnce)
	c.end = func() {
		full <- batch
		close(full)
		<-done
	}
	return func(ch *bill.Charge) error {
		if batch = append(batch, *ch); len(batch) < atOnce {
			return nil
		}
		full <- batch
		select {
		case batch = <-empty:
		default:
			batch = make([]bill.Charge, 0, atOnce)
		}
		return nil
	}
}

type condensing struct {
	m           *Matcher
	q           Question
	tag         string
	byTag       bool
	sheet       *sheet
	fold        func(Key) Key // nil: keys stay as they are
	folded      bool
	mixed       bool      // quantities are left out
	first, last time.Time // when the first charge starts and the last ends
	problems    []bill.Problem
	doubts      Doubts
	charges     map[string]int // by cluster
	end         func()         // waits until all that was handed over is added
}

// onlyAsked drops from k what the question does not group by.
func (c *condensing) onlyAsked(k Key) Key {
	all := k
	k = Key{Match: all.Match, Currency: all.Currency, Item: all.Item, Unit: all.Unit}
	switch c.q.By {
	case "service":
		k.Service = all.Service
	case "region":
		k.Region = all.Region
	case "account":
		k.Account, k.AccountName = all.Account, all.AccountName
	case "category":
		k.Category = all.Category
	}
	k.Tag = all.Tag
	return k
}

func (c *condensing) add(ch *bill.Charge) {
	if c.first.IsZero() || ch.Start.Before(c.first) {
		c.first = ch.Start
	}
	if ch.End.After(c.last) {
		c.last = ch.End
	}
	c.doubts.count(ch)
	match := c.m.Match(ch)
	c.charges[match.Cluster]++
	spread := c.q.Spread
	end := ch.End
	if spread == bill.SpreadUsage && ch.Category != bill.Usage || end.Sub(ch.Start) > longest {
		spread = bill.SpreadNone
	}
	if spread == bill.SpreadNone || !end.After(ch.Start) {
		end = ch.Start.Add(1)
	}
	first, last := c.q.Cut.over(ch.Start, end)
	if last < first {
		return
	}
	key := c.key(ch, match)
	var used bill.Quantity
	if c.q.Units && !c.mixed {
		if used = usedOf(ch); used.Known {
			key.Item, key.Unit = itemOf(ch), used.Unit
		}
	}
	line := c.sheet.line(key)
	for at := first; at <= last; at++ {
		part := spread.Part(ch, c.q.Cut.Window(at))
		if part.Empty() {
			continue
		}
		cell := c.sheet.cell(line, at)
		for m := range ch.Costs {
			if v := &ch.Costs[m]; v.Known {
				cell.known[m] = true
				cell.costs[m].Add(part.Of(v.Amount))
			}
		}
		if used.Known {
			cell.used.Add(part.Of(used.Amount))
		}
	}
	if len(c.sheet.cells) > mostCells {
		c.shrink()
	}
}

// shrink drops from all keys what the question does not group by and, where that was done
// already, of what the quantities are.
func (c *condensing) shrink() {
	switch {
	case !c.folded && !c.byTag:
		c.folded, c.fold = true, c.onlyAsked
	case c.q.Units && !c.mixed:
		c.mixed = true
		c.fold = func(k Key) Key {
			k = c.onlyAsked(k)
			k.Item, k.Unit = "", ""
			return k
		}
	default:
		return
	}
	c.sheet = c.sheet.folded(c.fold)
}

// usedOf returns how much of something a charge is for, as far as the bill tells of what.
func usedOf(ch *bill.Charge) bill.Quantity {
	for _, q := range []bill.Quantity{ch.Consumed, ch.Priced} {
		if q.Known && q.Unit != "" {
			return q
		}
	}
	return bill.Quantity{}
}

// itemOf returns what a charge is for that has one price: its SKU or, where the bill tells
// none, its service in its region.
func itemOf(ch *bill.Charge) string {
	item := ch.SKU
	if item == "" {
		item = ch.Service + " in " + ch.Region
	}
	if ch.Category != bill.Usage {
		item = string(ch.Category) + " of " + item
	}
	return item
}

func (c *condensing) key(ch *bill.Charge, match Match) Key {
	k := Key{
		Match: match, Currency: ch.Currency, Category: ch.Category, Service: ch.Service, Region: ch.Region,
		Account: ch.SubAccount, AccountName: ch.SubAccountName,
	}
	if c.byTag {
		if value, ok := tagOf(ch.Tags, c.tag); ok {
			k.Tag = &value
		}
	}
	if c.fold != nil {
		k = c.fold(k)
	}
	return k
}

// tagOf returns the value of a tag. A key with spaces around it is that key.
func tagOf(tags bill.Tags, key string) (string, bool) {
	if v, ok := tags[key]; ok {
		return v, true
	}
	for k, v := range tags {
		if len(k) > len(key) && strings.TrimSpace(k) == key {
			return v, true
		}
	}
	return "", false
}

// statements parts what was read by cluster.
func (c *condensing) statements(sum bill.Summary) map[string]*Statement {
	out := map[string]*Statement{}
	of := func(cluster string) *Statement {
		s := out[cluster]
		if s == nil {
			s = &Statement{Start: c.first, End: c.last, Charges: c.charges[cluster], Lines: []Line{}, Summary: sum, Problems: c.problems, Doubts: c.doubts, Folded: c.folded, Mixed: c.mixed}
			out[cluster] = s
		}
		return s
	}
	of("")
	for cluster := range c.charges {
		of(cluster)
	}
	for _, l := range c.sheet.finish() {
		s := of(l.Cluster)
		s.Lines = append(s.Lines, l)
	}
	return out
}

// count counts ch.
func (d *Doubts) count(ch *bill.Charge) {
	billed, effective := &ch.Costs[bill.Billed], &ch.Costs[bill.Effective]
	if !billed.Known || !effective.Known || ch.Category != bill.Usage || ch.Commitment != "" || billed.Sign() == 0 {
		return
	}
	d.Billed++
	if effective.Sign() == 0 {
		d.NoEffective++
	}
	if !billed.Whole() {
		d.Broken++
		if effective.Whole() {
			d.Whole++
		}
	}
}

// Why says what is odd about effective costs, or nothing.
func (d Doubts) Why() string {
	switch {
	case d.Broken >= 10 && d.Whole*10 >= d.Broken*9:
		return "effective costs look as if they were rounded to whole units of money"
	case d.Billed >= 10 && d.NoEffective*10 >= d.Billed:
		return "many charges that were billed have an effective cost of 0"
	}
	return ""
}
