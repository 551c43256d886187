package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/report"
)

// Cost lays out what clusters cost, by the metric m.
func Cost(r fred.CostReport, m bill.Metric, explain bool) Doc {
	return Doc{
		Rows:  r.Items,
		Names: func() []string { return costNames(r.Items) },
		Page: func(p *Page) {
			own, rest := r.Items, []finops.CostRow(nil)
			if i := slices.IndexFunc(r.Items, func(row finops.CostRow) bool { return row.Class == finops.Unmatched }); i >= 0 && r.Items[0].Start == nil {
				own, rest = r.Items[:i], r.Items[i:]
			}
			p.costHead(r, m)
			if len(own) > 0 {
				p.Line()
				p.Table(p.costTable(r, own, m))
			}
			if len(rest) > 1 || len(rest) == 1 && costName(&rest[0], "") != "(unmatched)" { // which the head has told
				p.Line()
				p.unmatched(rest, m)
			}
			if explain {
				p.costExplained(r.Provenance)
			}
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

func (p *Page) costHead(r fred.CostReport, m bill.Metric) {
	switch {
	case r.Cluster == "" && r.CollectedAt == nil:
		p.sentence(Cell{"the whole bill", term.Strong})
		p.sentence(Cell{moment(r.Window.Start) + " to " + moment(r.Window.End) + " " + r.Window.Start.Format("MST"), term.Faint})
	default:
		p.about(r.Cluster, r.Window)
	}
	name := "cost"
	for i := range r.Totals {
		t := &r.Totals[i]
		if t.Class == finops.Unmatched {
			p.amount("besides", amountIn(t.Of(m), t.Currency), "of no cluster asked about")
			continue
		}
		about := strings.ToLower(strings.TrimSuffix(m.String(), "Cost"))
		p.amount(name, amountIn(t.Of(m), t.Currency), cmp.Or(mayBe(&t.Costs, m), about))
		name = ""
	}
	if len(r.Totals) == 0 {
		p.amount(name, dash, "")
	}
	for i := range r.Totals {
		if t := &r.Totals[i]; t.Residual != nil {
			p.amount("residual", amountIn(t.Residual, t.Currency), "of the bill, that is in no row")
		}
	}
	for _, o := range r.Provenance {
		if f := o.Factor; f != nil {
			p.amount("rate", fmt.Sprintf("%.4g %s, %.4g for 730 hours", f.Value, f.Unit, f.Value*monthly), "of all nodes")
		}
	}
	p.origins(r.Provenance)
}

// origins says where costs come from.
func (p *Page) origins(from []report.Provenance) {
	var said []string
	for _, o := range from {
		if o.Factor != nil {
			continue
		}
		how, _, _ := strings.Cut(o.Note, ";")
		if word := string(o.Method) + ": " + how; !slices.Contains(said, word) {
			said = append(said, word)
		}
	}
	p.field("", strings.Join(said, "; "))
}

// monthly is how many hours a month is taken to have.
const monthly = 730

func amountIn(a *money.Amount, c money.Currency) string {
	if a == nil {
		return dash
	}
	return strings.TrimSuffix(amountShort(*a)+" "+string(c), " ")
}

// mayBe says between what a cost may lie; "" where it is none that is guessed.
func mayBe(c *finops.Costs, m bill.Metric) string {
	if c.Low == nil || m != bill.Effective || c.Low.Cmp(*c.High) == 0 {
		return ""
	}
	return amountShort(*c.Low) + " to " + amountShort(*c.High)
}

var cent = money.New(1, -2)

// amountShort shows a to the hundredth, and what is less to two digits.
func amountShort(a money.Amount) string {
	if a.Sign() != 0 && a.Cmp(cent) < 0 && a.Neg().Cmp(cent) < 0 {
		return a.Round(1 - int32(math.Floor(math.Log10(math.Abs(a.Float()))))).String()
	}
	return a.Fixed(2)
}

// costColumns are the headers of what rows are grouped by, and whether a row is of such.
var costColumns = []struct {
	header string
	of     func(*finops.CostRow) bool
}{
	{"WORKLOAD", func(r *finops.CostRow) bool { return r.Name != "" }},
	{"NAMESPACE", func(r *finops.CostRow) bool { return r.Namespace != "" }},
	{"SERVICE", func(r *finops.CostRow) bool { return r.Service != "" }},
	{"NODE", func(r *finops.CostRow) bool { return r.Node != "" }},
	{"REGION", func(r *finops.CostRow) bool { return r.Region != "" }},
	{"ACCOUNT", func(r *finops.CostRow) bool { return r.Account != "" }},
	{"CATEGORY", func(r *finops.CostRow) bool { return r.Category != "" }},
	{"TAG", func(r *finops.CostRow) bool { return r.Tag != nil }},
	{"CLUSTER", func(r *finops.CostRow) bool { return r.Class == finops.Plain }},
}

// costColumn returns the header of what rows are grouped by.
func costColumn(rows []finops.CostRow) string {
	for _, c := range costColumns {
		for i := range rows {
			if c.of(&rows[i]) {
				return c.header
			}
		}
	}
	return "OTHER"
}

// classWords are what classes are called, where that is not their name.
var classWords = map[finops.Class]string{finops.Volumes: "volumes", finops.Balancers: "load balancers", finops.Control: "control plane"}

// costName names what a row is of.
func costName(r *finops.CostRow, cluster string) string {
	account := r.Account
	if r.AccountName != "" {
		account += " " + r.AccountName
	}
	if r.Name != "" {
		return short(r.Kind) + "/" + r.Name
	}
	name := cmp.Or(r.Namespace, r.Service, r.Node, r.Region, account, string(r.Category))
	switch {
	case name != "":
		return name
	case r.Tag != nil:
		return cmp.Or(*r.Tag, `""`)
	case r.Class != finops.Plain:
		return "(" + cmp.Or(classWords[r.Class], string(r.Class)) + ")"
	default:
		return cmp.Or(r.Cluster, cluster, "all")
	}
}

// number returns a as a float, for bars and the order of rows.
func number(a *money.Amount) float64 {
	if a == nil {
		return math.NaN()
	}
	return a.Float()
}

// other tells rows that are simply what they are grouped by from others.
func other(r *finops.CostRow) int {
	if r.Class == finops.Plain {
		return 0
	}
	return 1
}

// dearest puts the rows first that cost most.
func dearest(rows []finops.CostRow, m bill.Metric) []finops.CostRow {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b finops.CostRow) int {
		return cmp.Or(cmp.Compare(other(&a), other(&b)), cmp.Compare(a.Currency, b.Currency), cmp.Compare(number(b.Of(m)), number(a.Of(m))))
	})
	return rows
}

func (p *Page) costTable(r fred.CostReport, rows []finops.CostRow, m bill.Metric) Table {
	timed := len(rows) > 0 && rows[0].Start != nil
	if !timed {
		rows = dearest(rows, m)
	}
	head := costColumn(rows)
	several := r.Cluster == "" && head != "CLUSTER" && slices.ContainsFunc(rows, func(row finops.CostRow) bool { return row.Cluster != "" })
	var t Table
	if timed {
		t.Columns = append(t.Columns, Column{Header: "START"})
	}
	if several {
		t.Columns = append(t.Columns, Column{Header: "CLUSTER", Cut: Middle})
	}
	if head == "WORKLOAD" {
		t.Columns = append(t.Columns, Column{Header: "NAMESPACE", Cut: Middle})
	}
	t.Columns = append(t.Columns, Column{Header: head, Cut: Middle}, Column{Header: "MATCHED BY", Spare: 2}, Column{Header: "COST", Right: true},
		Column{Header: "MAY BE", Spare: 3}, Column{Header: "SHARE", Right: true, Spare: 1},
		Column{Header: "BILLED", Right: true, Wide: true}, Column{Header: "EFFECTIVE", Right: true, Wide: true},
		Column{Header: "LIST", Right: true, Wide: true}, Column{Header: "CONTRACTED", Right: true, Wide: true})
	values := make([]float64, len(rows))
	for i := range rows {
		row := &rows[i]
		values[i] = number(row.Of(m))
		var cells []Cell
		if timed {
			cells = append(cells, text(started(row.Start)))
		}
		if several {
			cells = append(cells, text(row.Cluster))
		}
		if head == "WORKLOAD" {
			cells = append(cells, text(row.Namespace))
		}
		name := text(costName(row, r.Cluster))
		if row.Class != finops.Plain {
			name.Tone = term.Faint
		}
		cells = append(cells, name, Cell{rules(row.MatchedBy), term.Faint}, text(amountIn(row.Of(m), row.Currency)), Cell{mayBe(&row.Costs, m), term.Faint}, text(costShare(row, r.Totals, m)))
		for _, each := range bill.Metrics {
			cells = append(cells, text(amountIn(row.Of(each), row.Currency)))
		}
		t.Rows = append(t.Rows, cells)
	}
	first := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Header == "MAY BE" })
	t = ranges(t, first)
	t = ranges(t, slices.IndexFunc(t.Columns, func(c Column) bool { return c.Header == "MATCHED BY" }))
	return p.barred(t, values)
}

