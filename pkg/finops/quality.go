package finops

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/money"
)

// Severity says what a flaw of a bill means.
type Severity string

// The severities.
const (
	Loss  Severity = "error"   // sums lack something
	Doubt Severity = "warning" // sums may be wrong
	Fact  Severity = "note"    // worth knowing
)

// Flaw is what an answer from a bill suffers from, or its reader should know.
type Flaw struct {
	Severity Severity `json:"severity" enum:"error,warning,note"`
	Column   string   `json:"column,omitempty" doc:"As FOCUS has it, where it is about one"`
	Count    int      `json:"count" doc:"How many rows, charges or days it is about"`
	Detail   string   `json:"detail" doc:"One sentence"`
	Where    []string `json:"where,omitempty" doc:"The first of them: file:line"`
}

// Holdings are the charges of one category and currency.
type Holdings struct {
	Category bill.Category  `json:"category" doc:"Empty where the bill tells none"`
	Currency money.Currency `json:"currency"`
	Charges  int            `json:"charges"`
	Costs
}

// Quality is what a bill holds.
type Quality struct {
	Files   int        `json:"files"`
	Bytes   int64      `json:"bytes" doc:"Unpacked; of Parquet as it is"`
	Rows    int        `json:"rows"`
	Start   *time.Time `json:"start,omitempty" doc:"Of the first charge"`
	End     *time.Time `json:"end,omitempty" doc:"Of the last"`
	Holding []Holdings `json:"holdings" doc:"Charges by category and currency, and what they come to"`

	Versions []bill.Versions `json:"versions" doc:"Files by the version of FOCUS that their columns are of"`
	Columns  []*bill.Column  `json:"columns" doc:"What rows have in each column; of Parquet, in those that are read"`
}

// mostWhere is how many places of a flaw are told.
const mostWhere = 3

// mostDays is over how many days a bill is looked at for days without usage.
const mostDays = 4000

// Examine reads a bill, once, and says what it holds and what is wrong with it: errors
// first. Where strict, the first problem is its error.
func Examine(ctx context.Context, src bill.Source, strict bool) (Quality, []Flaw, error) {
	e := examination{problems: map[problemKind]*Flaw{}, held: map[holding]*held{}, days: map[int64]bool{}}
	sum, err := src.Read(ctx, bill.Question{Fields: examined, Strict: strict, Problem: e.problem, Tally: &e.tally}, e.add)
	if err != nil {
		return Quality{}, nil, err
	}
	return e.quality(sum), e.flaws(sum), nil
}

// examined are the fields that answers rest on. What else FOCUS has may be missing.
const examined = bill.FourCosts | matched | bill.Commitment | bill.Region | bill.SubAccount | bill.Class | bill.Consumed | bill.Priced

// examination is one under way.
type examination struct {
	problems    map[problemKind]*Flaw
	tally       bill.Tally
	held        map[holding]*held
	days        map[int64]bool // of UTC that usage begins on
	first, last time.Time
	doubts      Doubts
	empty       [len(mayBeEmpty)]int // charges of usage
	usage       int
	negative    int
	nothing     int
	corrections int
	endless     int
}

type problemKind struct {
	column string
	lost   bill.Lost
}

type holding struct {
	category bill.Category
	currency money.Currency
}

type held struct {
	amounts
	charges int
}

// mayBeEmpty are the columns by which charges of usage are told apart.
var mayBeEmpty = [...]struct {
	name string
	of   func(*bill.Charge) bool // whether it is empty
	why  string
}{
	{"ResourceId", func(c *bill.Charge) bool { return c.Resource == "" }, "only tags and names tell of which cluster they are"},
	{"Tags", func(c *bill.Charge) bool { return len(c.Tags) == 0 }, "only resources and names tell of which cluster they are"},
	{"ServiceName", func(c *bill.Charge) bool { return c.Service == "" }, "by service they are told apart"},
	{"RegionId", func(c *bill.Charge) bool { return c.Region == "" }, "by region they are told apart"},
	{"ConsumedQuantity", func(c *bill.Charge) bool { return usedOf(c).Unit == "" }, "a comparison cannot tell usage from prices"},
}

func (e *examination) problem(p bill.Problem) {
	kind := problemKind{p.Column, p.Lost}
	f := e.problems[kind]
	if f == nil {
		f = &Flaw{Severity: Doubt, Column: p.Column, Detail: p.What}
		if p.Lost != bill.Nothing {
			f.Severity = Loss
		}
		e.problems[kind] = f
	}
	f.Count++
	if len(f.Where) < mostWhere {
		where := filepath.Base(p.File)
		if p.Line > 0 {
			where = fmt.Sprintf("%s:%d", where, p.Line)
		}
		f.Where = append(f.Where, where)
	}
}

func (e *examination) add(c *bill.Charge) error {
	if e.first.IsZero() || c.Start.Before(e.first) {
		e.first = c.Start
	}
	if c.End.After(e.last) {
		e.last = c.End
	}
	e.doubts.count(c)
	key := holding{c.Category, c.Currency}
	h := e.held[key]
	if h == nil {
		h = &held{}
		e.held[key] = h
	}
	h.charges++
	for m := range c.Costs {
		if v := &c.Costs[m]; v.Known {
			h.known[m] = true
			h.costs[m].Add(v.Amount)
		}
	}
	if c.Class != "" {
		e.corrections++
	}
	if c.End.Equal(c.Start) {
		e.endless++
	}
	if c.Category == bill.Usage {
		e.addUsage(c)
	}
	return nil
}

