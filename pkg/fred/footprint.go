package fred

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// FootprintQuery selects what a question about energy or carbon is about. Its zero
// value is the last day of the current context, by namespace.
type FootprintQuery struct {
	Query
	Window window.Asked
	By     string  // one of Groupings; namespace when empty
	Rung   string  // one of the ladder, in the place of the best there is
	Exact  bool    // from raw samples
	Grid   string  // the grid's zone, in the place of the one the cluster is in
	PUE    float64 // in the place of the data center's; 0: that

	Intensity string // of the grid, one of Intensities; lifecycle when empty
	Per       string // a functional unit and how many there were, such as users=1200
	ShareIdle bool   // give what is idle to those who used something
}

// Groupings are what footprints may be shown by.
var Groupings = []string{"namespace", "workload", "node", "cluster"}

// lastDay is the window of a question that names none.
const lastDay = "1d"

// book is a footprint question about one cluster, answered.
type book struct {
	l        *loaded
	site     *site
	ledger   *footprint.Ledger
	pieces   []window.Window
	cut      bool // into steps
	metered  bool
	warnings []report.Warning
	stale    bool
	notes    []string // about the source
	rejected int
	used     used // of the grid
}

// asking is a footprint question, read.
type asking struct {
	FootprintQuery
	window.Resolved
	rung footprint.Rung
	per  *footprint.SCI
	only how
	now  time.Time
}

// how says by which kind of source a question must be answered.
type how int

const (
	anyhow    how = iota
	byMeters      // nothing, where meters know nothing
	byGuesses     // as if there were no meters
)

// read makes sense of q.
func (f *Fred) read(q FootprintQuery) (*asking, error) {
	a := &asking{FootprintQuery: q, now: f.Now().UTC()}
	a.By = cmp.Or(q.By, Groupings[0])
	if !slices.Contains(Groupings, a.By) {
		return nil, fault.New(fault.Invalid, "nothing is grouped by %q", q.By).Hinted("Group by %s.", list(Groupings))
	}
	if q.Rung != "" {
		a.rung = footprint.Rung(q.Rung)
		if !slices.Contains(footprint.Ladder, a.rung) {
			return nil, fault.New(fault.Invalid, "no source of energy is called %q", q.Rung).Hinted("Take one of %s.", list(footprint.Ladder))
		}
	}
	if q.PUE != 0 && (q.PUE < 1 || q.PUE > 10) {
		return nil, fault.New(fault.Invalid, "a PUE of %g cannot be", q.PUE).Hinted("Give what the data center draws by what its machines do, such as 1.2.")
	}
	if q.Per != "" {
		var err error
		if a.per, err = footprint.ParseUnit(q.Per); err != nil {
			return nil, err
		}
	}
	a.Intensity = cmp.Or(q.Intensity, lifecycle)
	if !slices.Contains(Intensities, a.Intensity) {
		return nil, fault.New(fault.Invalid, "no grid intensity is called %q", q.Intensity).Hinted("Take one of %s.", list(Intensities))
	}
	var err error
	a.Resolved, err = q.Window.Resolve(a.now, lastDay)
	return a, err
}

func list[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, ", ")
}

// footprints answers q for each of its clusters: it hands their books to add, in
// their order, and fills what about does.
func (f *Fred) footprints(ctx context.Context, a *asking, emitted bool, add func(*book) error, about func([]*loaded, []report.Warning)) error {
	if _, err := selector(a.Selector); err != nil {
		return err
	}
	return f.each(ctx, a.Query, running, wholeCluster(a.Query), func(l *loaded, namespace string) error {
		if err := l.check(namespace); err != nil {
			return err
		}
		b, err := f.account(ctx, l, a, namespace, emitted)
		if err != nil {
			return err
		}
		return add(b)
	}, about)
}

