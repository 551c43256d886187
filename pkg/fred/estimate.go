package fred

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// busy is the share of what is requested, and of a machine of which nothing else
// is known, that is taken to be used (Cloud Carbon Footprint's average).
const busy = 0.5

// remember books what was recorded of a cluster that has no meter, and returns it.
func (f *Fred) remember(ctx context.Context, b *book, a *asking) (recorded, error) {
	seen, err := f.recorded(ctx, b.l, a)
	for i := range seen {
		account := b.site.Account(&seen[i], a.By == "node")
		b.add(a, &account)
	}
	return seen, err
}

// add books an account.
func (b *book) add(a *asking, account *footprint.Account) {
	if a.ShareIdle {
		account.ShareIdle()
	}
	b.ledger.Add(account)
}

// estimate books what the hours of the window that were not seen would have been, had
// the cluster always been as it is now.
func (f *Fred) estimate(b *book, a *asking, seen recorded) {
	rung := a.rung
	if rung == "" {
		rung = bestRung(b.l)
	}
	w := a.Resolved.Window
	if w.End.After(a.now) {
		w.End = a.now
	}
	for account := range b.site.Estimate(rung, loads(b.l, b.site, rung, a.By == "node"), w, a.By == "node") {
		if len(seen) > 0 {
			account = account.Without(seen.has)
		}
		b.add(a, &account)
	}
}

// bestRung is the best of the rungs that need nothing but an inventory.
func bestRung(l *loaded) footprint.Rung {
	switch {
	case !l.snapshot.Known(kube.Pods):
		return footprint.Machines
	case usageKnown(l):
		return footprint.Snapshot
	default:
		return footprint.Requests
	}
}

// usageKnown reports whether metrics.k8s.io told what pods use.
func usageKnown(l *loaded) bool {
	return slices.ContainsFunc(l.snapshot.Running(), func(r kube.Running) bool { return r.Usage != nil })
}

// loads are what keeps the cores of l busy, as rung sees it.
func loads(l *loaded, s *site, rung footprint.Rung, byNode bool) []footprint.Load {
	if rung == footprint.Machines {
		return machineLoads(s)
	}
	var all []footprint.Load
	onNode := map[string]float64{}
	for _, r := range l.snapshot.Running() {
		cores := r.Request.Cores() * busy
		if rung == footprint.Snapshot {
			if r.Usage == nil {
				continue
			}
			cores = r.Usage.Cores()
		}
		onNode[r.Node] += cores
		all = append(all, footprint.Load{
			Who:  footprint.Who{Namespace: r.Workload.Namespace, Kind: r.Workload.Kind, Name: r.Workload.Name, Node: nodeOf(r.Node, byNode)},
			Node: r.Node, Cores: cores, Since: r.Since,
		})
	}
	if rung == footprint.Snapshot {
		all = append(all, systemLoads(l, s, onNode, byNode)...)
	}
	return all
}

func nodeOf(node string, byNode bool) string {
	if byNode {
		return node
	}
	return ""
}

// machineLoads are those of nodes of which nothing else is known.
func machineLoads(s *site) []footprint.Load {
	var all []footprint.Load
	for i := range s.Machines {
		m := &s.Machines[i]
		all = append(all, footprint.Load{Who: footprint.Who{Class: footprint.Unattributed, Node: m.Name}, Node: m.Name, Cores: busy * m.CPUs, Since: s.Since})
	}
	return all
}

// systemLoads are what nodes use beyond their pods.
func systemLoads(l *loaded, s *site, onNode map[string]float64, byNode bool) []footprint.Load {
	var all []footprint.Load
	for i := range s.Machines {
		name := s.Machines[i].Name
		used, ok := l.snapshot.NodeUsage(name)
		if rest := used.Cores() - onNode[name]; ok && rest > 0 {
			all = append(all, footprint.Load{Who: footprint.Who{Class: footprint.System, Node: nodeOf(name, byNode)}, Node: name, Cores: rest, Since: s.Since})
		}
	}
	return all
}