func (e *examination) addUsage(c *bill.Charge) {
	e.usage++
	for i := range mayBeEmpty {
		if mayBeEmpty[i].of(c) {
			e.empty[i]++
		}
	}
	billed, effective := &c.Costs[bill.Billed], &c.Costs[bill.Effective]
	switch {
	case billed.Known && billed.Sign() < 0:
		e.negative++
	case billed.Known && effective.Known && billed.Sign() == 0 && effective.Sign() == 0:
		e.nothing++
	}
	seconds := int64(day / time.Second)
	first, last := floor(c.Start.Unix(), seconds), floor(c.End.Unix()-1, seconds)
	for at := first; at <= max(first, last) && at-first < 366; at++ {
		e.days[at] = true
	}
}

func (e *examination) quality(sum bill.Summary) Quality {
	q := Quality{
		Files: sum.Files, Bytes: sum.Bytes, Rows: sum.Rows, Holding: []Holdings{},
		Versions: append([]bill.Versions{}, e.tally.Versions...), Columns: append([]*bill.Column{}, e.tally.Columns...),
	}
	slices.SortFunc(q.Versions, func(a, b bill.Versions) int { return cmp.Compare(a.Version, b.Version) })
	if !e.first.IsZero() {
		q.Start, q.End = &e.first, &e.last
	}
	for key, h := range e.held {
		q.Holding = append(q.Holding, Holdings{key.category, key.currency, h.charges, h.all()})
	}
	slices.SortFunc(q.Holding, func(a, b Holdings) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), b.Charges-a.Charges, cmp.Compare(a.Category, b.Category))
	})
	return q
}

// flaws returns what was found, errors first.
func (e *examination) flaws(sum bill.Summary) []Flaw {
	var all []Flaw
	for _, f := range e.problems {
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b Flaw) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), b.Count-a.Count, cmp.Compare(a.Column, b.Column), cmp.Compare(a.Detail, b.Detail))
	})
	note := func(s Severity, column string, n int, detail string) {
		if n > 0 {
			all = append(all, Flaw{Severity: s, Column: column, Count: n, Detail: detail})
		}
	}
	if why := e.doubts.Why(); why != "" {
		note(Doubt, bill.Effective.String(), max(e.doubts.Whole, e.doubts.NoEffective), why)
	} else {
		note(Fact, bill.Effective.String(), e.doubts.NoEffective, "0, of usage that was billed and is under no commitment")
	}
	for m, n := range sum.Unknown {
		note(Doubt, bill.Metric(m).String(), n, "not told: it counts as nothing")
	}
	all = append(all, e.again()...)
	note(Doubt, "", e.gaps(), "days without usage, between the first and the last: "+strings.Join(e.gap(), ", "))
	for i, n := range e.empty {
		note(Fact, mayBeEmpty[i].name, n, fmt.Sprintf("empty, where there are %d charges of usage: %s", e.usage, mayBeEmpty[i].why))
	}
	note(Fact, bill.Billed.String(), e.negative, "below 0, of usage: refunds, perhaps")
	note(Fact, bill.Billed.String(), e.nothing, "0, as the effective cost is: free, or paid for elsewhere")
	note(Fact, "ChargeClass", e.corrections, "corrections of earlier invoices: they count where their charges lie")
	note(Fact, "ChargePeriodEnd", e.endless, "the same as ChargePeriodStart: such charges count whole, at that moment")
	if n := len(e.currencies()); n > 1 {
		note(Fact, "BillingCurrency", n, "several currencies, which are never added: "+strings.Join(e.currencies(), ", "))
	}
	return all
}

// again says which rows come again.
func (e *examination) again() []Flaw {
	var all []Flaw
	if n := e.tally.Again; n > 0 {
		all = append(all, Flaw{Severity: Doubt, Count: n, Detail: "rows that are the same as one before in all columns, and count again", Where: e.tally.AgainAt})
	}
	if n := e.tally.Unseen; n > 0 {
		all = append(all, Flaw{Severity: Fact, Count: n, Detail: "rows that were not looked for among those before: there are too many"})
	}
	return all
}

func (e *examination) currencies() []string {
	all := map[string]bool{}
	for key := range e.held {
		all[string(key.currency)] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// missing returns the days without usage between the first and the last.
func (e *examination) missing() []int64 {
	days := slices.Sorted(maps.Keys(e.days))
	var missing []int64
	for i := 1; i < len(days); i++ {
		for at := days[i-1] + 1; at < days[i] && len(missing) < mostDays; at++ {
			missing = append(missing, at)
		}
	}
	return missing
}

func (e *examination) gaps() int { return len(e.missing()) }

// gap names the first days without usage.
func (e *examination) gap() []string {
	var named []string
	for i, at := range e.missing() {
		if i == mostWhere {
			return append(named, "…")
		}
		named = append(named, time.Unix(at*int64(day/time.Second), 0).UTC().Format(time.DateOnly))
	}
	return named
}