// account books what a cluster used in the window of a.
func (f *Fred) account(ctx context.Context, l *loaded, a *asking, namespace string, emitted bool) (*book, error) {
	s, err := f.site(l, a)
	if err != nil {
		return nil, err
	}
	b := &book{l: l, site: s, pieces: a.Pieces(), cut: a.Step != window.Whole}
	var factors *footprint.Factors
	var embodied footprint.Range
	settled := func() error { return nil }
	if emitted {
		ahead, cancel := context.WithCancel(ctx)
		settled = f.settling(ahead, s, a)
		defer func() { cancel(); _ = settled() }() // where something else fails
		factors, embodied = s.factors(settled), s.Embodied()
	}
	b.ledger = footprint.NewLedger(b.pieces, a.fold(l, namespace), factors, embodied)
	if a.only != byGuesses && (a.rung == "" || a.rung.Metered()) {
		if err := f.metered(ctx, b, a); err != nil {
			return nil, err
		}
	}
	if a.only != byMeters && !b.metered && !a.rung.Metered() {
		if err := f.guess(ctx, b, a); err != nil {
			return nil, err
		}
	}
	if a.End.After(a.now) {
		b.warn(report.Note, "the window ends at %s, which is to come: figures go as far as now", a.End.Format(time.RFC3339))
	}
	b.warnAboutRungs()
	if err := settled(); err != nil {
		return nil, err
	}
	if emitted {
		b.used = s.used(a.Resolved.Window, a.now)
		b.warnAboutGrid()
	}
	return b, nil
}

// guess books what is had without a meter.
func (f *Fred) guess(ctx context.Context, b *book, a *asking) error {
	var seen recorded
	if a.rung == "" || a.rung == footprint.Samples {
		var err error
		if seen, err = f.remember(ctx, b, a); err != nil {
			return err
		}
	}
	if a.rung == footprint.Samples && len(seen) == 0 && a.only == anyhow {
		return fault.New(fault.NotFound, "nothing was recorded of this window").Hinted("Run fred footprint collect every few minutes, or fred serve.")
	}
	if a.rung != footprint.Samples {
		f.estimate(b, a, seen)
	}
	return nil
}

func (b *book) warn(code report.Code, format string, args ...any) {
	b.warnings = append(b.warnings, report.Warning{Code: code, Cluster: b.l.cluster.Name, Message: fmt.Sprintf(format, args...)})
}

// metered books what meters say.
func (f *Fred) metered(ctx context.Context, b *book, a *asking) error {
	grain := footprint.ByNamespace
	if a.By == "workload" || a.Selector != "" {
		grain = footprint.ByPod
	}
	h, err := f.history(ctx, b.l, a.Query, a.Resolved.Window, footprint.Ask{Grain: grain, Rung: a.rung, Exact: a.Exact})
	if err != nil {
		return err
	}
	known, why := h.known()
	if !known {
		return b.noHistory(a, why)
	}
	b.metered = true
	for _, d := range h.days {
		if d.err != nil {
			continue
		}
		r := &d.entry.Value
		account := b.site.Account(r, a.By == "node")
		b.add(a, &account)
		b.rejected += r.Rejected
		for _, n := range r.Notes {
			if !slices.Contains(b.notes, n) {
				b.notes = append(b.notes, n)
			}
		}
	}
	h.tell(b)
	return nil
}

// noHistory decides what it means that nothing is known of a window over time: an
// estimate takes its place, unless meters were asked for or refuse to be younger.
func (b *book) noHistory(a *asking, why error) error {
	switch {
	case a.only == byMeters && why == nil:
		return nil
	case a.rung.Metered():
		if why == nil || isNoMeter(why) {
			return fault.New(fault.NotFound, "no %s figures of this window", a.rung).Hinted("Name a Prometheus that has them with --prometheus-url, or leave --source out.")
		}
		return asFault(why)
	case why == nil || isNoMeter(why):
		return nil
	case fault.KindOf(why) == fault.Interrupted, fault.KindOf(why) == fault.Invalid, a.MaxAge != nil:
		return asFault(why)
	}
	if a.only == byMeters {
		b.warn(report.Missing, "%v", why)
		return nil
	}
	b.warn(report.Missing, "%v: an estimate takes the place of what meters say", why)
	return nil
}