// isNoMeter reports whether err says that nothing over time is known of a cluster.
func isNoMeter(err error) bool { return errors.Is(err, footprint.ErrNoMeter) || isMissing(err) }

// rungs returns the rungs that b rests on, the best first.
func (b *book) rungs() []footprint.Rung {
	used := b.ledger.Rungs()
	return slices.SortedFunc(maps.Keys(used), func(x, y footprint.Rung) int {
		return slices.Index(footprint.Ladder, x) - slices.Index(footprint.Ladder, y)
	})
}

// allMeasured reports whether every figure of b comes from a meter of energy.
func (b *book) allMeasured() bool {
	rungs := b.rungs()
	return len(rungs) > 0 && !slices.ContainsFunc(rungs, footprint.Rung.Modeled)
}

// source names the rungs that b rests on.
func (b *book) source() string {
	var words []string
	for _, r := range b.rungs() {
		words = append(words, string(r))
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// meanings say what each rung's figures are.
var meanings = map[footprint.Rung]string{
	footprint.Kepler:       "measured by Kepler",
	footprint.KeplerLegacy: "measured by Kepler 0.9 or earlier, whose idle energy is in its containers",
	footprint.Scaphandre:   "measured by Scaphandre",
	footprint.CPUTime:      "CPU time that cAdvisor counted, times a model of the machines",
	footprint.Samples:      "what pods used at moments that fred recorded, times a model of the machines",
	footprint.Snapshot:     "what pods use at this moment, as if they had always used it, times a model of the machines",
	footprint.Requests:     "half of what pods request, as if they had always run, times a model of the machines",
	footprint.Machines:     "machines that work half of the time, as if they had always run",
}

// note says how the energy of b was had.
func (b *book) note() string {
	var parts []string
	modeled := false
	for _, r := range b.rungs() {
		parts = append(parts, meanings[r])
		modeled = modeled || r.Modeled()
	}
	if modeled {
		parts = append(parts, b.site.power...)
	}
	return strings.Join(append(parts, b.notes...), "; ")
}

// warnAboutRungs says what else must be known of b's figures.
func (b *book) warnAboutRungs() {
	if rungs := b.rungs(); len(rungs) > 1 {
		b.warn(report.Note, "the source changes within the window: %s", b.hoursByRung(rungs))
	}
	if b.rejected > 0 {
		b.warn(report.Note, "%d samples cannot be true and are left out", b.rejected)
	}
	if len(b.site.regions) > 1 {
		b.warn(report.Note, "%s", b.site.severalRegions("carbon is counted as if all were in"))
	}
}

func (b *book) hoursByRung(rungs []footprint.Rung) string {
	var words []string
	for _, r := range rungs {
		words = append(words, fmt.Sprintf("%s for %s", r, amountOf(b.ledger.Rungs()[r], "hour")))
	}
	return strings.Join(words, ", ")
}

// amountOf says how many of what there are: 1 hour, 2.5 hours.
func amountOf(n float64, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%.4g %ss", n, of)
}

// tell says what is missing and how old the rest is.
func (h *history) tell(b *book) {
	if n, why := h.gaps(); n > 0 {
		if errors.Is(why, footprint.ErrNoMeter) {
			b.warn(report.Note, "nothing is known of %s", amountOf(float64(n), "day"))
		} else {
			b.warn(report.Missing, "%s", missingDays(n, why))
		}
	}
	for _, d := range h.days {
		if d.err == nil && d.entry.Value.Partial != "" {
			b.warn(report.Missing, "%s", d.entry.Value.Partial)
			break
		}
	}
	for _, d := range h.days {
		if d.err == nil && d.entry.Cause != nil && !isNoMeter(d.entry.Cause) {
			b.stale = true
			b.warn(report.Stale, "%v: energy is shown as read at %s", d.entry.Cause, d.entry.Header.CollectedAt.Format("2006-01-02T15:04:05Z"))
			return
		}
	}
}
