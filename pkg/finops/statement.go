package finops

import (
	"cmp"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/money"
)

// Statement is what a bill says of one cluster, or of none: its charges added up by what
// they have in common, piece of time by piece.
type Statement struct {
	Start    time.Time      `json:"start,omitzero"` // of the first charge of the bill
	End      time.Time      `json:"end,omitzero"`   // of the last
	Charges  int            `json:"charges"`        // of the cluster, at any time
	Lines    []Line         `json:"lines"`
	Summary  bill.Summary   `json:"summary"`            // of reading the bill, all of it
	Problems []bill.Problem `json:"problems,omitempty"` // the first of them
	Doubts   Doubts         `json:"doubts,omitzero"`
	Folded   bool           `json:"folded,omitempty"` // by what was asked for alone: there was too much
	Mixed    bool           `json:"mixed,omitempty"`  // without quantities, though they were asked for: there was too much
}

// Doubts count charges whose costs are hardly what they should be.
type Doubts struct {
	Billed      int `json:"billed,omitempty"`      // with a billed cost other than 0, of usage
	NoEffective int `json:"noEffective,omitempty"` // of those, with an effective cost of 0 and no commitment
	Broken      int `json:"broken,omitempty"`      // of those, with a billed cost that is no whole number
	Whole       int `json:"whole,omitempty"`       // of the broken, with an effective cost that is one
}

// Key is what the charges of a line have in common.
type Key struct {
	Match
	Currency    money.Currency `json:"currency"`
	Category    bill.Category  `json:"category,omitempty"`
	Service     string         `json:"service,omitempty"`
	Region      string         `json:"region,omitempty"`
	Account     string         `json:"account,omitempty"`
	AccountName string         `json:"accountName,omitempty"`
	Tag         *string        `json:"tag,omitempty"` // value of the tag that was asked about; nil where there is none

	Item string `json:"item,omitempty"` // what the quantities are of, which has one price; "" where there are none
	Unit string `json:"unit,omitempty"` // of the quantities

	// To and Class say to whom an allocation gave it; a bill does not know.
	To    Who   `json:"-"`
	Class Class `json:"-"`
}

// Line is what charges with one key come to.
type Line struct {
	Key
	At []int `json:"at"` // the pieces of the cut that it has charges in
	// Costs by metric, and by piece as At has them; a metric of which nothing is known
	// is nil.
	Costs [len(bill.Metrics)][]money.Amount `json:"costs"`
	// Quantities are how much of Item was used, in Unit, where the question is about it.
	Quantities []money.Amount `json:"quantities,omitempty"`
	// Low and High are what the effective costs may be, where they are guessed.
	Low  []money.Amount `json:"low,omitempty"`
	High []money.Amount `json:"high,omitempty"`
}

// cell is what charges come to in one piece.
type cell struct {
	costs [len(bill.Metrics)]money.Sum
	known [len(bill.Metrics)]bool
	used  money.Sum // of the key's item
}

type cellKey struct {
	line int
	at   int
}

// sheet is a statement in the making.
type sheet struct {
	keys  map[lookup]int
	lines []Key
	cells map[cellKey]*cell
}

// lookup is a Key by which lines are found: a tag is told by its value.
type lookup struct {
	Key
	tag    string
	tagged bool
}

func newSheet() *sheet {
	return &sheet{keys: map[lookup]int{}, cells: map[cellKey]*cell{}}
}

func lookupOf(k Key) lookup {
	l := lookup{Key: k}
	if k.Tag != nil {
		l.tag, l.tagged, l.Tag = *k.Tag, true, nil
	}
	return l
}

func (s *sheet) line(k Key) int {
	l := lookupOf(k)
	i, ok := s.keys[l]
	if !ok {
		i = len(s.lines)
		s.keys[l], s.lines = i, append(s.lines, k)
	}
	return i
}

func (s *sheet) cell(line, at int) *cell {
	key := cellKey{line, at}
	c := s.cells[key]
	if c == nil {
		c = &cell{}
		s.cells[key] = c
	}
	return c
}

// folded returns s with its lines under what fold makes of their keys.
func (s *sheet) folded(fold func(Key) Key) *sheet {
	out := newSheet()
	for at, c := range s.cells {
		into := out.cell(out.line(fold(s.lines[at.line])), at.at)
		for m := range c.costs {
			into.costs[m].Merge(&c.costs[m])
			into.known[m] = into.known[m] || c.known[m]
		}
		if s.lines[at.line].Item != "" {
			into.used.Merge(&c.used)
		}
	}
	return out
}

// finish returns the lines, sorted.
func (s *sheet) finish() []Line {
	at := make([][]int, len(s.lines))
	for key := range s.cells {
		at[key.line] = append(at[key.line], key.at)
	}
	lines := make([]Line, 0, len(s.lines))
	for i, key := range s.lines {
		if len(at[i]) == 0 {
			continue
		}
		slices.Sort(at[i])
		line := Line{Key: key, At: at[i]}
		for m := range bill.Metrics {
			line.Costs[m] = s.column(i, at[i], m)
		}
		if key.Unit != "" {
			for _, piece := range at[i] {
				line.Quantities = append(line.Quantities, s.cells[cellKey{i, piece}].used.Amount())
			}
		}
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b Line) int { return a.compare(&b.Key) })
	return lines
}

func (s *sheet) column(line int, at []int, m int) []money.Amount {
	known := false
	out := make([]money.Amount, len(at))
	for j, piece := range at {
		c := s.cells[cellKey{line, piece}]
		out[j] = c.costs[m].Amount()
		known = known || c.known[m]
	}
	if !known {
		return nil
	}
	return out
}

func (k *Key) compare(o *Key) int {
	tag := func(p *string) string {
		if p == nil {
			return ""
		}
		return "=" + *p
	}
	return cmp.Or(
		cmp.Compare(k.Cluster, o.Cluster), cmp.Compare(k.Currency, o.Currency), cmp.Compare(k.Service, o.Service),
		cmp.Compare(k.Category, o.Category), cmp.Compare(k.Region, o.Region), cmp.Compare(k.Account, o.Account),
		cmp.Compare(k.AccountName, o.AccountName), cmp.Compare(k.Part, o.Part), cmp.Compare(k.Name, o.Name),
		cmp.Compare(k.Rule, o.Rule), cmp.Compare(k.Item, o.Item), cmp.Compare(k.Unit, o.Unit), cmp.Compare(tag(k.Tag), tag(o.Tag)),
	)
}