func rules(by []finops.Rule) string {
	words := make([]string, len(by))
	for i, rule := range by {
		words[i] = string(rule)
	}
	return strings.Join(words, ", ")
}

func costShare(row *finops.CostRow, totals []finops.CostTotal, m bill.Metric) string {
	for i := range totals {
		t := &totals[i]
		if t.Currency != row.Currency || (t.Class == finops.Unmatched) != (row.Class == finops.Unmatched) {
			continue
		}
		if whole := number(t.Of(m)); row.Of(m) != nil && whole > 0 {
			return fmt.Sprintf("%.1f%%", number(row.Of(m))/whole*100)
		}
	}
	return dash
}

// mostUnmatched is how many rows of no cluster are shown where width is short.
const mostUnmatched = 5

// unmatched lists what is on the bill and of no cluster.
func (p *Page) unmatched(rows []finops.CostRow, m bill.Metric) {
	rows = dearest(rows, m)
	more := 0
	if !p.wide && len(rows) > mostUnmatched+1 {
		more = len(rows) - mostUnmatched
		rows = rows[:mostUnmatched]
	}
	t := Table{Columns: []Column{{Header: "OF NO CLUSTER ASKED ABOUT", Cut: Middle}, {Header: "COST", Right: true}}}
	for i := range rows {
		row := &rows[i]
		t.Rows = append(t.Rows, []Cell{{costName(row, ""), term.Faint}, text(amountIn(row.Of(m), row.Currency))})
	}
	p.Table(t)
	if more > 0 {
		p.sentence(Cell{fmt.Sprintf("and %d more (-o wide, or --whole-bill)", more), term.Faint})
	}
}

// costExplained prints where prices come from.
func (p *Page) costExplained(from []report.Provenance) {
	p.Line()
	for _, o := range from {
		if o.Factor != nil {
			p.sentence(text(factorSaid(o.Factor, o.Source)))
			continue
		}
		p.sentence(text(fmt.Sprintf("%s: %s by %s", strings.Join(o.Fields, ", "), o.Method, o.Source)))
		for note := range strings.SplitSeq(o.Note, "; ") {
			p.indented(Cell{note, term.Faint})
		}
	}
}

func costNames(rows []finops.CostRow) []string {
	var names []string
	for i := range rows {
		r := &rows[i]
		if r.Class == finops.Unmatched {
			continue
		}
		kind := strings.ToLower(costColumn(rows[i : i+1]))
		if full := kind + "/" + strings.Trim(costName(r, "all"), "()"); !slices.Contains(names, full) {
			names = append(names, full)
		}
	}
	return names
}