// fold returns under whom consumers are booked, and who is asked about.
func (a *asking) fold(l *loaded, namespace string) func(footprint.Who) (footprint.Who, bool) {
	chosen := a.chosen(l)
	return func(w footprint.Who) (footprint.Who, bool) {
		if namespace != "" && w.Namespace != namespace || chosen != nil && !chosen(w) {
			return w, false
		}
		switch a.By {
		case "namespace":
			if w.Class == footprint.Departed { // its namespace is known
				w.Class = footprint.Consumer
			}
			w.Kind, w.Name, w.Node = "", "", ""
		case "workload":
			w.Node = ""
		case "node":
			w = footprint.Who{Node: w.Node, Class: nodeless(w)}
		default:
			w = footprint.Who{}
		}
		return w, true
	}
}

// nodeless is the class of what is booked under no node.
func nodeless(w footprint.Who) footprint.Class {
	if w.Node == "" {
		return footprint.Unattributed
	}
	return footprint.Consumer
}

// chosen returns who the label selector chooses; nil where there is none.
func (a *asking) chosen(l *loaded) func(footprint.Who) bool {
	if a.Selector == "" {
		return nil
	}
	selected, _ := selector(a.Selector) // it has been read before
	want := map[footprint.Who]bool{}
	for _, w := range l.snapshot.Workloads("", func(w *kube.Workload) bool { return selected.Matches(labelSet(w.Labels)) }) {
		want[footprint.Who{Namespace: w.Namespace, Kind: w.Kind, Name: w.Name}] = true
	}
	return func(w footprint.Who) bool {
		return want[footprint.Who{Namespace: w.Namespace, Kind: w.Kind, Name: w.Name}]
	}
}

// sorted returns the entries of b: by what they are, consumers first, then by name.
func (b *book) sorted() []footprint.Entry {
	entries := slices.Clone(b.ledger.Entries())
	entries = slices.DeleteFunc(entries, func(e footprint.Entry) bool {
		sum := footprint.Sum(e.Cells)
		return e.Who.Class != footprint.Consumer && (!sum.Known || sum.Energy.Value == 0)
	})
	slices.SortFunc(entries, func(x, y footprint.Entry) int {
		return cmp.Or(
			cmp.Compare(slices.Index(classes, x.Who.Class), slices.Index(classes, y.Who.Class)),
			cmp.Compare(x.Who.Namespace, y.Who.Namespace), cmp.Compare(x.Who.Kind, y.Who.Kind),
			cmp.Compare(x.Who.Name, y.Who.Name), cmp.Compare(x.Who.Node, y.Who.Node),
		)
	})
	return entries
}

// classes are the classes of rows, in the order in which they are shown.
var classes = []footprint.Class{footprint.Consumer, footprint.Departed, footprint.System, footprint.Unattributed, footprint.NodeIdle}

// rows hands add every row of b: the entries of each piece.
func (b *book) rows(add func(c *footprint.Cell, who footprint.Who, piece *window.Window)) {
	entries := b.sorted()
	for i := range b.pieces {
		var piece *window.Window
		if b.cut {
			piece = &b.pieces[i]
		}
		for j := range entries {
			add(&entries[j].Cells[i], entries[j].Who, piece)
		}
	}
}

// sum returns the sum of all rows.
func (b *book) sum() footprint.Cell {
	var all []footprint.Cell
	for _, e := range b.ledger.Entries() {
		all = append(all, footprint.Sum(e.Cells))
	}
	return footprint.Sum(all)
}

// known returns the shares of the window of which anything is known and which
// samples cover; the latter is nil where nothing is metered.
func (b *book) known() (known unit.Figure, covered *unit.Figure) {
	var length, hours, sampled float64
	for i, p := range b.pieces {
		n := p.Length().Hours()
		length += n
		hours += n * b.ledger.Known(i)
		sampled += n * b.ledger.Coverage(i)
	}
	if b.metered {
		covered = new(unit.Figure(sampled / length))
	}
	return unit.Figure(hours / length), covered
}
